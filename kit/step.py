"""A step: one action in a plan, and how far it came; the preview and the result that people are shown.

Nothing here reads or sends. `Step`, `Preview` and `Result` are what `kit.plan.Plan` found out, as values, with the two
ways to show them: `html()` for a notebook or report, `plain()` for a terminal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal

from markupsafe import Markup

from kit import render
from kit.action import EXCHANGE, Action, Change, Manual, State
from kit.tenant.client import Tenant
from kit.tenant.write import Secret, Write

Status = Literal[
    "previewed", "fulfilled", "locked", "by hand", "unreadable", "sent", "failed", "unknown",
    "verified", "pending", "contradicted", "undo sent", "undone",
]  # fmt: skip
SPOKEN: Mapping[Status, tuple[str, str]] = {
    "previewed": ("◐", "previewed, not done"),
    "fulfilled": ("✔", "already so, nothing to do"),
    "locked": ("🔒", "no permission"),
    "by hand": ("☞", "to be done by hand"),
    "unreadable": ("✖", "could not be read"),
    "sent": ("…", "sent, not read back yet"),
    "failed": ("✖", "failed"),
    "unknown": ("?", "outcome unknown: look again"),
    "verified": ("✔", "done and read back"),
    "pending": ("⧖", "sent, not visible yet"),
    "contradicted": ("✖", "sent, but reads back otherwise"),
    "undo sent": ("⧖", "undo sent, not visible yet"),
    "undone": ("⟲", "undone"),
}
DOUBTFUL: tuple[Status, ...] = ("failed", "unknown")
GOOD: frozenset[Status] = frozenset({"fulfilled", "verified", "undone"})
# Inline, because an untrusted notebook loses its style sheets; no colour, so that light and dark both hold.
_LEFT = "text-align:left;vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere"
_TABLE = "width:100%;table-layout:fixed;line-height:1.4"
_CAPTION = "caption-side:top;text-align:left;font-weight:600;padding:.3em 0"
_CHIP = "display:inline-block;border:1px solid currentColor;border-radius:10px;padding:1px 8px"
HEADS = (("Step", 20), ("Now → then", 25), ("Exact request", 30), ("To know", 25))


@dataclass(frozen=True)
class Step:
    """One action of a plan. `state` was observed before, `after` was read back when the wish was found fulfilled.

    `missing` are the permissions it lacks, in words; `note` says what went wrong; `done` are the changes that were sent
    or may have been, `sent` when, on the plan's clock.
    """

    action: Action
    status: Status
    state: State = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    missing: tuple[str, ...] = ()
    note: str = ""
    after: State | None = None
    done: tuple[Change, ...] = ()
    sent: float = 0.0

    @property
    def writes(self) -> list[Write]:
        """The requests of this step, in order; what is done by hand left out."""
        return [change.do for change in self.changes if isinstance(change.do, Write)]

    @property
    def undoes(self) -> list[Write]:
        """The inverses of what was sent, backwards; empty where there is no way back."""
        return [change.undo for change in reversed(self.done) if change.undo is not None]

    @property
    def spoken(self) -> str:
        """The status as symbol and words."""
        return " ".join(SPOKEN[self.status])

    def shown(self) -> dict[str, Any]:
        """What is to be done, as plain JSON without secrets: two steps that show the same ask for the same."""
        return {
            "action": self.action.name,
            "parameters": asdict(self.action),
            "status": self.status,
            "changes": [change.shown() for change in self.changes],
        }


@dataclass(frozen=True)
class Preview:
    """What would be done, before anything is. `account` is the name to be typed; `made` is on the plan's clock."""

    tenant_name: str
    simulated: bool
    account: str
    account_id: str
    steps: tuple[Step, ...]
    made: float

    @property
    def digest(self) -> str:
        """SHA-256 of everything that would be done: the same digest, the same plan."""
        content = [self.tenant_name, self.account_id, [step.shown() for step in self.steps]]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def plain(self) -> str:
        """The preview as text, one fact a line."""
        head = f"{_where(self)}: {render.plain(self.account)} ({self.account_id}), plan {self.digest[:12]}"
        return "\n".join([head, *(line for step in self.steps for line in _lines(step))])

    def html(self) -> str:
        """The preview as a table: each step with its difference, its exact request and its way back."""
        caption = f"Preview for {self.account} ({self.account_id}) in {_where(self)}. Nothing has been changed."
        return _table(caption, self.steps)

    def _repr_html_(self) -> str:
        return self.html()


@dataclass(frozen=True)
class Result:
    """What came of applying, looking again or undoing. `secret` is a new password, here and nowhere else."""

    steps: tuple[Step, ...]
    secret: Secret | None = field(default=None, repr=False)

    @property
    def ok(self) -> bool:
        """Whether every step is as wished and was seen to be."""
        return all(step.status in GOOD for step in self.steps)

    def plain(self) -> str:
        """One line a step."""
        return "\n".join(next(iter(_lines(step))) for step in self.steps)

    def html(self) -> str:
        """The steps and how far each came, as a table."""
        return _table("What was done", self.steps)

    def _repr_html_(self) -> str:
        return self.html()


def planned(action: Action, state: State, tenant: Tenant) -> Step:
    """The step that the wish makes of the observed state, before anything is done; `tenant` tells what it may do."""
    changes = tuple(action.changes(state))
    step = Step(action, "previewed", state, changes, tuple(dict.fromkeys(_missing(action, changes, tenant))))
    if not changes:
        return replace(step, status="fulfilled")
    if step.missing:
        return replace(step, status="locked")
    return step if step.writes else replace(step, status="by hand")


def judged(step: Step, now: Step, elapsed: float) -> Step:
    """A step that was acted on, after another look `elapsed` seconds later: what the state says, not the answers."""
    if now.status == "unreadable":
        return replace(step, note=f"Reading back failed. {now.note}")
    if step.status in ("undo sent", "undone"):
        restored = [c.shown() for c in now.changes] == [c.shown() for c in step.changes]
        return replace(step, status="undone" if restored else "undo sent", note="")
    if not now.changes:
        note = (
            "The answer was an error or was lost; the state shows that it was done." if step.status in DOUBTFUL else ""
        )
        return replace(step, status="verified", note=note, after=now.state)
    if step.status in (*DOUBTFUL, "by hand"):
        return step
    if step.after is not None:
        return replace(step, status="contradicted", note="It was done, but is so no longer: it was changed back.")
    if elapsed <= step.action.settles:
        wait = f"The service may take {render.duration(timedelta(seconds=step.action.settles))} to show it: look again."
        return replace(step, status="pending", note=wait)
    return replace(step, status="contradicted", note="The service accepted it, but the state is not as wished.")


def chip(status: Status, note: str = "") -> Markup:
    """The status as symbol and words for a page; a screen reader says it when it changes."""
    text = " ".join(SPOKEN[status])
    body = Markup('<span role="status" aria-live="polite" style="{}">{}</span>').format(_CHIP, text)
    return body + Markup('<br><span style="font-weight:normal">{}</span>').format(render.html(note)) if note else body


def difference(change: Change) -> list[str]:
    """One line a field that differs: "name: now → then"."""
    names = list(dict.fromkeys([*change.before, *change.after]))
    return [f"{name}: {_value(change.before, name)} → {_value(change.after, name)}" for name in names]


def request(do: Write | Manual) -> str:
    """The exact request on one line, secrets as "…"; or what is to be done by hand."""
    if isinstance(do, Manual):
        return f"By hand: {do.text} {do.link}".rstrip()
    shown = do.shown()
    body = "" if shown["body"] is None else " " + json.dumps(shown["body"], ensure_ascii=False)
    return f"{do.method if do.service == 'graph' else 'Exchange'} {do.path}{body}"


def conditions(step: Step) -> list[str]:
    """What a person must know before confirming: risk, cautions, the way back, what is missing."""
    ways = [change.undo is not None for change in step.changes]
    back = "Can be undone." if ways and all(ways) else "Cannot be undone."
    cautions = [caution for change in step.changes for caution in change.cautions]
    return [step.action.risk, *cautions, *([back] if ways else []), *step.missing]


def _missing(action: Action, changes: Sequence[Change], tenant: Tenant) -> Iterable[str]:
    """What sending lacks. Exchange's permissions are not in Graph's token; having observed by cmdlet proves them."""
    for change in changes:
        for group in action.needed(change) if isinstance(change.do, Write) else ():
            if group != EXCHANGE and not tenant.permissions & set(group):
                yield f"Needs the permission {group[0]}: have it consented, then sign in again."
        if change.in_person and tenant.app_only:
            yield "Microsoft takes this from a signed-in person only: sign in with the browser instead of as an app."


def _value(values: Mapping[str, Any], name: str) -> str:
    if name not in values:
        return "nothing"
    value = values[name]
    return "nothing" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _where(preview: Preview) -> str:
    return f"{'simulated' if preview.simulated else 'REAL'} tenant {render.plain(preview.tenant_name)}"


def _lines(step: Step) -> Iterable[str]:
    note = step.note or ("" if step.changes else step.action.goal)
    yield f"{step.action.title}: {step.spoken}." + (f" {render.plain(note)}" if note else "")
    for change in step.changes:
        yield from (f"    {render.plain(line)}" for line in [change.says, *difference(change), request(change.do)])
    if step.changes:
        yield from (f"    ! {render.plain(line)}" for line in conditions(step))


def _table(caption: str, steps: Sequence[Step]) -> str:
    heads = Markup("").join(
        Markup('<th scope="col" style="{}">{}</th>').format(f"{_LEFT};width:{width}%", head) for head, width in HEADS
    )
    return str(
        Markup(
            '<table class="kit-plan" style="{}"><caption style="{}">{}</caption>'
            "<thead><tr>{}</tr></thead><tbody>{}</tbody></table>"
        ).format(_TABLE, _CAPTION, render.html(caption), heads, Markup("").join(map(_row, steps)))
    )


def _row(step: Step) -> Markup:
    head = Markup('<th scope="row" style="{}">{}<br>{}</th>').format(
        _LEFT, step.action.title, chip(step.status, step.note)
    )
    says = [change.says for change in step.changes] or [step.action.goal]
    cells = (
        [*says, *(line for change in step.changes for line in difference(change))],
        [request(change.do) for change in step.changes],
        conditions(step) if step.changes else [],
    )
    return Markup("<tr>{}{}</tr>").format(head, Markup("").join(_cell(lines) for lines in cells))


def _cell(lines: list[str]) -> Markup:
    return Markup('<td style="{}">{}</td>').format(_LEFT, Markup("<br>").join(render.html(line) for line in lines))
