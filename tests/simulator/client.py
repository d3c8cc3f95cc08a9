"""What the simulator's tests share: a plain client that checks every answer against the contract, and a sign-in."""

from __future__ import annotations

import importlib.util
import json
import warnings
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests

from kit.simulator.server import Server

SHARED = Path(__file__).parents[3] / "shared" / "contract"
PREFIX = "https://graph.simulated.invalid"


@cache
def contract(name: str = "graph-subset-openapi.json") -> Any:
    """The checker over one of the published contracts, or None where they are not at hand."""
    if not (SHARED / name).exists():
        return None
    spec = importlib.util.spec_from_file_location("contract_check", SHARED / "contract_check.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the checker leaves its file to the garbage collector
        return module.Contract(str(SHARED / name))


class Client:
    """A signed-in caller of one simulated tenant."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.session = requests.Session()
        self.session.trust_env = False
        self.tokens: dict[str, str] = {}

    def token(self, host: str = "graph.simulated.invalid") -> str:
        """An application's token for one API."""
        if host not in self.tokens:
            answer = self.login(
                grant_type="client_credentials",
                client_secret=self.server.client_secret,
                scope=f"https://{host}/.default",
            )
            self.tokens[host] = answer.json()["access_token"]
        return self.tokens[host]

    def login(self, **fields: str) -> requests.Response:
        """POST to the token endpoint."""
        url = f"{self.server.url}/login/{self.server.tenancy.world.tenant_id}/oauth2/v2.0/token"
        return self.session.post(url, data={"client_id": self.server.client_id, **fields}, timeout=10)

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **query: str
    ) -> requests.Response:
        """A Graph request; the answer is checked against the contract."""
        path = path.removeprefix(PREFIX) + (
            f"?{urlencode({f'${key}': value for key, value in query.items()})}" if query else ""
        )
        answer = self.session.request(
            method,
            f"{self.server.url}/graph{path}",
            data=None if body is None else json.dumps(body),
            headers={"Authorization": f"Bearer {self.token()}", "Content-Type": "application/json", **(headers or {})},
            timeout=10,
        )
        self.check(method, path, answer)
        return answer

    @staticmethod
    def check(method: str, path: str, answer: requests.Response) -> None:
        """Fail when the contract knows the operation and the answer is not what it says."""
        checker = contract()
        if checker is None or checker.find(method, path)[1] is None:
            return
        problems = checker.check_response(method, path, answer.status_code, answer.json() if answer.content else None)
        assert not problems, f"{method} {path}: {problems[:3]}"

    def get(self, path: str, **query: str) -> Any:
        """The object or page at a Graph path; fails unless it is 200."""
        answer = self.send("GET", path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def everything(self, path: str, **query: str) -> list[Any]:
        """All records of all pages."""
        page = self.get(path, **query)
        found = list(page["value"])
        while "@odata.nextLink" in page:
            page = self.get(page["@odata.nextLink"])
            found += page["value"]
        return found

    def cmdlet(self, name: str, **parameters: Any) -> requests.Response:
        """Run an Exchange cmdlet."""
        tenant = self.server.tenancy.world.tenant_id
        return self.session.post(
            f"{self.server.url}/exchange/adminapi/beta/{tenant}/InvokeCommand",
            json={"CmdletInput": {"CmdletName": name, "Parameters": parameters}},
            headers={
                "Authorization": f"Bearer {self.token('outlook.simulated.invalid')}",
                "X-AnchorMailbox": f"APP:SystemMailbox@{tenant}",
            },
            timeout=10,
        )

    def rows(self, name: str, **parameters: Any) -> list[Any]:
        """The objects a cmdlet gives; fails unless it is 200."""
        answer = self.cmdlet(name, **parameters)
        assert answer.status_code == 200, answer.text
        rows: list[Any] = answer.json()["value"]
        return rows

    def admin(self, method: str, path: str, body: Any = None) -> requests.Response:
        """A request to the simulator's own controls."""
        headers = {"X-Admin-Token": self.server.admin_token}
        return self.session.request(method, f"{self.server.url}/admin{path}", json=body, headers=headers, timeout=10)
