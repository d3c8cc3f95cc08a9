"""Reset the password, by the one of Microsoft's two ways that the account allows."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field, replace
from typing import Self

from kit.action import NEVER, SOMEONE, Action, Change, Example, Manual, State, account, later
from kit.tenant.client import Tenant
from kit.tenant.write import Secret, Write

PASSWORD_METHOD = "28c10230-6103-485e-b985-444c60001490"  # every user's: Graph, passwordAuthenticationMethod
LETTERS = "".join(sorted(set(string.ascii_letters) - set("IOlo")))
DIGITS = "23456789"
FEDERATED = (
    "The password lives with the identity provider the domain is federated to: reset it there, twice where that is "
    "Active Directory, and let the owner choose a new one at the next sign-in."
)
HAND_OVER = "Hand the new password over in person or by telephone, never by mail: the attacker may still read it."
TWICE = "The account is mastered on premises: reset it there twice, since the old password stays valid in replicas."


@dataclass(frozen=True)
class ResetPassword(Action):
    """Reset the password to a generated one.

    Why: the attacker knows the password, or may.
    Effect: the owner signs in with the new password once and must then choose another.
    Propagation: at once for cloud accounts; minutes for synced ones, which are written back on premises.
    Limits: app passwords, app grants and sessions already begun survive it, so revoke sessions as well. A synced
        account needs password writeback and a signed-in person (Graph offers no application permission); nobody can
        reset their own password this way. An account with a role needs a sender with a higher one.
    Undo: none: the old password is not known and must not come back.
    Source: Microsoft, Responding to a compromised email account (July 2026); Graph: Update user (passwordProfile, cloud
        accounts) and authenticationMethod: resetPassword (synced accounts).
    """

    since: str = field(default="", metadata={"empty": "from now on"})
    """The password must have changed later than this (ISO, UTC). Empty: later than at the plan's first look."""

    order = 8
    goal = "The password was changed after this plan was made."
    risk = "The owner needs the new password before working again."
    permissions = (("User-PasswordProfile.ReadWrite.All", "Directory.AccessAsUser.All"),)
    settles = 300
    example = Example(
        parameters={"user": SOMEONE["user"], "since": "2025-03-02T08:00:00Z"},
        before={
            **SOMEONE,
            "onPremisesSyncEnabled": None,
            "lastPasswordChangeDateTime": "2025-03-02T08:00:00Z",
            "federated": False,
        },
        changes=(
            Change(
                says="Set a generated password, to be changed at the next sign-in",
                do=Write(
                    "PATCH",
                    "/v1.0/users/7f00",
                    {"passwordProfile": {"password": Secret("…"), "forceChangePasswordNextSignIn": True}},
                ),
                before={"password changed": "2025-03-02T08:00:00Z"},
                after={"password changed": "the moment of the reset"},
                cautions=(HAND_OVER,),
            ),
        ),
        after={
            **SOMEONE,
            "onPremisesSyncEnabled": None,
            "lastPasswordChangeDateTime": "2026-11-24T09:31:07Z",
            "federated": False,
        },
    )

    def observe(self, tenant: Tenant) -> State:
        """When the password was last changed, and who keeps it: the cloud, on premises, or a federated provider."""
        state = account(tenant, self.user, "onPremisesSyncEnabled", "lastPasswordChangeDateTime")
        domain = state["user"].rpartition("@")[2].casefold()
        federated = {
            str(record["id"]).casefold()
            for page in tenant.pages("/v1.0/domains")
            for record in page.records
            if record.get("authenticationType") == "Federated"
        }
        return {**state, "federated": domain in federated}

    def pinned(self, state: State) -> Self:
        """Later than what the first look found."""
        return self if self.since else replace(self, since=state["lastPasswordChangeDateTime"] or NEVER)

    def changes(self, state: State) -> list[Change]:
        """One request with a password drawn for it, or what to do by hand; nothing when it has changed since."""
        changed = state["lastPasswordChangeDateTime"]
        if self.since and later(changed, self.since):
            return []
        before, after = {"password changed": changed}, {"password changed": "the moment of the reset"}
        if state["federated"]:
            return [Change(says="Reset the password at the identity provider", do=Manual(FEDERATED), before=before)]
        password = Secret(new_password())
        if state["onPremisesSyncEnabled"]:
            return [
                Change(
                    says="Reset the password in the cloud and, by writeback, on premises",
                    do=Write(
                        "POST",
                        f"/v1.0/users/{state['id']}/authentication/methods/{PASSWORD_METHOD}/resetPassword",
                        {"newPassword": password},
                    ),
                    before=before,
                    after=after,
                    cautions=(TWICE, HAND_OVER),
                    needs=(("UserAuthenticationMethod.ReadWrite.All", "UserAuthMethod-Password.ReadWrite.All"),),
                    in_person=True,
                    secret=password,
                )
            ]
        profile = {"password": password, "forceChangePasswordNextSignIn": True}
        return [
            Change(
                says="Set a generated password, to be changed at the next sign-in",
                do=Write("PATCH", f"/v1.0/users/{state['id']}", {"passwordProfile": profile}),
                before=before,
                after=after,
                cautions=(HAND_OVER,),
                secret=password,
            )
        ]


def new_password() -> str:
    """Sixteen characters in four groups, about 91 bits; no 0, O, o, 1, I or l; always with both cases and a digit."""
    while True:
        drawn = "".join(secrets.choice(LETTERS + DIGITS) for _ in range(16))
        if any(c.islower() for c in drawn) and any(c.isupper() for c in drawn) and any(c in DIGITS for c in drawn):
            return "-".join(drawn[i : i + 4] for i in range(0, 16, 4))
