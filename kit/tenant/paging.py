"""Following pages to their end, and no further than makes sense.

A short page, even an empty one, is no end: only a missing next link is (Graph sends 941 of 1000 in mid-stream). What
must not be followed: a link seen before (a circle), one to another host, one that lost the filter of the request
(reported for sign-ins, whose next pages then hold other records), and empty pages without end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from kit.errors import BadAnswer, TenantError
from kit.tenant.page import Page
from kit.tenant.strict import HINT
from kit.tenant.wire import Call

EMPTY_PAGES = 100
PAGES = 100_000
RESTARTS = 3
EXPIRED = frozenset({"Directory_ExpiredPageToken"})


def walk(first: Call, send: Callable[[Call], Page]) -> Iterator[Page]:
    """The pages of a collection, each as soon as it came.

    An expired page token starts the collection anew, at most three times: records then come twice and are told apart
    by their ids. BadAnswer or RequestRefused when a link must not be followed; the pages before it stand.
    """
    for restart in range(RESTARTS + 1):
        try:
            yield from _once(first, send)
        except TenantError as error:
            if error.code not in EXPIRED or restart == RESTARTS:
                raise
        else:
            return


def _once(first: Call, send: Callable[[Call], Page]) -> Iterator[Page]:
    seen, empty, call = {first.url}, 0, first
    while True:
        page = send(call)
        if not page.is_collection:
            raise BadAnswer("A collection was asked for and the answer holds no list.", HINT, status=page.status)
        records = page.records
        yield page
        if not page.next_link:
            return
        empty = 0 if records else empty + 1
        call = _next(first, page.next_link)
        if call.url in seen:
            raise BadAnswer("The pages go round in a circle.", "What came so far is kept; ask for a smaller window.")
        if empty > EMPTY_PAGES or len(seen) > PAGES:
            raise BadAnswer("The pages do not end.", "What came so far is kept; ask for a smaller window.")
        seen.add(call.url)


def _next(first: Call, link: str) -> Call:
    """The same request to the next link. Whether the link may be followed at all, the wire's guard decides."""
    asked, offered = _options(first.url), _options(link)
    emptied = "$skiptoken" in offered and not offered["$skiptoken"]
    lost = "/auditlogs/" in first.url.lower() and asked.get("$filter") != offered.get("$filter")
    if emptied or lost:
        raise BadAnswer(
            "A next link lost the filter or the place of the request.",
            "What came so far is kept; the rest was not collected. Ask for a smaller window.",
        )
    return replace(first, url=link)


def _options(url: str) -> dict[str, str]:
    found = parse_qs(urlsplit(url).query, keep_blank_values=True)
    return {name.lower(): values[-1] for name, values in found.items()}
