"""The head of a file: what its first megabyte tells about the rest."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO

from kit.errors import UnreadableFile
from kit.reader.objects import objects

HEAD_BYTES = 1 << 20


@dataclass(frozen=True)
class Head:
    """What the first megabyte tells.

    `layout` is "cells" or "objects"; cells have `columns` and a `delimiter`, objects the `first` of them.
    """

    layout: str
    encoding: str
    columns: tuple[str, ...] = ()
    delimiter: str = ","
    first: Any = None


def head_of(stream: BinaryIO, name: str) -> Head:
    """Look at the beginning. UnreadableFile when it is empty, binary, or neither delimited text nor JSON."""
    data = stream.read(HEAD_BYTES)
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise UnreadableFile(f"{name} is empty.", "Export it again; an export without rows still has a header.")
    encoding = _encoding(data)
    text = data.decode(encoding, "replace").lstrip("\ufeff")
    if "\x00" in text[:4096] or text[:4096].count("\ufffd") > 20:
        raise UnreadableFile(f"{name} is a binary file.", "Give CSV or JSON as exported; unpack archives first.")
    start = text.lstrip()
    if start[:1] in "{[":
        return Head("objects", encoding, first=_first(start, name, whole=len(data) < HEAD_BYTES))
    line = next(csv.reader(io.StringIO(text), delimiter=_delimiter(text)), [])
    columns = tuple(_unique(cell.strip().strip("\ufeff") for cell in line))
    if len(columns) < 2:
        raise UnreadableFile(f"{name} is neither CSV with a header nor JSON.", f"It begins: {text[:60]!r}")
    return Head("cells", encoding, columns, _delimiter(text))


def _encoding(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if data[1:64:2].count(0) > 20:
        return "utf-16-le"
    return "utf-16-be" if data[0:64:2].count(0) > 20 else "utf-8"


def _delimiter(text: str) -> str:
    line = text.split("\n", 1)[0]
    return max(",;\t", key=line.count)


def _first(text: str, name: str, *, whole: bool) -> Any:
    """The first record, to recognise the format by; None when it does not end within the head."""
    try:
        found = next(objects(text, name), None)
    except UnreadableFile:
        found = next((line for line in text.splitlines()[1:] if _is_object(line)), None)
        if found is None and whole:
            raise
    return json.loads(found, strict=False) if found else None


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line, strict=False), dict)
    except (ValueError, RecursionError):
        return False


def _unique(names: Iterable[str]) -> list[str]:
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
        unique.append(name if seen[name.casefold()] == 1 else f"{name}_{seen[name.casefold()]}")
    return unique
