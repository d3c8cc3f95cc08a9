"""JSON Web Tokens: signing what the authority issues, checking what callers bring (RFC 7515, 7517, 7523)."""

from __future__ import annotations

import base64
import json
import threading
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import Certificate

from kit.simulator.world import Json

PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size)
PADDINGS: dict[str, padding.AsymmetricPadding] = {"RS256": padding.PKCS1v15(), "PS256": PSS}
KEPT = 256
"""How many verified tokens are remembered, so that a page of sign-ins does not pay for a signature check."""


def encode(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of base64url text, padded or not; ValueError when it is none."""
    bare = text.rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)


class Signer:
    """The authority's signing key; it is made when first used and lives as long as the server."""

    def __init__(self) -> None:
        self._known: dict[str, Json] = {}
        self._lock = threading.Lock()

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        """The private key."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def key_id(self) -> str:
        """Names the key in token headers and in the key set."""
        return encode(_number(self.key.public_key().public_numbers().n)[:20])

    def sign(self, claims: Json) -> str:
        """A signed token with these claims."""
        header = {"typ": "JWT", "alg": "RS256", "x5t": self.key_id, "kid": self.key_id}
        text = ".".join(encode(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
        return f"{text}.{encode(self.key.sign(text.encode(), PADDINGS['RS256'], hashes.SHA256()))}"

    def verify(self, token: str) -> Json | None:
        """The claims of a token this key signed, expired or not; None for anything else."""
        with self._lock:
            known = self._known.get(token)
        if known is None:
            known = self._checked(token)
            if known is not None:
                with self._lock:
                    while len(self._known) >= KEPT:
                        self._known.pop(next(iter(self._known)))
                    self._known[token] = known
        return known

    def _checked(self, token: str) -> Json | None:
        parts = read(token)
        if parts is None or parts[0].get("alg") != "RS256":
            return None
        return parts[1] if _signed(token, self.key.public_key(), "RS256") else None

    def key_set(self, issuer: str) -> Json:
        """The public key as a JSON Web Key Set."""
        numbers = self.key.public_key().public_numbers()
        key = {
            "kty": "RSA",
            "use": "sig",
            "kid": self.key_id,
            "x5t": self.key_id,
            "n": encode(_number(numbers.n)),
            "e": encode(_number(numbers.e)),
            "issuer": issuer,
        }
        return {"keys": [key]}


def read(token: str) -> tuple[Json, Json] | None:
    """Header and claims of a token, unchecked; None when it is not one."""
    try:
        header, claims, _ = token.split(".")
        parts = json.loads(decode(header)), json.loads(decode(claims))
    except ValueError:
        return None
    return parts if isinstance(parts[0], dict) and isinstance(parts[1], dict) else None


def signed_by(token: str, certificate: Certificate) -> bool:
    """The token is signed (PS256 or RS256) by the certificate's key and names that certificate in its header.

    MSAL sends `x5t#S256` padded and, for a bare thumbprint, `x5t` (SHA-1): both are taken, padded or not.
    """
    parts = read(token)
    key = certificate.public_key()
    if parts is None or parts[0].get("alg") not in PADDINGS or not isinstance(key, rsa.RSAPublicKey):
        return False
    prints = {"x5t#S256": hashes.SHA256(), "x5t": hashes.SHA1()}
    named = [name for name in prints if name in parts[0]]
    if not named or any(not _same(parts[0][name], certificate.fingerprint(prints[name])) for name in named):
        return False
    return _signed(token, key, parts[0]["alg"])


def _same(text: Any, raw: bytes) -> bool:
    try:
        return isinstance(text, str) and decode(text) == raw
    except ValueError:
        return False


def _signed(token: str, key: rsa.RSAPublicKey, algorithm: str) -> bool:
    text, _, signature = token.rpartition(".")
    try:
        key.verify(decode(signature), text.encode(), PADDINGS[algorithm], hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def _number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")
