#!/usr/bin/env python3
"""Check a case folder: evidence against its manifest, and the journal's chain. Python 3 standard library only.

    python verify_case.py DIR

Checks, in this order:
  1. every file in manifest-sha256.txt exists and has the SHA-256 written there (so does `sha256sum -c`);
  2. every file under data/ is in the manifest;
  3. tagmanifest-sha256.txt fits the manifest and the bag's own files (BagIt 1.0, RFC 8493);
  4. every line of journal.jsonl carries the SHA-256 of the line before it, and the head that was sealed in
     bag-info.txt is one of its lines: it may have grown since, but only at its end;
  5. every evidence line of the journal names a stored file with that hash.
Prints what was checked, then "OK", or one line per fault. Exit status 0, 1 (faults) or 2 (not a case folder).
"""

import hashlib
import json
import sys
from pathlib import Path

JOURNAL = "journal.jsonl"


def sha256(path):
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_manifest(path):
    """File name -> SHA-256, from lines of the form "hash  name"."""
    pairs = (line.split("  ", 1) for line in path.read_text(encoding="utf-8").splitlines() if line)
    return {name: digest for digest, name in pairs}


def check_payload(folder, faults):
    """Faults of the files under data/; returns how many were checked and their hashes."""
    manifest = read_manifest(folder / "manifest-sha256.txt")
    for name, digest in manifest.items():
        path = folder / name
        if not path.is_file():
            faults.append(f"missing: {name}")
        elif sha256(path) != digest:
            faults.append(f"changed: {name}")
    for path in (folder / "data").rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in manifest:
            faults.append(f"not in the manifest: {name}")
    return manifest


def sealed_head(folder):
    """The head of the journal when the bag was last sealed."""
    lines = (folder / "bag-info.txt").read_text(encoding="utf-8").splitlines()
    return next((line.split(": ", 1)[1] for line in lines if line.startswith("Journal-Head: ")), "")


def check_journal(folder, faults):
    """Faults of the journal's chain; returns its entries and head."""
    entries, heads = [], ["0" * 64]
    with (folder / JOURNAL).open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                entry = json.loads(line)
            except ValueError:
                faults.append(f"journal line {number}: not JSON (cut off?)")
                break
            if entry.get("prev") != heads[-1]:
                faults.append(f"journal line {number}: the chain is broken here")
            heads.append(hashlib.sha256(line).hexdigest())
            entries.append(entry)
    if sealed_head(folder) not in heads:
        faults.append("journal: lines before the last seal were changed or removed")
    return entries, heads[-1]


def check_evidence(entries, manifest, faults):
    """Faults of evidence lines against the manifest; returns how many there are."""
    kept = [entry for entry in entries if entry.get("event") == "evidence"]
    for entry in kept:
        if manifest.get(entry["stored"]) != entry["stored_sha256"]:
            faults.append(f"evidence {entry['number']:04d}: {entry['stored']} is not what the journal says")
    return len(kept)


def main(arguments):
    """Check the folder named by the arguments."""
    folder = Path(arguments[0]) if arguments else Path()
    if not (folder / "manifest-sha256.txt").is_file() or not (folder / JOURNAL).is_file():
        print(f"{folder}: not a case folder (no manifest-sha256.txt or no {JOURNAL})", file=sys.stderr)
        return 2
    faults = []
    manifest = check_payload(folder, faults)
    for name, digest in read_manifest(folder / "tagmanifest-sha256.txt").items():
        if not (folder / name).is_file() or sha256(folder / name) != digest:
            faults.append(f"changed: {name}")
    entries, head = check_journal(folder, faults)
    evidence = check_evidence(entries, manifest, faults)
    print(f"{len(manifest)} files, {evidence} pieces of evidence, {len(entries)} journal lines, head {head}")
    for fault in faults:
        print("FAULT " + fault.encode("ascii", "backslashreplace").decode())
    print("OK" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
