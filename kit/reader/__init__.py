"""The tolerant reader: from the bytes of an export to records, in chunks, whatever the export's habits.

Two layouts exist. "cells": delimited text with a header; "objects": JSON, one a line, in an array, one after another,
or inside a wrapper such as {"value": [...]}. A chunk is an Arrow table with a column `record_id` and either one text
column a cell, or one column `object` (JSON text as it stands in the file). Records are counted from 1, in the file's
order, rejected ones included. What cannot be read as a record comes out as a `Reject`, never as an exception, unless
the file as a whole cannot be read: then UnreadableFile, before anything was stored.

Survives: byte-order marks, UTF-16, bytes that are no UTF-8 (shown as U+FFFD), CRLF, line breaks in cells, cells of any
size.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from kit.reader.cells import NotPlain, cell_chunks
from kit.reader.head import Head, head_of
from kit.reader.objects import object_chunks, objects
from kit.reader.reject import Name, Open, Reject

__all__ = ["Head", "Name", "NotPlain", "Open", "Reject", "chunks", "head_of", "objects"]


def chunks(
    open_: Open, head: Head, record_id: Name, rejects: list[Reject], name: str, *, plain: bool = False
) -> Iterator[pa.Table]:
    """The records of a file as chunks; rejected ones are appended to `rejects`.

    `open_` gives the content afresh each time it is called, `record_id` the id of the n-th record. `plain` tries a way
    several times as fast, which raises NotPlain, and then has to be gone again without it.
    """
    if head.layout == "objects":
        return object_chunks(open_, head.encoding, record_id, rejects, name)
    return cell_chunks(open_, head, record_id, rejects, plain=plain)
