"""Characters that deceive: unseen, blank-looking, reordering, or of another alphabet than their neighbours."""

from __future__ import annotations

import re
import unicodedata

# Not controls by category, yet they draw nothing or a blank: fillers, joiners, variation selectors, odd spaces.
BLANK_LOOKING = frozenset(
    "\u034f\u115f\u1160\u1680\u17b4\u17b5\u180b\u180c\u180d\u180f\u205f\u2800\u3164\uffa0\ufffc"
    + "".join(map(chr, [*range(0x2000, 0x200B), *range(0xFE00, 0xFE0F), *range(0xE0100, 0xE01F0)]))
)
# Control, format (bidi, zero-width, tags), lone surrogate, private use, line and paragraph separators.
UNSEEN_CATEGORIES = frozenset(["Cc", "Cf", "Cs", "Co", "Zl", "Zp"])
OPEN, CLOSE = "⟨", "⟩"
EMPTY = f"{OPEN}empty{CLOSE}"

_SPACES = " \u00a0\u202f\u3000"  # ordinary inside a text; deceptive at its ends and in a row
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_IN_CONTEXT = re.compile(
    f"^[{_SPACES}]+|[{_SPACES}]+$"
    f"|(?<=[{_SPACES}])[{_SPACES[1:]}]|[{_SPACES[1:]}](?=[{_SPACES}])"
    f"|^[{_MARKS}]+|(?<=[{_MARKS}]{{3}})[{_MARKS}]"  # a pile of accents covers the lines above and below
    "|(?<![\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff])\ufe0f"  # ordinary after an emoji, and only there
)
_WRITTEN = re.compile(f"{OPEN}U\\+([0-9A-F]{{4,6}}){CLOSE}")
_TWICE = re.compile(f"{OPEN}U\\+27E8{CLOSE}(U\\+[0-9A-F]{{4,6}}|empty){CLOSE}")
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "FULLWIDTH", "MATHEMATICAL")
_WORD = re.compile(r"[^\W\d_]+")


class _Seen(dict[int, str]):
    """A table for str.translate that decides each character once."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        odd = unicodedata.category(char) in UNSEEN_CATEGORIES or char in BLANK_LOOKING or char == OPEN
        self[point] = _written(char) if odd else char
        return self[point]


_SEEN = _Seen()


def visible(text: str) -> str:
    """The text with every unseen, blank-looking or reordering character written as ⟨U+202E⟩.

    The result is one line, encodes as UTF-8, and is empty only when the text is. ⟨ itself is written out, so that
    nobody can pretend: `exact(visible(text)) == text`.
    """
    if text.isascii() and text.isprintable() and text.strip() == text:
        return text
    return _IN_CONTEXT.sub(lambda found: "".join(map(_written, found[0])), text.translate(_SEEN))


def shown(text: str) -> str:
    """`visible` for text that may have passed before: what was written out then stays as it is."""
    return _TWICE.sub(r"⟨\1⟩", visible(text))


def exact(text: str) -> str:
    """The text that `visible` was given."""
    return _WRITTEN.sub(lambda found: chr(int(found[1], 16)), text)


def mixture(text: str) -> str:
    """What is odd about the alphabets of a text, in words: "mixes Latin and Cyrillic letters in one word", or "".

    A word wholly in look-alike letters of one foreign alphabet is not noticed: nothing in it is out of place.
    """
    if text.isascii():
        return ""
    for word in _WORD.findall(text):
        found = {unicodedata.name(char, "?").partition(" ")[0] for char in word} & set(_ALPHABETS)
        if len(found) > 1:
            names = [name.capitalize() for name in _ALPHABETS if name in found]
            return f"mixes {' and '.join(names)} letters in one word"
    return ""


def _written(char: str) -> str:
    return f"{OPEN}U+{ord(char):04X}{CLOSE}"
