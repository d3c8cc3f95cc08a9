"""The authorize page: authorization code with PKCE. Who signs in is chosen on a small page, or by login_hint.

There is no password: everything here is simulated, and the page says so.
"""

from __future__ import annotations

import html
import re
import secrets
from urllib.parse import urlencode

from kit.simulator.identity import Grant
from kit.simulator.message import Answer, Call
from kit.simulator.problem import LoginProblem
from kit.simulator.router import Family
from kit.simulator.signin import check_client, check_tenant, enabled_user, need

family = Family("login")

LOOPBACK = re.compile(r"^http://(localhost|127\.0\.0\.1)(:\d+)?(/.*)?$")
REGISTERED = frozenset({"https://login.microsoftonline.com/common/oauth2/nativeclient"})
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1>{body}</body></html>"""
PEOPLE = 50


@family.route("GET", "/{tenant}/oauth2/v2.0/authorize", open=True)
def authorize(call: Call) -> Answer:
    """The account page, or the answer to the client once the account is known."""
    check_tenant(call)
    query = call.query
    check_client(call, query)
    _check_redirect(query.get("redirect_uri", ""))
    need(query, "response_type", "scope")
    if query["response_type"] != "code":
        raise LoginProblem("unsupported_response_type", 700054, "response_type must be 'code' for this application.")
    if query.get("code_challenge_method") != "S256" or not query.get("code_challenge"):
        raise LoginProblem("invalid_request", 9002325, "Proof Key for Code Exchange is required.")
    hint = query.get("login_hint", "")
    if not hint:
        return _choose(call)
    try:
        return _reply(call, {"code": _code(call, hint)})
    except LoginProblem as problem:
        body = problem.body(call.request_id, "")
        return _reply(call, {"error": problem.code, "error_description": body["error_description"]})


def _code(call: Call, hint: str) -> str:
    identity, query = call.tenancy.identity, call.query
    wanted = identity.wanted(query["scope"])
    identity.consented(wanted)
    user = enabled_user(call, hint)
    code = secrets.token_urlsafe(48)
    with identity.lock:
        identity.codes[code] = Grant(
            user["id"],
            wanted,
            secrets.token_hex(16),
            nonce=query.get("nonce", ""),
            challenge=query["code_challenge"],
            redirect_uri=query["redirect_uri"],
        )
    return code


def _choose(call: Call) -> Answer:
    """One link an account: the same request with a login_hint."""
    users = [u for u in call.tenancy.collection("users").values() if u.get("userType", "Member") == "Member"]
    links = []
    for user in users[:PEOPLE]:
        target = urlencode({**call.query, "login_hint": user["userPrincipalName"]})
        links.append(f'<li><a href="?{html.escape(target)}">{html.escape(user["userPrincipalName"])}</a></li>')
    name = html.escape(call.tenancy.world.name)
    body = f"<p>Simulated tenant {name}: nothing here is real.</p><ul>{''.join(links)}</ul>"
    return _html("Pick an account", body)


def _reply(call: Call, values: dict[str, str]) -> Answer:
    """To the client's redirect address: as query, or as a form that posts itself."""
    values = values | ({"state": call.query["state"]} if "state" in call.query else {})
    where = call.query["redirect_uri"]
    if call.query.get("response_mode", "query") != "form_post":
        mark = "&" if "?" in where else "?"
        return Answer.nothing(302, Location=f"{where}{mark}{urlencode(values)}")
    inputs = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in values.items()
    )
    form = f'<form method="post" action="{html.escape(where)}">{inputs}<button>Continue</button></form>'
    return _html("Signing in", f"{form}<script>document.forms[0].submit()</script>")


def _html(title: str, body: str) -> Answer:
    page = PAGE.format(title=title, body=body).encode()
    return Answer(200, page, {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"})


def _check_redirect(where: str) -> None:
    if where not in REGISTERED and not LOOPBACK.match(where):
        raise LoginProblem(
            "invalid_request",
            50011,
            f"The redirect URI '{where[:200]}' specified in the request does not match the redirect URIs configured "
            f"for the application.",
        )
