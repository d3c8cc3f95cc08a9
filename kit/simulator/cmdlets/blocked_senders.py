"""Restricted senders: accounts Exchange stopped from sending, and freeing them, which is not allowed for ever."""

from __future__ import annotations

from kit.simulator.cmdlet import Cmdlets, absent
from kit.simulator.footprint import cmdlet_record
from kit.simulator.message import Call
from kit.simulator.problem import ExchangeProblem
from kit.simulator.world import Json

cmdlets = Cmdlets()

UNBLOCKS = 3
"""How often one account may be freed here. Microsoft says that the number is limited, not what it is."""


@cmdlets.cmdlet("Get-BlockedSenderAddress")
def get_blocked(call: Call, parameters: Json) -> list[Json]:
    """The accounts that may not send, or the one named (nothing when it is free)."""
    wanted = str(parameters.get("SenderAddress") or "").casefold()
    blocked = call.tenancy.collection("blockedSenders")
    return [row for address, row in blocked.items() if wanted in {"", address.casefold()}]


@cmdlets.cmdlet("Remove-BlockedSenderAddress")
def remove_blocked(call: Call, parameters: Json) -> list[Json]:
    """Free an account."""
    blocked = call.tenancy.collection("blockedSenders")
    wanted = str(parameters["SenderAddress"]).casefold()
    address = next((known for known in blocked if known.casefold() == wanted), None)
    if address is None:
        raise absent(call, parameters["SenderAddress"])
    freed = call.tenancy.remember("unblocks")
    if freed.get(wanted, 0) >= UNBLOCKS:
        raise ExchangeProblem(
            400,
            "BadRequest",
            f"The sender '{address}' has been unblocked too many times. Contact support to unblock it.",
            "Microsoft.Exchange.Management.Tasks.UnblockLimitExceededException",
        )
    freed[wanted] = freed.get(wanted, 0) + 1
    del blocked[address]
    cmdlet_record(call, "Remove-BlockedSenderAddress", parameters, address)
    return []
