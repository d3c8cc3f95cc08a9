"""A case: the one object an analyst holds. Everything it knows lies in its folder.

    case = Case.open("cases/2026-11-24-ana")
    case.add(["AuditLog.csv"])                  # exported files, or
    case.connect(tenant); case.collect()        # a tenant, real or simulated
    case["sign_ins"]                            # a table as a data frame
    case.findings(); case.stories()             # what was found, and the account of it
    case.plan("revoke_sessions", "ana@contoso.example")
    case.report()

State is the evidence, the journal and the tables made from them; findings are worked out anew when these change.
One case is one tenant: connecting another one is refused.
"""

from __future__ import annotations

import functools
import json
import operator
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import kit
from kit import collection, coverage, files
from kit.action import ACTIONS, Action
from kit.chart import CHARTS, Picture
from kit.containment import containment
from kit.coverage import SPOKEN, Line
from kit.detection import DETECTIONS
from kit.engine import Engine
from kit.errors import InputError, WrongTenant
from kit.evidence import Evidence, sha256, write_whole
from kit.finding import Answer, Findings, ask
from kit.journal import Journal
from kit.plan import Plan
from kit.source import SOURCES, Scope
from kit.story import Story, stories
from kit.table import TABLES
from kit.verdict import weigh

if TYPE_CHECKING:
    from kit.tenant.client import Tenant

DAYS = 90


class Case(Mapping[str, pd.DataFrame]):
    """The case in `folder`; a mapping of table names to data frames. Made by `Case.open`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = Journal(folder / "journal.jsonl")
        self.evidence = Evidence(folder, self.journal)
        self.engine = Engine(folder)
        self.tenant: Tenant | None = None
        self._answer: Answer | None = None
        self._stories: list[Story] | None = None

    @classmethod
    def open(cls, folder: str | Path) -> Case:
        """Open the case in a folder, or start one there. InputError when the folder holds something else."""
        path = Path(folder).resolve()
        if path.exists() and not path.is_dir():
            raise InputError(f"{path} is a file.", "Name a folder for the case.")
        if path.exists() and not (path / "journal.jsonl").exists() and any(path.iterdir()):
            raise InputError(f"{path} is not empty and not a case.", "Name a new folder, or that of a case.")
        case = cls(path)
        if not any(case.journal.read("case_opened")):
            case.journal.write("case_opened", name=path.name, kit=kit.__version__)
        if not case.engine.folder.exists():
            case.read_again()
        return case

    def read_again(self) -> None:
        """Make the tables anew from the evidence; done by itself where a case arrives without them."""
        shutil.rmtree(self.engine.folder, ignore_errors=True)
        files.read_again(self.engine, self.evidence)
        collection.read_again(self.engine, self.evidence)
        self._forget()

    def __getitem__(self, name: str) -> pd.DataFrame:
        """The table as a data frame, in order of time (UTC). InputError when the vocabulary has no such table."""
        return self.engine.frame(name)

    def __iter__(self) -> Iterator[str]:
        return iter(TABLES)

    def __len__(self) -> int:
        return len(TABLES)

    @property
    def name(self) -> str:
        """The name of the case: that of its folder when it was opened."""
        return str(next(self.journal.read("case_opened"))["name"])

    @property
    def tenant_id(self) -> str:
        """The tenant this case is about, "" while it is not known."""
        return str(self._connected().get("tenant_id", ""))

    @property
    def tenant_name(self) -> str:
        """The tenant's display name, "" while it is not known."""
        return str(self._connected().get("tenant_name", ""))

    @property
    def simulated(self) -> bool:
        """Whether the tenant is the simulated one."""
        return bool(self._connected().get("simulated", False))

    @property
    def tables(self) -> Mapping[str, Any]:
        """Name → Ibis table, of the tables that this case has looked for: those with rows, and those asked for."""
        asked = {name for line in self._gathered() if line.status in ("complete", "empty") for name in line.tables}
        return {name: t for name, t in self.engine.tables.items() if name in asked or self.engine.parts(name)}

    def connect(self, tenant: Tenant) -> Case:
        """Let the case read (and, through plans, change) this tenant. WrongTenant when it is about another one."""
        if self.tenant_id and tenant.id != self.tenant_id:
            raise WrongTenant(
                f"This case is about {self.tenant_name or self.tenant_id}, not {tenant.name or tenant.id}.",
                "Open another folder for another tenant.",
            )
        self.tenant = tenant
        self.journal.write(
            "connected",
            tenant_id=tenant.id,
            tenant_name=tenant.name,
            simulated=tenant.cloud.simulated,
            account=tenant.account,
            permissions=sorted(tenant.permissions),
        )
        return self

    def add(self, paths: Iterable[str | Path]) -> list[Line]:
        """Take exported files in; one that cannot be read is said in its line and stops no other.

        InputError when none can be read: then nothing was kept.
        """
        readable, refused = files.sorted_out([Path(path) for path in paths])
        lines = [files.add_file(path, self.engine, self.evidence) for path in readable]
        self._forget()
        return [*lines, *(files.refuse(path, why, self.evidence) for path, why in refused)]

    def collect(
        self,
        sources: Iterable[str] = (),
        *,
        users: Sequence[str] = (),
        days: int = DAYS,
        end: datetime | None = None,
        say: Callable[[str], None] = lambda line: None,
    ) -> list[Line]:
        """Ask the connected tenant: all sources or those named, the whole tenant or some users, so many days."""
        tenant = self._need_tenant()
        until = end or datetime.now(UTC)
        scope = Scope(until - timedelta(days=days), until, tuple(users))
        lines = collection.collect(tenant, self.engine, self.evidence, sources or SOURCES, scope, say=say)
        self._forget()
        return lines

    def findings(self) -> Findings:
        """What the detections found, weighed over the whole case, in order of time."""
        if self._answer is None:
            answer = ask((DETECTIONS[name] for name in DETECTIONS), self.tables)
            self._answer = Answer(Findings(weigh(answer.findings)), answer.not_run, answer.failed)
        return self._answer.findings

    def coverage(self) -> list[Line]:
        """What was asked, what came, what is missing: the last line of every source and file, then the detections."""
        self.findings()
        assert self._answer is not None
        idle = [Line("detection", name, "not run", why) for name, why in self._answer.not_run.items()]
        broken = [Line("detection", name, "failed", why) for name, why in self._answer.failed.items()]
        ran = sorted(set(DETECTIONS) - set(self._answer.not_run) - set(self._answer.failed))
        return [*self._gathered(), *(Line("detection", name, "complete") for name in ran), *idle, *broken]

    def stories(self) -> list[Story]:
        """The account of what happened, one for each account that findings are about, the strongest case first."""
        if self._stories is None:
            self._stories = stories(self.tables, self.findings())
        return self._stories

    def story(self, account: str) -> Story | None:
        """The story of one account, None when no finding is about it."""
        return next((story for story in self.stories() if story.account == account.casefold()), None)

    def plan(self, actions: str | Sequence[str], user: str, **parameters: Any) -> Plan:
        """A plan of one or more actions about one account; nothing is sent before preview and confirmation."""
        names = [actions] if isinstance(actions, str) else list(actions)
        return self._plan([ACTIONS[name](user=user, **parameters) for name in names])

    def containment(self, user: str) -> Plan:
        """The plan that the findings about one account ask for; see `kit.containment`."""
        return self._plan(containment(user, self.findings(), self.tables))

    def protect(self, account: str, why: str) -> None:
        """Let no plan of this case touch an account: a break-glass account, above all. Journalled with its reason."""
        self.journal.write("protected", account=account.casefold(), why=why)

    def chart(self, name: str, user: str = "") -> Picture:
        """A chart over the case's tables; with a user, over that account's rows, the attacker's marked where known."""
        chart = CHARTS[name]
        frames = {table: self.about(table, user) for table in chart.tables}
        why = {table: line.why or SPOKEN[line.status] for line in self._gathered() for table in line.tables}
        return chart.picture(frames, story=self.story(user) if user else None, why=why)

    def about(self, name: str, user: str) -> pd.DataFrame:
        """The rows of a table that are about `user`, by the columns that say so; all of them without one. Times UTC."""
        table = self.engine.tables[name]
        columns = [column for column in ("user", "mailbox", "sender", "actor") if column in table.columns]
        if user and columns:
            wanted = [table[column] == user.casefold() for column in columns]
            table = table.filter(functools.reduce(operator.or_, wanted))
        order = [column for column in ("time", "record_id") if column in table.columns]
        return table.order_by(order).to_pandas()

    def report(self) -> Path:
        """Write findings.json, coverage.json and report.html into the folder and seal it; the report's path."""
        from kit import report  # a report is made from a case; this is the one convenience that looks upwards

        path = report.write(self)
        self.save()
        return path

    def save(self) -> None:
        """Write findings.json and coverage.json, journal their hashes and the report's, and seal the evidence."""
        found = [finding.as_json() for finding in self.findings()]
        write_whole(self.folder / "findings.json", _as_bytes(found))
        write_whole(self.folder / "coverage.json", _as_bytes([line.as_json() for line in self.coverage()]))
        made = [self.folder / name for name in ("findings.json", "coverage.json", "report.html")]
        hashes = {path.name: sha256(path) for path in made if path.is_file()}
        self.journal.write("saved", findings=len(found), coverage=coverage.summary(self.coverage()), sha256=hashes)
        self.evidence.seal(**{"Case": self.name, "Tenant": self.tenant_name or "files only"})

    def record(self, record_id: str) -> str:
        """The raw record behind a row, as it came. InputError when there is none of that id."""
        piece, _, number = record_id.partition(":")
        if not (piece.isdigit() and number.isdigit()):
            raise InputError(f"{record_id!r} is no record id.", 'A record id looks like "0003:17".')
        return files.record_text(self.evidence[int(piece)], int(number))

    def _connected(self) -> dict[str, Any]:
        return next(iter([*self.journal.read("connected")][-1:]), {})

    def _plan(self, actions: Sequence[Action]) -> Plan:
        protected = [str(entry["account"]) for entry in self.journal.read("protected")]
        return Plan(actions, self._need_tenant(), self.journal, protected=protected)

    def _need_tenant(self) -> Tenant:
        if self.tenant is None:
            raise InputError("This case is not connected to a tenant.", "Call case.connect(tenant) first.")
        return self.tenant

    def _gathered(self) -> list[Line]:
        """The lines of sources and files in the order they were first asked; of a state, the last look."""
        lines: dict[tuple[str, str, str], Line] = {}
        for entry in self.journal.read():
            if entry["event"] in ("imported", "refused_file", "collected"):
                line = coverage.line_of(entry)
                state = all(TABLES[name].kind == "state" for name in line.tables)
                lines[line.kind, line.name, "" if state else line.start] = line
        return list(lines.values())

    def _forget(self) -> None:
        self._answer = None
        self._stories = None


def _as_bytes(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
