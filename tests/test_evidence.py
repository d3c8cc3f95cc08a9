"""Evidence and journal: what is kept stays as it came, and every change afterwards shows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.errors import EvidenceError
from kit.evidence import VERIFIER, Evidence
from kit.journal import START, Journal


@pytest.fixture
def kept(tmp_path: Path) -> Evidence:
    evidence = Evidence(tmp_path, Journal(tmp_path / "journal.jsonl"))
    evidence.keep(b'{"value":[{"id":"a"}]}', source="users", url="/v1.0/users")
    evidence.keep(b"", source="users")
    evidence.seal(Case="test")
    return evidence


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    """The verifier as the other side runs it: the copy in the case, plain Python, nothing of the kit."""
    command = [sys.executable, "-I", str(folder / "verify_case.py"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=200_000))
def test_content_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("case")
    evidence = Evidence(folder, Journal(folder / "journal.jsonl"))
    piece = evidence.keep(content)
    with piece.open() as stream:
        assert stream.read() == content
    assert Evidence(folder, Journal(folder / "journal.jsonl"))[1].sha256 == piece.sha256


def test_a_large_file_is_kept_in_several_frames(tmp_path: Path) -> None:
    source = tmp_path / "export.csv"
    source.write_bytes(b"0123456789abcdef\n" * 2_000_000)
    evidence = Evidence(tmp_path / "case", Journal(tmp_path / "case" / "journal.jsonl"))
    piece = evidence.keep_file(source)
    with piece.open() as stream:
        assert stream.read() == source.read_bytes()
    assert evidence.find(source) == piece


def test_the_verifier_in_the_case_is_ours_and_is_content(kept: Evidence) -> None:
    assert (kept.folder / "verify_case.py").read_bytes() == VERIFIER.read_bytes()
    done = verify(kept.folder)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "OK")


def test_the_journal_may_grow_after_the_seal(kept: Evidence) -> None:
    kept.journal.write("looked_at", by="a colleague")
    assert verify(kept.folder).returncode == 0


def test_plain_sha256sum_agrees(kept: Evidence) -> None:
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        done = subprocess.run(["sha256sum", "-c", manifest], cwd=kept.folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["data/raw", "journal.jsonl", "bag-info.txt", "verify_case.py"])
def test_one_flipped_byte_is_found(kept: Evidence, name: str) -> None:
    path = kept.folder / name
    path = sorted(path.iterdir())[0] if path.is_dir() else path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    done = verify(kept.folder)
    assert done.returncode == 1, done.stdout
    assert "FAULT" in done.stdout


def test_a_file_that_nobody_kept_is_found(kept: Evidence) -> None:
    (kept.folder / "data" / "raw" / "planted.zst").write_bytes(b"x")
    assert "not in the manifest" in verify(kept.folder).stdout


def test_a_lost_file_is_found_and_said(kept: Evidence) -> None:
    kept[1].path.unlink()
    assert "missing" in verify(kept.folder).stdout
    with pytest.raises(EvidenceError, match="missing"):
        kept[1].open()


def test_what_is_no_case_is_said_with_status_two(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, str(VERIFIER), str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "not a case folder" in done.stderr


def test_the_chain_holds_over_reopening(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    Journal(path).write("one")
    Journal(path).write("two", note="é\u2028\x1b[31m")
    lines = path.read_bytes().splitlines(keepends=True)
    assert json.loads(lines[0])["prev"] == START
    assert all(byte < 128 for byte in lines[1])
    assert [entry["event"] for entry in Journal(path).read()] == ["one", "two"]


@pytest.mark.parametrize("line", [0, 1])
def test_a_changed_line_breaks_the_chain(tmp_path: Path, line: int) -> None:
    path = tmp_path / "journal.jsonl"
    for event in ("one", "two", "three"):
        Journal(path).write(event)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line] = lines[line].replace(b'"event": "', b'"event": "x')
    path.write_bytes(b"".join(lines))
    with pytest.raises(EvidenceError, match=f"line {line + 2}"):
        Journal(path)


def test_a_torn_last_line_is_dropped_and_said(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    Journal(path).write("one")
    with path.open("ab") as file:
        file.write(b'{"event": "half')
    journal = Journal(path)
    assert [entry["event"] for entry in journal.read()] == ["one"]
    journal.write("two")
    assert [entry["event"] for entry in Journal(path).read()] == ["one", "journal_repaired", "two"]
