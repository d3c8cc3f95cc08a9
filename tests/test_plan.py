"""A plan sends what was previewed and confirmed, once, or nothing; it believes what it reads, not the answers."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kit.actions.clear_forwarding import ClearForwarding
from kit.actions.disable_account import DisableAccount
from kit.actions.disable_inbox_rule import DisableInboxRule
from kit.actions.enable_account import EnableAccount
from kit.actions.reset_password import ResetPassword
from kit.actions.revoke_sessions import RevokeSessions
from kit.errors import Drifted, InputError, KitError, NotConfirmed, NotReversible, PlanError
from kit.journal import Journal
from kit.plan import PREVIEW_SECONDS, Plan
from kit.step import Step, judged
from kit.tenant.auth import connect_simulated
from kit.tenant.client import Tenant
from kit.tenant.write import Ticket, Write
from kit.unfinished import unfinished
from tests.looks_real import LooksReal


@pytest.fixture
def tenant(simulator: Any) -> Tenant:
    return connect_simulated(simulator.facts)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


@pytest.fixture
def user(tenant: Tenant) -> str:
    return next(name for name in people(tenant) if "#EXT#" not in name)


def people(tenant: Tenant) -> list[str]:
    """The enabled accounts that are not mastered on premises."""
    fields = "userPrincipalName,mail,onPremisesSyncEnabled,accountEnabled"
    users = [user for page in tenant.pages("/v1.0/users", select=fields) for user in page.records]
    return [
        str(user["userPrincipalName"])
        for user in reversed(users)
        if user["mail"] and user["accountEnabled"] and not user["onPremisesSyncEnabled"]
    ]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def refused(plan: Plan, simulator: Any, apply: Callable[[], Any], kind: type[KitError] = NotConfirmed) -> str:
    """Apply is refused with such an error, which is journalled, and nothing was sent."""
    before = simulator.writes()
    with pytest.raises(kind) as error:
        apply()
    assert simulator.writes() == before
    assert list(plan.journal.read("intent")) == []
    assert [entry["why"] for entry in plan.journal.read("refused")][-1] == error.value.message
    return error.value.message


# What is shown


def test_preview_shows_the_exact_request_the_difference_the_risk_and_the_way_back(
    tenant: Tenant, journal: Journal, user: str, simulator: Any
) -> None:
    preview = Plan([DisableAccount(user)], tenant, journal).preview()
    for text in (preview.plain(), preview.html()):
        assert preview.account_id in text
        assert f"PATCH /v1.0/users/{preview.account_id}" in text
        assert "may sign in: true → false" in text
        assert DisableAccount.risk in text
        assert "Can be undone." in text
        assert "imulated tenant" in text
    assert simulator.writes() == []


def test_steps_come_in_the_order_of_the_procedure(tenant: Tenant, journal: Journal, user: str) -> None:
    plan = Plan([ResetPassword(user), RevokeSessions(user), DisableAccount(user)], tenant, journal)
    names = [step.action.name for step in plan.preview().steps]
    assert names == ["disable_account", "revoke_sessions", "reset_password"]


def test_what_is_already_so_is_said_and_not_sent(tenant: Tenant, journal: Journal, user: str, simulator: Any) -> None:
    plan = Plan([EnableAccount(user)], tenant, journal)
    preview = plan.preview()
    assert preview.steps[0].status == "fulfilled"
    assert EnableAccount.goal in preview.plain()
    assert plan.apply(user).ok
    assert simulator.writes() == []


def test_names_an_attacker_chose_do_not_run(tenant: Tenant, journal: Journal, user: str) -> None:
    hostile = "<img src=x onerror=alert(1)>\u202e"
    step = Plan([DisableAccount(user)], tenant, journal).preview().steps[0]
    change = dataclasses.replace(step.changes[0], says=hostile, before={hostile: hostile}, cautions=(hostile,))
    preview = Plan([DisableAccount(user)], tenant, journal).preview()
    shown = dataclasses.replace(preview, account=hostile, steps=(dataclasses.replace(step, changes=(change,)),))
    assert "<img" not in shown.html()
    assert "\u202e" not in shown.html() + shown.plain()


# What is refused


def test_apply_needs_a_preview_and_the_exact_name(tenant: Tenant, journal: Journal, user: str, simulator: Any) -> None:
    plan = Plan([DisableAccount(user)], tenant, journal)
    assert "no preview" in refused(plan, simulator, lambda: plan.apply(user))
    plan.preview()
    for wrong in ("", user.partition("@")[0], user.upper(), "other@contoso.example"):
        assert "not the account's" in refused(plan, simulator, lambda wrong=wrong: plan.apply(wrong))
    assert plan.apply(f" {user} ").ok


def test_what_was_typed_is_not_journalled(tenant: Tenant, journal: Journal, user: str, simulator: Any) -> None:
    plan = Plan([DisableAccount(user)], tenant, journal)
    plan.preview()
    refused(plan, simulator, lambda: plan.apply("hunter2-pasted-by-mistake"))
    assert "hunter2" not in journal.path.read_text()


def test_a_preview_goes_stale(tenant: Tenant, journal: Journal, user: str, simulator: Any) -> None:
    clock = Clock()
    plan = Plan([DisableAccount(user)], tenant, journal, clock=clock)
    plan.preview()
    clock.now = PREVIEW_SECONDS + 1
    assert "old" in refused(plan, simulator, lambda: plan.apply(user))
    plan.preview()
    clock.now += PREVIEW_SECONDS
    assert plan.apply(user).ok


def test_a_target_that_changed_since_the_preview_is_left_alone(
    tenant: Tenant, journal: Journal, user: str, simulator: Any, tmp_path: Path
) -> None:
    plan = Plan([DisableAccount(user), RevokeSessions(user)], tenant, journal)
    plan.preview()
    other = Plan([DisableAccount(user)], tenant, Journal(tmp_path / "other"))
    other.preview()
    other.apply(user)
    assert "changed since" in refused(plan, simulator, lambda: plan.apply(user), Drifted)
    assert "no preview" in refused(plan, simulator, lambda: plan.apply(user))


def test_an_applied_plan_is_used_up(tenant: Tenant, journal: Journal, user: str, simulator: Any) -> None:
    plan = Plan([DisableAccount(user)], tenant, journal)
    plan.preview()
    plan.apply(user)
    with pytest.raises(NotConfirmed):
        plan.apply(user)
    with pytest.raises(PlanError):
        plan.preview()
    assert len(simulator.writes()) == 1


def test_eight_threads_send_one_write(tenant: Tenant, journal: Journal, user: str, simulator: Any) -> None:
    plan = Plan([RevokeSessions(user)], tenant, journal)
    plan.preview()
    outcomes: list[str] = []

    def apply() -> None:
        try:
            plan.apply(user)
            outcomes.append("sent")
        except NotConfirmed:
            outcomes.append("refused")

    threads = [threading.Thread(target=apply) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 7 + ["sent"]
    assert len(simulator.writes()) == 1


def test_protected_accounts_and_oneself_are_not_touched(
    simulator: Any, tenant: Tenant, journal: Journal, user: str
) -> None:
    object_id = tenant.get(f"/v1.0/users/{user}", select="id")["id"]
    for plan in (
        Plan([DisableAccount(user)], tenant, journal, protected=[user.upper()]),
        Plan([DisableAccount(user)], tenant, journal, protected=[object_id]),
        Plan([DisableAccount(object_id)], tenant, journal, protected=[user]),
        Plan([DisableAccount(object_id)], connect_simulated(simulator.facts, account=user), journal),
    ):
        assert "protected" in refused(plan, simulator, plan.preview, PlanError)
        assert "no preview" in refused(plan, simulator, lambda plan=plan: plan.apply(user))


def test_a_plan_is_about_one_account(tenant: Tenant, journal: Journal, user: str, simulator: Any) -> None:
    other = next(name for name in simulator.facts["accounts"] if name != user)
    plan = Plan([DisableAccount(user), RevokeSessions(other)], tenant, journal)
    assert "one account" in refused(plan, simulator, plan.preview, InputError)
    with pytest.raises(InputError):
        Plan([], tenant, journal)


def test_a_guest_with_a_hash_in_the_name_is_acted_on_by_id(tenant: Tenant, journal: Journal, simulator: Any) -> None:
    guest = next(name for name in people(tenant) if "#EXT#" in name)
    plan = Plan([DisableAccount(guest)], tenant, journal)
    account_id = plan.preview().account_id
    assert plan.apply(guest).ok
    assert [write["path"] for write in simulator.writes()] == [f"/v1.0/users/{account_id}"]


def test_an_account_that_does_not_exist_is_said(tenant: Tenant, journal: Journal, simulator: Any) -> None:
    plan = Plan([DisableAccount("nobody@contoso.example")], tenant, journal)
    assert "Nothing could be read" in refused(plan, simulator, plan.preview, PlanError)


def test_without_the_permission_a_step_is_locked_and_names_it(
    tenant: Tenant, journal: Journal, user: str, simulator: Any
) -> None:
    tenant.permissions = frozenset({"User.Read.All", "User.RevokeSessions.All"})
    plan = Plan([DisableAccount(user), RevokeSessions(user)], tenant, journal)
    preview = plan.preview()
    assert [step.status for step in preview.steps] == ["locked", "previewed"]
    assert "User.EnableDisableAccount.All" in preview.html()
    plan.apply(user)
    assert [write["path"].rpartition("/")[2] for write in simulator.writes()] == ["revokeSignInSessions"]


def test_a_synced_password_is_reset_by_a_person_not_by_an_app(tenant: Tenant, journal: Journal, simulator: Any) -> None:
    fields = "userPrincipalName,onPremisesSyncEnabled"
    users = [user for page in tenant.pages("/v1.0/users", select=fields) for user in page.records]
    synced = next(user["userPrincipalName"] for user in users if user["onPremisesSyncEnabled"])
    plan = Plan([ResetPassword(synced)], tenant, journal)
    assert plan.preview().steps[0].status == "locked"
    assert "signed-in person" in plan.preview().plain()
    assert plan.apply(synced).secret is None
    assert simulator.writes() == []


def test_a_real_tenant_wants_its_name_typed_too(tenant: Tenant, journal: Journal, user: str, simulator: Any) -> None:
    real = LooksReal(tenant)
    plan = Plan([DisableAccount(user)], real, journal)
    assert "REAL tenant" in plan.preview().plain()
    assert "real tenant" in refused(plan, simulator, lambda: plan.apply(user))
    assert "real tenant" in refused(plan, simulator, lambda: plan.apply(user, tenant_name="contoso"))
    assert plan.apply(user, tenant_name=real.name).ok
    with pytest.raises(NotConfirmed):
        plan.undo(user)
    assert plan.undo(user, tenant_name=real.name).ok


def test_headless_runs_are_locked_and_real_tenants_cannot_be_unlocked(
    tenant: Tenant, journal: Journal, user: str, simulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIT_HEADLESS", "1")
    plan = Plan([DisableAccount(user)], tenant, journal)
    plan.preview()
    assert "headless" in refused(plan, simulator, lambda: plan.apply(user))
    real = Plan([DisableAccount(user)], LooksReal(tenant), journal)
    real.preview()
    name = tenant.name
    assert "headless" in refused(real, simulator, lambda: real.apply(user, tenant_name=name, headless=True))
    assert plan.apply(user, headless=True).ok


# What happens when something fails


def test_a_failed_step_stops_no_other_and_is_shown(tenant: Tenant, journal: Journal, user: str, simulator: Any) -> None:
    plan = Plan([DisableAccount(user), RevokeSessions(user)], tenant, journal)
    plan.preview()
    simulator.fault(match="PATCH /v1.0/users", kind="status", status=403, code="Authorization_RequestDenied")
    result = plan.apply(user)
    assert [step.status for step in result.steps] == ["failed", "verified"]
    assert not result.ok
    assert "denied" in result.html() or "permission" in result.html()
    assert [entry["outcome"] for entry in journal.read("result")] == ["failed", "sent"]


def test_a_target_that_cannot_be_read_is_said_and_the_rest_goes_on(
    tenant: Tenant, journal: Journal, user: str, simulator: Any
) -> None:
    plan = Plan([DisableInboxRule(user, "AQAAgone="), RevokeSessions(user)], tenant, journal)
    preview = plan.preview()
    assert [step.status for step in preview.steps] == ["previewed", "unreadable"]
    assert "no visible rule" in preview.html()
    assert [step.status for step in plan.apply(user).steps] == ["verified", "unreadable"]
    assert len(simulator.writes()) == 1


def test_a_lost_answer_is_settled_by_looking_never_by_repeating(
    tenant: Tenant, journal: Journal, user: str, simulator: Any
) -> None:
    plan = Plan([RevokeSessions(user)], tenant, journal)
    plan.preview()
    simulator.fault(match="revokeSignInSessions", kind="reset")
    result = plan.apply(user)
    assert [entry["outcome"] for entry in journal.read("result")] == ["unknown"]
    assert result.steps[0].status == "verified"
    assert "lost" in result.steps[0].note
    assert len(simulator.writes()) == 1
    assert unfinished(journal) == []


def test_a_lost_answer_to_what_was_not_done_stays_unknown(
    tenant: Tenant, journal: Journal, user: str, simulator: Any
) -> None:
    plan = Plan([DisableAccount(user)], tenant, journal)
    plan.preview()
    simulator.fault(match="PATCH /v1.0/users", kind="status", status=504)
    result = plan.apply(user)
    assert result.steps[0].status == "unknown"
    assert not result.ok
    assert [entry["action"] for entry in unfinished(journal)] == ["disable_account"]
    assert plan.verify().steps[0].status == "unknown"
    Plan([DisableAccount(user)], tenant, journal).preview()
    assert unfinished(journal) == []


def test_killed_between_intent_and_result_is_unknown_until_somebody_looks(
    tenant: Tenant, journal: Journal, user: str, simulator: Any
) -> None:
    simulator.fault(match="revokeSignInSessions", kind="slow", pieces=2, pause=5)
    code = (
        "import json, sys, pathlib\n"
        "from kit.actions.revoke_sessions import RevokeSessions\n"
        "from kit.journal import Journal\n"
        "from kit.plan import Plan\n"
        "from kit.tenant.auth import connect_simulated\n"
        "facts, user, path = json.loads(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])\n"
        "plan = Plan([RevokeSessions(user)], connect_simulated(facts), Journal(path))\n"
        "plan.preview()\n"
        "plan.apply(user)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, json.dumps(simulator.facts), user, str(journal.path)])
    while not simulator.writes():
        assert child.poll() is None
        time.sleep(0.05)
    child.kill()
    child.wait()
    again = Journal(journal.path)
    assert [entry["action"] for entry in unfinished(again)] == ["revoke_sessions"]
    Plan([RevokeSessions(user)], tenant, again).preview()
    assert unfinished(again) == []
    assert len(simulator.writes()) == 1


def looked(status: Any, changes: int, **facts: Any) -> Step:
    example = RevokeSessions.example
    action = RevokeSessions(**example.parameters)
    return Step(action, status, example.before, tuple(example.changes[:changes]), **facts)


@pytest.mark.parametrize(
    ("step", "now", "elapsed", "status"),
    [
        (looked("sent", 1), looked("fulfilled", 0), 0, "verified"),
        (looked("sent", 1), looked("previewed", 1), 10, "pending"),
        (looked("sent", 1), looked("previewed", 1), 301, "contradicted"),
        (looked("pending", 1), looked("fulfilled", 0), 900, "verified"),
        (looked("contradicted", 1), looked("fulfilled", 0), 900, "verified"),
        (looked("verified", 1, after={}), looked("previewed", 1), 10, "contradicted"),
        (looked("unknown", 1), looked("previewed", 1), 900, "unknown"),
        (looked("unknown", 1), looked("fulfilled", 0), 0, "verified"),
        (looked("failed", 1), looked("previewed", 1), 900, "failed"),
        (looked("failed", 1), looked("fulfilled", 0), 0, "verified"),
        (looked("by hand", 1), looked("by hand", 1), 900, "by hand"),
        (looked("by hand", 1), looked("fulfilled", 0), 900, "verified"),
        (looked("sent", 1), looked("unreadable", 0), 900, "sent"),
        (looked("undo sent", 1), looked("previewed", 1), 0, "undone"),
        (looked("undo sent", 1), looked("fulfilled", 0), 0, "undo sent"),
    ],
)
def test_the_state_decides_what_became_of_a_step(step: Step, now: Step, elapsed: float, status: str) -> None:
    assert judged(step, now, elapsed).status == status


def test_a_change_that_somebody_takes_back_is_noticed(
    tenant: Tenant, journal: Journal, user: str, tmp_path: Path
) -> None:
    plan = Plan([DisableAccount(user)], tenant, journal)
    plan.preview()
    assert plan.apply(user).ok
    back = Plan([EnableAccount(user)], tenant, Journal(tmp_path / "other"))
    back.preview()
    back.apply(user)
    assert [step.status for step in plan.verify().steps] == ["contradicted"]


# The way back


def test_undo_goes_backwards_and_leaves_what_is_final(
    tenant: Tenant, journal: Journal, user: str, simulator: Any
) -> None:
    object_id = tenant.get(f"/v1.0/users/{user}", select="id")["id"]
    forward = Write(
        "POST",
        "Set-Mailbox",
        {"Identity": object_id, "ForwardingSmtpAddress": "smtp:drop@evil.example", "DeliverToMailboxAndForward": True},
        "exchange",
    )
    tenant.send(forward, Ticket([forward]))
    plan = Plan([DisableAccount(user), RevokeSessions(user), ClearForwarding(user)], tenant, journal)
    before = [step.state for step in plan.preview().steps]
    plan.apply(user)
    assert [step.status for step in plan.undo(user).steps] == ["undone", "verified", "undone"]
    assert [write["path"] for write in simulator.writes()[-2:]] == ["Set-Mailbox", f"/v1.0/users/{object_id}"]
    assert plan.actions[0].observe(tenant) == before[0]
    assert plan.actions[2].observe(tenant) == before[2]
    sent = len(simulator.writes())
    with pytest.raises(PlanError):
        plan.undo(user)
    assert len(simulator.writes()) == sent


def test_undo_wants_the_name_and_something_to_undo(tenant: Tenant, journal: Journal, user: str, simulator: Any) -> None:
    plan = Plan([RevokeSessions(user)], tenant, journal)
    plan.preview()
    with pytest.raises(NotConfirmed):
        plan.undo(user)
    plan.apply(user)
    with pytest.raises(NotConfirmed):
        plan.undo("")
    with pytest.raises(NotReversible):
        plan.undo(user)
    assert len(simulator.writes()) == 1


@pytest.mark.parametrize(("status", "becomes", "open_ends"), [(403, "verified", 0), (504, "undo sent", 1)])
def test_an_undo_that_fails_or_is_lost_is_not_taken_for_done(
    status: int, becomes: str, open_ends: int, tenant: Tenant, journal: Journal, user: str, simulator: Any
) -> None:
    plan = Plan([DisableAccount(user)], tenant, journal)
    plan.preview()
    plan.apply(user)
    simulator.fault(match="PATCH /v1.0/users", kind="status", status=status)
    assert [step.status for step in plan.undo(user).steps] == [becomes]
    assert [step.status for step in plan.verify().steps] == [becomes]
    assert plan.actions[0].observe(tenant)["accountEnabled"] is False
    assert len(unfinished(journal)) == open_ends


def test_undo_is_refused_where_the_target_drifted_unless_that_is_wanted(
    tenant: Tenant, journal: Journal, user: str, simulator: Any
) -> None:
    object_id = tenant.get(f"/v1.0/users/{user}", select="id")["id"]

    def forward(to: str) -> None:
        body = {"Identity": object_id, "ForwardingSmtpAddress": to, "DeliverToMailboxAndForward": True}
        write = Write("POST", "Set-Mailbox", body, "exchange")
        tenant.send(write, Ticket([write]))

    forward("smtp:first@evil.example")
    plan = Plan([ClearForwarding(user)], tenant, journal)
    plan.preview()
    plan.apply(user)
    forward("smtp:second@evil.example")
    sent = len(simulator.writes())
    with pytest.raises(Drifted):
        plan.undo(user)
    assert len(simulator.writes()) == sent
    plan.undo(user, drifted=True)
    assert plan.actions[0].observe(tenant)["ForwardingSmtpAddress"] == "smtp:first@evil.example"


# What is left behind


def test_a_new_password_is_handed_over_once_and_left_nowhere(
    tenant: Tenant, journal: Journal, user: str, simulator: Any, tmp_path: Path
) -> None:
    plan = Plan([ResetPassword(user)], tenant, journal)
    preview = plan.preview()
    result = plan.apply(user)
    assert result.secret is not None
    password = result.secret.reveal()
    assert len(password) == 19
    assert plan.verify().secret is None
    shown = [preview.html(), preview.plain(), result.html(), result.plain(), repr(result), repr(plan.steps), repr(plan)]
    shown += [str(vars(plan)), f"{result.secret}", journal.path.read_text(), json.dumps(simulator.writes())]
    assert [text for text in shown if password in text] == []
    held = [change.secret for step in plan.steps for change in (*step.changes, *step.done)]
    assert [secret for secret in held if secret is None or secret.reveal() == password] == []


def test_what_the_server_received_is_what_was_journalled(
    tenant: Tenant, journal: Journal, user: str, simulator: Any
) -> None:
    plan = Plan([DisableAccount(user), RevokeSessions(user), ResetPassword(user)], tenant, journal)
    plan.preview()
    plan.apply(user)
    plan.undo(user)
    journalled = [entry["request"] for entry in journal.read("intent")]
    received = [{name: write[name] for name in ("service", "method", "path", "body")} for write in simulator.writes()]
    assert [(r["method"], r["path"], r["body"]) for r in received] == [
        (j["method"], j["path"], j["body"]) for j in journalled
    ]
    results = {entry["key"] for entry in journal.read("result")}
    assert [entry["key"] for entry in journal.read("intent") if entry["key"] not in results] == []


def test_intent_is_on_disk_before_the_request_leaves(
    tenant: Tenant, journal: Journal, user: str, simulator: Any
) -> None:
    seen: list[int] = []

    def on_request(call: Any, page: Any) -> None:
        if call.write:
            seen.append(len(list(Journal(journal.path).read("intent"))))

    plan = Plan(
        [DisableAccount(user), RevokeSessions(user)], connect_simulated(simulator.facts, on_request=on_request), journal
    )
    plan.preview()
    plan.apply(user)
    assert seen == [1, 2]
