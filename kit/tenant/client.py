"""The tenant: read freely within the guard, write only with a ticket.

    tenant.get("/v1.0/users/" + segment(user), select="id,accountEnabled")      one object
    for page in tenant.pages("/beta/auditLogs/signIns", filter=f"userId eq {literal(user_id)}"): …
    tenant.cmdlet("Get-Mailbox", Identity=user_id).records

Every failure is a `kit.errors.TenantError` whose kind says what is missing: a permission, a licence, the endpoint, the
object, time. Reads are retried within a budget; a write whose answer is lost is never sent again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kit.errors import BadAnswer, RequestRefused
from kit.tenant import exchange
from kit.tenant.clouds import Cloud
from kit.tenant.guard import literal, segment
from kit.tenant.page import Page
from kit.tenant.paging import walk
from kit.tenant.retry import Patience
from kit.tenant.session import address
from kit.tenant.wire import Call, Wire
from kit.tenant.write import Ticket, Write

__all__ = ["Page", "Tenant", "literal", "segment"]

OPTIONS = frozenset({"count", "expand", "filter", "orderby", "search", "select", "skip", "top"})
# The reads that are POSTs: they make a search or ask a question, and change nothing in the tenant.
ASKABLE = frozenset(
    {
        "/v1.0/security/auditLog/queries",
        "/beta/security/auditLog/queries",
        "/v1.0/security/runHuntingQuery",
        "/v1.0/security/microsoft.graph.security.runHuntingQuery",
    }
)


class Tenant:
    """One signed-in tenant.

    `id` and `name` are the tenant's; `account` who is signed in (a user principal name or an application's name);
    `permissions` the scopes and roles that the Graph token claims to have; `app_only` when no person is signed in.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        id: str,
        name: str,
        account: str,
        permissions: frozenset[str] = frozenset(),
        initial_domain: str = "",
        app_only: bool = False,
    ) -> None:
        self.id = id
        self.name = name
        self.account = account
        self.permissions = permissions
        self.app_only = app_only
        self._wire = wire
        self._routing = exchange.Routing(id, initial_domain, app_only)

    def __repr__(self) -> str:
        kind = "simulated tenant" if self.cloud.simulated else "tenant"
        return f"<{kind} {self.name!r} {self.id}, signed in as {self.account!r}>"

    @property
    def cloud(self) -> Cloud:
        """The cloud it lives in; `cloud.simulated` tells the demonstration from a real one."""
        return self._wire.cloud

    @property
    def patience(self) -> Patience:
        """The retry budget, and the clocks to wait by."""
        return self._wire.patience

    def get(self, path: str, *, headers: Mapping[str, str] | None = None, **query: Any) -> dict[str, Any]:
        """One object, as JSON."""
        return self.page(path, headers=headers, **query).object

    def page(self, path: str, *, headers: Mapping[str, str] | None = None, **query: Any) -> Page:
        """One object, as the page it came on, for evidence."""
        return self._wire.send(self._graph("GET", path, headers, query))

    def pages(self, path: str, *, headers: Mapping[str, str] | None = None, **query: Any) -> Iterator[Page]:
        """A collection, page by page as they come. An error after some pages leaves those valid."""
        return walk(self._graph("GET", path, headers, query), self._wire.send)

    def ask(self, path: str, body: Mapping[str, Any]) -> Page:
        """One of the few reads that are POSTs (audit searches, hunting); RequestRefused for any other path."""
        if path not in ASKABLE:
            raise RequestRefused(f"A POST to {path!r} is not known to be a read.", "Changes go through a plan.")
        return self._wire.send(self._graph("POST", path, None, {}, body))

    def cmdlet(self, name: str, /, **parameters: Any) -> Page:
        """The whole answer of a Get- or Search- cmdlet that fits one page; BadAnswer when it does not."""
        page = self._wire.send(exchange.reading(self.cloud, self._routing, name, parameters))
        if page.next_link or not page.is_collection:
            raise BadAnswer(f"{name} gave no whole list.", "Narrow it down, or read it with cmdlet_pages.")
        return page

    def cmdlet_pages(self, name: str, /, **parameters: Any) -> Iterator[Page]:
        """The answer of a Get- or Search- cmdlet, page by page; each further page repeats the cmdlet."""
        return walk(exchange.reading(self.cloud, self._routing, name, parameters), self._wire.send)

    def send(self, write: Write, ticket: Ticket) -> dict[str, Any]:
        """Send one confirmed change and return the answer, {} where there is none.

        The ticket is used up first. An answer lost on the way raises OutcomeUnknown: look again, never send again.
        A "Location" to poll is given as the path "@location".
        """
        ticket.take(write)
        if write.service == "exchange":
            call = exchange.writing(self.cloud, self._routing, write.path, write.body or {})
        else:
            call = self._graph(write.method, write.path, None, {}, write.body, write=True)
        page = self._wire.send(call)
        answer = page.object
        place = page.headers.get("location", "").removeprefix(f"https://{self.cloud.graph}")
        return answer | {"@location": place} if place.startswith("/") else answer

    def _graph(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None,
        query: Mapping[str, Any],
        body: Mapping[str, Any] | None = None,
        *,
        write: bool = False,
    ) -> Call:
        if not path.startswith("/") or "?" in path or "#" in path:
            raise RequestRefused(f"{path!r} is no path.", "Quote ids with segment(); give options by name.")
        named = {f"${name}" if name in OPTIONS else name: _text(value) for name, value in query.items()}
        url = address(self.cloud.graph, path, named)
        return Call("graph", method, url, headers or {}, body, write)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
