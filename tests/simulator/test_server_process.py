"""The tenant as a process: one line when it is ready, a clean end, and a clear word when its port is taken."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.client import Client, contract

WORDS = ["--users", "20", "--stories", "A1"]


def start(*words: str, module: str = "kit.simulator") -> subprocess.Popen[str]:
    """Start the process."""
    command = [sys.executable, "-m", *module.split(), *words]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit status and what it still said."""
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


class Facts:
    """What Client needs to know of a server that is another process."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.url, self.client_id, self.client_secret = facts["url"], facts["client_id"], facts["client_secret"]
        self.admin_token = facts["admin_token"]
        self.tenancy = self
        self.world = self
        self.tenant_id = facts["tenant"]


@pytest.fixture(scope="module")
def facts() -> Any:
    """A tenant in a process of its own, with the world it ships with; ended by closing its input."""
    process = start("--stdin-guard", *WORDS)
    assert process.stdout
    yield json.loads(process.stdout.readline())
    assert finish(process) == (0, "", "")


def test_one_line_says_all_a_client_needs(facts: dict[str, Any]) -> None:
    assert set(facts) == {"url", "tenant", "name", "client_id", "client_secret", "admin_token", "accounts"}
    assert facts["url"].startswith("http://127.0.0.1:")
    assert "@" in facts["accounts"][0]


def test_a_taken_port_is_said_and_a_signal_ends_it(facts: dict[str, Any], tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    process = start("--truth", str(truth), *WORDS)
    assert process.stdout
    port = json.loads(process.stdout.readline())["url"].rpartition(":")[2]
    for module in ("kit.simulator", "kit tenant"):
        status, out, err = finish(start("--port", port, "--users", "20", module=module))
        assert (status, out) == (2, "")
        assert f"Port {port} of 127.0.0.1 cannot be used" in err
    process.send_signal(signal.SIGTERM)
    assert finish(process) == (0, "", "")
    labels = [json.loads(line) for line in truth.read_text().splitlines()]
    assert {label["story"] for label in labels} == {"A1"}


def test_the_command_says_how_to_connect_and_stops_on_ctrl_c() -> None:
    process = start("--port", "0", "--users", "20", "--story", "A1", module="kit tenant")
    assert process.stdout
    said = [process.stdout.readline()]
    while not said[-1].startswith("Writes received"):
        said.append(process.stdout.readline())
    assert "http://127.0.0.1:" in said[0]
    assert any(line.strip().startswith("tenant = connect_simulated({'url': 'http://127.0.0.1:") for line in said)
    process.send_signal(signal.SIGINT)
    status, out, err = finish(process)
    assert (status, out.split(), err) == (0, ["Stopped."], "")


@pytest.mark.parametrize(
    "words", [["--stories", "Z9"], ["--certificate", "/absent.pem"], ["--account", "no@one.example"]]
)
def test_what_cannot_be_used_is_said(words: list[str]) -> None:
    status, out, err = finish(start("--users", "20", *words))
    assert (status, out) == (2, "")
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/beta/auditLogs/signIns?$top=200&$filter=signInEventTypes/any(t: t ne 'x')",
        "/v1.0/auditLogs/signIns?$top=200",
        "/v1.0/auditLogs/directoryAudits?$top=200",
        "/v1.0/admin/exchange/tracing/messageTraces?$top=200",
        "/v1.0/users?$top=999&$select=id,displayName,accountEnabled,onPremisesSyncEnabled,assignedLicenses",
        "/v1.0/servicePrincipals",
        "/v1.0/oauth2PermissionGrants",
        "/v1.0/security/secureScores?$top=90",
        "/v1.0/security/secureScoreControlProfiles",
        "/v1.0/identityProtection/riskyUsers",
        "/v1.0/identityProtection/riskDetections",
        "/v1.0/organization",
        "/v1.0/domains",
        "/v1.0/subscribedSkus",
        "/v1.0/identity/conditionalAccess/policies",
        "/v1.0/roleManagement/directory/roleAssignments",
        "/v1.0/roleManagement/directory/roleDefinitions",
        "/v1.0/reports/authenticationMethods/userRegistrationDetails",
    ],
)
def test_the_shipped_world_conforms_too(facts: dict[str, Any], path: str) -> None:
    if contract() is None:
        pytest.skip("../shared/contract is absent: this test compares with it")
    assert Client(Facts(facts)).get(path)["value"]  # type: ignore[arg-type]


def test_every_mailbox_of_the_shipped_world_conforms(facts: dict[str, Any]) -> None:
    client = Client(Facts(facts))  # type: ignore[arg-type]
    client.get("/v1.0/policies/identitySecurityDefaultsEnforcementPolicy")
    boxes = client.rows("Get-Mailbox", ResultSize="Unlimited")
    for box in boxes:
        user = box["ExternalDirectoryObjectId"]
        client.get(f"/v1.0/users/{user}/mailFolders/inbox/messageRules")
        client.get(f"/v1.0/users/{user}/authentication/methods")
        client.rows("Get-InboxRule", Mailbox=user, IncludeHidden=True)
    assert len(boxes) > 10
