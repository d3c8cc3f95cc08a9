"""What ends a user's sessions: revoking them, and a new password."""

from __future__ import annotations

from kit.simulator.footprint import directory_change
from kit.simulator.message import Call
from kit.simulator.world import Json


def end_sessions(call: Call, user: Json) -> None:
    """Make the user's refresh tokens invalid from now on."""
    user["signInSessionsValidFromDateTime"] = f"{call.tenancy.now():%Y-%m-%dT%H:%M:%SZ}"
    if "refreshTokensValidFromDateTime" in user:
        user["refreshTokensValidFromDateTime"] = user["signInSessionsValidFromDateTime"]
    call.tenancy.identity.revoke(user["id"])


def new_password(call: Call, user: Json) -> None:
    """The user has a new password: its date moves and older sessions end."""
    user["lastPasswordChangeDateTime"] = f"{call.tenancy.now():%Y-%m-%dT%H:%M:%SZ}"
    end_sessions(call, user)
    directory_change(call, "Reset user password", "UserManagement", user, {})
