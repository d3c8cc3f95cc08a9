"""What a report is made of: a case, or anything that has these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from kit.chart import Picture
from kit.coverage import Line
from kit.evidence import Evidence
from kit.finding import Findings
from kit.journal import Journal
from kit.story import Story


class CaseLike(Protocol):
    """What a report needs of a case."""

    folder: Path
    journal: Journal
    evidence: Evidence

    @property
    def name(self) -> str:
        """What the case is called."""

    @property
    def tenant_id(self) -> str:
        """The tenant, "" when only files were read."""

    @property
    def tenant_name(self) -> str:
        """Its display name."""

    @property
    def simulated(self) -> bool:
        """Whether it is the simulated one."""

    @property
    def tables(self) -> Mapping[str, Any]:
        """The tables this case has looked for."""

    def __getitem__(self, name: str) -> pd.DataFrame:
        """The table `name` as a frame."""

    def findings(self) -> Findings:
        """All findings."""

    def coverage(self) -> Sequence[Line]:
        """One line for each source, file and detection."""

    def stories(self) -> Sequence[Story]:
        """One story for each account that findings are about, highest score first."""

    def chart(self, name: str, user: str = "") -> Picture:
        """The chart `name`, about one account or the tenant."""
