"""The panel of one action: 1 Preview → 2 type the account's name → 3 Apply, read back → Undo."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from kit import render
from kit.action import ACTIONS, Action
from kit.errors import Drifted, KitError
from kit.panels.parts import LABELLED, LIKE_OUTPUT, alert, banner, bundle, button, explained, fields, ordered
from kit.plan import Plan, is_headless
from kit.step import Result
from kit.tenant.write import Secret

DEAD = (
    "If the buttons do not answer, the kernel was restarted: run this cell again, after those above it. "
    "That changes nothing; what was done until then is in the journal."
)
LOCKED = "Locked: this is a headless run, or a report. Open the notebook and run this cell to act."
STATES = {
    "new": "○ nothing done yet",
    "previewed": "◐ previewed, nothing changed",
    "running": "… running",
    "applied": "● applied: see each step",
    "failed": "✖ failed: see each step",
    "undone": "⟲ undone: see each step",
}
WAY_BACK = "; to undo, type the account's name again"
ACTED = ("applied", "failed", "undone")


class ActionPanel:
    """Buttons for one action, or for a plan of several.

    `source` is a case, or a function that makes a Plan: called with the action's name and its parameters, or with the
    parameters alone where `action` is "". They fill the fields in; a list of (label, value) pairs becomes a choice.
    Changing a field voids the preview. The guards are the plan's own: the panel only asks.
    """

    def __init__(self, source: Any, action: str = "", **parameters: Any) -> None:
        self._make: Callable[..., Plan] = source if callable(source) else source.plan
        self._make = self._make if action else partial(self._make, **parameters)
        self._action = action
        self._kind: type[Action] | None = ACTIONS[action] if action else None
        self._fields = dict(fields(self._kind, parameters)) if self._kind else {}
        self._preview_button = button("1 · Preview", self._preview, icon="eye", tip="Reads only")
        self._name = widgets.Text(description="2 · Type the account's name", style=LABELLED, layout={"width": "530px"})
        self._tenant = widgets.Text(description="and the tenant's name", style=LABELLED, layout={"width": "420px"})
        self._apply_button = button("3 · Apply", self._apply, icon="check", style="danger", tip="Changes the tenant")
        self._again_button = button("Look again", self._verify, icon="refresh", tip="Reads what was changed once more")
        self._undo_button = button("Undo", self._undo, icon="undo", style="warning", tip="Changes the tenant back")
        self._drifted = widgets.Checkbox(description="Undo although the target changed since", indent=False)
        self._clear_button = button("Clear the password", self._clear, icon="trash")
        self._head, self._chip, self._body, self._secret = (widgets.HTML() for _ in range(4))
        self._body.add_class(LIKE_OUTPUT)
        for field in self._fields.values():
            field.observe(lambda _: self._start(), "value")
        for field in (self._name, self._tenant):
            field.observe(lambda _: self._arm(), "value")
        self.view = self._laid_out()
        self._start()

    def html(self) -> str:
        """The panel as it stands, without its buttons and without any password."""
        parts = (self._head.value, self._chip.value, self._body.value)
        return str(Markup("<div>{}<p>{}</p></div>").format(Markup("").join(map(Markup, parts)), LOCKED))

    def plain(self) -> str:
        """The same in a line of text."""
        return f"{self._title}: {STATES[self.plan.state] if self.plan else 'no tenant'}"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return bundle(self.view, self.html(), self.plain(), options)

    # What the buttons do

    def _preview(self) -> None:
        if self.plan is None or self.plan.state in ("failed", "undone"):
            self._start()
        self._run(lambda plan: plan.preview().html())

    def _apply(self) -> None:
        typed, tenant_name = self._typed()
        self._run(lambda plan: self._finished(plan.apply(typed, tenant_name=tenant_name)))

    def _verify(self) -> None:
        self._run(lambda plan: plan.verify().html())

    def _undo(self) -> None:
        (typed, tenant_name), drifted = self._typed(), self._drifted.value
        self._run(lambda plan: self._finished(plan.undo(typed, tenant_name=tenant_name, drifted=drifted)))

    def _clear(self) -> None:
        self._secret.value = ""
        self._clear_button.layout.display = "none"

    def _run(self, work: Callable[[Plan], str]) -> None:
        """Do one thing and show what came of it; an error is shown, since ipywidgets would swallow it."""
        if self.plan is None:
            return
        self._show_state("running")
        for pressed in (self._preview_button, self._apply_button, self._undo_button, self._again_button):
            pressed.disabled = True
        try:
            self._body.value = work(self.plan)
        except KitError as error:
            self._drifted.layout.display = "" if isinstance(error, Drifted) and self.plan.state == "applied" else "none"
            shown = Result(self.plan.steps).html() if self.plan.steps else ""
            self._body.value = str(alert(str(error))) + shown
        finally:
            self._show_state(self.plan.state)
            self._arm()

    def _finished(self, result: Result) -> str:
        self._name.value = self._tenant.value = ""
        self._drifted.layout.display = "none"
        if result.secret is not None:
            self._reveal(result.secret)
        return result.html()

    def _reveal(self, secret: Secret) -> None:
        """Show a new password in a widget that is in no saved notebook and no export."""
        text = "The new password, shown this once and kept nowhere. Hand it over in person or by telephone:"
        self._secret.value = str(Markup("<p>{} <code>{}</code></p>").format(text, render.html(secret.reveal())))
        self._clear_button.layout.display = ""

    # How it looks

    @property
    def _title(self) -> str:
        if self._kind:
            return self._kind.title
        return "; ".join(action.title for action in self.plan.actions) if self.plan else "No plan"

    def _start(self) -> None:
        """A new plan, nothing previewed: at the beginning, and whenever a field changes."""
        self.plan: Plan | None = None
        self._body.value = self._name.value = self._tenant.value = ""
        self._drifted.layout.display = "none"
        self._clear()
        try:
            values = {name: field.value for name, field in self._fields.items()}
            self.plan = self._make(self._action, **values) if self._action else self._make()
        except KitError as error:
            self._body.value = str(alert(str(error)))
        self._head.value = str(self._heading())
        real = self.plan is not None and not self.plan.tenant.cloud.simulated
        self._tenant.layout.display = "" if real else "none"
        self._show_state("new")
        self._arm()

    def _heading(self) -> Markup:
        where = banner(self.plan.tenant) if self.plan else Markup("")
        about = Markup("{}<h4>{}</h4>{}")
        if self._kind:
            return about.format(where, self._kind.title, explained(self._kind))
        if self.plan is None:
            return about.format(where, self._title, "")
        title = f"{render.counted(len(self.plan.actions), 'step')} for {self.plan.actions[0].user}, in this order"
        return about.format(where, render.html(title), ordered(self.plan.actions))

    def _show_state(self, state: str) -> None:
        back = WAY_BACK if self.plan and state == "applied" and any(step.undoes for step in self.plan.steps) else ""
        self._chip.value = f'<span role="status" aria-live="polite">{STATES[state]}{back}</span>'

    def _arm(self) -> None:
        """Which buttons can be pressed now. A convenience: what may be done, the plan decides."""
        plan = None if is_headless() else self.plan
        state = plan.state if plan else "locked"
        steps = plan.steps if plan else ()
        named = plan is not None and self._is_named(plan)
        self._name.placeholder = plan.account if plan else ""
        self._name.disabled = self._tenant.disabled = state not in ("previewed", "applied")
        self._preview_button.disabled = state in ("locked", "applied")
        self._apply_button.disabled = not (named and state == "previewed")
        for later in (self._again_button, self._undo_button):
            later.layout.display = "" if state in ACTED else "none"
        self._again_button.disabled = state not in ACTED
        self._undo_button.disabled = not (named and state == "applied" and any(step.undoes for step in steps))

    def _is_named(self, plan: Plan) -> bool:
        typed, tenant_name = self._typed()
        real = not plan.tenant.cloud.simulated
        return bool(plan.account) and typed == plan.account and (not real or tenant_name == plan.tenant.name)

    def _typed(self) -> tuple[str, str]:
        return self._name.value.strip(), self._tenant.value.strip()

    def _laid_out(self) -> Any:
        wrapped = {"flex_flow": "row wrap"}
        rows = [
            self._head,
            widgets.HBox(list(self._fields.values()), layout=wrapped),
            widgets.HBox([self._preview_button, self._name, self._tenant, self._apply_button], layout=wrapped),
            self._chip,
            widgets.HBox([self._secret, self._clear_button], layout=wrapped),
            self._body,
            widgets.HBox([self._again_button, self._undo_button, self._drifted], layout=wrapped),
            widgets.HTML(f"<small>{LOCKED if is_headless() else DEAD}</small>"),
        ]
        return widgets.VBox(rows)
