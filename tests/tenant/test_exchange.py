"""Exchange cmdlets: which may be run, how they are addressed, how their pages are read."""

from __future__ import annotations

import pytest

from kit.errors import BadAnswer, NotAllowed, NotFound, RequestRefused
from kit.tenant.client import Tenant
from kit.tenant.exchange import Routing, anchor
from kit.tenant.write import Ticket, Write
from tests.tenant.conftest import TENANT, Server, http

APP = Routing(TENANT, "contoso.onmicrosoft.example", app_only=True)
PERSON = Routing(TENANT, "contoso.onmicrosoft.example", app_only=False)


@pytest.mark.parametrize(
    "name",
    [
        "Set-Mailbox",
        "Remove-Mailbox",
        "New-InboxRule",
        "get-mailbox",
        "Get-",
        "Get-Mailbox; Remove-Mailbox",
        "Get-\n",
        "",
        "Invoke-X",
    ],
)
def test_only_reading_cmdlets_read(server: Server, tenant: Tenant, name: str) -> None:
    with pytest.raises(RequestRefused):
        tenant.cmdlet(name)
    assert server.requests == []


@pytest.mark.parametrize("name", ["Get-Mailbox", "Search-UnifiedAuditLog", "Start-X", "set-Mailbox", "Set-A B", ""])
def test_only_changing_cmdlets_are_written(server: Server, tenant: Tenant, name: str) -> None:
    write = Write("POST", name, {}, service="exchange")
    with pytest.raises(RequestRefused):
        tenant.send(write, Ticket([write]))
    assert server.requests == []


@pytest.mark.parametrize("value", [None, ""])
def test_an_empty_identity_is_refused_because_it_can_mean_all(server: Server, tenant: Tenant, value: object) -> None:
    with pytest.raises(RequestRefused):
        tenant.cmdlet("Get-MailboxAuditBypassAssociation", Identity=value)
    assert server.requests == []


def test_a_cmdlet_as_it_is_sent(server: Server, tenant: Tenant) -> None:
    server.answers = [http(200, {"value": [{"Name": "a"}], "@adminapi.warnings": ["careful"]})]
    page = tenant.cmdlet("Get-Mailbox", Identity="u1")
    sent = server.requests[0]
    assert sent.path == f"/exchange/adminapi/beta/{TENANT}/InvokeCommand"
    assert sent.json == {"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": {"Identity": "u1"}}}
    assert sent.headers["x-anchormailbox"].startswith("APP:SystemMailbox{bb558c35-")
    assert sent.headers["authorization"].startswith("Bearer ")
    assert (page.records, page.warnings) == ([{"Name": "a"}], ("careful",))


def test_every_page_repeats_the_cmdlet(server: Server, tenant: Tenant) -> None:
    link = f"https://outlook.simulated.invalid/adminapi/beta/{TENANT}/InvokeCommand?$skiptoken=2"
    server.answers = [http(200, {"value": [{"a": 1}], "@odata.nextLink": link}), http(200, {"value": [{"a": 2}]})]
    pages = tenant.cmdlet_pages("Get-Mailbox", ResultSize="Unlimited")
    assert [page.records for page in pages] == [[{"a": 1}], [{"a": 2}]]
    assert [sent.method for sent in server.requests] == ["POST", "POST"]
    assert server.requests[0].body == server.requests[1].body


def test_a_single_answer_is_never_a_part(server: Server, tenant: Tenant) -> None:
    link = f"https://outlook.simulated.invalid/adminapi/beta/{TENANT}/InvokeCommand?$skiptoken=2"
    server.answers = [http(200, {"value": [{"a": 1}], "@odata.nextLink": link})]
    with pytest.raises(BadAnswer):
        tenant.cmdlet("Get-Mailbox", Identity="u1")


@pytest.mark.parametrize(
    ("name", "parameters", "person", "expected"),
    [
        ("Get-InboxRule", {"Mailbox": "ana@contoso.example"}, False, "UPN:ana@contoso.example"),
        (
            "Get-InboxRule",
            {"Mailbox": "6ea91a8d"},
            False,
            f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT}",
        ),
        (
            "Get-InboxRule",
            {"Mailbox": "a@b\r\nX: y"},
            False,
            f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT}",
        ),
        (
            "Get-Mailbox",
            {"Identity": "ana@contoso.example"},
            False,
            f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT}",
        ),
        (
            "Get-Mailbox",
            {},
            True,
            "UPN:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@contoso.onmicrosoft.example",
        ),
        ("Set-AdminAuditLogConfig", {}, False, f"APP:SystemMailbox{{8cc370d3-822a-4ab8-a926-bb94bd0641a9}}@{TENANT}"),
        ("Get-MailboxFolderPermission", {"Identity": "ana@contoso.example:\\Inbox"}, False, "UPN:ana@contoso.example"),
    ],
)
def test_anchor(name: str, parameters: dict[str, object], person: bool, expected: str) -> None:
    assert anchor(PERSON if person else APP, name, parameters) == expected


def failure(kind: str, text: str = "…") -> dict[str, object]:
    """A cmdlet's error as Exchange answers it."""
    inner = {"message": text, "type": f"Microsoft.Exchange.Configuration.Tasks.{kind}"}
    return {
        "error": {"code": "BadRequest", "message": "Error executing cmdlet", "innererror": {"internalexception": inner}}
    }


def test_a_cmdlet_s_exception_decides(server: Server, tenant: Tenant) -> None:
    server.answers = [http(400, failure("ManagementObjectNotFoundException"))]
    with pytest.raises(NotFound):
        tenant.cmdlet("Get-Mailbox", Identity="u1")
    server.answers = [http(400, failure("CommandNotFoundException"))]
    with pytest.raises(NotAllowed) as caught:
        tenant.cmdlet("Get-InboxRule", Mailbox="u1")
    assert "Exchange.ManageAsApp" in caught.value.hint


def test_a_cmdlet_s_exception_in_the_details(server: Server, tenant: Tenant) -> None:
    details = [
        {
            "code": "Context",
            "message": "Ex6F9304|"
            "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation…",
        }
    ]
    server.answers = [
        http(404, {"error": {"code": "NotFound", "message": "Error executing cmdlet", "details": details}})
    ]
    with pytest.raises(NotFound):
        tenant.cmdlet("Get-Mailbox", Identity="u1")
