"""Evidence: raw bytes as they came, written once, numbered, hashed, and journalled before anything reads them.

A case folder is a BagIt 1.0 bag (RFC 8493). Each piece lies under `data/raw/`, named by the SHA-256 of its content and
compressed with Zstandard (`zstd -dc FILE | sha256sum` gives the name back). Its journal line holds its number, both
hashes and where it came from. "0003:17" is record 17 of piece 3: every row of every table carries such a `record_id`.

Writing is: temporary file, flush to disk, rename, flush the folder, journal line. Nothing is ever changed or removed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from kit.errors import EvidenceError
from kit.journal import Journal, now

BLOCK = 8 << 20
VERIFIER = Path(__file__).parent / "data" / "verify_case.py"


@dataclass(frozen=True)
class Piece:
    """One piece of evidence: its `number`, `sha256` of the content, `size` in bytes, the stored file, and `facts`
    (origin, source or importer, context, status, request id, time) as its journal line has them."""

    number: int
    sha256: str
    size: int
    path: Path
    facts: Mapping[str, Any]

    def record_id(self, record: int) -> str:
        """The place of record `record` (counted from 1) in this piece."""
        return f"{self.number:04d}:{record}"

    def open(self) -> BinaryIO:
        """The content as a binary stream. EvidenceError when the stored file is gone."""
        if not self.path.is_file():
            raise EvidenceError(f"Evidence {self.number:04d} is missing.", f"Restore {self.path.name} from a copy.")
        stream: BinaryIO = pa.CompressedInputStream(pa.OSFile(str(self.path)), "zstd")
        return stream


class Evidence:
    """The evidence of the case in `folder`. State is what the journal says, nothing else."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self.folder = folder
        self.journal = journal
        self._pieces = [self._piece(entry) for entry in journal.read("evidence")]

    def __iter__(self) -> Iterator[Piece]:
        return iter(tuple(self._pieces))

    def __len__(self) -> int:
        return len(self._pieces)

    def __getitem__(self, number: int) -> Piece:
        """Piece `number`, counted from 1."""
        if not 1 <= number <= len(self._pieces):
            raise EvidenceError(f"There is no evidence {number:04d}.", f"The case has {len(self)} pieces.")
        return self._pieces[number - 1]

    def keep(self, content: bytes, **facts: Any) -> Piece:
        """Keep bytes that came from a tenant. `facts` say from where and when; they hold no secrets."""
        return self._keep([content], facts)

    def keep_file(self, path: Path, **facts: Any) -> Piece:
        """Keep the bytes of a file somebody exported; the original is only read."""
        with path.open("rb") as file:
            return self._keep(iter(lambda: file.read(BLOCK), b""), {"origin": path.name, **facts})

    def find(self, path: Path) -> Piece | None:
        """The piece with the same content as the file, if it was kept before."""
        known = {piece.sha256: piece for piece in self._pieces}
        if path.stat().st_size not in {piece.size for piece in self._pieces}:
            return None
        with path.open("rb") as file:
            return known.get(hashlib.file_digest(file, "sha256").hexdigest())

    def seal(self, **info: str) -> None:
        """Write the bag's manifests over everything kept so far, and the verifier beside them."""
        shutil.copyfile(VERIFIER, self.folder / "verify_case.py")
        hashes = {entry["stored"]: entry["stored_sha256"] for entry in self.journal.read("evidence")}
        size = sum((self.folder / name).stat().st_size for name in hashes)
        notes = {"Bag-Software-Agent": "compromised-mailbox-kit", "Bagging-Date": now()[:10], **info}
        notes |= {"Payload-Oxum": f"{size}.{len(hashes)}", "Journal-Head": self.journal.head}
        texts = {
            "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
            "bag-info.txt": "".join(f"{key}: {' '.join(value.split())}\n" for key, value in notes.items()),
            "manifest-sha256.txt": "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes)),
        }
        for name, text in texts.items():
            write_whole(self.folder / name, text.encode())
        tags = {name: sha256(self.folder / name) for name in [*texts, "verify_case.py"]}
        write_whole(
            self.folder / "tagmanifest-sha256.txt",
            "".join(f"{digest}  {name}\n" for name, digest in sorted(tags.items())).encode(),
        )

    def _keep(self, blocks: Iterable[bytes], facts: Mapping[str, Any]) -> Piece:
        raw = self.folder / "data" / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        partial = raw / f".partial-{os.getpid()}-{id(blocks):x}"
        try:
            content, stored, size = _compress(blocks, partial)
            path = raw / f"{content}.zst"
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        flush_folder(raw)
        entry = self.journal.write(
            "evidence",
            number=len(self._pieces) + 1,
            sha256=content,
            size=size,
            stored=f"data/raw/{path.name}",
            stored_sha256=stored,
            **facts,
        )
        self._pieces.append(self._piece(entry))
        return self._pieces[-1]

    def _piece(self, entry: Mapping[str, Any]) -> Piece:
        return Piece(entry["number"], entry["sha256"], entry["size"], self.folder / entry["stored"], entry)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make a rename in `folder` durable, where the system has a way to."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _compress(blocks: Iterable[bytes], target: Path) -> tuple[str, str, int]:
    """Write `blocks` to `target` as Zstandard frames; SHA-256 of content, of the file, and the content's size."""
    content, stored, size = hashlib.sha256(), hashlib.sha256(), 0
    with target.open("wb") as file, ThreadPoolExecutor(2) as pool:
        waiting: list[Future[bytes]] = []

        def write(frames: list[Future[bytes]]) -> None:
            for frame in frames:
                stored.update(frame.result())
                file.write(frame.result())

        for block in blocks:
            content.update(block)
            size += len(block)
            waiting.append(pool.submit(_frame, block))
            if len(waiting) > 3:
                write(waiting[:1])
                del waiting[:1]
        write(waiting or [pool.submit(_frame, b"")])
        file.flush()
        os.fsync(file.fileno())
    return content.hexdigest(), stored.hexdigest(), size


def _frame(block: bytes) -> bytes:
    frame: bytes = pa.compress(block, codec="zstd", asbytes=True)
    return frame


def sha256(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
