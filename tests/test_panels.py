"""Panels act on clicks from a browser and on nothing else, say what happened, and can be read without a kernel."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import nbformat
import pandas as pd
import pytest
from nbconvert import HTMLExporter

from kit.action import ACTIONS
from kit.journal import Journal
from kit.panels import ActionPanel, Table
from kit.plan import Plan
from kit.tenant.auth import connect_simulated
from kit.tenant.client import Tenant
from tests.front import click, type_in
from tests.looks_real import LooksReal


@pytest.fixture
def tenant(simulator: Any) -> Tenant:
    return connect_simulated(simulator.facts)


@pytest.fixture
def user(tenant: Tenant) -> str:
    fields = "userPrincipalName,userType,mail,onPremisesSyncEnabled,accountEnabled"
    users = [user for page in tenant.pages("/v1.0/users", select=fields) for user in page.records]
    members = [u for u in users if u["userType"] == "Member" and u["mail"] and u["accountEnabled"]]
    return str(next(u for u in members if not u["onPremisesSyncEnabled"])["userPrincipalName"])


@pytest.fixture
def make(tenant: Tenant, tmp_path: Path) -> Callable[..., Plan]:
    """What `case.plan` is: a plan of one action, by name and parameters."""
    journal = Journal(tmp_path / "journal.jsonl")
    return lambda name, **values: Plan([ACTIONS[name](**values)], tenant, journal)


def parts(panel: ActionPanel) -> dict[str, Any]:
    """The panel's buttons and fields by what is written on them."""
    found: dict[str, Any] = {}

    def walk(widget: Any) -> None:
        if getattr(widget, "description", ""):
            found[widget.description] = widget
        for child in getattr(widget, "children", ()):
            walk(child)

    walk(panel.view)
    return found


def seen(panel: ActionPanel) -> str:
    """Every text the panel shows now."""
    texts: list[str] = []

    def walk(widget: Any) -> None:
        if isinstance(widget, widgets.HTML):
            texts.append(widget.value)
        for child in getattr(widget, "children", ()):
            walk(child)

    walk(panel.view)
    return "\n".join(texts)


def confirm(panel: ActionPanel, name: str) -> None:
    type_in(parts(panel)["2 · Type the account's name"], name)


# Nothing acts by itself


def test_making_and_showing_a_panel_asks_and_writes_nothing(
    make: Callable[..., Plan], user: str, simulator: Any, tmp_path: Path
) -> None:
    panel = ActionPanel(make, "disable_account", user=user)
    panel._repr_mimebundle_()
    assert simulator.writes() == []
    assert not (tmp_path / "journal.jsonl").exists()


def test_clicks_made_by_code_do_nothing(make: Callable[..., Plan], user: str, simulator: Any, tmp_path: Path) -> None:
    panel = ActionPanel(make, "disable_account", user=user)
    for part in parts(panel).values():
        if isinstance(part, widgets.Button):
            part.click()
    assert not (tmp_path / "journal.jsonl").exists()
    click(parts(panel)["1 · Preview"])
    confirm(panel, user)
    parts(panel)["3 · Apply"].click()
    assert simulator.writes() == []


# The road: preview, name, apply, undo


def test_preview_type_apply_look_again_undo(make: Callable[..., Plan], user: str, simulator: Any) -> None:
    panel = ActionPanel(make, "disable_account", user=user)
    part = parts(panel)
    assert part["3 · Apply"].disabled
    click(part["1 · Preview"])
    assert "PATCH /v1.0/users/" in seen(panel)
    assert part["3 · Apply"].disabled
    confirm(panel, user[:-1])
    assert part["3 · Apply"].disabled
    confirm(panel, user)
    assert not part["3 · Apply"].disabled
    click(part["3 · Apply"])
    assert "done and read back" in seen(panel)
    assert part["2 · Type the account's name"].value == ""
    assert part["1 · Preview"].disabled
    assert part["3 · Apply"].disabled
    assert part["Undo"].disabled
    click(part["Look again"])
    assert "done and read back" in seen(panel)
    confirm(panel, user)
    click(part["Undo"])
    assert "⟲ undone" in seen(panel)
    assert [write["body"] for write in simulator.writes()] == [{"accountEnabled": False}, {"accountEnabled": True}]
    click(part["1 · Preview"])
    confirm(panel, user)
    click(part["3 · Apply"])
    assert len(simulator.writes()) == 3


def test_queued_clicks_send_one_write(make: Callable[..., Plan], user: str, simulator: Any) -> None:
    panel = ActionPanel(make, "revoke_sessions", user=user)
    click(parts(panel)["1 · Preview"])
    confirm(panel, user)
    for _ in range(5):
        click(parts(panel)["3 · Apply"])
    assert len(simulator.writes()) == 1


@pytest.mark.parametrize("previewed", [False, True])
def test_a_click_on_a_button_that_should_be_dead_is_refused_and_said(
    previewed: bool, make: Callable[..., Plan], user: str, simulator: Any
) -> None:
    panel = ActionPanel(make, "disable_account", user=user)
    if previewed:
        click(parts(panel)["1 · Preview"])
        confirm(panel, "somebody else")
    click(parts(panel)["3 · Apply"])
    click(parts(panel)["Undo"])
    assert 'role="alert"' in seen(panel)
    assert simulator.writes() == []


def test_changing_a_field_voids_the_preview(make: Callable[..., Plan], user: str, simulator: Any) -> None:
    other = next(name for name in simulator.facts["accounts"] if name != user)
    panel = ActionPanel(make, "disable_account", user=user)
    click(parts(panel)["1 · Preview"])
    confirm(panel, user)
    type_in(parts(panel)["User"], other)
    assert parts(panel)["3 · Apply"].disabled
    assert parts(panel)["2 · Type the account's name"].value == ""
    click(parts(panel)["3 · Apply"])
    assert simulator.writes() == []
    click(parts(panel)["1 · Preview"])
    assert other in seen(panel)


def test_a_drifted_target_needs_one_more_tick(make: Callable[..., Plan], user: str, simulator: Any) -> None:
    panel = ActionPanel(make, "disable_account", user=user)
    click(parts(panel)["1 · Preview"])
    confirm(panel, user)
    click(parts(panel)["3 · Apply"])
    back = make("enable_account", user=user)
    back.preview()
    back.apply(user)
    box = parts(panel)["Undo although the target changed since"]
    assert box.layout.display == "none"
    confirm(panel, user)
    click(parts(panel)["Undo"])
    assert box.layout.display == ""
    assert len(simulator.writes()) == 2
    type_in(box, True)
    click(parts(panel)["Undo"])
    assert len(simulator.writes()) == 3


def test_a_plan_of_several_actions_has_one_panel(tenant: Tenant, user: str, simulator: Any, tmp_path: Path) -> None:
    actions = [ACTIONS["disable_account"](user), ACTIONS["revoke_sessions"](user)]
    panel = ActionPanel(lambda: Plan(actions, tenant, Journal(tmp_path / "j")))
    assert "Disable the account; Revoke all sign-in sessions" in panel.plain()
    click(parts(panel)["1 · Preview"])
    confirm(panel, user)
    click(parts(panel)["3 · Apply"])
    assert len(simulator.writes()) == 2


# What is said


def test_errors_are_shown_not_swallowed(make: Callable[..., Plan]) -> None:
    panel = ActionPanel(make, "disable_account", user="<b>nobody</b>@contoso.example")
    click(parts(panel)["1 · Preview"])
    assert 'role="alert"' in seen(panel)
    assert "<b>nobody" not in seen(panel)


def test_status_is_said_in_words_and_to_screen_readers(make: Callable[..., Plan], user: str) -> None:
    panel = ActionPanel(make, "disable_account", user=user)
    assert '<span role="status" aria-live="polite">○ nothing done yet</span>' in seen(panel)
    click(parts(panel)["1 · Preview"])
    assert "◐ previewed, nothing changed" in seen(panel)


def test_every_control_has_a_name(make: Callable[..., Plan], user: str) -> None:
    panel = ActionPanel(make, "disable_inbox_rule", user=user, rule_id=[("..", "AQAA="), ("<x>", "AQAB=")])
    assert list(parts(panel)) == [
        "User", "Rule id", "Hidden", "1 · Preview", "2 · Type the account's name", "and the tenant's name", "3 · Apply",
        "Clear the password", "Look again", "Undo", "Undo although the target changed since",
    ]  # fmt: skip
    assert isinstance(parts(panel)["Rule id"], widgets.Dropdown)
    assert isinstance(parts(panel)["Hidden"], widgets.Checkbox)


def test_real_tenant_is_red_and_wants_its_name(
    make: Callable[..., Plan], tenant: Tenant, user: str, simulator: Any, tmp_path: Path
) -> None:
    assert "Simulated tenant" in seen(ActionPanel(make, "disable_account", user=user))
    real, journal = LooksReal(tenant), Journal(tmp_path / "real.jsonl")
    panel = ActionPanel(lambda name, user: Plan([ACTIONS[name](user)], real, journal), "disable_account", user=user)
    assert "REAL TENANT" in seen(panel)
    click(parts(panel)["1 · Preview"])
    confirm(panel, user)
    assert parts(panel)["3 · Apply"].disabled
    click(parts(panel)["3 · Apply"])
    assert simulator.writes() == []
    type_in(parts(panel)["and the tenant's name"], tenant.name)
    confirm(panel, user)
    click(parts(panel)["3 · Apply"])
    assert len(simulator.writes()) == 1


def test_headless_runs_lock_the_panel(
    make: Callable[..., Plan], user: str, simulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIT_HEADLESS", "1")
    panel = ActionPanel(make, "disable_account", user=user)
    assert [name for name, part in parts(panel).items() if isinstance(part, widgets.Button) and not part.disabled] == [
        "Clear the password"
    ]
    assert "headless" in seen(panel)
    click(parts(panel)["1 · Preview"])
    confirm(panel, user)
    click(parts(panel)["3 · Apply"])
    assert simulator.writes() == []


# What is left behind


def test_new_password_is_shown_until_cleared_and_in_no_export(
    make: Callable[..., Plan], user: str, tmp_path: Path
) -> None:
    panel = ActionPanel(make, "reset_password", user=user)
    click(parts(panel)["1 · Preview"])
    confirm(panel, user)
    click(parts(panel)["3 · Apply"])
    password = seen(panel).partition("<code>")[2].partition("</code>")[0]
    assert len(password) == 19
    exported = json.dumps(panel._repr_mimebundle_()) + repr(panel) + panel.html() + panel.plain()
    assert password not in exported
    assert password not in (tmp_path / "journal.jsonl").read_text()
    click(parts(panel)["Clear the password"])
    assert password not in seen(panel)


def test_panel_and_table_can_be_read_in_an_export_without_a_kernel(make: Callable[..., Plan], user: str) -> None:
    panel = ActionPanel(make, "disable_account", user=user)
    click(parts(panel)["1 · Preview"])
    confirm(panel, "typed-but-not-sent")
    table = Table(pd.DataFrame({"user": ["ana", "<script>alert(1)</script>"]}), "Sign-ins")
    notebook = nbformat.v4.new_notebook()
    for shown in (panel, table):
        output = nbformat.v4.new_output("display_data", data=shown._repr_mimebundle_())
        notebook.cells.append(nbformat.v4.new_code_cell("", outputs=[output]))
    page, _ = HTMLExporter(exclude_input=True).from_notebook_node(notebook)
    assert "Disable the account" in page
    assert "PATCH /v1.0/users/" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "typed-but-not-sent" not in page
    assert "typed-but-not-sent" not in panel._repr_mimebundle_()["text/plain"]


# Tables


@pytest.fixture
def table() -> Table:
    count = 5_000
    frame = pd.DataFrame(
        {
            "time": pd.date_range("2026-11-01", periods=count, freq="min", tz="UTC"),
            "user": [f"user{number}@contoso.example" for number in range(count)],
            "count": range(count),
            "folders": [["Inbox", "RSS"] if number == 4_321 else None for number in range(count)],
        }
    )
    return Table(frame, "Sign-ins", page=10)


def controls(table: Table) -> dict[str, Any]:
    (asked, turned, _) = table.view.children
    return {part.description: part for part in (*asked.children, *turned.children) if part.description}


def body(table: Table) -> str:
    return str(table.view.children[2].value)


def count(table: Table) -> str:
    return str(table.view.children[1].children[2].value)


def test_every_row_can_be_found(table: Table) -> None:
    type_in(controls(table)["Find"], "USER4999@")
    assert "user4999@contoso.example" in body(table)
    assert "rows 1 to 1 of 1 found, 5,000 in all" in count(table)
    type_in(controls(table)["Find"], "rss")
    assert "user4321@" in body(table)
    type_in(controls(table)["Find"], "2026-11-01 00:07:00")
    assert "user7@" in body(table)
    type_in(controls(table)["Find"], ".*")
    assert "rows 0 to 0 of 0 found" in count(table)


def test_search_can_be_narrowed_to_a_column(table: Table) -> None:
    type_in(controls(table)["Find"], "4321")
    type_in(controls(table)["in"], "count")
    assert "of 1 found" in count(table)
    type_in(controls(table)["in"], "folders")
    assert "of 0 found" in count(table)


def test_all_rows_can_be_sorted_and_paged(table: Table) -> None:
    type_in(controls(table)["Sort by"], "count")
    type_in(controls(table)["descending"], True)
    assert "user4999@" in body(table)
    seen_rows = set()
    for _ in range(500):
        seen_rows.update(part.partition("@")[0] for part in body(table).split("user")[1:])
        click(controls(table)["Next page"])
    assert len([row for row in seen_rows if row.isdigit()]) == 5_000
    assert controls(table)["Next page"].disabled
    assert "rows 4,991 to 5,000 of 5,000" in count(table)


def test_columns_without_an_order_are_sorted_by_what_is_shown(table: Table) -> None:
    type_in(controls(table)["Sort by"], "folders")
    type_in(controls(table)["descending"], True)
    assert "rows 1 to 10 of 5,000" in count(table)


def test_hostile_cells_and_column_names_do_not_run() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    table = Table(pd.DataFrame({hostile: [hostile]}), hostile)
    assert "<img" not in body(table) + count(table) + table.html()


def test_static_table_says_how_many_rows_it_leaves_out(table: Table) -> None:
    assert "the first 10 of 5,000 rows are shown" in table.html()
    assert table._repr_mimebundle_()["text/plain"] == "Sign-ins: 5,000 rows"


def test_the_frame_is_not_changed() -> None:
    frame = pd.DataFrame({"b": [2, 1]}, index=[7, 9])
    table = Table(frame)
    type_in(controls(table)["Sort by"], "b")
    assert frame.index.tolist() == [7, 9]
    assert frame["b"].tolist() == [2, 1]
