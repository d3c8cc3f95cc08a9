"""A plan: the only place that may change a tenant. Preview, confirm, apply, read back, undo; all of it journalled.

    plan = Plan([DisableAccount(user), RevokeSessions(user)], tenant, journal)
    plan.preview()                 # reads only: the exact requests, what they change, whether there is a way back
    plan.apply("ana@contoso.com")  # the account's name, typed by a person; sends each request once, then reads back
    plan.undo("ana@contoso.com")   # the inverse requests, backwards, if nobody changed the target meanwhile

A preview is good for two minutes and for one use. Before anything is sent every target is read again, and a plan that
would no longer be the same is refused. No write is repeated: after a lost answer the plan looks, and says what it saw.

Journal lines, each with plan, account and account_id: "preview" (digest, steps), "refused" (why), "intent" (key,
action, request, undo, undoes) on disk before its request leaves, "result" (key, outcome, note), "verify" (action,
status, note).
"""

from __future__ import annotations

import itertools
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from kit.action import Action, Change
from kit.errors import Drifted, InputError, KitError, NotAllowed, NotConfirmed, NotReversible, OutcomeUnknown, PlanError
from kit.journal import Journal
from kit.step import Preview, Result, Status, Step, judged, planned
from kit.tenant.client import Tenant
from kit.tenant.write import TICKET_SECONDS, Secret, Ticket, Write

PREVIEW_SECONDS = 120.0
IN_FORCE: frozenset[Status] = frozenset({"sent", "unknown", "verified", "pending", "contradicted"})
UNTOUCHED: frozenset[Status] = frozenset({"previewed", "fulfilled", "locked", "unreadable"})
HEADLESS = "KIT_HEADLESS"


class Plan:
    """Actions about one account, in the order of the procedure. Safe for threads: one thing at a time.

    `protected` are UPNs or object ids (break-glass accounts) that no plan touches; nor does one touch the account that
    is signed in. `clock` counts seconds and never goes back. `account` is the name to type, "" before the first
    preview. InputError when there is no action.
    """

    def __init__(
        self,
        actions: Sequence[Action],
        tenant: Tenant,
        journal: Journal,
        *,
        protected: Iterable[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not actions:
            raise InputError("A plan needs at least one action.")
        self.actions = tuple(sorted(dict.fromkeys(actions), key=lambda action: action.order))
        self.tenant = tenant
        self.journal = journal
        self._protected = {name.casefold() for name in (*protected, tenant.account) if name}
        self._clock = clock
        self._lock = threading.RLock()
        self._preview: Preview | None = None
        self._steps: list[Step] = []
        self.account = self._account_id = ""
        self._id = secrets.token_hex(8)
        self._number = itertools.count(1)

    def preview(self) -> Preview:
        """Read every target and show what would be done. Reads only; replaces an earlier preview.

        PlanError for a protected account, when nothing could be read, or when this plan was applied already;
        InputError when the actions are about different accounts.
        """
        with self._lock, self._refusals():
            if any(step.done for step in self._steps):
                raise PlanError("This plan was applied already.", "Look again with verify(), or make a new plan.")
            self._preview = None
            preview = self._looked()
            self._log("preview", digest=preview.digest, steps=[step.shown() for step in preview.steps])
            self._preview, self._steps = preview, list(preview.steps)
            return preview

    def apply(self, typed: str, *, tenant_name: str = "", headless: bool = False) -> Result:
        """Send what was previewed, each request once, and read back. `typed` is the account's name as previewed.

        A real tenant's name must be typed as well. `headless` lifts the lock of headless runs, for the simulated tenant
        only. A failed step stops no other. NotConfirmed when there is no fresh preview, the name is another, or this
        plan was applied already; Drifted when a target changed since the preview. In both cases nothing was sent.
        """
        with self._lock:
            fresh = self._confirmed(typed, tenant_name, headless)
            ready = {number: step for number, step in enumerate(fresh.steps) if step.status == "previewed"}
            ticket = self._ticket([write for step in ready.values() for write in step.writes])
            passwords = [word for number, step in ready.items() for word in self._apply(number, step.changes, ticket)]
            return Result(self.verify().steps, passwords[-1] if passwords else None)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps as they stand; empty before the first preview."""
        return tuple(self._steps)

    @property
    def state(self) -> str:
        """How far the plan came: new, previewed, applied, failed (nothing is in force) or undone."""
        if any(step.status in ("undone", "undo sent") for step in self._steps):
            return "undone"
        if any(step.done for step in self._steps):
            return "applied" if any(step.status in IN_FORCE for step in self._steps) else "failed"
        return "previewed" if self._preview else "new"

    def verify(self) -> Result:
        """Look again at what was sent or is done by hand: is the wish fulfilled? May be repeated at any time."""
        with self._lock:
            self._steps = [self._read_back(step) for step in self._steps]
            return Result(self.steps)

    def undo(self, typed: str, *, tenant_name: str = "", headless: bool = False, drifted: bool = False) -> Result:
        """Send the inverse of what was sent, backwards, and read back. `typed` and the rest as for `apply`.

        Drifted when a target is not as this plan left it, unless `drifted` says that this is known and wanted.
        NotReversible when nothing that was sent has a way back; steps without one stay as they are.
        """
        with self._lock:
            with self._refusals():
                self._gate(typed, tenant_name, headless)
                numbers = self._reversible()
                if not drifted:
                    for number in numbers:
                        self._check_drift(self._steps[number])
            ticket = self._ticket([write for number in numbers for write in self._steps[number].undoes])
            for number in reversed(numbers):
                self._undo(number, ticket)
            return Result(self.steps)

    # Gates

    def _confirmed(self, typed: str, tenant_name: str, headless: bool) -> Preview:
        """The preview used up, and what a second look shows, which is the same."""
        with self._refusals():
            preview = self._preview
            if preview is None and any(step.done for step in self._steps):
                raise NotConfirmed("This plan was applied already, and nothing is sent twice.", "Look again instead.")
            if preview is None:
                raise NotConfirmed("There is no preview.", "Preview first.")
            if self._clock() - preview.made > PREVIEW_SECONDS:
                raise NotConfirmed("The preview is more than two minutes old.", "Preview again.")
            self._gate(typed, tenant_name, headless)
            self._preview = None
            fresh = self._looked()
            if fresh.digest != preview.digest:
                raise Drifted("The target changed since the preview; nothing was sent.", "Preview again.")
            return fresh

    def _gate(self, typed: str, tenant_name: str, headless: bool) -> None:
        simulated = self.tenant.cloud.simulated
        if headless and not simulated:
            raise NotConfirmed("A real tenant is never changed in a headless run.", "Apply in a notebook, in person.")
        if is_headless() and not headless:
            raise NotConfirmed("This is a headless run: changes are locked.", f"Unset {HEADLESS} and do it in person.")
        if not self.account or typed.strip() != self.account:
            raise NotConfirmed("The name typed is not the account's.", f"Type {self.account or 'it'} to confirm.")
        if not simulated and tenant_name.strip() != self.tenant.name:
            raise NotConfirmed("This is a real tenant.", f"Type its name, {self.tenant.name}, as well.")

    def _reversible(self) -> list[int]:
        """The places of the steps that are in force and have a way back."""
        in_force = [number for number, step in enumerate(self._steps) if step.done and step.status in IN_FORCE]
        if not in_force:
            raise NotConfirmed("Nothing of this plan is in force, so there is nothing to undo.")
        numbers = [number for number in in_force if self._steps[number].undoes]
        if not numbers:
            raise NotReversible("Nothing that was done has a way back.", "The preview says so for each step.")
        return numbers

    def _check_drift(self, step: Step) -> None:
        now = self._look(step.action)
        if now.status != "fulfilled" or step.after not in (None, now.state):
            raise Drifted(
                f"{step.action.title}: the target is not as the plan left it; nothing was sent. {now.note}".strip(),
                "Look at it first. Undo with drifted=True overwrites what is there now.",
            )

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Journal every refusal. What was typed is not written down: it may have been pasted from elsewhere."""
        try:
            yield
        except KitError as error:
            self._log("refused", why=error.message)
            raise

    # Looking

    def _looked(self) -> Preview:
        steps = tuple(self._look(action) for action in self.actions)
        self.actions = tuple(step.action for step in steps)  # pinned: from now on the wishes are definite
        accounts = {(step.state["user"], step.state["id"]) for step in steps if step.state}
        if not accounts:
            raise PlanError(f"Nothing could be read. {steps[0].note}")
        if len(accounts) > 1:
            raise InputError("A plan is about one account.", "Make one plan for each account.")
        ((self.account, self._account_id),) = accounts
        if self._protected & {self.account.casefold(), self._account_id.casefold()}:
            raise PlanError(
                f"{self.account} is protected: a break-glass account, or the one that is signed in.",
                "Act on it from another account, by hand.",
            )
        return Preview(
            self.tenant.name, self.tenant.cloud.simulated, self.account, self._account_id, steps, self._clock()
        )

    def _look(self, action: Action) -> Step:
        try:
            state = action.observe(self.tenant)
            return planned(action.pinned(state), state, self.tenant)
        except KitError as error:
            return Step(action, "unreadable", note=str(error))

    def _read_back(self, step: Step) -> Step:
        if step.status in UNTOUCHED:
            return step
        step = judged(step, self._look(step.action), self._clock() - step.sent)
        self._log("verify", action=step.action.name, status=step.status, note=step.note)
        return step

    # Sending

    def _ticket(self, writes: list[Write]) -> Ticket:
        return Ticket(writes, seconds=TICKET_SECONDS * max(1, len(writes)), clock=self._clock)

    def _apply(self, number: int, changes: tuple[Change, ...], ticket: Ticket) -> list[Secret]:
        """Send the changes of one step until one fails; the new passwords that were sent, or may have been.

        What the plan keeps are the previewed changes: a password drawn for those was never sent to anyone.
        """
        passwords = []
        for count, change in enumerate(changes, 1):
            if isinstance(change.do, Write):
                kept = self._steps[number]
                kept = replace(kept, status="unknown", sent=self._clock(), done=kept.changes[:count])
                self._steps[number] = kept
                status, note = self._send(kept.action, change, change.do, ticket)
                self._steps[number] = replace(kept, status=status, note=note)
                if change.secret is not None and status != "failed":
                    passwords.append(change.secret)
                if status != "sent":
                    break
        return passwords

    def _undo(self, number: int, ticket: Ticket) -> None:
        in_force = self._steps[number]
        for change in reversed(in_force.done):
            if change.undo is not None:
                self._steps[number] = replace(in_force, status="undo sent", sent=self._clock())
                status, note = self._send(in_force.action, change, change.undo, ticket)
                if status == "failed":
                    self._steps[number] = replace(in_force, note=f"Undo failed. {note}")
                    return
        self._steps[number] = self._read_back(self._steps[number])

    def _send(self, action: Action, change: Change, write: Write, ticket: Ticket) -> tuple[Status, str]:
        """Journal the intent, send once, journal the result. What the service said, in one status and its words."""
        key = f"{self._id}:{next(self._number)}"
        undoes = write is change.undo
        undo = change.undo.shown() if change.undo and not undoes else None
        self._log("intent", key=key, action=action.name, request=write.shown(), undo=undo, undoes=undoes)
        status: Status = "sent"
        note = ""
        try:
            self.tenant.send(write, ticket)
        except OutcomeUnknown as error:
            status, note = "unknown", str(error)
        except NotAllowed as error:
            takes = " and ".join(group[0] for group in action.needed(change))
            status, note = "failed", f"{error.message} It takes {takes}, and a role that may act on this account."
        except KitError as error:
            status, note = "failed", str(error)
        self._log("result", key=key, outcome=status, note=note)
        return status, note

    def _log(self, event: str, **facts: Any) -> None:
        self.journal.write(event, plan=self._id, account=self.account, account_id=self._account_id, **facts)


def is_headless() -> bool:
    """Whether this is a headless run (KIT_HEADLESS is set), in which changes are locked."""
    return os.environ.get(HEADLESS, "") not in ("", "0")
