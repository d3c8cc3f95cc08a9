"""Which importer reads which record of a chunk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from kit.engine import quoted
from kit.importer import Importer
from kit.intake.respell import mend
from kit.reader import Reject

SEPARATOR = "\x1f"


def routed(
    connection: Any, chunk: pa.Table, importers: Sequence[Importer], rejects: list[Reject]
) -> Iterator[Importer]:
    """Each importer in turn, with its records of `chunk` as the relation `given`; what fits none is rejected."""
    connection.register("chunk_", chunk)
    if "object" not in chunk.column_names:
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW given AS SELECT *, {_row_object(chunk)} AS object FROM chunk_"
        ).fetchall()
        yield importers[0]
    else:
        for importer in _kinds_present(connection, importers, rejects):
            connection.execute(
                "CREATE OR REPLACE TEMP VIEW given AS SELECT record_id, object FROM keyed "
                f"WHERE importer = {quoted(importer.name)}"
            ).fetchall()
            yield importer
    connection.execute("DROP VIEW IF EXISTS given").fetchall()
    connection.unregister("chunk_")


def _row_object(chunk: pa.Table) -> str:
    """The row of a CSV as a JSON object of its cells; worked out only where an importer asks for it."""
    cells = (name for name in chunk.column_names if name != "record_id")
    pairs = ", ".join(f'{quoted(name)}, "{name.replace(chr(34), chr(34) * 2)}"' for name in cells)
    return f"json_object({pairs})"


def _kinds_present(connection: Any, importers: Sequence[Importer], rejects: list[Reject]) -> list[Importer]:
    """Make `keyed` (record_id, object, importer) and reject what is of no known kind."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE objects AS "
        "SELECT record_id, object, CAST(NULL AS VARCHAR) AS importer FROM chunk_"
    ).fetchall()
    mend(connection, "objects", "object")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE keyed AS SELECT *, "
        f"CASE WHEN json_valid(object) THEN array_to_string(json_keys(object), '{SEPARATOR}') END AS keys FROM objects"
    ).fetchall()
    shapes = [row[0] for row in connection.execute("SELECT DISTINCT keys FROM keyed WHERE keys <> ''").fetchall()]
    for importer in importers:
        fitting = [shape for shape in shapes if importer.fits(shape.split(SEPARATOR))]
        connection.execute(
            "UPDATE keyed SET importer = ? WHERE importer IS NULL AND list_contains(?, keys)"
            + (f" AND {importer.when}" if importer.when else ""),
            [importer.name, fitting],
        ).fetchall()
    strange = connection.execute("SELECT record_id, left(object, 200) FROM keyed WHERE importer IS NULL").fetchall()
    rejects.extend(
        Reject(int(record_id.split(":")[1]), "no known kind of record, or no whole JSON", text)
        for record_id, text in strange
    )
    present = {row[0] for row in connection.execute("SELECT DISTINCT importer FROM keyed").fetchall()}
    return [importer for importer in importers if importer.name in present]
