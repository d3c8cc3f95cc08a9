"""Chance that can be repeated: the same names give the same draws, in any process and Python version we support."""

from __future__ import annotations

import random
from base64 import urlsafe_b64encode
from hashlib import blake2b


class Dice(random.Random):
    """A seeded generator with the draws a tenant needs."""

    def guid(self) -> str:
        """A version 4 GUID."""
        return _dashed(f"{self.getrandbits(128):032x}")

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.random() < probability

    def between(self, bounds: tuple[int, int]) -> int:
        """A whole number within the bounds, both included."""
        return self.randint(*bounds)


def dice(*names: object) -> Dice:
    """The dice that these names own. Names are told apart by position: ("a", "b") is not ("ab",)."""
    return Dice(int.from_bytes(_digest(names).digest(), "big"))


def guid(*names: object) -> str:
    """The one GUID that these names own; quicker than rolling dice for it."""
    return _dashed(_digest(names).hexdigest())


def _digest(names: tuple[object, ...]) -> blake2b:
    return blake2b("\x1f".join(map(str, names)).encode(), digest_size=16)


def _dashed(text: str) -> str:
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def token_id(request: str) -> str:
    """uniqueTokenIdentifier of the token that a request got: Microsoft writes the request's GUID, its first three
    fields little-endian, in URL-safe base64 without padding (seen in real sign-ins)."""
    digits = request.replace("-", "")
    raw = bytes.fromhex(digits)
    return urlsafe_b64encode(raw[3::-1] + raw[5:3:-1] + raw[7:5:-1] + raw[8:]).rstrip(b"=").decode()
