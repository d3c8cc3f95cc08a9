"""Signing in through MSAL, claims challenges, the wrong tenant, and what errors mean."""

from __future__ import annotations

import base64
import json
import threading
import webbrowser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from kit.errors import (
    InputError,
    KitError,
    NotAllowed,
    NotAvailable,
    NotFound,
    NotLicensed,
    SignInFailed,
    TenantError,
    Unreachable,
    WrongTenant,
)
from kit.tenant.auth import _certificate, connect, connect_simulated
from kit.tenant.client import Tenant
from kit.tenant.clouds import SIMULATED
from kit.tenant.connection import reach_loopback
from kit.tenant.identity import identity_of
from kit.tenant.session import Session
from kit.tenant.tokens import Application, Method
from kit.tenant.write import Secret
from tests.tenant.conftest import TENANT, Clock, Server, http, jwt

CLAIMS = {"access_token": {"nbf": {"essential": True, "value": "1600000000"}}}
CHALLENGE = (
    'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
    f'error="insufficient_claims", claims="{base64.b64encode(json.dumps(CLAIMS).encode()).decode()}"'
)


def form(request: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def test_who_is_signed_in(tenant: Tenant) -> None:
    assert (tenant.id, tenant.name, tenant.account) == (TENANT, "Contoso", "kit")
    assert tenant.permissions == {"AuditLog.Read.All"}
    assert tenant.cloud.simulated


def test_a_person_s_scopes_and_name() -> None:
    who = identity_of(Secret(jwt(scp="User.Read Mail.Read", roles=None, idtyp=None, upn="ana@contoso.example")))
    assert (who.account, who.permissions, who.app_only) == ("ana@contoso.example", {"User.Read", "Mail.Read"}, False)


@pytest.mark.parametrize("token", ["", "a.b.c", "x", "h.e30.s", "h.W10.s", "h.!!.s"])
def test_a_token_that_cannot_be_read(token: str) -> None:
    with pytest.raises(SignInFailed):
        identity_of(Secret(token))


def test_another_tenant_is_refused(server: Server) -> None:
    server.tokens = [jwt(tid="b0000000-0000-4000-8000-000000000002")]
    with pytest.raises(WrongTenant):
        connect_simulated(server.info)


def test_one_token_serves_many_requests_and_each_service_has_its_own(server: Server, tenant: Tenant) -> None:
    server.answers = [http(200, {"value": []})]
    for _ in range(3):
        list(tenant.pages("/v1.0/users"))
        tenant.cmdlet("Get-Mailbox")
    assert [form(signin)["scope"] for signin in server.signins] == [
        "https://graph.simulated.invalid/.default",
        "https://outlook.simulated.invalid/.default",
    ]


def test_a_claims_challenge_is_answered_once(server: Server, tenant: Tenant) -> None:
    server.tokens = [jwt(fresh=True)]
    server.answers = [
        http(401, {"error": {"code": "InvalidAuthenticationToken"}}, {"WWW-Authenticate": CHALLENGE}),
        http(200, {"id": "x"}),
    ]
    assert tenant.get("/v1.0/users/x") == {"id": "x"}
    asked = json.loads(form(server.signins[-1])["claims"])["access_token"]
    assert asked["nbf"] == CLAIMS["access_token"]["nbf"]
    assert asked["xms_cc"] == {"values": ["CP1"]}
    assert server.requests[0].headers["authorization"] != server.requests[1].headers["authorization"]


def test_a_challenge_that_is_repeated_is_given_up(server: Server, tenant: Tenant) -> None:
    server.answers = [http(401, {"error": {"code": "InvalidAuthenticationToken"}}, {"WWW-Authenticate": CHALLENGE})]
    with pytest.raises(SignInFailed):
        tenant.get("/v1.0/users/x")
    assert len(server.requests) == 2


def test_an_expired_token_is_renewed_though_the_cache_holds_it(server: Server, tenant: Tenant) -> None:
    server.answers = [http(401, {"error": {"code": "InvalidAuthenticationToken"}}), http(200, {"id": "x"})]
    assert tenant.get("/v1.0/users/x") == {"id": "x"}
    assert len(server.signins) == 2


@pytest.mark.parametrize("claims", ["", "!!!!", base64.b64encode(b"[1]").decode(), base64.b64encode(b"\xff").decode()])
def test_a_malformed_challenge_is_no_challenge(server: Server, tenant: Tenant, claims: str) -> None:
    header = {"WWW-Authenticate": f'Bearer error="insufficient_claims", claims="{claims}"'}
    server.answers = [http(401, {"error": {"code": "x"}}, header), http(200, {"id": "x"})]
    assert tenant.get("/v1.0/users/x") == {"id": "x"}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            {"error": "invalid_client", "error_codes": [7000215], "error_description": "AADSTS7000215: …"},
            "secret is wrong",
        ),
        ({"error": "invalid_grant", "error_codes": [53003], "error_description": "AADSTS53003"}, "Conditional Access"),
        ({"error": "odd", "error_description": "AADSTS1: first\r\nTrace ID: x"}, "AADSTS1: first"),
        ({"error": "odd"}, "Sign in again"),
    ],
)
def test_a_refused_sign_in_says_what_to_do(server: Server, error: dict[str, Any], words: str) -> None:
    server.tokens = [error]
    with pytest.raises(SignInFailed) as caught:
        connect_simulated(server.info)
    assert words in caught.value.hint
    assert "Trace" not in str(caught.value)


def test_an_authority_that_does_not_answer_is_one_clear_error(server: Server) -> None:
    info = server.info
    with pytest.raises(KitError):
        connect_simulated(info | {"tenant": "../x"})
    server.close()
    with pytest.raises(Unreachable):
        connect_simulated(info)


def application(server: Server, method: Method) -> Application:
    session = Session(SIMULATED)
    reach_loopback(session, server.url)
    return Application(session, TENANT, "c", method)


def test_a_device_code_is_told(server: Server) -> None:
    told: list[str] = []
    flow = {
        "device_code": "d",
        "user_code": "ABC",
        "verification_uri": "https://x.example",
        "expires_in": 900,
        "interval": 0,
        "message": "Enter ABC",
    }
    server.tokens = [flow, jwt()]
    assert application(server, Method("device_code", tell=told.append)).token("graph").reveal() == jwt()
    assert told == ["Enter ABC"]


def test_the_browser_signs_in_with_a_code_and_pkce(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    class Browser(webbrowser.BaseBrowser):
        """Does what a person's browser does: posts the code back to the waiting kernel."""

        def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
            assert asked["code_challenge_method"] == "S256"
            answer = {"code": "C", "state": asked["state"]}
            threading.Thread(target=lambda: requests.post(asked["redirect_uri"], answer, timeout=5).close()).start()
            return True

    monkeypatch.setattr(webbrowser, "_tryorder", ["kit-test"])
    monkeypatch.setitem(webbrowser._browsers, "kit-test", [None, Browser()])  # type: ignore[attr-defined]
    assert application(server, Method("browser")).token("graph").reveal() == jwt()
    sent = form(server.signins[-1])
    assert (sent["grant_type"], sent["code"]) == ("authorization_code", "C")
    assert sent["code_verifier"]


def test_a_browser_that_never_comes_back_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(webbrowser.BaseBrowser):
        def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
            return True

    monkeypatch.setattr(webbrowser, "_tryorder", ["kit-test"])
    monkeypatch.setitem(webbrowser._browsers, "kit-test", [None, Closed()])  # type: ignore[attr-defined]
    with pytest.raises(SignInFailed):
        application(server, Method("browser", seconds=1)).token("graph")


def made(folder: Path, passphrase: bytes | None) -> Path:
    """A self-signed certificate and its key in one PEM file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kit")])
    start = datetime.now(UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(start).not_valid_after(start + timedelta(days=1))
    seal = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, seal)
    file = folder / "app.pem"
    file.write_bytes(private + built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return file


@pytest.mark.parametrize("passphrase", ["", "wört"])
def test_a_certificate_signs_in(server: Server, tmp_path: Path, passphrase: str) -> None:
    file = made(tmp_path, passphrase.encode() or None)
    method = Method("certificate", lambda: _certificate(file, Secret(passphrase)))
    assert application(server, method).token("graph").reveal() == jwt()
    assertion = form(server.signins[-1])["client_assertion"]
    head = json.loads(base64.urlsafe_b64decode(assertion.split(".")[0] + "=="))
    assert head["alg"] == "PS256"


@pytest.mark.parametrize(
    "options",
    [
        {"how": "secret"},
        {"how": "certificate"},
        {"how": "certificate", "certificate": Path("/nowhere.pem")},
        {"how": "password"},
        {"cloud": "moon"},
    ],
)
def test_what_is_missing_is_said_before_anything_is_sent(options: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        connect(tenant="contoso.example", client_id="c", **options)


def test_a_file_that_holds_no_certificate(tmp_path: Path) -> None:
    file = tmp_path / "x.pem"
    file.write_text("nothing")
    with pytest.raises(InputError):
        _certificate(file, Secret(""))


# ── what an error means ──────────────────────────────────────────────────────────────────────────────────────────────

ERRORS: list[tuple[str, int, Any, type[TenantError], str]] = [
    (
        "/beta/auditLogs/signIns",
        403,
        {"code": "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "message": "Neither tenant is B2C…"},
        NotLicensed,
        "Entra ID P1",
    ),
    (
        "/beta/auditLogs/signIns",
        403,
        {"code": "Authentication_RequestFromUnsupportedUserRole", "message": "…"},
        NotAllowed,
        "Reports Reader",
    ),
    (
        "/v1.0/users",
        403,
        {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"},
        NotAllowed,
        "User.Read.All",
    ),
    (
        "/v1.0/identityProtection/riskyUsers",
        403,
        {"code": "Forbidden", "message": "Your tenant is not licensed for this feature."},
        NotLicensed,
        "P2",
    ),
    (
        "/v1.0/identityProtection/riskyUsers",
        403,
        {"code": "Forbidden", "message": "You cannot perform the requested operation"},
        NotAllowed,
        "IdentityRiskyUser.Read.All",
    ),
    (
        "/v1.0/security/auditLog/queries/q",
        400,
        {"code": "BadRequest", "message": '{"Status":"AuditingDisabledTenant"}'},
        NotAvailable,
        "auditing",
    ),
    ("/v1.0/users/u", 404, {"code": "Request_ResourceNotFound", "message": "…"}, NotFound, ""),
    (
        "/v1.0/users/u/mailFolders/inbox/messageRules",
        404,
        {"code": "MailboxNotEnabledForRESTAPI", "message": "…"},
        NotFound,
        "",
    ),
    ("/v1.0/security/auditLog/queries/q", 404, {"code": "UnknownError", "message": ""}, NotAvailable, ""),
    (
        "/v1.0/admin/exchange/tracing/messageTraces",
        401,
        {"code": "Unauthorized", "message": "Service principal-less Authentication failed"},
        NotAvailable,
        "8bd644d1",
    ),
    ("/v1.0/users", 400, {"code": "BadRequest", "message": "Invalid filter clause"}, TenantError, ""),
    ("/v1.0/users/u/mailFolders", 501, {"code": "notImplemented", "message": "…"}, NotAvailable, ""),
]


@pytest.mark.parametrize(
    ("path", "status", "error", "kind", "hint"), ERRORS, ids=[f"{row[1]} {row[2]['code']} {row[0]}" for row in ERRORS]
)
def test_error(
    server: Server, tenant: Tenant, path: str, status: int, error: Any, kind: type[TenantError], hint: str
) -> None:
    server.answers = [http(status, {"error": error})]
    with pytest.raises(TenantError) as caught:
        tenant.get(path)
    assert type(caught.value) is kind
    assert hint in caught.value.hint
    assert (caught.value.status, caught.value.request_id) == (status, "r-1")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'"x"',
        b"null",
        b'{"error":"text"}',
        b'{"error":{"code":["x"],"message":7}}',
        b'{"error":{"code":"\\u202e\\n<img>"}}',
        b"{",
    ],
)
def test_an_error_in_any_shape_is_one_clear_error(server: Server, tenant: Tenant, body: bytes) -> None:
    server.answers = [http(403, body)]
    with pytest.raises(NotAllowed) as caught:
        tenant.get("/v1.0/users")
    assert str(caught.value).isprintable()


def test_every_request_has_an_id_of_its_own(server: Server, clock: Clock) -> None:
    seen = []
    tenant = connect_simulated(server.info, patience=clock.patience(), on_request=lambda call, page: seen.append(page))
    server.answers = [http(429, b""), http(200, {"value": []}, {"Date": "Tue, 24 Nov 2026 12:00:00 GMT"})]
    page = next(tenant.pages("/v1.0/users"))
    assert [sent.headers["client-request-id"] for sent in server.requests] == [p.client_request_id for p in seen[1:]]
    assert len({p.client_request_id for p in seen}) == 3
    told = page.context()
    assert told["server_date"] == "2026-11-24T12:00:00+00:00"
    assert (told["url"], told["status"], told["request_id"]) == (
        "https://graph.simulated.invalid/v1.0/users",
        200,
        "r-1",
    )
    assert json.loads(json.dumps(told)) == told
