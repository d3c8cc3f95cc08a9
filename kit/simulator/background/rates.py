"""How much happens on an ordinary day."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rates:
    """Events per person and working day, as (least, most).

    The defaults are thinned so that 45 users over 90 days stay below 70,000 sign-ins and 70,000 audit records, which
    a notebook collects in seconds. REAL holds what real tenants show (302 non-interactive and 18 interactive sign-ins
    in one afternoon of a real capture; 30 to 150 MailItemsAccessed records and 5 to 20 sent messages a day).
    """

    interactive: tuple[int, int] = (4, 8)
    non_interactive: tuple[int, int] = (8, 18)
    mail_accessed: tuple[int, int] = (5, 9)
    sent: tuple[int, int] = (2, 6)
    received: tuple[int, int] = (5, 12)
    files: tuple[int, int] = (1, 4)


REAL = Rates(non_interactive=(60, 300), mail_accessed=(30, 150), sent=(5, 20), received=(20, 60), files=(5, 30))
