"""An ordinary day's mail: from outside, inside, and to outside. Audit records and message traces both tell of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache

from kit.simulator import apps
from kit.simulator.acts import Message, SignIn
from kit.simulator.background.rates import Rates
from kit.simulator.company import Company
from kit.simulator.dice import Dice, dice
from kit.simulator.network import Network, networks
from kit.simulator.people import Person

PARTNERS = (
    "menuiserie-duval.example", "hale-timber.example", "acier-sud.example", "quincaillerie-rey.example",
    "transports-vidal.example", "northern-glass.example", "cabinet-lambert.example", "bois-du-nord.example",
    "clearwater-lofts.example", "mairie-saint-orens.example", "bureau-controle-ouest.example",
    "assurances-delta.example",
)  # fmt: skip
CONTACTS = ("contact", "compta", "achats", "s.perrot", "j.hale", "direction", "orders", "m.vidal", "planning", "info")
NEWSLETTERS = (
    "lettre@batiment-hebdo.example", "marketing@kfc.example", "news@site-and-build.example",
    "no-reply@reunions-pro.example", "alertes@appels-offres.example", "digest@timber-trade.example",
)  # fmt: skip
SUBJECTS = {
    "fr": (
        "Devis {n} escalier", "Planning semaine {w}", "Plans mis à jour lot {k}", "Commande {n}",
        "Réunion de chantier", "Compte rendu du {k}", "Bon de livraison {n}", "Facture {n}", "Congés",
        "Point hebdomadaire", "Question sur le lot {k}", "Relance devis {n}",
    ),
    "en": (
        "Quote {n} staircase", "Schedule week {w}", "Updated drawings lot {k}", "Order {n}", "Site meeting",
        "Minutes {k}", "Delivery note {n}", "Invoice {n}", "Holiday request", "Weekly catch-up",
        "Question on lot {k}",
    ),
}  # fmt: skip
BULLETINS = ("Votre lettre de la semaine", "This week in timber", "2 menus achetés, 1 offert", "Nouvel appel d'offres",
             "Résumé de vos réunions", "New guides for site managers")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Posted:
    """A message and, when an employee sent it, the sign-in whose token it was sent with."""

    message: Message
    act: SignIn | None = None


def mail(
    company: Company, day: date, plan: Mapping[str, Sequence[SignIn]], rates: Rates, blocked: Mapping[str, datetime]
) -> list[Posted]:
    """The day's messages, in no order. `blocked` senders (object id → since when) reach nobody outside."""
    found: list[Posted] = []
    for person in company.mailboxes:
        if person.kind not in ("member", "shared"):
            continue
        found += received(company, person, day, rates)
        draw = dice(company.seed, "sent", person.id, day)
        tokens = [act for act in plan.get(person.id, ()) if act.resource is apps.EXCHANGE and not act.error]
        if tokens:
            for _ in range(draw.between(rates.sent)):
                found.append(_sent(draw, company, person, draw.choice(tokens), day, blocked))
    return found


def contacts(company: Company, person: Person) -> list[str]:
    """The outside addresses that a person writes to; the same all year."""
    return _contacts(company.seed, person.id)


@lru_cache(maxsize=4096)
def _contacts(seed: int, person: str) -> list[str]:
    draw = dice(seed, "contacts", person)
    return [f"{draw.choice(CONTACTS)}@{domain}" for domain in draw.sample(PARTNERS, 5)]


def message_id(draw: Dice, domain: str = "") -> str:
    """An Internet message id: Exchange's own form, or another system's when its domain is given."""
    if domain:
        return f"<{draw.getrandbits(96):024x}@{domain}>"
    host = f"PR{draw.randrange(1, 4)}P264MB{draw.randrange(1000, 4999)}"
    return f"<{host}{draw.getrandbits(80):020X}@{host}.frap264.prod.outlook.example>"


def subject(draw: Dice, language: str) -> str:
    """A line as people of this trade write them."""
    text = draw.choice(SUBJECTS[language]).format(
        n=draw.randrange(1000, 9999), w=draw.randrange(1, 53), k=draw.randrange(1, 30)
    )
    return f"Re: {text}" if draw.chance(0.35) else text


def outside_host(draw: Dice) -> str:
    """An address of somebody else's mail server."""
    return draw.choice(_outside()).host(draw)


@cache
def _outside() -> list[Network]:
    return [network for network in networks() if network.prefix.startswith("203.0.113.")]


def microsoft_host(draw: Dice) -> str:
    """An address of Exchange Online."""
    return f"198.51.100.{draw.randrange(1, 255)}"


def received(company: Company, person: Person, day: date, rates: Rates) -> list[Posted]:
    """What reaches a mailbox from outside on a day."""
    draw = dice(company.seed, "received", person.id, day)
    share = 1.0 if day.weekday() < 5 else 0.25
    known = contacts(company, person)
    found = []
    for _ in range(int(draw.between(rates.received) * share)):
        at = datetime.combine(day, time(6), UTC) + timedelta(seconds=draw.randrange(13 * 3600))
        bulk = draw.chance(0.3)
        sender = draw.choice(NEWSLETTERS) if bulk else draw.choice(known)
        text = draw.choice(BULLETINS) if bulk else subject(draw, person.language)
        fate = {person.upn: "filteredAsSpam"} if bulk and draw.chance(0.08) else {}
        ident = message_id(draw, sender.partition("@")[2])
        size = draw.randrange(8_000, 900_000)
        found.append(Posted(Message(at, ident, sender, (person.upn,), text, size, outside_host(draw), fate=fate)))
    return found


def _sent(
    draw: Dice, company: Company, person: Person, act: SignIn, day: date, blocked: Mapping[str, datetime]
) -> Posted:
    midnight = datetime.combine(day, time(), UTC)
    at = min(act.at + timedelta(seconds=draw.randrange(30, 2400)), midnight + timedelta(hours=24, seconds=-1))
    if draw.chance(0.55):
        names = [
            p.upn for p in draw.sample(company.members, draw.choice((1, 1, 2, 3))) if p.has_mailbox and p is not person
        ]
    else:
        names = draw.sample(contacts(company, person), draw.choice((1, 1, 1, 2)))
    recipients = tuple(names) or (draw.choice(contacts(company, person)),)
    since = blocked.get(person.id)
    fate = {to: "failed" for to in recipients if since and at >= since and not to.endswith(f"@{company.domain}")}
    text, size = subject(draw, person.language), draw.randrange(9_000, 2_000_000)
    message = Message(at, message_id(draw), person.upn, recipients, text, size, act.address.ip, person, fate)
    return Posted(message, act)
