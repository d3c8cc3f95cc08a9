"""Investigate a compromised Microsoft 365 mailbox: collect, find, show, remediate, report.

    tenant ──collect──▶ evidence ──rows──▶ tables ──ask──▶ findings ──▶ charts · notebooks · report
    files  ──import───▶ (raw, write-once)  (typed)            │
      ▲                                                       ▼
      └────── apply ◀── preview ◀── plan = the changes still needed

Start with `kit.Case`, the one object an analyst holds, and with `kit.table`, the vocabulary. `python -m kit --help`
lists the commands. Importing `kit` loads nothing else: the commands must start before any package is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kit.case import Case
    from kit.desk import open_case

__all__ = ["Case", "__version__", "open_case"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load `Case` and `open_case` when they are first asked for."""
    if name == "Case":
        from kit.case import Case

        return Case
    if name == "open_case":
        from kit.desk import open_case

        return open_case
    raise AttributeError(f"module 'kit' has no attribute {name!r}")
