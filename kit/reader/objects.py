"""JSON objects in a text, as they stand in it: one a line, in an array, one after another, or inside a wrapper."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterable, Iterator
from typing import Any, BinaryIO

import pyarrow as pa

from kit.errors import UnreadableFile
from kit.reader.reject import Name, Open, Reject

CHUNK_BYTES = 64 << 20
CHUNK_RECORDS = 100_000
BLOCK = 8 << 20
INNER = ("event", "o365audit", "_raw")
_BLANK = re.compile(r"[\s\ufeff]*")
_SCALAR = r'(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|\[[^\[\]{}]*\])'
_WRAPPER = re.compile(
    rf'\{{(?:\s*"[^"]*"\s*:\s*{_SCALAR}\s*,)*\s*"(?:value|Records|records|events|results)"\s*:\s*(?=\[)'
)


def object_chunks(open_: Open, encoding: str, record_id: Name, rejects: list[Reject], name: str) -> Iterator[pa.Table]:
    """The objects as chunks. Text that breaks off raises UnreadableFile; a bad line among lines is a reject."""
    if _is_lines(open_, encoding):
        with open_() as stream:
            yield from _line_chunks(stream, record_id, rejects)
        return
    with open_() as stream:
        text = stream.read().decode(encoding, "replace")
    yield from _text_chunks(enumerate(objects(text, name), 1), record_id)


def objects(text: str, name: str = "") -> Iterator[str]:
    """The JSON objects of a whole text: of an array, a sequence, or a known wrapper ({"value": […]} and the like).

    UnreadableFile when the text breaks off or is no JSON.
    """
    reading = _Reading(text, name)
    place = reading.skip(0)
    while place < len(text):
        if text[place] == "[":
            place = yield from reading.elements(place)
        elif wrapper := _WRAPPER.match(text, place):
            place = yield from reading.elements(wrapper.end())
            place = reading.rest_of_object(place)
        else:
            value, end = reading.value(place)
            yield _opened(value, text[place:end])
            place = end
        place = reading.skip(place)


class _Reading:
    """A place-by-place reading of one text that says where and why it breaks off."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self._decoder = json.JSONDecoder(strict=False)

    def skip(self, place: int) -> int:
        """The next place that is not blank."""
        found = _BLANK.match(self.text, place)
        return found.end() if found else place

    def value(self, place: int) -> tuple[Any, int]:
        """The value at `place` and the place after it."""
        try:
            return self._decoder.raw_decode(self.text, place)
        except (ValueError, RecursionError):
            raise self._broken(place) from None

    def elements(self, place: int) -> Generator[str, None, int]:
        """Yield the elements of the array that opens at `place`; return the place after it."""
        place = self.skip(place + 1)
        while self.text[place : place + 1] != "]":
            value, end = self.value(place)
            yield _opened(value, self.text[place:end])
            place = self.skip(end)
            if self.text[place : place + 1] not in {",", "]"}:
                raise self._broken(place)
            place = self.skip(place + 1) if self.text[place] == "," else place
        return place + 1

    def rest_of_object(self, place: int) -> int:
        """The place after the object whose member ended at `place`."""
        place = self.skip(place)
        while self.text[place : place + 1] == ",":
            _, place = self.value(self.skip(place + 1))
            _, place = self.value(self.skip(self.skip(place) + 1))
            place = self.skip(place)
        if self.text[place : place + 1] != "}":
            raise self._broken(place)
        return place + 1

    def _broken(self, place: int) -> UnreadableFile:
        return UnreadableFile(
            f"{self.name} breaks off or is no JSON at character {place:,} of {len(self.text):,}.",
            "It was cut short or edited: export it again.",
        )


def _opened(value: Any, text: str) -> str:
    """The record itself, where an element is {"event": {…}} or holds its record as text."""
    for key in INNER if isinstance(value, dict) else ():
        inner = value.get(key)
        if isinstance(inner, dict):
            return json.dumps(inner, ensure_ascii=False)
        if isinstance(inner, str) and inner.lstrip().startswith("{"):
            return inner
    return text


def _line_chunks(stream: BinaryIO, record_id: Name, rejects: list[Reject]) -> Iterator[pa.Table]:
    """One object a line. Whether each is whole JSON is asked of the engine, which is faster at it."""
    numbered = enumerate(_lines(stream), 1)
    yield from _text_chunks(((n, line) for n, line in numbered if _kept(line, n, rejects)), record_id)


def _kept(line: str, number: int, rejects: list[Reject]) -> bool:
    if line[:1] == "{":
        return True
    if line:
        rejects.append(Reject(number, "no JSON object", line[:200]))
    return False


def _lines(stream: BinaryIO) -> Iterator[str]:
    rest = b""
    while block := stream.read(BLOCK):
        *whole, rest = (rest + block).split(b"\n")
        yield from (line.decode("utf-8", "replace").strip("\ufeff \t\r") for line in whole)
    if rest.strip():
        yield rest.decode("utf-8", "replace").strip("\ufeff \t\r")


def _text_chunks(numbered: Iterable[tuple[int, str]], record_id: Name) -> Iterator[pa.Table]:
    ids: list[str] = []
    texts: list[str] = []
    size = 0
    for number, text in numbered:
        ids.append(record_id(number))
        texts.append(text)
        size += len(text)
        if size > CHUNK_BYTES or len(ids) >= CHUNK_RECORDS:
            yield _text_table(ids, texts)
            ids, texts, size = [], [], 0
    if ids:
        yield _text_table(ids, texts)


def _text_table(ids: list[str], texts: list[str]) -> pa.Table:
    clean = [text.encode("utf-8", "replace").decode() if not text.isascii() else text for text in texts]
    return pa.table({"record_id": pa.array(ids, pa.string()), "object": pa.array(clean, pa.large_string())})


def _is_lines(open_: Open, encoding: str) -> bool:
    """One object a line, and none of them a wrapper."""
    if encoding != "utf-8":
        return False
    with open_() as stream:
        line = next((line for line in _lines(stream) if line), "")
    if _WRAPPER.match(line):
        return False
    try:
        return isinstance(json.loads(line, strict=False), dict)
    except (ValueError, RecursionError):
        return False
