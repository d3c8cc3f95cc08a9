"""Clear the mailbox's own forwarding: the two addresses an administrator or the owner can set on it."""

from __future__ import annotations

from dataclasses import dataclass

from kit.action import EXCHANGE, SOMEONE, Action, Change, Example, State, account
from kit.tenant.client import Tenant
from kit.tenant.write import Write

FIELDS = ("ForwardingAddress", "ForwardingSmtpAddress", "DeliverToMailboxAndForward")
CLEARED = {"ForwardingAddress": None, "ForwardingSmtpAddress": None, "DeliverToMailboxAndForward": False}
ELSEWHERE = (
    "Mail can also leave by inbox rules, transport rules, connectors and apps: clearing this leaves those as they are."
)


@dataclass(frozen=True)
class ClearForwarding(Action):
    """Clear the mailbox's forwarding.

    Why: forwarding goes on copying mail to the attacker after every password reset.
    Effect: mail stays in the mailbox only.
    Propagation: usually within minutes; Exchange gives no promise.
    Limits: clears both addresses at once, since only the internal one works while both are set and the other would
        take over. Does not touch inbox rules, transport rules, connectors or apps.
    Undo: sets the saved addresses again.
    Source: Microsoft, Responding to a compromised email account (July 2026), step 6; Exchange: Set-Mailbox.
    """

    order = 10
    goal = "The mailbox forwards nothing."
    risk = "A forward the owner wanted stops too."
    permissions = (EXCHANGE,)
    settles = 300
    example = Example(
        parameters={"user": SOMEONE["user"]},
        before={
            **SOMEONE,
            "ForwardingAddress": None,
            "ForwardingSmtpAddress": "smtp:drop@evil.example",
            "DeliverToMailboxAndForward": True,
        },
        changes=(
            Change(
                says="Clear the forwarding addresses",
                do=Write("POST", "Set-Mailbox", {"Identity": "7f00", **CLEARED}, "exchange"),
                undo=Write(
                    "POST",
                    "Set-Mailbox",
                    {
                        "Identity": "7f00",
                        "ForwardingAddress": None,
                        "ForwardingSmtpAddress": "smtp:drop@evil.example",
                        "DeliverToMailboxAndForward": True,
                    },
                    "exchange",
                ),
                before={
                    "ForwardingAddress": None,
                    "ForwardingSmtpAddress": "smtp:drop@evil.example",
                    "DeliverToMailboxAndForward": True,
                },
                after=CLEARED,
                cautions=(ELSEWHERE,),
            ),
        ),
        after={**SOMEONE, **CLEARED},
    )

    def observe(self, tenant: Tenant) -> State:
        """Where the mailbox forwards to, and whether it keeps a copy."""
        state = account(tenant, self.user)
        mailbox = tenant.cmdlet("Get-Mailbox", Identity=state["id"]).records[0]
        return {**state, **{name: mailbox.get(name) or CLEARED[name] for name in FIELDS}}

    def changes(self, state: State) -> list[Change]:
        """One Set-Mailbox, unless both addresses are empty."""
        if not state["ForwardingAddress"] and not state["ForwardingSmtpAddress"]:
            return []
        saved = {name: state[name] for name in FIELDS}
        identity = {"Identity": state["id"]}
        return [
            Change(
                says="Clear the forwarding addresses",
                do=Write("POST", "Set-Mailbox", {**identity, **CLEARED}, "exchange"),
                undo=Write("POST", "Set-Mailbox", {**identity, **saved}, "exchange"),
                before=saved,
                after=CLEARED,
                cautions=(ELSEWHERE,),
            )
        ]
