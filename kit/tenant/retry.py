"""The retry loop: what is asked again, when, and when to stop.

Reads are asked again after 429, 500, 502, 503, 504, a broken connection and an answer cut short. Writes are asked again
only after 429 and 503, which mean "not executed"; when a write's answer is lost, or the server failed in the middle,
what happened is unknown and OutcomeUnknown says so. Waiting follows Retry-After (seconds, also fractional ones, or a
date), else it doubles from `first` with jitter. A wait that the budget does not hold is not begun.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from kit.errors import BadAnswer, OutcomeUnknown, TenantError, Throttled, Unreachable
from kit.tenant.page import Page
from kit.tenant.problem import error_code, problem
from kit.tenant.session import NotSent, TooLarge

BUSY = frozenset({429, 503})
FAILED = frozenset({500, 502, 504})
# Management Activity throttles with 403 and AF429 as well as with 429 (its troubleshooting page).
THROTTLE_CODES = frozenset({"AF429", "TooManyRequests"})


@dataclass(frozen=True)
class Patience:
    """The budget of one request, in tries and seconds, and the clocks it runs on (replaced in tests)."""

    tries: int = 6
    seconds: float = 600.0
    first: float = 1.0
    longest: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    jitter: Callable[[], float] = random.random

    def pause(self, attempt: int, retry_after: str) -> float:
        """Seconds to wait after the given attempt (from 1): what the server asks for, else doubling with jitter."""
        asked = self._asked(retry_after)
        if asked is not None:
            return asked
        return min(self.longest, self.first * 2.0 ** (attempt - 1)) * (0.5 + self.jitter() / 2)

    def _asked(self, retry_after: str) -> float | None:
        try:
            seconds = float(retry_after)
        except ValueError:
            try:
                seconds = (parsedate_to_datetime(retry_after) - self.now()).total_seconds()
            except (ValueError, TypeError):
                return None
        return seconds if math.isfinite(seconds) and seconds > 0 else None


def persist(send: Callable[[], Page], patience: Patience, *, write: bool = False) -> Page:
    """Ask until there is an answer worth having, and return it: any status but the ones that call for another try.

    Throttled or Unreachable when the budget ends, OutcomeUnknown for a write whose effect cannot be known. `BadAnswer`
    of a read is asked again too: a body cut short on the way looks like that.
    """
    began = patience.clock()
    attempt = 0
    while True:
        attempt += 1
        outcome = _once(send, write)
        if isinstance(outcome, Page) and not _again(outcome, write):
            return outcome
        pause = patience.pause(attempt, outcome.retry_after if isinstance(outcome, Page) else "")
        spent = patience.clock() - began
        if attempt >= patience.tries or spent + pause > patience.seconds:
            raise outcome if isinstance(outcome, TenantError) else _given_up(outcome, attempt, spent, pause)
        patience.sleep(pause)


def _once(send: Callable[[], Page], write: bool) -> Page | TenantError:
    """One attempt: its answer, or the trouble that allows another one."""
    try:
        page = send()
        if page.ok:
            page.value  # noqa: B018  reading it finds a body cut short while it can still be asked again
    except NotSent as error:
        return error
    except (Unreachable, BadAnswer) as error:
        if write:
            raise _unknown(error.message) from None
        if isinstance(error, TooLarge):
            raise
        return error
    if write and page.status in FAILED:
        raise _unknown(f"The service answered {page.status}.", page.request_id)
    return page


def _again(page: Page, write: bool) -> bool:
    if page.status in BUSY or (page.failed and error_code(page) in THROTTLE_CODES):
        return True
    return page.status in FAILED and not write


def _given_up(page: Page, attempt: int, spent: float, pause: float) -> TenantError:
    said = problem(page)
    kind = Unreachable if page.status in FAILED else Throttled
    return kind(
        f"{said.message} Gave up after {attempt} tries in {spent:.0f} s; the next wait would be {pause:.0f} s.",
        "Wait, then continue: what was already read is kept. Smaller windows and fewer users ask for less.",
        status=page.status,
        code=said.code,
        request_id=page.request_id,
    )


def _unknown(why: str, request_id: str = "") -> OutcomeUnknown:
    return OutcomeUnknown(
        f"A change was sent and its answer lost, so it may or may not have happened: {why}",
        "Do not send it again. Verify first: the plan reads the object as it is now.",
        request_id=request_id,
    )
