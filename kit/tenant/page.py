"""A page: one answer of the tenant as it came, with what evidence must keep about how it was had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

from kit.errors import BadAnswer
from kit.tenant import strict


@dataclass(frozen=True)
class Page:
    """One answer. `body` holds its decoded bytes, unaltered; everything else is read from them when asked for.

    `url` and `asked` (the body of a read that is a POST) hold no token. `request_id` is the service's own id,
    `client_request_id` ours, by which the kit's own footprint is found in the tenant's logs. `received` is our clock,
    `server_date` theirs; both UTC. `write` marks the answer to a change, which may be empty.
    """

    url: str
    method: str
    status: int
    body: bytes = field(repr=False)
    received: datetime
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    client_request_id: str = ""
    asked: Mapping[str, Any] | None = None
    write: bool = False

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def failed(self) -> bool:
        """Whether the answer is an error, by its status or, where a gateway wrapped one in a 200, by its body."""
        return not self.ok or (isinstance(self.value, dict) and isinstance(self.value.get("error"), dict))

    @property
    def request_id(self) -> str:
        """The service's id of this request, for its support; "" when it gave none."""
        return self.headers.get("request-id") or self.headers.get("x-ms-request-id") or ""

    @property
    def retry_after(self) -> str:
        """The Retry-After header as it came, "" when there is none."""
        return self.headers.get("retry-after", "")

    @property
    def server_date(self) -> datetime | None:
        """The server's clock when it answered."""
        try:
            return parsedate_to_datetime(self.headers.get("date", "")).astimezone(UTC)
        except (ValueError, TypeError):
            return None

    @cached_property
    def value(self) -> Any:
        """The answer as strictly read JSON; {} where it is empty and may be. BadAnswer when it cannot be read."""
        if not self.body and (self.write or self.status in (202, 204)):
            return {}
        return strict.parse(self.body)

    @property
    def object(self) -> dict[str, Any]:
        """The answer as one JSON object; BadAnswer when it is none."""
        if not isinstance(self.value, dict):
            raise BadAnswer("An answer is no JSON object.", strict.HINT, status=self.status)
        return self.value

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records of the answer: the list in "value", a bare list, or the one object that it is."""
        found = self.value
        if isinstance(found, dict):
            found = found.get("value", [found])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise BadAnswer("An answer's records are no list of objects.", strict.HINT, status=self.status)
        return found

    @property
    def is_collection(self) -> bool:
        """Whether the answer says that it is a collection: a bare list, or a list in "value"."""
        found = self.value.get("value") if isinstance(self.value, dict) else self.value
        return isinstance(found, list)

    @property
    def next_link(self) -> str:
        """Where the next page is, "" at the end. Not checked here: the guard does before anything is sent."""
        link = self.value.get("@odata.nextLink", "") if isinstance(self.value, dict) else ""
        link = link or self.headers.get("nextpageuri", "")
        if not isinstance(link, str):
            raise BadAnswer("An answer's next link is no text.", strict.HINT, status=self.status)
        return link

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an Exchange cmdlet warned of."""
        found = self.value.get("@adminapi.warnings") if isinstance(self.value, dict) else None
        return tuple(str(item) for item in found) if isinstance(found, list) else ()

    def context(self) -> dict[str, Any]:
        """How this answer was had, as plain JSON for the evidence: no token, no record."""
        return {
            "method": self.method,
            "url": self.url,
            "asked": None if self.asked is None else dict(self.asked),
            "status": self.status,
            "request_id": self.request_id,
            "client_request_id": self.client_request_id,
            "received": self.received.isoformat(),
            "server_date": self.server_date.isoformat() if self.server_date else None,
            "bytes": len(self.body),
        }
