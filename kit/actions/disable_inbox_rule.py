"""Disable one inbox rule, visible or hidden. It is kept: it is evidence, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kit.action import EXCHANGE, SOMEONE, Action, Change, Example, State, account
from kit.errors import NotFound
from kit.tenant.client import Tenant
from kit.tenant.guard import segment
from kit.tenant.write import Write

CLIENT_RULES = (
    "Exchange deletes the mailbox's client-side Outlook rules with this change, and undo does not bring them back: "
    "export the rules first."
)
READ_ONLY = "The rule is marked read-only: Graph may refuse, and then the hidden way through Exchange is left."


@dataclass(frozen=True)
class DisableInboxRule(Action):
    """Disable one inbox rule.

    Why: a rule that forwards, deletes or files away mail works for the attacker without any sign-in.
    Effect: the rule no longer runs; mail it already moved stays where it is.
    Propagation: within minutes.
    Limits: a visible rule is changed through Graph. A hidden one is only known to Exchange, whose cmdlet deletes the
        client-side Outlook rules of the mailbox.
    Undo: enables the rule again; client-side rules lost by the hidden way do not come back.
    Source: Microsoft, Responding to a compromised email account (July 2026), step 6; Graph: Update messageRule;
        Exchange: Disable-InboxRule.
    """

    rule_id: str
    """The rule's id: Graph's for a visible rule, Exchange's RuleIdentity for a hidden one."""
    hidden: bool = False
    """The rule is known to Exchange only."""

    order = 11
    goal = "The rule is off."
    risk = "A rule the owner wanted stops too."
    permissions = (("MailboxSettings.ReadWrite",),)
    example = Example(
        parameters={"user": SOMEONE["user"], "rule_id": "AQAAA="},
        before={
            **SOMEONE,
            "rule": {"id": "AQAAA=", "displayName": "..", "isEnabled": True, "actions": {"delete": True}},
        },
        changes=(
            Change(
                says="Disable the inbox rule “..”",
                do=Write("PATCH", "/v1.0/users/7f00/mailFolders/inbox/messageRules/AQAAA%3D", {"isEnabled": False}),
                undo=Write("PATCH", "/v1.0/users/7f00/mailFolders/inbox/messageRules/AQAAA%3D", {"isEnabled": True}),
                before={"rule is on": True},
                after={"rule is on": False},
            ),
        ),
        after={
            **SOMEONE,
            "rule": {"id": "AQAAA=", "displayName": "..", "isEnabled": False, "actions": {"delete": True}},
        },
    )

    def observe(self, tenant: Tenant) -> State:
        """The whole rule as it stands; NotFound when the mailbox has none of this id."""
        state = account(tenant, self.user)
        for rule in self._rules(tenant, state["id"]):
            if self.rule_id in (str(rule.get("RuleIdentity")), str(rule.get("Identity")), rule.get("id")):
                return {**state, "rule": rule}
        kind = "hidden rule" if self.hidden else "visible rule"
        raise NotFound(
            f"The mailbox has no {kind} with the id {self.rule_id[:60]!r}.",
            "Collect the rules again: it may have been deleted, or be of the other kind.",
        )

    def changes(self, state: State) -> list[Change]:
        """One request, unless the rule is off already."""
        rule = state["rule"]
        if not rule["Enabled" if self.hidden else "isEnabled"]:
            return []
        do, undo = (self._cmdlet if self.hidden else self._patch)(state)
        name = rule["Name" if self.hidden else "displayName"] or "(empty)"
        return [
            Change(
                says=f"Disable the inbox rule “{name}”",
                do=do,
                undo=undo,
                before={"rule is on": True},
                after={"rule is on": False},
                cautions=(CLIENT_RULES,) if self.hidden else (READ_ONLY,) if rule.get("isReadOnly") else (),
                needs=(EXCHANGE,) if self.hidden else (),
            )
        ]

    def _rules(self, tenant: Tenant, mailbox: str) -> list[dict[str, Any]]:
        if self.hidden:
            return list(tenant.cmdlet("Get-InboxRule", Mailbox=mailbox, IncludeHidden=True).records)
        path = f"/v1.0/users/{mailbox}/mailFolders/inbox/messageRules"
        return [rule for page in tenant.pages(path) for rule in page.records]

    def _patch(self, state: State) -> tuple[Write, Write]:
        path = f"/v1.0/users/{state['id']}/mailFolders/inbox/messageRules/{segment(state['rule']['id'])}"
        return Write("PATCH", path, {"isEnabled": False}), Write("PATCH", path, {"isEnabled": True})

    def _cmdlet(self, state: State) -> tuple[Write, Write]:
        body = {
            "Mailbox": state["id"],
            "Identity": str(state["rule"]["RuleIdentity"]),
            "AlwaysDeleteOutlookRulesBlob": True,  # else the cmdlet asks a question that nobody answers
            "Confirm": False,
        }
        return Write("POST", "Disable-InboxRule", body, "exchange"), Write("POST", "Enable-InboxRule", body, "exchange")
