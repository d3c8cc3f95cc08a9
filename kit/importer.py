"""An importer: one format of exported file, recognised by content, and where in it the raw record stands.

A file in `importers/` holds one Importer. Its `select` is DuckDB SQL over a relation `given` with `record_id`,
`object` (the record as JSON text: the object itself, or the row of a CSV as an object of text cells) and, for a CSV,
one text column a cell. It yields `record_id`, `record` (JSON text in the shape the record kind reads) and `context`
(JSON text or NULL: what the record does not say itself). From there on an imported record and a fetched one are the
same.

    "cells" formats are told by the header: `columns` are the names that must be there (folded, " [UTC]" cut off).
    "objects" formats are told by each object's own keys: `keys` must be there (folded); a file may hold several kinds.

Of several that fit, the one that asks for most names wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kit.errors import UnreadableFile
from kit.reader import Head
from kit.shelf import Shelf


@dataclass(frozen=True)
class Example:
    """A small file of the format, as text, and how many records it holds."""

    text: str
    records: int


@dataclass(frozen=True)
class Importer:
    """One format. `record` names the kind in `records/`; `names` are the columns or keys it is told by.

    `when` is a SQL condition on `object`, for formats whose keys alone do not tell the kind. `rest` is a second SELECT
    for the rows that `select` left out of `raw`; it is only asked when there are any, so it may be slow.
    """

    name: str
    about: str
    layouts: tuple[Literal["cells", "objects"], ...]
    names: tuple[str, ...]
    record: str
    select: str
    example: Example
    when: str = ""
    rest: str = ""

    def fits(self, names: Iterable[str]) -> bool:
        """Whether the columns of a header, or the keys of an object, are those of this format."""
        return set(self.names) <= {folded(name) for name in names}


AUDIT_CELL = """
SELECT record_id, audit_data AS record, CAST(NULL AS VARCHAR) AS context
FROM (
    SELECT record_id, CASE WHEN starts_with("AuditData", '"') THEN try_cast("AuditData" AS JSON) ->> '$'
        ELSE "AuditData" END AS audit_data
    FROM given)
WHERE json_valid(audit_data)
"""
"""`select` for a CSV whose cell AuditData is the whole audit record, also where it was encoded twice."""

AUDIT_CELL_REST = """
SELECT record_id, '{}' AS record, json_object(
    'Id', coalesce(object ->> '$.RecordId', object ->> '$.Identity'), 'CreationDate', object ->> '$.CreationDate',
    'Operation', coalesce(object ->> '$.Operation', object ->> '$.Operations'),
    'UserId', coalesce(object ->> '$.UserId', object ->> '$.UserIds'),
    'RecordType', object ->> '$.RecordType') AS context
FROM given WHERE record_id NOT IN (SELECT record_id FROM raw)
"""
"""`rest` for the same: where the cell is empty or cut off, the row stands on its own columns."""

IMPORTERS: Shelf[Importer] = Shelf("kit.importers", Importer)


def folded(name: str) -> str:
    """A column or key as it is compared: case-folded, without the portal's " [UTC]"."""
    return name.strip().casefold().removesuffix(" [utc]")


def importers_for(head: Head, name: str) -> Sequence[Importer]:
    """The importers to read a file with, the most demanding first. UnreadableFile when none knows it."""
    shelf = sorted((IMPORTERS[item] for item in IMPORTERS), key=lambda item: (-len(item.names), item.name))
    readable = [importer for importer in shelf if head.layout in importer.layouts]
    if head.layout == "cells":
        found = [importer for importer in readable if importer.fits(head.columns)][:1]
    else:
        keys = list(head.first) if isinstance(head.first, dict) else []
        found = readable if any(importer.fits(keys) for importer in readable) else []
    if not found:
        raise UnreadableFile(
            f"{name} is of no known format.", f"It has {_listed(head)}. Known: {', '.join(IMPORTERS)}."
        )
    return found


def _listed(head: Head) -> str:
    names: list[Any] = list(head.columns) if head.layout == "cells" else list(head.first or [])
    what = "the columns" if head.layout == "cells" else "objects with the keys"
    return f"{what} {', '.join(map(str, names[:8]))}{' …' if len(names) > 8 else ''}" if names else "no records"
