"""Every Graph route answers as the contract says, and refuses what the service would refuse."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from kit.simulator.router import listed, tree
from kit.simulator.server import Server
from tests.simulator.client import SHARED, Client, contract
from tests.simulator.small_world import ADMIN, ANA, APP, BEN, DOMAIN, SYNCED, TENANT, small_world, upn

METHODS = f"/v1.0/users/{ANA}/authentication"
RULES = f"/v1.0/users/{ANA}/mailFolders/inbox/messageRules"
RISKY = "/v1.0/identityProtection/riskyUsers"
QUERY = {"displayName": "q", "filterStartDateTime": "2026-11-22T00:00:00Z", "filterEndDateTime": "2026-11-25T00:00:00Z"}
NEW_GRANT = {
    "clientId": APP,
    "consentType": "Principal",
    "principalId": BEN,
    "resourceId": TENANT,
    "scope": "User.Read",
}
NEW_RULE = {"displayName": "New", "sequence": 3, "isEnabled": True, "actions": {"markAsRead": True}}
PASSWORD = "28c10230-6103-485e-b985-444c60001490"
PHONE = "3179e48a-750b-4051-897c-87b9720928f7"
TYPED = [
    "emailMethods",
    "phoneMethods",
    "fido2Methods",
    "microsoftAuthenticatorMethods",
    "softwareOathMethods",
    "windowsHelloForBusinessMethods",
    "temporaryAccessPassMethods",
    "platformCredentialMethods",
    "externalAuthenticationMethods",
    "passwordMethods",
]
BETA_TYPED = ["hardwareOathMethods", "passwordlessMicrosoftAuthenticatorMethods"]

# method, path, body, status: at least one request for every route.
REQUESTS: list[tuple[str, str, Any, int]] = [
    ("GET", "/v1.0/auditLogs/signIns?$top=2", None, 200),
    ("GET", "/beta/auditLogs/signIns", None, 200),
    ("GET", "/beta/auditLogs/signIns/66ea54eb-0000-4000-8000-000000000001", None, 200),
    ("GET", "/v1.0/auditLogs/directoryAudits?$top=2", None, 200),
    ("POST", "/v1.0/security/auditLog/queries", QUERY, 201),
    ("POST", "/beta/security/auditLog/queries", QUERY, 201),
    ("GET", "/v1.0/security/auditLog/queries", None, 200),
    ("GET", "/beta/security/auditLog/queries", None, 200),
    ("GET", "/v1.0/users?$top=2&$select=id,accountEnabled", None, 200),
    ("GET", f"/v1.0/users/{ANA}", None, 200),
    ("PATCH", f"/v1.0/users/{ANA}", {"accountEnabled": False}, 204),
    ("PATCH", f"/v1.0/users/{SYNCED}", {"accountEnabled": False}, 204),
    ("POST", f"/v1.0/users/{ANA}/revokeSignInSessions", None, 200),
    ("POST", f"/beta/users/{ANA}/invalidateAllRefreshTokens", None, 200),
    ("GET", f"{METHODS}/methods", None, 200),
    ("DELETE", f"{METHODS}/methods/{PHONE}", None, 404),
    *(("GET", f"{METHODS}/{kind}", None, 200) for kind in TYPED),
    *(("GET", f"/beta/users/{ANA}/authentication/{kind}", None, 200) for kind in BETA_TYPED),
    *(("DELETE", f"{METHODS}/{kind}/absent", None, 404) for kind in TYPED[:-1]),
    *(("DELETE", f"/beta/users/{ANA}/authentication/{kind}/absent", None, 404) for kind in BETA_TYPED),
    ("POST", f"{METHODS}/phoneMethods", {"phoneNumber": "+49 151", "phoneType": "office"}, 201),
    ("POST", f"{METHODS}/emailMethods", {"emailAddress": "ana@private.example"}, 201),
    ("POST", f"{METHODS}/temporaryAccessPassMethods", {"lifetimeInMinutes": 60, "isUsableOnce": True}, 201),
    ("GET", f"/v1.0/users/{upn(ANA)}/mailFolders/inbox/messageRules", None, 200),
    ("GET", f"{RULES}/AQAAA1", None, 200),
    ("POST", RULES, NEW_RULE, 201),
    ("PATCH", f"{RULES}/AQAAA1", {"isEnabled": False}, 200),
    ("DELETE", f"{RULES}/AQAAA1", None, 204),
    ("GET", "/v1.0/oauth2PermissionGrants", None, 200),
    ("GET", "/v1.0/oauth2PermissionGrants/grant1", None, 200),
    ("GET", f"/v1.0/users/{ANA}/oauth2PermissionGrants", None, 200),
    ("GET", f"/v1.0/servicePrincipals/{APP}/oauth2PermissionGrants", None, 200),
    ("POST", "/v1.0/oauth2PermissionGrants", NEW_GRANT, 201),
    ("PATCH", "/v1.0/oauth2PermissionGrants/grant1", {"scope": "User.Read"}, 204),
    ("DELETE", "/v1.0/oauth2PermissionGrants/grant1", None, 204),
    ("GET", "/v1.0/servicePrincipals", None, 200),
    ("GET", f"/v1.0/servicePrincipals/{APP}", None, 200),
    ("PATCH", f"/v1.0/servicePrincipals/{APP}", {"accountEnabled": False}, 204),
    ("GET", "/v1.0/security/secureScores?$top=2", None, 200),
    ("GET", "/v1.0/security/secureScoreControlProfiles", None, 200),
    ("GET", "/v1.0/security/secureScoreControlProfiles/AdminMFAV2", None, 200),
    ("GET", RISKY, None, 200),
    ("GET", f"{RISKY}/{ANA}", None, 200),
    ("GET", "/v1.0/identityProtection/riskDetections", None, 200),
    *(("POST", f"{RISKY}/{verdict}", {"userIds": [ANA, BEN]}, 204) for verdict in
      ("confirmCompromised", "dismiss", "confirmSafe")),
    ("GET", "/v1.0/admin/exchange/tracing/messageTraces", None, 200),
    ("GET", "/v1.0/organization", None, 200),
    ("GET", "/v1.0/domains", None, 200),
    ("GET", "/v1.0/subscribedSkus", None, 200),
    ("GET", "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy", None, 200),
    ("PATCH", "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy", {"isEnabled": True}, 204),
    ("GET", "/v1.0/identity/conditionalAccess/policies", None, 200),
    ("GET", "/v1.0/identity/conditionalAccess/policies/absent", None, 404),
    ("GET", "/v1.0/roleManagement/directory/roleAssignments?$expand=principal", None, 200),
    ("GET", "/v1.0/roleManagement/directory/roleDefinitions", None, 200),
    ("GET", "/v1.0/reports/authenticationMethods/userRegistrationDetails", None, 200),
    ("POST", "/v1.0/$batch", {"requests": [{"id": "1", "method": "GET", "url": "/users?$top=1"}]}, 200),
    ("POST", "/beta/$batch", {"requests": [{"id": "1", "method": "GET", "url": "/auditLogs/signIns"}]}, 200),
]  # fmt: skip
ELSEWHERE = {
    "GET /v1.0/me": "a signed-in person: test_server_identity",
    "POST /v1.0/users/{user-id}/authentication/methods/{authenticationMethod-id}/resetPassword": "a signed-in person",
    "GET /v1.0/users/{user-id}/authentication/operations/{longRunningOperation-id}": "a signed-in person",
    "GET /v1.0/security/auditLog/queries/{auditLogQuery-id}": "test_an_audit_query_runs_through_its_states",
    "GET /beta/security/auditLog/queries/{auditLogQuery-id}": "test_an_audit_query_runs_through_its_states",
    "GET /v1.0/security/auditLog/queries/{auditLogQuery-id}/records": "test_an_audit_query_runs_through_its_states",
    "GET /beta/security/auditLog/queries/{auditLogQuery-id}/records": "test_an_audit_query_runs_through_its_states",
}


@pytest.mark.parametrize(("method", "path", "body", "status"), REQUESTS)
def test_a_route_answers_as_the_contract_says(client: Client, method: str, path: str, body: Any, status: int) -> None:
    answer = client.send(method, path, body)
    assert answer.status_code == status, answer.text


def test_every_route_is_asked_something() -> None:
    asked = set(ELSEWHERE)
    for method, path, _, _ in REQUESTS:
        segments = tuple(part for part in path.partition("?")[0].split("/") if part)
        node = tree("graph").find(segments)
        assert node, path
        route = node.methods[method]
        asked.add(f"{method} {route if isinstance(route, str) else route.template}")
    graph = {name for name, route in listed().items() if route.service == "graph"}
    assert graph - asked == set()


def test_the_requests_here_conform_to_the_contract() -> None:
    checker = contract()
    if checker is None:
        pytest.skip("../shared/contract is absent: this test compares with it")
    for method, path, body, status in REQUESTS:
        if status != 404:
            assert checker.check_request(method, path, body) == [], (method, path)


def test_the_derived_contract_is_that_of_the_published_one() -> None:
    if not SHARED.exists():
        pytest.skip("../shared/contract is absent: this test compares with it")
    path = Path(__file__).with_name("derive_contract.py")
    spec = importlib.util.spec_from_file_location("derive_contract", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.DERIVED.read_text("utf-8") == module.text()


ODD = ["", "null", "-1", "9" * 30, "²", "a b c", "'", "id,id", "id desc", "(", "\x00", "W10", "WzEsMl0"]


@pytest.mark.parametrize(
    "option", ["top", "skip", "filter", "orderby", "select", "count", "skiptoken", "expand", "search"]
)
def test_no_option_of_a_list_makes_it_fail(client: Client, option: str) -> None:
    paths = {path.partition("?")[0] for method, path, _, status in REQUESTS if method == "GET" and status == 200}
    for path in sorted(paths):
        for value in ODD:
            answer = client.send("GET", path, **{option: value})
            assert answer.status_code in {200, 400, 501}, (path, value, answer.text)
            if f"'{option.capitalize()}' is not allowed" in answer.text:
                break


def test_what_would_be_left_out_is_said(client: Client) -> None:
    answer = client.send("GET", "/v1.0/users?$expand=manager")
    assert (answer.status_code, answer.json()["error"]["code"]) == (501, "notImplemented")


def test_an_operation_nobody_simulates_is_501_and_no_stub(client: Client) -> None:
    for path in ("/v1.0/security/alerts_v2", "/v1.0/directoryRoles", f"/v1.0/users/{ANA}/manager"):
        answer = client.send("GET", path)
        assert answer.status_code == 501
        assert answer.json()["error"]["code"] == "notImplemented"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/v1.0/usersx", None, 400, "BadRequest"),
        ("GET", "/v2.0/users", None, 400, "BadRequest"),
        ("PUT", "/v1.0/users", None, 405, "Request_BadRequest"),
        ("GET", "/v1.0/users?$foo=1", None, 400, "Request_BadRequest"),
        ("GET", "/v1.0/users?tpo=1", None, 400, "Request_BadRequest"),
        ("GET", "/v1.0/auditLogs/signIns?$skip=10", None, 400, "BadRequest"),
        ("GET", "/v1.0/auditLogs/signIns?$top=1001", None, 400, "Request_BadRequest"),
        ("GET", "/v1.0/auditLogs/signIns?$top=0", None, 400, "BadRequest"),
        ("GET", "/v1.0/auditLogs/signIns?$top=null", None, 400, "BadRequest"),
        ("GET", "/v1.0/auditLogs/signIns?$top=1&$top=2", None, 400, "BadRequest"),
        ("GET", "/v1.0/auditLogs/signIns?$orderby=appId", None, 400, "BadRequest"),
        ("GET", "/v1.0/auditLogs/signIns?$filter=userAgent eq 'x'", None, 400, "BadRequest"),
        ("GET", "/v1.0/auditLogs/signIns?$filter=appId ne 'x'", None, 400, "BadRequest"),
        ("GET", "/v1.0/auditLogs/signIns?$filter=appId eq", None, 400, "BadRequest"),
        ("GET", "/v1.0/auditLogs/signIns?$skiptoken=abc", None, 400, ""),
        ("GET", "/v1.0/users?$select=nope", None, 400, "BadRequest"),
        ("GET", "/v1.0/users?$count=true", None, 400, "Request_BadRequest"),
        ("GET", "/v1.0/users/absent@x.example", None, 404, "Request_ResourceNotFound"),
        ("PATCH", f"/v1.0/users/{ANA}", {"acountEnabled": False}, 400, "Request_BadRequest"),
        ("PATCH", f"/v1.0/users/{ANA}", {"accountEnabled": "no"}, 400, "Request_BadRequest"),
        ("PATCH", f"/v1.0/users/{SYNCED}", {"passwordProfile": {"password": "x"}}, 400, "Request_BadRequest"),
        ("PATCH", f"{RULES}/AQAAA1", {"isEnable": False}, 400, "RequestBodyRead"),
        ("PATCH", f"{RULES}/AQAAA2", {"isEnabled": False}, 403, "ErrorAccessDenied"),
        ("GET", f"{RULES}/AQAAA9", None, 404, "ErrorItemNotFound"),
        ("GET", f"/v1.0/users/{ANA}/mailFolders/drafts/messageRules", None, 404, "ErrorFolderNotFound"),
        ("POST", "/v1.0/oauth2PermissionGrants", NEW_GRANT | {"principalId": None}, 400, "Request_BadRequest"),
        ("POST", "/v1.0/security/auditLog/queries", QUERY | {"filterEndDateTime": "soon"}, 400, "BadRequest"),
        ("POST", "/v1.0/security/auditLog/queries", {"serviceFilter": "Exchange"}, 400, "Request_BadRequest"),
        ("GET", "/v1.0/admin/exchange/tracing/messageTraces?$filter=senderAddress eq 'a'", None, 400, "BadRequest"),
        ("GET", "/v1.0/me", None, 400, "BadRequest"),
        (
            "POST",
            f"{METHODS}/methods/{PASSWORD}/resetPassword",
            {"newPassword": "x"},
            403,
            "Authorization_RequestDenied",
        ),
        ("POST", f"{METHODS}/temporaryAccessPassMethods", {"lifetimeInMinutes": 5}, 400, "badRequest"),
    ],
)
def test_what_the_service_would_refuse_is_refused(
    client: Client, method: str, path: str, body: Any, status: int, code: str
) -> None:
    answer = client.send(method, path, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text


@pytest.mark.parametrize(
    "path",
    [
        f"/v1.0/users('{ANA}')",
        f"/v1.0/USERS/{upn(ANA).upper()}",
        f"/v1.0/users/{upn(ANA).replace('@', '%40')}?%24select=id",
        f"//v1.0/users/{ANA}",
        f"/beta/users/{ANA}",
        f"/v1.0/users/{ANA}?select=id",
    ],
)
def test_one_user_by_every_way_graph_takes(client: Client, path: str) -> None:
    assert client.get(path)["id"] == ANA


def test_a_service_principal_is_found_by_its_application_id(client: Client) -> None:
    found = client.get("/v1.0/servicePrincipals(appId='e0000000-0000-4000-8000-00000000000e')")
    assert found["id"] == APP


def test_v1_sign_ins_have_no_beta_properties(client: Client) -> None:
    v1, beta = client.get("/v1.0/auditLogs/signIns")["value"], client.get("/beta/auditLogs/signIns")["value"]
    assert [item["id"] for item in v1] == [item["id"] for item in beta]
    assert "sessionId" in beta[0]
    assert "sessionId" not in v1[0]
    assert "browserId" in beta[0]["deviceDetail"]
    assert "browserId" not in v1[0]["deviceDetail"]


def test_sign_ins_of_a_kind_only_when_asked_for(client: Client) -> None:
    kinds = {
        kind: len(client.get("/beta/auditLogs/signIns", filter=f"signInEventTypes/any(t: t eq '{kind}')")["value"])
        for kind in ("interactiveUser", "nonInteractiveUser", "servicePrincipal")
    }
    assert kinds == {"interactiveUser": 10, "nonInteractiveUser": 20, "servicePrincipal": 10}
    assert len(client.get("/beta/auditLogs/signIns")["value"]) == 10


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_pages_of_any_size_give_everything_once_newest_first(client: Client, size: int) -> None:
    kind = "signInEventTypes/any(t: t eq 'nonInteractiveUser')"
    found = client.everything("/beta/auditLogs/signIns", top=str(size), filter=kind)
    assert len({item["id"] for item in found}) == len(found) == 20
    times = [item["createdDateTime"] for item in found]
    assert times == sorted(times, reverse=True)


def test_a_next_link_is_absolute_and_bound_to_its_query(client: Client) -> None:
    link = client.get("/v1.0/auditLogs/signIns", top="3")["@odata.nextLink"]
    assert link.startswith("https://graph.simulated.invalid/v1.0/auditLogs/signIns?")
    refused = client.send("GET", link.replace("$top=3", "$top=4"))
    assert (refused.status_code, refused.json()["error"]["message"]) == (400, "Invalid Skip Token.")


def test_records_that_come_while_paging_move_nothing(client: Client) -> None:
    first = client.get("/v1.0/auditLogs/directoryAudits", top="2")
    client.send("POST", f"/v1.0/users/{ANA}/revokeSignInSessions")
    second = client.get(first["@odata.nextLink"])
    ids = [item["id"] for item in first["value"] + second["value"]]
    assert ids == ["Directory_0", "Directory_1", "Directory_2", "Directory_3"]


def test_counting_needs_the_consistency_header(client: Client) -> None:
    eventual = {"ConsistencyLevel": "eventual"}
    page = client.send(
        "GET", "/v1.0/users?$count=true&$top=1&$filter=endsWith(mail,'.EXAMPLE')", headers=eventual
    ).json()
    assert (page["@odata.count"], len(page["value"])) == (4, 1)


def test_an_audit_query_runs_through_its_states(client: Client) -> None:
    for version in ("v1.0", "beta"):
        made = client.send("POST", f"/{version}/security/auditLog/queries", QUERY).json()
        path = f"/{version}/security/auditLog/queries/{made['id']}"
        states = [made["status"], client.get(path)["status"], client.get(path)["status"]]
        assert states == ["notStarted", "running", "succeeded"]
        records = client.everything(f"{path}/records", top="7")
        assert len({record["id"] for record in records}) == 30
        record = records[0]
        assert record["userPrincipalName"] == record["auditData"]["UserId"]
        assert record["userId"] == record["auditData"]["UserKey"]
        assert record["clientIp"] is None
        assert record["auditData"]["CreationTime"].endswith("Z")


def test_an_audit_query_keeps_to_its_conditions(client: Client) -> None:
    body = QUERY | {
        "operationFilters": ["send"],
        "userPrincipalNameFilters": [upn(ANA)],
        "recordTypeFilters": ["exchangeItem"],
    }
    made = client.send("POST", "/v1.0/security/auditLog/queries", body).json()
    path = f"/v1.0/security/auditLog/queries/{made['id']}"
    assert [client.get(path)["status"] for _ in range(2)] == ["running", "succeeded"]
    records = client.everything(f"{path}/records")
    assert {record["operation"] for record in records} == {"Send"}
    assert {record["userPrincipalName"] for record in records} == {upn(ANA).title()}
    assert len(records) == 5


def test_an_audit_query_says_when_it_was_cut_off(client: Client) -> None:
    client.server.tenancy.settings["audit_record_limit"] = 10
    made = client.send("POST", "/v1.0/security/auditLog/queries", QUERY).json()
    path = f"/v1.0/security/auditLog/queries/{made['id']}"
    client.get(path)
    done = client.get(path)
    assert (done["status"], done["isRecordCountLimitExceeded"]) == ("succeeded", True)
    assert len(client.everything(f"{path}/records")) == 10


def test_too_many_unfinished_audit_queries_are_refused(client: Client) -> None:
    made = [client.send("POST", "/v1.0/security/auditLog/queries", QUERY) for _ in range(11)]
    assert [answer.status_code for answer in made] == [201] * 10 + [429]
    assert made[-1].headers["Retry-After"] == "60"
    first = f"/v1.0/security/auditLog/queries/{made[0].json()['id']}"
    assert [client.get(first)["status"] for _ in range(2)] == ["running", "succeeded"]
    assert client.send("POST", "/v1.0/security/auditLog/queries", QUERY).status_code == 201


def test_a_trace_needs_both_ends_of_its_window(client: Client) -> None:
    window = "receivedDateTime ge 2026-11-22T00:00:00Z and receivedDateTime le 2026-11-25T00:00:00Z"
    path = "/v1.0/admin/exchange/tracing/messageTraces"
    assert len(client.get(path, filter=window)["value"]) == 12
    assert len(client.get(path, filter=f"{window} and contains(subject,'rechnung 3')")["value"]) == 1


def test_a_batch_answers_each_and_fails_what_depends_on_a_failure(client: Client) -> None:
    requests = [
        {"id": "1", "method": "GET", "url": f"/users/{ANA}?$select=id"},
        {"id": "2", "method": "GET", "url": "/users/absent"},
        {"id": "3", "method": "GET", "url": "/users", "dependsOn": ["2"]},
        {
            "id": "4",
            "method": "PATCH",
            "url": f"/users/{BEN}",
            "headers": {"Content-Type": "application/json"},
            "body": {"accountEnabled": False},
        },
    ]
    answers = client.send("POST", "/v1.0/$batch", {"requests": requests}).json()["responses"]
    assert [answer["status"] for answer in answers] == [200, 404, 424, 204]
    assert client.get(f"/v1.0/users/{BEN}", select="accountEnabled")["accountEnabled"] is False
    assert [write["path"] for write in client.admin("GET", "/writes").json()] == [f"/v1.0/users/{BEN}"]


def test_without_a_premium_licence_the_logs_say_so() -> None:
    world = small_world()
    world.state["subscribedSkus"].clear()
    with Server(world) as server:
        client = Client(server)
        premium = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
        assert client.send("GET", "/beta/auditLogs/signIns").json()["error"]["code"] == premium
        assert client.send("GET", RISKY).json()["error"]["code"] == "Forbidden"
        assert client.send("GET", "/v1.0/auditLogs/directoryAudits").status_code == 200


def test_role_holders_come_first_among_the_accounts(client: Client) -> None:
    assert client.server.accounts[0] == upn(ADMIN)
    assert len(client.server.accounts) == 4
    assert client.server.about()["tenant"] == TENANT
    assert client.server.tenancy.world.domain == DOMAIN
