"""The laws every action keeps: what it declares, what its example says, and how it fares on the simulated tenant."""

from __future__ import annotations

import copy
import dataclasses
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kit.action import ACTIONS, SECTIONS, Action, Manual
from kit.actions.reset_password import DIGITS, LETTERS, new_password
from kit.errors import BadAnswer, NotConfirmed, NotFound, NotReversible, SchemaError
from kit.journal import Journal
from kit.plan import Plan
from kit.tenant.auth import connect_simulated
from kit.tenant.client import Tenant
from kit.tenant.write import Ticket, Write

NAMES = list(ACTIONS)


@pytest.fixture
def tenant(simulator: Any) -> Tenant:
    return connect_simulated(simulator.facts)


def send(tenant: Tenant, write: Write) -> dict[str, Any]:
    """Make the tenant such that there is something to do."""
    return tenant.send(write, Ticket([write]))


def cloud_account(tenant: Tenant) -> dict[str, Any]:
    """An enabled member who is not mastered on premises."""
    fields = "id,userPrincipalName,mail,onPremisesSyncEnabled,accountEnabled,userType"
    users = [user for page in tenant.pages("/v1.0/users", select=fields) for user in page.records]
    members = [user for user in users if user["userType"] == "Member" and user["mail"] and user["accountEnabled"]]
    return next(user for user in members if not user["onPremisesSyncEnabled"])


def wanted(tenant: Tenant, name: str) -> dict[str, Any]:
    """Parameters of the action for an account on which it has something to do."""
    user = cloud_account(tenant)
    found = {"user": user["userPrincipalName"]}
    path = f"/v1.0/users/{user['id']}"
    if name == "enable_account":
        send(tenant, Write("PATCH", path, {"accountEnabled": False}))
    if name == "clear_forwarding":
        body = {"Identity": user["id"], "ForwardingSmtpAddress": "smtp:drop@evil.example"}
        send(tenant, Write("POST", "Set-Mailbox", {**body, "DeliverToMailboxAndForward": True}, "exchange"))
    if name == "disable_inbox_rule":
        rule = {"displayName": "..", "sequence": 1, "isEnabled": True, "actions": {"delete": True}}
        found["rule_id"] = send(tenant, Write("POST", f"{path}/mailFolders/inbox/messageRules", rule))["id"]
    if name == "remove_authentication_method":
        phone = {"phoneNumber": "+1 5550100", "phoneType": "alternateMobile"}
        found["method_id"] = send(tenant, Write("POST", f"{path}/authentication/phoneMethods", phone))["id"]
    if name == "unblock_sender":
        blocked = tenant.cmdlet("Get-BlockedSenderAddress").records[0]["SenderAddress"]
        found = {"user": blocked, "sender": blocked}
    return found


# What an action declares


@pytest.mark.parametrize("name", NAMES)
def test_action_declares_what_people_must_know(name: str) -> None:
    action = ACTIONS[name]
    assert action.name == name
    assert dataclasses.is_dataclass(action)
    assert action.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert [section for section in SECTIONS if not action.prose[section]] == []
    assert action.goal.endswith(".")
    assert action.risk.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_example_says_what_the_action_does(name: str) -> None:
    example = ACTIONS[name].example
    action = ACTIONS[name](**example.parameters)
    before, after = copy.deepcopy((example.before, example.after))
    assert [change.shown() for change in action.changes(before)] == [change.shown() for change in example.changes]
    assert action.changes(after) == []


@pytest.mark.parametrize("name", NAMES)
def test_changes_follow_from_the_state_alone(name: str) -> None:
    example = ACTIONS[name].example
    action = ACTIONS[name](**example.parameters)
    state = copy.deepcopy(example.before)
    first, second = action.changes(state), action.changes(state)
    assert [change.shown() for change in first] == [change.shown() for change in second]
    assert state == example.before


@pytest.mark.parametrize("name", NAMES)
def test_every_request_acts_by_object_id_and_is_in_the_contract(name: str, contract: SimpleNamespace) -> None:
    example = ACTIONS[name].example
    for change in example.changes:
        for write in (change.do, change.undo):
            if write is None or isinstance(write, Manual):
                continue
            assert example.before["user"] not in write.path
            if write.service == "graph":
                assert write.path.startswith(f"/v1.0/users/{example.before['id']}")
                assert contract.graph.check_request(write.method, write.path, write.payload()) == []
            else:
                body = {"CmdletInput": {"CmdletName": write.path, "Parameters": write.payload()}}
                assert contract.aux.check_request("POST", "/adminapi/beta/t/InvokeCommand", body) == []


def test_action_without_a_section_or_a_fact_cannot_be_written() -> None:
    with pytest.raises(SchemaError, match="the section 'Undo'"):
        type("Half", (ACTIONS["disable_account"],), {"__doc__": "Half an action.\n\nWhy: because."})
    with pytest.raises(SchemaError, match="the fact 'risk'"):
        type("Bare", (Action,), {"__doc__": "Bare."})


# How it fares


@pytest.mark.parametrize("name", NAMES)
def test_observing_and_planning_write_nothing(name: str, tenant: Tenant, simulator: Any, tmp_path: Path) -> None:
    parameters = wanted(tenant, name)
    writes = simulator.writes()
    action = ACTIONS[name](**parameters)
    state = action.observe(tenant)
    assert json.loads(json.dumps(state)) == state
    assert Plan([action], tenant, Journal(tmp_path / "j")).preview().steps[0].status == "previewed"
    assert simulator.writes() == writes


@pytest.mark.parametrize("name", NAMES)
def test_after_apply_nothing_is_left_and_a_second_apply_is_refused(
    name: str, tenant: Tenant, simulator: Any, tmp_path: Path
) -> None:
    plan = Plan([ACTIONS[name](**wanted(tenant, name))], tenant, Journal(tmp_path / "j"))
    writes = len(simulator.writes())
    account = plan.preview().account
    result = plan.apply(account)
    assert [(step.status, step.note) for step in result.steps] == [("verified", "")]
    assert plan.actions[0].changes(plan.actions[0].observe(tenant)) == []
    assert len(simulator.writes()) == writes + 1
    with pytest.raises(NotConfirmed, match="applied already"):
        plan.apply(account)
    assert len(simulator.writes()) == writes + 1


@pytest.mark.parametrize("name", NAMES)
def test_undo_restores_what_was_observed_or_says_that_it_cannot(name: str, tenant: Tenant, tmp_path: Path) -> None:
    plan = Plan([ACTIONS[name](**wanted(tenant, name))], tenant, Journal(tmp_path / "j"))
    preview = plan.preview()
    plan.apply(preview.account)
    if all(change.undo for change in ACTIONS[name].example.changes):
        assert "Can be undone." in preview.plain()
        assert [step.status for step in plan.undo(preview.account).steps] == ["undone"]
        assert plan.actions[0].observe(tenant) == preview.steps[0].state
    else:
        assert "Cannot be undone." in preview.plain()
        with pytest.raises(NotReversible):
            plan.undo(preview.account)


def test_hidden_rule_goes_through_exchange_and_warns() -> None:
    example = ACTIONS["disable_inbox_rule"].example.before
    hidden = {**example, "rule": {"RuleIdentity": 42, "Name": "..", "Enabled": True}}
    action = ACTIONS["disable_inbox_rule"](user="a", rule_id="42", hidden=True)  # type: ignore[call-arg]
    (change,) = action.changes(hidden)
    assert isinstance(change.do, Write)
    assert (change.do.service, change.do.path) == ("exchange", "Disable-InboxRule")
    assert change.undo is not None
    assert change.undo.path == "Enable-InboxRule"
    assert "client-side Outlook rules" in " ".join(change.cautions)
    assert action.changes({**hidden, "rule": {**hidden["rule"], "Enabled": False}}) == []


def test_hidden_rule_is_disabled_and_restored_through_exchange(tenant: Tenant, simulator: Any, tmp_path: Path) -> None:
    user_id, rule = hidden_rule(tenant)
    action = ACTIONS["disable_inbox_rule"](user=user_id, rule_id=rule["RuleIdentity"], hidden=True)  # type: ignore[call-arg]
    plan = Plan([action], tenant, Journal(tmp_path / "j"))
    preview = plan.preview()
    assert plan.apply(preview.account).ok
    assert simulator.writes()[0]["path"] == "Disable-InboxRule"
    assert plan.undo(preview.account).ok
    assert action.observe(tenant) == preview.steps[0].state


def hidden_rule(tenant: Tenant) -> tuple[str, dict[str, Any]]:
    """A mailbox and a rule in it that Exchange shows and Graph does not."""
    for mailbox in tenant.cmdlet("Get-Mailbox").records:
        user_id = mailbox["ExternalDirectoryObjectId"]
        pages = tenant.pages(f"/v1.0/users/{user_id}/mailFolders/inbox/messageRules")
        visible = {rule["displayName"] for page in pages for rule in page.records}
        for rule in tenant.cmdlet("Get-InboxRule", Mailbox=user_id, IncludeHidden=True).records:
            if rule["Name"] not in visible and rule["Enabled"]:
                return user_id, rule
    raise AssertionError("the simulated tenant has no hidden rule")


def test_missing_rule_is_not_taken_for_a_disabled_one(tenant: Tenant) -> None:
    user = cloud_account(tenant)["userPrincipalName"]
    with pytest.raises(NotFound, match="no visible rule"):
        ACTIONS["disable_inbox_rule"](user=user, rule_id="AQAA=").observe(tenant)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("synced", "federated", "path"),
    [
        (None, False, "/v1.0/users/7f00"),
        (True, False, "/v1.0/users/7f00/authentication/methods/28c10230-6103-485e-b985-444c60001490/resetPassword"),
        (True, True, ""),
        (None, True, ""),
    ],
)
def test_reset_takes_the_way_the_account_allows(synced: bool | None, federated: bool, path: str) -> None:
    example = ACTIONS["reset_password"].example
    state = {**example.before, "onPremisesSyncEnabled": synced, "federated": federated}
    (change,) = ACTIONS["reset_password"](**example.parameters).changes(state)
    assert getattr(change.do, "path", "") == path
    assert isinstance(change.do, Manual) == federated
    assert (change.secret is None) == federated


def test_every_drawn_password_is_new_strong_and_legible() -> None:
    drawn = {new_password() for _ in range(200)}
    assert len(drawn) == 200
    for password in drawn:
        assert set(password) <= set(LETTERS + DIGITS + "-")
        assert len(password) == 19
        assert any(c.islower() for c in password)
        assert any(c.isupper() for c in password)
        assert any(c.isdigit() for c in password)


def test_disabling_a_synced_account_says_that_the_sync_enables_it_again() -> None:
    example = ACTIONS["disable_account"].example
    action = ACTIONS["disable_account"](**example.parameters)
    assert "on premises" in action.changes({**example.before, "onPremisesSyncEnabled": True})[0].cautions[0]
    assert action.changes({**example.before, "onPremisesSyncEnabled": None})[0].cautions == ()


def test_unblocking_says_what_is_not_yet_secured() -> None:
    action = ACTIONS["unblock_sender"]
    secured = {
        **action.example.before,
        "signInSessionsValidFromDateTime": "2026-11-24T09:31:07Z",
        "lastPasswordChangeDateTime": "2026-11-24T09:31:07Z",
    }
    wish = action(**action.example.parameters)
    assert len(wish.changes(secured)[0].cautions) == 1
    assert (
        "Mail is still forwarded to drop@evil.example."
        in wish.changes({**secured, "forwards_to": "drop@evil.example"})[0].cautions
    )
    assert (
        "The password was not changed since the block."
        in wish.changes({**secured, "lastPasswordChangeDateTime": None})[0].cautions
    )


def test_a_moment_that_cannot_be_read_is_an_error_not_a_guess() -> None:
    example = ACTIONS["revoke_sessions"].example
    with pytest.raises(BadAnswer):
        ACTIONS["revoke_sessions"](**example.parameters).changes(
            {**example.before, "signInSessionsValidFromDateTime": "yesterday"}
        )
