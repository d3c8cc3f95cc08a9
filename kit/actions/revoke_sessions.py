"""Revoke sign-in sessions: refresh tokens and browser sessions from before this moment are refused."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from kit.action import NEVER, SOMEONE, Action, Change, Example, State, account, later
from kit.tenant.client import Tenant
from kit.tenant.write import Write


@dataclass(frozen=True)
class RevokeSessions(Action):
    """Revoke all sign-in sessions.

    Why: a stolen session outlives the password; this ends the refresh tokens and browser sessions it lives on.
    Effect: the owner signs in again on every device.
    Propagation: a few minutes to be recorded; up to 15 minutes where access is evaluated continuously, 60 to 90
        minutes elsewhere, until access tokens already given out end.
    Limits: does not end app grants, app passwords, an app's own cookies, or a device that can sign in by itself; a
        method the attacker registered lets him come back. Disable first, and revoke again after the last removal.
    Undo: none is possible, and none is needed: the owner signs in again.
    Source: Microsoft, Responding to a compromised email account (July 2026), step 2; Graph: user:
        revokeSignInSessions, which answers 200 although its page says 204.
    """

    since: str = field(default="", metadata={"empty": "from now on"})
    """The moment sessions are valid from must be later than this (ISO, UTC). Empty: than at the plan's first look."""

    order = 7
    goal = "Sessions begun before this plan are refused."
    risk = "The owner is signed out everywhere and signs in again."
    permissions = (("User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"),)
    settles = 300
    example = Example(
        parameters={"user": SOMEONE["user"], "since": "2025-03-02T08:00:00Z"},
        before={
            **SOMEONE,
            "signInSessionsValidFromDateTime": "2025-03-02T08:00:00Z",
        },
        changes=(
            Change(
                says="Revoke all sign-in sessions",
                do=Write("POST", "/v1.0/users/7f00/revokeSignInSessions"),
                before={"sessions valid from": "2025-03-02T08:00:00Z"},
                after={"sessions valid from": "the moment of revoking"},
            ),
        ),
        after={
            **SOMEONE,
            "signInSessionsValidFromDateTime": "2026-11-24T09:30:00Z",
        },
    )

    def observe(self, tenant: Tenant) -> State:
        """From when on sessions are valid."""
        return account(tenant, self.user, "signInSessionsValidFromDateTime")

    def pinned(self, state: State) -> Self:
        """Later than what the first look found."""
        return self if self.since else replace(self, since=state["signInSessionsValidFromDateTime"] or NEVER)

    def changes(self, state: State) -> list[Change]:
        """One POST, unless that moment has moved already."""
        valid_from = state["signInSessionsValidFromDateTime"]
        if self.since and later(valid_from, self.since):
            return []
        return [
            Change(
                says="Revoke all sign-in sessions",
                do=Write("POST", f"/v1.0/users/{state['id']}/revokeSignInSessions"),
                before={"sessions valid from": valid_from},
                after={"sessions valid from": "the moment of revoking"},
            )
        ]
