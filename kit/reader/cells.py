"""Delimited text with a header: the plain case by Arrow, every odd one by the csv module, with the same outcome."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.csv

from kit.reader.head import Head
from kit.reader.reject import Name, Open, Reject

CHUNK_BYTES = 64 << 20
CHUNK_RECORDS = 100_000
BLOCK = 8 << 20
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


class NotPlain(Exception):
    """The fast way met an oddity; read the file again the slow way. Nothing was rejected yet."""


def cell_chunks(
    open_: Open, head: Head, record_id: Name, rejects: list[Reject], *, plain: bool = True
) -> Iterator[pa.Table]:
    """The rows as chunks of text columns; rows with too few or too many cells are rejected.

    With `plain` the fast way is tried, and NotPlain raised where the file turns out to need the other one.
    """
    with open_() as stream:
        if not plain or head.encoding != "utf-8":
            yield from _numbered(_slow_cells(stream, head, rejects), record_id)
            return
        try:
            yield from _numbered(_fast_cells(stream, head), record_id)
        except pa.ArrowInvalid as error:
            raise NotPlain from error


def _fast_cells(stream: BinaryIO, head: Head) -> Iterator[pa.Table]:
    """Delimited text without any oddity, by Arrow; ArrowInvalid where it is not."""
    names = list(head.columns)
    reader = pyarrow.csv.open_csv(
        stream,
        read_options=pyarrow.csv.ReadOptions(column_names=names, skip_rows=1, block_size=16 << 20),
        parse_options=pyarrow.csv.ParseOptions(delimiter=head.delimiter, newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False
        ),
    )
    waiting: list[pa.RecordBatch] = []
    for batch in reader:
        waiting.append(batch)
        if sum(item.nbytes for item in waiting) > CHUNK_BYTES:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def _slow_cells(stream: BinaryIO, head: Head, rejects: list[Reject]) -> Iterator[pa.Table]:
    """Delimited text with oddities, by the csv module: short and long rows are rejected, blank ones skipped."""
    lines = io.TextIOWrapper(io.BufferedReader(_Raw(stream), BLOCK), head.encoding, "replace", newline="")
    rows = csv.reader(lines, delimiter=head.delimiter)
    next(rows, None)
    good: list[list[str]] = []
    size = 0
    for number, row in enumerate(rows, 1):
        if len(row) != len(head.columns):
            found = f"{len(row)} cells instead of {len(head.columns)}"
            rejects.append(Reject(number, f"{found} (line {rows.line_num})", head.delimiter.join(row)[:200]))
            row = []
        good.append(row)
        size += sum(map(len, row))
        if size > CHUNK_BYTES or len(good) >= CHUNK_RECORDS:
            yield _row_table(good, head)
            good, size = [], 0
    if good:
        yield _row_table(good, head)


def _row_table(rows: list[list[str]], head: Head) -> pa.Table:
    """A rejected row keeps its place as a row of NULLs, so that numbers stay right; it is dropped when numbered."""
    blank: list[str | None] = [None] * len(head.columns)
    cells = zip(*[row or blank for row in rows], strict=True)
    return pa.table({name: pa.array(cell, pa.large_string()) for name, cell in zip(head.columns, cells, strict=True)})


def _numbered(tables: Iterator[pa.Table], record_id: Name) -> Iterator[pa.Table]:
    done = 0
    for table in tables:
        ids = [record_id(done + n) for n in range(1, table.num_rows + 1)]
        done += table.num_rows
        numbered = table.append_column("record_id", pa.array(ids, pa.string()))
        yield numbered.filter(table.column(0).is_valid()) if table.column(0).null_count else numbered


class _Raw(io.RawIOBase):
    """A plain binary stream as Python's text layer wants it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
