"""Signing in: MSAL's own flows against the simulator, tokens checked on every call, errors as Entra words them."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import msal
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from requests.adapters import HTTPAdapter

from kit.simulator.server import Server
from kit.simulator.tokens import Signer
from tests.simulator.certificates import pem, signed
from tests.simulator.client import Client
from tests.simulator.conftest import SIGNER
from tests.simulator.small_world import ADMIN, ANA, BEN, DOMAIN, TENANT, small_world, upn

GRAPH = "https://graph.simulated.invalid"
SCOPES = [f"{GRAPH}/User.Read.All", f"{GRAPH}/AuditLog.Read.All", f"{GRAPH}/UserAuthenticationMethod.ReadWrite.All"]


class Loopback(HTTPAdapter):
    """Carries the simulated names to the server."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Rewrite the address and send."""
        parts = urlsplit(request.url or "")
        service = (parts.hostname or "").partition(".")[0].replace("outlook", "exchange")
        request.url = f"{self.base}/{service}{request.path_url}"
        return super().send(request, *args, **kwargs)


def session(server: Server) -> requests.Session:
    """What MSAL is given as http_client."""
    made = requests.Session()
    made.trust_env = False
    made.mount("https://", Loopback(server.url))
    return made


def application(server: Server, credential: Any = None) -> Any:
    """MSAL's application, unmodified but for the transport."""
    kind = msal.ConfidentialClientApplication if credential else msal.PublicClientApplication
    return kind(
        server.client_id,
        authority=f"https://login.simulated.invalid/{TENANT}",
        instance_discovery=False,
        http_client=session(server),
        **({"client_credential": credential} if credential else {}),
    )


def claims(token: str) -> dict[str, Any]:
    """The claims of a token."""
    body = token.split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=="))
    return decoded


def call(server: Server, token: str, path: str, method: str = "GET", body: Any = None) -> requests.Response:
    """A Graph request with a token, checked against the contract."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.request(method, f"{server.url}/graph{path}", headers=headers, json=body, timeout=10)
    Client.check(method, path, answer)
    return answer


@pytest.fixture(scope="module")
def certificate() -> tuple[str, x509.Certificate, str]:
    """A key and its certificate, as PEM and object."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made = signed(key, "kit")
    private, public = pem(key, made)
    return private, made, public


@pytest.fixture
def server() -> Iterator[Server]:
    """A fresh small tenant; the administrator approves device codes."""
    with Server(small_world(), account=upn(ADMIN)) as made:
        made.tenancy.identity.signer = SIGNER
        yield made


@pytest.fixture
def signed_in(server: Server) -> Callable[..., dict[str, Any]]:
    """Signs an account in by device code and gives MSAL's answer."""

    def sign_in(account: str = upn(ADMIN), scopes: list[str] = SCOPES) -> dict[str, Any]:
        server.tenancy.settings.update(account=account, approve_after=0)
        app = application(server)
        answer: dict[str, Any] = app.acquire_token_by_device_flow(app.initiate_device_flow(scopes))
        return answer | {"app": app}

    return sign_in


def test_a_secret_gives_an_application_token_with_roles(server: Server) -> None:
    app = application(server, server.client_secret)
    answer = app.acquire_token_for_client([f"{GRAPH}/.default"])
    said = claims(answer["access_token"])
    assert (said["tid"], said["appid"], said["idtyp"]) == (TENANT, server.client_id, "app")
    assert "AuditLog.Read.All" in said["roles"]
    assert not {"scp", "upn"} & set(said)
    assert not {"refresh_token", "client_info", "id_token"} & set(answer)
    assert app.acquire_token_for_client([f"{GRAPH}/.default"])["token_source"] == "cache"
    assert call(server, answer["access_token"], "/v1.0/users").status_code == 200


def test_a_wrong_secret_is_an_error_with_entras_number(server: Server) -> None:
    answer = application(server, "wrong").acquire_token_for_client([f"{GRAPH}/.default"])
    assert (answer["error"], answer["error_codes"]) == ("invalid_client", [7000215])


@pytest.mark.parametrize("by_thumbprint", [False, True])
def test_a_certificate_is_verified(certificate: tuple[str, x509.Certificate, str], by_thumbprint: bool) -> None:
    key, public, pem = certificate
    named: dict[str, Any] = {"public_certificate": pem}
    if by_thumbprint:
        named = {"thumbprint": public.fingerprint(hashes.SHA1()).hex()}
    with Server(small_world(), certificates=[public]) as server:
        answer = application(server, {"private_key": key, **named}).acquire_token_for_client([f"{GRAPH}/.default"])
        assert claims(answer["access_token"])["appidacr"] == "2"
    with Server(small_world()) as server:
        answer = application(server, {"private_key": key, **named}).acquire_token_for_client([f"{GRAPH}/.default"])
        assert answer["error_codes"] == [700027]


def test_a_certificate_named_but_not_held_is_refused(certificate: tuple[str, x509.Certificate, str]) -> None:
    _, public, pem = certificate
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with Server(small_world(), certificates=[public]) as server:
        credential = {"private_key": other.decode(), "public_certificate": pem}
        answer = application(server, credential).acquire_token_for_client([f"{GRAPH}/.default"])
        assert answer["error_codes"] == [700027]


@pytest.mark.parametrize(
    ("changes", "number"),
    [({}, 0), ({"iss": "x"}, 700021), ({"sub": "x"}, 700021), ({"aud": "https://x/"}, 700023), ({"exp": 1.5}, 700024)],
)
def test_an_assertion_must_be_for_this_client_here_and_now(
    certificate: tuple[str, x509.Certificate, str], changes: dict[str, Any], number: int
) -> None:
    pem, public, _ = certificate
    signer = Signer()
    signer.key = serialization.load_pem_private_key(pem.encode(), None)
    signer.key_id = base64.urlsafe_b64encode(public.fingerprint(hashes.SHA1())).decode()
    with Server(small_world(), certificates=[public]) as server:
        aud = f"https://login.simulated.invalid/{TENANT}/oauth2/v2.0/token"
        said = {"aud": aud, "iss": server.client_id, "sub": server.client_id, "exp": time.time() + 60}
        answer = Client(server).login(
            grant_type="client_credentials",
            scope=f"{GRAPH}/.default",
            client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            client_assertion=signer.sign(said | changes),
        )
        assert answer.json().get("error_codes", [0]) == [number]


def test_a_device_code_is_approved_after_the_polls_asked_for(server: Server) -> None:
    server.tenancy.settings["approve_after"] = 1
    app = application(server)
    flow = app.initiate_device_flow(SCOPES)
    assert flow["user_code"] in flow["message"]
    first = app.acquire_token_by_device_flow(flow, exit_condition=lambda flow: True)
    assert (first["error"], first["error_codes"]) == ("authorization_pending", [70016])
    second = app.acquire_token_by_device_flow(flow, exit_condition=lambda flow: True)
    said = claims(second["access_token"])
    assert said["upn"] == upn(ADMIN)
    assert {"User.Read.All", "AuditLog.Read.All"} <= set(said["scp"].split())
    assert "62e90394-69f5-4237-9190-012177145e10" in said["wids"]
    assert call(server, second["access_token"], "/v1.0/me").json()["id"] == ADMIN


def start_code_flow(server: Server, redirect: str = "http://localhost:8400") -> tuple[Any, dict[str, Any]]:
    """MSAL's application and its authorization code flow, posted as a form as MSAL recommends."""
    app = application(server)
    return app, app.initiate_auth_code_flow(SCOPES, redirect_uri=redirect, response_mode="form_post")


def browse(server: Server, flow: dict[str, Any], account: str, **more: str) -> requests.Response:
    """What the browser does with the authorization address: open it, with the account chosen."""
    parts = urlsplit(flow["auth_uri"])
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | {"login_hint": account, **more}
    address = f"{server.url}/login{parts.path}?{urlencode(query)}"
    return requests.get(address, allow_redirects=False, timeout=10)


def test_an_authorization_code_with_pkce_signs_a_person_in_once(server: Server) -> None:
    app, flow = start_code_flow(server)
    answer = browse(server, flow, upn(BEN), response_mode="query")
    assert answer.status_code == 302
    returned = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    tokens = app.acquire_token_by_auth_code_flow(flow, returned)
    assert tokens["id_token_claims"]["preferred_username"] == upn(BEN)
    assert claims(tokens["access_token"])["upn"] == upn(BEN)
    assert app.acquire_token_by_auth_code_flow(flow, returned)["error"] == "invalid_grant"


def test_a_code_is_worth_nothing_without_its_verifier(server: Server) -> None:
    _, flow = start_code_flow(server)
    answer = browse(server, flow, upn(BEN), response_mode="query")
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    refused = Client(server).login(
        grant_type="authorization_code", code=code, redirect_uri="http://localhost:8400", code_verifier="x" * 43
    )
    assert refused.json()["error_codes"] == [501481]


def test_the_answer_can_be_posted_as_a_form(server: Server) -> None:
    _, flow = start_code_flow(server)
    page = browse(server, flow, upn(BEN))
    assert page.status_code == 200
    assert 'method="post" action="http://localhost:8400"' in page.text
    assert 'name="code"' in page.text
    assert flow["state"] in page.text


def test_without_a_hint_a_page_offers_the_accounts(server: Server) -> None:
    _, flow = start_code_flow(server)
    parts = urlsplit(flow["auth_uri"])
    page = requests.get(f"{server.url}/login{parts.path}?{parts.query}", timeout=10)
    assert page.status_code == 200
    assert upn(BEN) in page.text


def test_a_foreign_redirect_address_gets_no_code(server: Server) -> None:
    _, flow = start_code_flow(server, "https://evil.example/")
    refused = browse(server, flow, upn(BEN))
    assert (refused.status_code, refused.json()["error_codes"]) == (400, [50011])


def test_a_refresh_token_ends_when_sessions_are_revoked(server: Server, signed_in: Callable[..., Any]) -> None:
    answer = signed_in(upn(BEN))
    app, account = answer["app"], answer["app"].get_accounts()[0]
    renewed = app.acquire_token_silent_with_error(SCOPES, account, force_refresh=True)
    assert claims(renewed["access_token"])["uti"] != claims(answer["access_token"])["uti"]
    Client(server).send("POST", f"/v1.0/users/{BEN}/revokeSignInSessions")
    time.sleep(0.01)
    refused = app.acquire_token_silent_with_error(SCOPES, account, force_refresh=True)
    assert (refused["error"], refused["error_codes"], refused["suberror"]) == ("invalid_grant", [50173], "bad_token")
    assert "access_token" in signed_in(upn(BEN)), "a new sign-in works"


@pytest.mark.parametrize("change", [{"accountEnabled": False}, {"passwordProfile": {"password": "Correct-horse-9"}}])
def test_a_disabled_account_or_new_password_ends_the_refresh_token(
    server: Server, signed_in: Callable[..., Any], change: dict[str, Any]
) -> None:
    answer = signed_in(upn(BEN))
    app, account = answer["app"], answer["app"].get_accounts()[0]
    assert Client(server).send("PATCH", f"/v1.0/users/{BEN}", change).status_code == 204
    refused = app.acquire_token_silent_with_error(SCOPES, account, force_refresh=True)
    assert refused["error_codes"] == ([50057] if "accountEnabled" in change else [50173])


def test_a_disabled_account_cannot_sign_in(server: Server, signed_in: Callable[..., Any]) -> None:
    Client(server).send("PATCH", f"/v1.0/users/{BEN}", {"accountEnabled": False})
    assert signed_in(upn(BEN))["error_codes"] == [50057]


def test_a_scope_nobody_consented_to_is_refused(signed_in: Callable[..., Any], server: Server) -> None:
    flow = application(server).initiate_device_flow([f"{GRAPH}/Mail.Send"])
    assert flow["error_codes"] == [65001]


def test_a_password_reset_is_an_operation_and_never_ones_own(server: Server, signed_in: Callable[..., Any]) -> None:
    token = signed_in()["access_token"]
    path = "/v1.0/users/{}/authentication/methods/28c10230-6103-485e-b985-444c60001490/resetPassword"
    assert call(server, token, path.format(ADMIN), "POST", {"newPassword": "N3w-password"}).status_code == 400
    started = call(server, token, path.format(ANA), "POST", {})
    assert started.status_code == 202
    assert started.json()["newPassword"]
    place = started.headers["Location"].removeprefix(GRAPH)
    assert [call(server, token, place).json()["status"] for _ in range(3)] == ["running", "succeeded", "succeeded"]
    user = call(server, token, f"/v1.0/users/{ANA}?$select=lastPasswordChangeDateTime").json()
    assert user["lastPasswordChangeDateTime"].startswith("2026-11-24T12:00")


def test_the_authority_is_discovered(server: Server) -> None:
    transport = session(server)
    base = f"https://login.simulated.invalid/{DOMAIN}"
    metadata = transport.get(f"{base}/v2.0/.well-known/openid-configuration", timeout=10).json()
    assert metadata["token_endpoint"] == f"https://login.simulated.invalid/{TENANT}/oauth2/v2.0/token"
    keys = transport.get(metadata["jwks_uri"], timeout=10).json()["keys"]
    assert [key["kid"] for key in keys] == [SIGNER.key_id]
    lookup = "https://login.simulated.invalid/common/discovery/instance?api-version=1.1&authorization_endpoint="
    found = transport.get(lookup + metadata["authorization_endpoint"], timeout=10).json()
    assert any("login.microsoftonline.com" in entry["aliases"] for entry in found["metadata"])
    other = transport.get(f"{base}.other/v2.0/.well-known/openid-configuration", timeout=10).json()
    assert other["error_codes"] == [90002]


def spoilt(token: str, **changes: Any) -> str:
    """The token with other claims, signed by the simulator's own key."""
    return SIGNER.sign(claims(token) | changes)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda token: "", "Access token is empty."),
        (lambda token: token[:-8] + "AAAAAAAA", "Signature is invalid."),
        (lambda token: "x" + token, "Signature is invalid."),
        (lambda token: spoilt(token, exp=int(time.time()) - 1), "Lifetime validation failed, the token is expired."),
        (lambda token: spoilt(token, aud="https://x"), "Access token validation failure. Invalid audience."),
    ],
)
def test_every_call_is_refused_without_a_good_token(server: Server, spoil: Callable[[str], str], message: str) -> None:
    token = Client(server).token()
    answer = call(server, spoil(token), "/v1.0/users")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert answer.json()["error"] | {"innerError": None} == {
        "code": "InvalidAuthenticationToken",
        "message": message,
        "innerError": None,
    }


def test_a_token_without_the_permission_is_refused() -> None:
    with Server(small_world(), permissions=["User.Read.All"]) as server:
        client = Client(server)
        assert client.send("GET", "/v1.0/users").status_code == 200
        refused = client.send("GET", "/v1.0/auditLogs/signIns")
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "Authorization_RequestDenied")
        assert client.send("PATCH", f"/v1.0/users/{ANA}", {"accountEnabled": False}).status_code == 403
        assert client.get(f"/v1.0/users/{ANA}", select="accountEnabled")["accountEnabled"] is True


def test_a_graph_token_does_not_open_exchange(server: Server) -> None:
    client = Client(server)
    client.tokens["outlook.simulated.invalid"] = client.token()
    assert client.cmdlet("Get-Mailbox").status_code == 401
