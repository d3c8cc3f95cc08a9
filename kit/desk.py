"""The desk: the case that the notebooks of one sitting share.

    from kit import open_case
    case = open_case()                      # the simulated tenant that `python -m kit` started
    case = open_case("cases/2026-031")      # a folder of your own, new or known

Without a folder: the one named by the variable KIT_CASE, else one for the simulated tenant that is running.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from kit import simulated
from kit.case import Case
from kit.errors import InputError
from kit.render import slug

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "cases"
VARIABLE = "KIT_CASE"


def open_case(folder: str | Path = "", *, say: Callable[[str], None] = print) -> Case:
    """Open the case; connect it to the simulated tenant and collect, where one runs and nothing was collected yet.

    InputError when there is neither a folder nor a simulated tenant.
    """
    facts = simulated.running()
    chosen = str(folder) or os.environ.get(VARIABLE, "")
    if not chosen and facts is None:
        raise InputError(
            "There is no case to open.",
            "Name a folder, or start the notebooks with `python -m kit` for the simulated tenant.",
        )
    case = Case.open(Path(chosen) if chosen else _simulated_folder(facts or {}))
    if facts is not None and case.tenant_id in ("", facts["tenant"]):
        _connect_simulated(case, facts, say)
    return case


def _connect_simulated(case: Case, facts: dict[str, object], say: Callable[[str], None]) -> None:
    from kit.tenant.auth import connect_simulated

    case.connect(connect_simulated(facts, how="device_code"))
    if not any(case.journal.read("collected")):
        say(f"Collecting from the simulated tenant {case.tenant_name}: it is a tenant like any other, but made up.")
        case.collect(say=say)


def _simulated_folder(facts: dict[str, object]) -> Path:
    """One folder for each start of the simulated tenant: what was changed in an earlier one is not so in this one."""
    start = hashlib.sha256(str(facts["admin_token"]).encode()).hexdigest()[:6]
    return CASES / f"simulated-{slug(str(facts['name']))}-{start}"
