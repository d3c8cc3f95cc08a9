"""Unblock the sender: take an address off Exchange Online's restricted entities, when the account is clean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kit.action import EXCHANGE, NEVER, SOMEONE, Action, Change, Example, State, account, later
from kit.tenant.client import Tenant
from kit.tenant.write import Write

LIMITED = "The number of unblocks of one account is limited: unblock once, when the account is clean."
REASONS = {
    "signInSessionsValidFromDateTime": "Sessions were not revoked since the block.",
    "lastPasswordChangeDateTime": "The password was not changed since the block.",
}


@dataclass(frozen=True)
class UnblockSender(Action):
    """Unblock the sender.

    Why: an account that sent spam is stopped from sending (bounce 550 5.1.8); its owner needs mail back.
    Effect: the address may send again, within the outbound limits.
    Propagation: usually within an hour, up to 24 hours.
    Limits: only for users on the restricted entities list. A bounce 5.7.606 to 5.7.649 is about a mail server's
        address and goes to Microsoft's delist portal; 5.7.511 goes to Microsoft by mail. Spam goes on if the account
        is not clean, and the number of unblocks is limited.
    Undo: none: only Exchange puts an address on the list.
    Source: Microsoft, Responding to a compromised email account (July 2026), last step; Exchange:
        Remove-BlockedSenderAddress. Graph offers nothing for this.
    """

    sender: str = field(default="", metadata={"empty": "the account's primary address"})
    """The blocked address; empty for the account's primary one."""

    order = 32
    goal = "The address is not on the restricted list."
    risk = "If the attacker still has a way in, spam goes out again and the next unblock may be refused."
    permissions = (EXCHANGE,)
    settles = 86_400
    example = Example(
        parameters={"user": SOMEONE["user"]},
        before={
            **SOMEONE,
            "mail": "ana@contoso.example",
            "lastPasswordChangeDateTime": "2026-11-24T09:31:07Z",
            "signInSessionsValidFromDateTime": "2026-11-01T00:00:00Z",
            "forwards_to": None,
            "sender": "ana@contoso.example",
            "block": {"CreatedDatetime": "2026-11-23T15:00:00Z", "Reason": "ExceedingLimitType=ExternalRecipient"},
        },
        changes=(
            Change(
                says="Unblock ana@contoso.example",
                do=Write("POST", "Remove-BlockedSenderAddress", {"SenderAddress": "ana@contoso.example"}, "exchange"),
                before={"CreatedDatetime": "2026-11-23T15:00:00Z", "Reason": "ExceedingLimitType=ExternalRecipient"},
                cautions=(REASONS["signInSessionsValidFromDateTime"], LIMITED),
            ),
        ),
        after={
            **SOMEONE,
            "mail": "ana@contoso.example",
            "lastPasswordChangeDateTime": "2026-11-24T09:31:07Z",
            "signInSessionsValidFromDateTime": "2026-11-01T00:00:00Z",
            "forwards_to": None,
            "sender": "ana@contoso.example",
            "block": None,
        },
    )

    def observe(self, tenant: Tenant) -> State:
        """The block, if there is one, and whether the account was secured since."""
        state = account(tenant, self.user, "mail", *REASONS)
        sender = self.sender or state["mail"] or state["user"]
        blocks = tenant.cmdlet("Get-BlockedSenderAddress", SenderAddress=sender).records
        mailbox = tenant.cmdlet("Get-Mailbox", Identity=state["id"]).records[0]
        forwards_to = mailbox.get("ForwardingAddress") or mailbox.get("ForwardingSmtpAddress")
        return {**state, "forwards_to": forwards_to, "sender": sender, "block": blocks[0] if blocks else None}

    def changes(self, state: State) -> list[Change]:
        """One Remove-BlockedSenderAddress, unless the address is not blocked; what is not yet secured is said."""
        block = state["block"]
        if block is None:
            return []
        return [
            Change(
                says=f"Unblock {state['sender']}",
                do=Write("POST", "Remove-BlockedSenderAddress", {"SenderAddress": state["sender"]}, "exchange"),
                before={name: block.get(name) for name in ("CreatedDatetime", "Reason")},
                cautions=(*_not_yet(state, block), LIMITED),
            )
        ]


def _not_yet(state: State, block: dict[str, Any]) -> list[str]:
    """What should have been done before unblocking and was not."""
    blocked = block.get("CreatedDatetime") or NEVER
    sentences = [text for name, text in REASONS.items() if not later(state[name], blocked)]
    if state["forwards_to"]:
        sentences.append(f"Mail is still forwarded to {state['forwards_to']}.")
    return sentences
