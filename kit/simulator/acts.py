"""What people do, before any log writes it down. Each log's record is made from the same act, so that they agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from kit.simulator.apps import App
from kit.simulator.clients import Client
from kit.simulator.dice import token_id
from kit.simulator.network import Address
from kit.simulator.people import Person


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in that happened or failed.

    `proof` is how: "token" (MFA satisfied by a claim in the token), "push" (password and phone), "password" (one
    factor). `error` is 0 or an AADSTS number. `token` overrides the token id that follows from `id`.
    """

    at: datetime
    person: Person
    address: Address
    client: Client
    app: App
    resource: App
    id: str
    session: str
    correlation: str
    interactive: bool = True
    error: int = 0
    proof: str = "token"
    token: str = ""
    risk: str = "none"

    @property
    def token_id(self) -> str:
        """uniqueTokenIdentifier, and UniqueTokenId of the audit records made with the token."""
        return self.token or token_id(self.id)


@dataclass(frozen=True, slots=True)
class Message:
    """A message on its way. `author` is set when an account of the company sent it; `fate` maps the recipients that
    did not get it to a status of Microsoft's message trace."""

    at: datetime
    id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    size: int
    ip: str
    author: Person | None = None
    fate: dict[str, str] = field(default_factory=dict)
