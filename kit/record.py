"""A record: the shape in which one raw event or object arrives, and the rows it means.

A file in `records/` holds one Record. Its meaning is DuckDB SQL (with the macros of `kit.macros`) over a relation
called `raw` with three columns,

    record_id  VARCHAR   place in the evidence, "0003:17" = file 3, record 17 (counted from 1)
    record     VARCHAR   the raw record, JSON text as it came
    context    VARCHAR   JSON object with what the record does not say itself (wrapper columns of an export, the mailbox
                         a rule was read from), or NULL

so that a million records are one statement. A record may fill several tables; every select must yield exactly the
columns of its table that it knows, by name; absent ones become NULL. A select must take any shape of any field
without failing: a wrong shape gives NULL in that column, never a lost row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kit.shelf import Shelf


@dataclass(frozen=True)
class Sample:
    """One raw record (JSON text), its context, and the rows it must give: table → rows naming what matters."""

    says: str
    record: str
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    context: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Record:
    """One record shape. `selects` maps table names to a SELECT over `raw`; the first is the main one: a record that
    gives no row there is rejected, one whose key was seen before is a repetition.

    `prepare`, where given, is a SELECT over `raw` that is worked out once and read by the selects as `parsed`.
    `keys` are the record's keys spelt as Microsoft spells them, one that every record has first: a record that spells
    that one in another case ("creationtime") is re-spelt before it is read.
    """

    name: str
    about: str
    selects: Mapping[str, str]
    samples: tuple[Sample, ...]
    prepare: str = ""
    keys: tuple[str, ...] = ()


RECORDS: Shelf[Record] = Shelf("kit.records", Record)
