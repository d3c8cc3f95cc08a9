"""Strict reading of JSON answers: what json.loads lets pass in silence is an error here.

Refused: bytes that are not UTF-8 (they would become U+FFFD), a key that occurs twice (the first value would be lost),
NaN and Infinity, nesting and integers beyond reason. A byte order mark is allowed, as RFC 8259 §8.1 permits.
"""

from __future__ import annotations

import json
import math
from typing import Any

from kit.errors import BadAnswer

HINT = "Ask again. If it stays so, keep the raw answer: something between here and the tenant alters it."


def parse(body: bytes) -> Any:
    """The JSON value of an answer's body; BadAnswer says what is wrong with it, never what it holds."""
    try:
        return _DECODER.decode(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        why = "it is not UTF-8"
    except RecursionError:
        why = "it is nested too deeply"
    except json.JSONDecodeError:
        why = "it is cut off or is no JSON"
    except ValueError as error:
        why = str(error) if isinstance(error, _Fault) else "it holds a number too large to be one"
    raise BadAnswer(f"An answer cannot be read: {why}.", HINT)


def text(record: Any) -> str:
    """One record as JSON text that every engine can read: a lone surrogate, which none can, becomes U+FFFD."""
    plain = json.dumps(record, ensure_ascii=False, allow_nan=False)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Fault(ValueError):
    """A fault found by a hook; its text is ours."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) != len(pairs):
        raise _Fault("a key occurs twice in one object")
    return whole


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _Fault("it holds a number too large to be one")
    return value


def _never(name: str) -> Any:
    raise _Fault(f"it holds {name}, which is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_float=_finite, parse_constant=_never)
