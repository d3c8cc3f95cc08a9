"""Certificates that sign themselves, for applications that prove who they are and for servers on loopback."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes as Key


def signed(key: Key, name: str, *extensions: tuple[x509.ExtensionType, bool]) -> x509.Certificate:
    """A certificate for `name`, good from yesterday to tomorrow; extensions come with whether they are critical."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now, day = datetime.now(UTC), timedelta(days=1)
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 1, now - day, now + day)
    for extension, critical in extensions:
        made = made.add_extension(extension, critical)
    return made.sign(key, hashes.SHA256())


def pem(key: Key, certificate: x509.Certificate) -> tuple[str, str]:
    """The key, unencrypted, and the certificate, both as PEM."""
    kind, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, kind, plain)
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()
