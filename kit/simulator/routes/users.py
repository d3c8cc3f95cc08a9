"""Users: reading them, and disabling an account, changing its password or revoking its sessions."""

from __future__ import annotations

from kit.simulator.footprint import directory_change
from kit.simulator.message import Answer, Call
from kit.simulator.odata import fields
from kit.simulator.paging import Shape, list_state, one
from kit.simulator.problem import bad_request, denied
from kit.simulator.router import Family
from kit.simulator.sessions import end_sessions, new_password
from kit.simulator.world import Json

family = Family("graph")

DEFAULT = (
    "businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage surname "
    "userPrincipalName"
)
"""What Graph gives without $select."""

SHAPE = Shape(
    "users",
    "v1.microsoft.graph.user",
    fields(
        """
        id(eq,ne,in) userPrincipalName(eq,ne,ge,le,in,startsWith,endsWith) displayName(eq,ne,ge,le,in,startsWith)
        mail(eq,ne,ge,le,in,startsWith,endsWith) accountEnabled(eq,ne,in) userType(eq,ne,in)
        createdDateTime(eq,ne,ge,le,gt,lt,in) givenName(eq,ne,in,startsWith) surname(eq,ne,in,startsWith)
        department(eq,ne,in,startsWith) jobTitle(eq,ne,in,startsWith) onPremisesSyncEnabled(eq,ne,in)
        lastPasswordChangeDateTime(eq,ne,ge,le,gt,lt) proxyAddresses/any(eq,startsWith) otherMails/any(eq,startsWith)
        assignedLicenses/any/skuId(eq) mailNickname(eq,ne,in,startsWith) usageLocation(eq,ne,in)
        """,
        fold=True,
    ),
    default=tuple(DEFAULT.split()),
    eventual=True,
)
ENABLE = ("User.EnableDisableAccount.All", "User.ReadWrite.All", "Directory.ReadWrite.All")
PASSWORD = ("User-PasswordProfile.ReadWrite.All", "Directory.AccessAsUser.All")
"""What a change of these properties takes (learn.microsoft.com, "Update user", 2024-12)."""


@family.route("GET", "/v1.0/users")
def list_users(call: Call) -> Answer:
    """The users of the directory."""
    return list_state(call, SHAPE, call.tenancy.collection("users").values())


@family.route("GET", "/v1.0/users/{user-id}")
def read_user(call: Call) -> Answer:
    """One user, by object id or UPN."""
    return one(call, SHAPE, call.tenancy.user(call.ids["user-id"]))


@family.route("GET", "/v1.0/me")
def read_me(call: Call) -> Answer:
    """The signed-in user."""
    if not call.who.delegated:
        raise bad_request("/me request is only valid with delegated authentication flow.")
    return one(call, SHAPE, call.tenancy.user(call.who.user_id))


@family.route("PATCH", "/v1.0/users/{user-id}")
def update_user(call: Call) -> Answer:
    """Change properties of a user.

    A synced account's password has its master on premises and is refused here; it may be disabled here, as
    Microsoft's procedure for hybrid tenants has it, until the next synchronisation.
    """
    change: Json = call.json()
    with call.tenancy.lock:
        user = call.tenancy.user(call.ids["user-id"])
        if "accountEnabled" in change and not call.who.may(*ENABLE):
            raise denied()
        if "passwordProfile" in change and not call.who.may(*PASSWORD):
            raise denied()
        if user.get("onPremisesSyncEnabled") and "passwordProfile" in change:
            raise bad_request(
                "Unable to update the specified properties for on-premises mastered Directory Sync objects or "
                "objects currently undergoing migration.",
                "Request_BadRequest",
            )
        before = {name: user.get(name) for name in change if name != "passwordProfile"}
        user.update({name: value for name, value in change.items() if name != "passwordProfile"})
        if "passwordProfile" in change:
            new_password(call, user)
        if "accountEnabled" in change and change["accountEnabled"] != before["accountEnabled"]:
            activity = "Enable account" if change["accountEnabled"] else "Disable account"
            directory_change(
                call,
                activity,
                "UserManagement",
                user,
                {"AccountEnabled": (before["accountEnabled"], change["accountEnabled"])},
            )
        if before:
            directory_change(
                call, "Update user", "UserManagement", user, {name: (before[name], user[name]) for name in before}
            )
    return Answer.nothing()


@family.route("POST", "/v1.0/users/{user-id}/revokeSignInSessions")
@family.route("POST", "/beta/users/{user-id}/invalidateAllRefreshTokens")
def revoke_sessions(call: Call) -> Answer:
    """Refresh tokens and session cookies issued until now are good no longer. Answers 200 {"value": true}."""
    with call.tenancy.lock:
        user = call.tenancy.user(call.ids["user-id"])
        before = user.get("signInSessionsValidFromDateTime")
        end_sessions(call, user)
        after = user["signInSessionsValidFromDateTime"]
        directory_change(
            call,
            "Update StsRefreshTokenValidFrom Timestamp",
            "UserManagement",
            user,
            {"StsRefreshTokensValidFrom": (before, after)},
        )
    return Answer.of({"@odata.context": call.context("Edm.Boolean"), "value": True})
