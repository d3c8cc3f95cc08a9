"""Files: exported data that somebody else saved, taken into a case one file at a time.

A file is recognised by content, kept as evidence, and read from there. One that cannot be read is refused before
anything of it is kept; one that was taken before is not taken again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow.compute as pc

from kit.coverage import Line, Status
from kit.engine import Engine
from kit.errors import InputError, KitError
from kit.evidence import Evidence, Piece
from kit.importer import importers_for
from kit.intake import Account, Intake
from kit.reader import Head, NotPlain, Reject, chunks, head_of

PREFIX = "f"  # parts of tables that came from a file are named f0003-…


def check_file(path: Path) -> None:
    """InputError when `path` is no readable file; UnreadableFile when it breaks off or is of no known format."""
    if path.is_dir():
        raise InputError(f"{path} is a folder.", "Name the files in it.")
    if not path.is_file():
        raise InputError(f"{path} does not exist.", "Check the name.")
    try:
        with path.open("rb") as stream:
            head = head_of(stream, path.name)
        importers_for(head, path.name)
        if head.layout == "objects":  # only reading JSON to its end tells that it breaks off
            for _ in chunks(lambda: path.open("rb"), head, str, [], path.name):
                pass
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).", "Check its permissions.") from None


def sorted_out(paths: Sequence[Path]) -> tuple[list[Path], list[tuple[Path, str]]]:
    """The files that can be read, and the others with the reason. InputError, the first one's, when none can."""
    readable: list[Path] = []
    refused: list[tuple[Path, str]] = []
    for path in paths:
        try:
            check_file(path)
            readable.append(path)
        except InputError as error:
            if len(paths) == len(refused) + 1:
                raise
            refused.append((path, str(error)))
    return readable, refused


def refuse(path: Path, why: str, evidence: Evidence) -> Line:
    """Journal that a file was given and could not be read; its line of coverage."""
    line = Line("file", path.name, "failed", why)
    evidence.journal.write("refused_file", line=line.as_json())
    return line


def add_file(path: Path, engine: Engine, evidence: Evidence) -> Line:
    """Take one file in: evidence first, then rows; its line of coverage is journalled and returned."""
    check_file(path)
    known = evidence.find(path)
    if known is not None and any(entry["number"] == known.number for entry in evidence.journal.read("imported")):
        return Line("file", path.name, "complete", f"taken before, as evidence {known.number:04d}")
    piece = known or evidence.keep_file(path, kind="file")
    try:
        account = read_piece(piece, engine, path.name)
    except KitError as error:
        evidence.journal.write("import_failed", number=piece.number, why=str(error))
        raise
    line = _line(path.name, account)
    evidence.journal.write("imported", number=piece.number, formats=account.formats, line=line.as_json())
    return line


def read_piece(piece: Piece, engine: Engine, name: str) -> Account:
    """The rows of a kept file, put into the tables; the same whenever it is read again."""
    with piece.open() as stream:
        head = head_of(stream, name)
    try:
        return _taken(piece, engine, head, name, plain=True)
    except NotPlain:
        return _taken(piece, engine, head, name, plain=False)


def _taken(piece: Piece, engine: Engine, head: Head, name: str, *, plain: bool) -> Account:
    importers = importers_for(head, name)
    rejects: list[Reject] = []
    intake = Intake(engine, rejects)
    try:
        for chunk in chunks(piece.open, head, piece.record_id, rejects, name, plain=plain):
            intake.take(chunk, importers)
        return intake.settle(f"{PREFIX}{piece.number:04d}")
    except BaseException:
        intake.abandon()
        raise


def read_again(engine: Engine, evidence: Evidence) -> None:
    """Make the tables of all files anew from the evidence."""
    for entry in evidence.journal.read("imported"):
        read_piece(evidence[entry["number"]], engine, entry["line"]["name"])


def record_text(piece: Piece, number: int) -> str:
    """Record `number` of a kept file as JSON text, for a person who wants to see what a row rests on."""
    rejects: list[Reject] = []
    with piece.open() as stream:
        head = head_of(stream, piece.sha256)
    for chunk in chunks(piece.open, head, str, rejects, piece.sha256):
        found = chunk.filter(pc.equal(chunk["record_id"], str(number)))
        if found.num_rows:
            row = found.to_pylist()[0]
            del row["record_id"]
            return str(row["object"]) if set(row) == {"object"} else json.dumps(row, ensure_ascii=False)
    raise InputError(f"Evidence {piece.number:04d} has no record {number}.", "Check the record id.")


def _line(name: str, account: Account) -> Line:
    reasons: dict[str, int] = {}
    for reject in account.rejects:
        reasons[reject.reason] = reasons.get(reject.reason, 0) + 1
    why = "; ".join(_reasons(account, reasons))
    status: Status = "complete" if not account.rejects else "partial" if account.kept else "failed"
    tables = tuple(sorted(account.rows))
    return Line("file", name, status, why, account.kept, account.first, account.last, account.counts(), tables)


def _reasons(account: Account, reasons: dict[str, int]) -> Iterator[str]:
    yield from (f"{count:,} rejected: {reason}" for reason, count in sorted(reasons.items()))
    if account.thin:
        yield f"{account.thin:,} kept from the export's own columns, their AuditData being empty or cut off"
