"""Enable the account again: the hand-back, once the account is clean."""

from __future__ import annotations

from dataclasses import dataclass

from kit.action import SOMEONE, Action, Change, Example, State, account
from kit.tenant.client import Tenant
from kit.tenant.write import Write

CLEAN_FIRST = (
    "Enable only what is clean: devices, methods, rules and grants reviewed, password reset, no hit on two pulls of "
    "the logs at least two hours after containment."
)
ON_PREMISES = "The account is mastered on premises: enable it there, or the next sync disables it again."


@dataclass(frozen=True)
class EnableAccount(Action):
    """Enable the account again.

    Why: the owner must work again; done last, when nothing of the attacker is left.
    Effect: sign-ins succeed again with the new password and the methods that are left.
    Propagation: at once for new sign-ins.
    Limits: opens the door to whoever still knows the password or holds a method: reset and review first.
    Undo: disables the account again.
    Source: Microsoft, Responding to a compromised email account (July 2026), after the clean-up; Graph: Update user.
    """

    order = 31
    goal = "The account can sign in."
    risk = "An attacker who still has a way in can use it again."
    permissions = (("User.EnableDisableAccount.All", "User.ReadWrite.All", "Directory.ReadWrite.All"),)
    example = Example(
        parameters={"user": SOMEONE["user"]},
        before={**SOMEONE, "accountEnabled": False, "onPremisesSyncEnabled": None},
        changes=(
            Change(
                says="Enable the account",
                do=Write("PATCH", "/v1.0/users/7f00", {"accountEnabled": True}),
                undo=Write("PATCH", "/v1.0/users/7f00", {"accountEnabled": False}),
                before={"may sign in": False},
                after={"may sign in": True},
                cautions=(CLEAN_FIRST,),
            ),
        ),
        after={**SOMEONE, "accountEnabled": True, "onPremisesSyncEnabled": None},
    )

    def observe(self, tenant: Tenant) -> State:
        """Whether the account may sign in, and whether it is mastered on premises."""
        return account(tenant, self.user, "accountEnabled", "onPremisesSyncEnabled")

    def changes(self, state: State) -> list[Change]:
        """One PATCH, unless the account is enabled already."""
        if state["accountEnabled"] is True:
            return []
        path = f"/v1.0/users/{state['id']}"
        return [
            Change(
                says="Enable the account",
                do=Write("PATCH", path, {"accountEnabled": True}),
                undo=Write("PATCH", path, {"accountEnabled": False}),
                before={"may sign in": False},
                after={"may sign in": True},
                cautions=(CLEAN_FIRST, ON_PREMISES) if state["onPremisesSyncEnabled"] else (CLEAN_FIRST,),
            )
        ]
