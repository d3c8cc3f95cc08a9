"""A source: one kind of data a tenant can be asked for, what it takes to ask, and how long the tenant keeps it.

A file in `sources/` holds one function that only fetches. What the fetched records mean is said once, in `records/`,
for tenants and exported files alike; stored evidence can be read again years later without a network.

    @source(record="sign_in", tables=("sign_ins",), permissions=("AuditLog.Read.All",), licence="Entra ID P1", days=30)
    def sign_ins(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
        '''Interactive sign-ins of the whole tenant.'''
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from kit.errors import NotFound, SchemaError
from kit.prose import prose
from kit.shelf import Shelf
from kit.table import TABLES
from kit.tenant.client import Page, Tenant, literal, segment


@dataclass(frozen=True)
class Scope:
    """What is asked for: the accounts under suspicion (UPNs or object ids; empty: whole tenant) and a UTC window."""

    start: datetime
    end: datetime
    users: tuple[str, ...] = ()

    def spans(self, days: float) -> Iterator[tuple[datetime, datetime]]:
        """The window in slices of at most so many days, newest first. Both ends of a slice are inside it: services
        know `le` but not `lt`, and a record on the edge that comes twice is kept once, by its id."""
        end = self.end
        while end > self.start:
            start = max(self.start, end - timedelta(days=days))
            yield start, end
            end = start


@dataclass(frozen=True)
class Account:
    """A user account: object id (what requests are addressed by) and user principal name, case-folded."""

    id: str
    user: str


@dataclass(frozen=True)
class Fetched:
    """One page as it came, and what the records on it do not say themselves (for instance whose mailbox it was)."""

    page: Page
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One source. Made by the `source` decorator.

    `permissions` are Graph application/delegated permission names or Exchange roles ("Exchange: View-Only Recipients");
    `licence` names what the tenant must own, "" when nothing special; `days` is how far back the service keeps it.
    """

    name: str
    title: str
    about: str
    record: str
    tables: tuple[str, ...]
    permissions: tuple[str, ...]
    licence: str
    days: int | None
    collect: Callable[[Tenant, Scope], Iterator[Fetched]]

    def reach(self, scope: Scope, now: datetime) -> Scope:
        """The scope without what the service no longer keeps at `now`; Graph refuses a window that begins earlier.

        A window wholly out of reach becomes empty (start = end)."""
        if self.days is None:
            return scope
        start = max(scope.start, now - timedelta(days=self.days))
        return replace(scope, start=min(start, scope.end))


SOURCES: Shelf[Source] = Shelf("kit.sources", Source)


def source(
    *, record: str, tables: tuple[str, ...], permissions: tuple[str, ...], licence: str = "", days: int | None = None
) -> Callable[[Callable[[Tenant, Scope], Iterator[Fetched]]], Source]:
    """Make a Source of a fetching function. SchemaError when a table is unknown or the docstring is missing."""

    def make(function: Callable[[Tenant, Scope], Iterator[Fetched]]) -> Source:
        title, about = prose(function)
        unknown = [name for name in tables if name not in TABLES]
        if unknown or not title:
            raise SchemaError(f"{function.__name__}: unknown tables {unknown} or no docstring.")
        return Source(function.__name__, title, about, record, tables, permissions, licence, days, function)

    return make


def fetched(pages: Iterable[Page], **context: Any) -> Iterator[Fetched]:
    """Pages with what their records do not say themselves."""
    for page in pages:
        yield Fetched(page, context)


def stamp(time: datetime) -> str:
    """A UTC time as services want it in a filter; a part of a second is rounded up, which can only widen a window."""
    whole = time + timedelta(seconds=1) if time.microsecond else time
    return whole.strftime("%Y-%m-%dT%H:%M:%SZ")


def is_id(user: str) -> bool:
    """Whether a user is given by object id (a GUID) rather than by name."""
    return re.fullmatch(r"[0-9A-Za-z]{8}(-[0-9A-Za-z]{4}){3}-[0-9A-Za-z]{12}", user) is not None


def accounts(tenant: Tenant, scope: Scope) -> Iterator[Account]:
    """The accounts in scope: those named, else every one of the tenant. NotFound when a named one does not exist."""
    wanted = ("id", "userPrincipalName")
    if scope.users:
        for user in scope.users:
            yield _account(tenant.get(f"/v1.0/users/{segment(user)}", select=wanted))
        return
    for page in tenant.pages("/v1.0/users", select=wanted, top=999):
        yield from map(_account, page.records)


def mailboxes(tenant: Tenant, scope: Scope) -> Iterator[Account]:
    """The accounts in scope that have a mailbox: those named, else every mailbox Exchange knows."""
    if scope.users:
        yield from accounts(tenant, scope)
        return
    for page in tenant.cmdlet_pages("Get-Mailbox", ResultSize="Unlimited"):
        for box in page.records:
            user = str(box.get("UserPrincipalName") or "").casefold()
            yield Account(str(box.get("ExternalDirectoryObjectId") or ""), user)


def each(found: Iterable[Account], fetch: Callable[[Account], Iterable[Fetched]], *, named: bool) -> Iterator[Fetched]:
    """What `fetch` gives for every account. One without a mailbox does not stop the others.

    `named` accounts were asked for one by one, so that an absent one is said at the end: NotFound names them all.
    """
    absent: list[str] = []
    for account in found:
        try:
            yield from fetch(account)
        except NotFound:
            absent.append(account.user or account.id)
    if named and absent:
        raise NotFound(f"There is nothing of this kind for {', '.join(absent)}.", "The other accounts were read.")


def by_user(user: str, *, id_field: str, name_field: str) -> str:
    """An OData condition on one user, by object id or by user principal name (stored in lower case)."""
    return f"{id_field} eq {literal(user)}" if is_id(user) else f"{name_field} eq {literal(user.casefold())}"


def _account(user: Mapping[str, Any]) -> Account:
    return Account(str(user.get("id") or ""), str(user.get("userPrincipalName") or "").casefold())
