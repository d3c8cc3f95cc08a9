"""Disable the account: nobody signs in with it, neither the attacker nor the owner."""

from __future__ import annotations

from dataclasses import dataclass

from kit.action import SOMEONE, Action, Change, Example, State, account
from kit.tenant.client import Tenant
from kit.tenant.write import Write

ON_PREMISES = "The account is mastered on premises: disable it there too, or the next sync enables it again."


@dataclass(frozen=True)
class DisableAccount(Action):
    """Disable the account.

    Why: no new token is given out, whatever the attacker knows or has registered.
    Effect: the owner cannot sign in either; mail is still delivered, rules and forwarding still run.
    Propagation: at once for new sign-ins; Exchange, SharePoint and Teams end running sessions within 15 minutes where
        they evaluate access continuously, other apps when their access token ends (60 to 90 minutes).
    Limits: a synced account is enabled again by the next sync unless it is disabled on premises; apps that hold
        application permissions do not need the account.
    Undo: enables the account again.
    Source: Microsoft, Responding to a compromised email account (July 2026), step 1; Graph: Update user.
    """

    order = 6
    goal = "The account cannot sign in."
    risk = "The owner cannot work until the account is enabled again."
    permissions = (("User.EnableDisableAccount.All", "User.ReadWrite.All", "Directory.ReadWrite.All"),)
    example = Example(
        parameters={"user": SOMEONE["user"]},
        before={**SOMEONE, "accountEnabled": True, "onPremisesSyncEnabled": True},
        changes=(
            Change(
                says="Disable the account",
                do=Write("PATCH", "/v1.0/users/7f00", {"accountEnabled": False}),
                undo=Write("PATCH", "/v1.0/users/7f00", {"accountEnabled": True}),
                before={"may sign in": True},
                after={"may sign in": False},
                cautions=(ON_PREMISES,),
            ),
        ),
        after={**SOMEONE, "accountEnabled": False, "onPremisesSyncEnabled": True},
    )

    def observe(self, tenant: Tenant) -> State:
        """Whether the account may sign in, and whether it is mastered on premises."""
        return account(tenant, self.user, "accountEnabled", "onPremisesSyncEnabled")

    def changes(self, state: State) -> list[Change]:
        """One PATCH, unless the account is disabled already."""
        if state["accountEnabled"] is False:
            return []
        path = f"/v1.0/users/{state['id']}"
        return [
            Change(
                says="Disable the account",
                do=Write("PATCH", path, {"accountEnabled": False}),
                undo=Write("PATCH", path, {"accountEnabled": True}),
                before={"may sign in": True},
                after={"may sign in": False},
                cautions=(ON_PREMISES,) if state["onPremisesSyncEnabled"] else (),
            )
        ]
