"""The desk: the case that the notebooks of one sitting share.

    from kit import open_case
    case = open_case()                      # the simulated tenant that `python -m kit` started
    case = open_case("cases/2026-031")      # a folder of your own, new or known

Without a folder: the one named by the variable KIT_CASE, else one for the simulated tenant that is running. A folder of
your own is never connected to the simulated tenant: what is made up must not get among what is real.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from kit import simulated
from kit.case import Case
from kit.coverage import Line
from kit.errors import InputError
from kit.render import counted, moment, number, plain, slug
from kit.source import SOURCES

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "cases"
VARIABLE = "KIT_CASE"
Say = Callable[[str], None]


def open_case(folder: str | Path = "", *, say: Say | None = None) -> Case:
    """Open the case, and say in a line which it is. The simulated tenant's own is connected and collected.

    `say` gets a line of progress, which replaces the one before; by default it is shown in the notebook. A collection
    that was cut off goes on with the sources that it has not asked. InputError when there is neither a folder nor a
    simulated tenant.
    """
    say = say or _in_one_line
    facts = simulated.running()
    chosen = str(folder) or os.environ.get(VARIABLE, "")
    if not chosen and facts is None:
        raise InputError(
            "There is no case to open.",
            "Name a folder, or start the notebooks with `python -m kit` for the simulated tenant.",
        )
    case = Case.open(Path(chosen) if chosen else _simulated_folder(facts or {}))
    lines: list[Line] = []
    if facts is not None and _is_of(case, facts, own=bool(folder)):
        lines = _connect_simulated(case, facts, say)
    say(_what(case, lines))
    return case


def _is_of(case: Case, facts: dict[str, object], *, own: bool) -> bool:
    """Whether the case is the simulated tenant's: it was before, or it is empty and not in a folder of one's own."""
    return case.tenant_id == facts["tenant"] or not (own or case.tenant_id or any(case.evidence))


def _connect_simulated(case: Case, facts: dict[str, object], say: Say) -> list[Line]:
    """Connect, and ask what was not asked yet, up to the time of the sources that were; the lines of what is new."""
    from kit.tenant.auth import connect_simulated

    case.connect(connect_simulated(facts, how="device_code"))
    asked = {entry["source"]: entry["scope"]["end"] for entry in case.journal.read("collected")}
    wanted = [name for name in SOURCES if name not in asked]
    if not wanted:
        return []
    end = datetime.fromisoformat(next(iter(asked.values()))) if asked else None
    return case.collect(wanted, end=end, say=_counting(wanted, say))


def _counting(wanted: Sequence[str], say: Say) -> Say:
    """Progress: how many of the sources are done, and what the last one brought."""
    left = list(wanted)
    say(f"Collecting from {counted(len(wanted), 'source')} of the simulated tenant …")

    def told(line: str) -> None:
        left.pop()
        say(f"Collecting: {len(wanted) - len(left)} of {len(wanted)} sources. {line}")

    return told


def _what(case: Case, collected: Sequence[Line]) -> str:
    """Which case it is, whose data are in it, and what was collected just now."""
    whose = f"simulated tenant {case.tenant_name}, all of it made up" if case.simulated else case.tenant_name
    text = f"Case {case.folder.name}: {whose or 'files only, no tenant'}."
    if collected:
        text += f" Collected {number(sum(line.rows for line in collected))} rows"
        text += f" from {counted(len(collected), 'source')}, {moment(datetime.now().astimezone(), seconds=False)}."
    short = [f"{line.name} ({line.status})" for line in collected if line.status not in ("complete", "empty")]
    return plain(text + (f" Not in full: {', '.join(short)}." if short else ""))


def _in_one_line(text: str) -> None:
    """Show a line in place of the one before."""
    from IPython.display import clear_output

    clear_output(wait=True)
    print(text, flush=True)


def _simulated_folder(facts: dict[str, object]) -> Path:
    """One folder for each start of the simulated tenant: what was changed in an earlier one is not so in this one."""
    start = hashlib.sha256(str(facts["admin_token"]).encode()).hexdigest()[:6]
    return CASES / f"simulated-{slug(str(facts['name']))}-{start}"
