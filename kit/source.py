"""A source: one kind of data a tenant can be asked for, what it takes to ask, and how long the tenant keeps it.

A file in `sources/` holds one function that only fetches. What the fetched records mean is said once, in `records/`,
for tenants and exported files alike; stored evidence can be read again years later without a network.

    @source(record="sign_in", tables=("sign_ins",), permissions=("AuditLog.Read.All",), licence="Entra ID P1", days=30)
    def sign_ins(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
        '''Interactive sign-ins of the whole tenant.'''
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kit.errors import SchemaError
from kit.shelf import Shelf
from kit.table import TABLES
from kit.tenant.client import Page, Tenant


@dataclass(frozen=True)
class Scope:
    """What is asked for: the accounts under suspicion (UPNs or object ids; empty: whole tenant) and a UTC window."""

    start: datetime
    end: datetime
    users: tuple[str, ...] = ()


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


SOURCES: Shelf[Source] = Shelf("kit.sources", Source)


def source(
    *, record: str, tables: tuple[str, ...], permissions: tuple[str, ...], licence: str = "", days: int | None = None
) -> Callable[[Callable[[Tenant, Scope], Iterator[Fetched]]], Source]:
    """Make a Source of a fetching function. SchemaError when a table is unknown or the docstring is missing."""

    def make(function: Callable[[Tenant, Scope], Iterator[Fetched]]) -> Source:
        text = inspect.getdoc(function) or ""
        unknown = [name for name in tables if name not in TABLES]
        if unknown or not text:
            raise SchemaError(f"{function.__name__}: unknown tables {unknown} or no docstring.")
        title, _, about = text.partition("\n")
        return Source(
            function.__name__, title.rstrip("."), about.strip(), record, tables, permissions, licence, days, function
        )

    return make
