"""The device code flow's first step. The simulator approves the code itself after a number of polls."""

from __future__ import annotations

import secrets
import time

from kit.simulator.message import Answer, Call
from kit.simulator.router import Family
from kit.simulator.signin import check_client, check_tenant, form, need

family = Family("login")
EXPIRES_SECONDS = 900
LETTERS = "BCDFGHJKLMNPQRSTVWXYZ23456789"


@family.route("POST", "/{tenant}/oauth2/v2.0/devicecode", open=True)
def start(call: Call) -> Answer:
    """A device code and the code the person would type."""
    check_tenant(call)
    fields = form(call)
    check_client(call, fields)
    need(fields, "scope")
    identity = call.tenancy.identity
    wanted = identity.wanted(fields["scope"])
    identity.consented(wanted)
    device, code = secrets.token_urlsafe(48), "".join(secrets.choice(LETTERS) for _ in range(9))
    with identity.lock:
        identity.devices[device] = {"wanted": wanted, "polls": 0, "expires": time.time() + EXPIRES_SECONDS}
    where = "https://login.microsoft.com/device"
    say = f"To sign in, use a web browser to open the page {where} and enter the code {code} to authenticate."
    return Answer.of(
        {
            "user_code": code,
            "device_code": device,
            "verification_uri": where,
            "expires_in": EXPIRES_SECONDS,
            "interval": 1,
            "message": say,
        }
    )
