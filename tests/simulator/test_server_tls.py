"""Under TLS the real host names are served on one port: a client that knows nothing of the simulator works."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from kit.simulator.hosts import REAL
from kit.simulator.server import Server
from tests.simulator import certificates
from tests.simulator.small_world import TENANT, small_world


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for the real names, with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in REAL])
    authority = x509.BasicConstraints(ca=True, path_length=0)
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    made = certificates.signed(key, "simulated", (names, False), (authority, True))
    path.write_text("".join(certificates.pem(key, made)))
    return path


class Named(HTTPSConnection):
    """A verified TLS connection to a real name that is carried to loopback, as a proxy would."""

    def __init__(self, host: str, port: int, trust: Path) -> None:
        self.place = ("127.0.0.1", port)
        self.trust = ssl.create_default_context(cafile=str(trust))
        super().__init__(host, timeout=10, context=self.trust)

    def connect(self) -> None:
        """Connect to loopback; the name is still the one that is verified."""
        plain = socket.create_connection(self.place, self.timeout)
        self.sock = self.trust.wrap_socket(plain, server_hostname=self.host)


@pytest.fixture
def server(pem: Path) -> Iterator[Server]:
    """A small tenant under its real names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with Server(small_world(), tls=context) as made:
        yield made


def ask(
    server: Server, pem: Path, host: str, method: str, path: str, body: str = "", **headers: str
) -> tuple[int, object]:
    """Status and JSON body of one request to a real name."""
    connection = Named(host, server.port, pem)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text)


def test_the_real_names_work_with_their_own_links(server: Server, pem: Path) -> None:
    login = "login.microsoftonline.com"
    _, metadata = ask(server, pem, login, "GET", f"/{TENANT}/v2.0/.well-known/openid-configuration")
    assert isinstance(metadata, dict)
    assert metadata["token_endpoint"] == f"https://{login}/{TENANT}/oauth2/v2.0/token"
    form = urlencode(
        {
            "grant_type": "client_credentials",
            "client_id": server.client_id,
            "client_secret": server.client_secret,
            "scope": "https://graph.microsoft.com/.default",
        }
    )
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    status, tokens = ask(server, pem, login, "POST", f"/{TENANT}/oauth2/v2.0/token", form, **kind)
    assert status == 200
    assert isinstance(tokens, dict)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    status, page = ask(server, pem, "graph.microsoft.com", "GET", "/v1.0/auditLogs/signIns?$top=2", **bearer)
    assert isinstance(page, dict)
    assert status == 200
    assert page["@odata.nextLink"].startswith("https://graph.microsoft.com/v1.0/auditLogs/signIns?")
    status, _ = ask(server, pem, "outlook.office365.com", "POST", f"/adminapi/beta/{TENANT}/InvokeCommand", "{}")
    assert status == 401
