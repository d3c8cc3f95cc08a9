"""The people of a bilingual (French and English) company, and the accounts that are not people.

No real person: given names and family names are drawn from common ones. The first people hold fixed roles that
stories ask for by name ("accounts_payable", "sales3"); the rest fill departments.
"""

from __future__ import annotations

from dataclasses import dataclass

from kit.simulator.clients import Device, phone, workstation
from kit.simulator.dice import Dice, dice
from kit.simulator.network import LONDON, LYON, MONTREAL, PARIS, Address, Place, address, somewhere

DOMAIN = "atelier-nord.example"
INITIAL_DOMAIN = "ateliernord.onmicrosoft.example"


@dataclass(frozen=True, slots=True)
class Site:
    """An office. `hours` is added to UTC; summer time is left out, so that habits stay put in UTC."""

    place: Place
    hours: int
    egress: tuple[str, ...]
    homes: tuple[str, ...]
    mobiles: tuple[str, ...]
    language: str


SITES = (
    Site(
        PARIS,
        1,
        ("192.0.2.10", "192.0.2.11"),
        ("198.18.0.0/20", "198.18.16.0/20", "198.18.32.0/21", "198.18.40.0/21", "2001:db8:3215::/48"),
        ("198.18.48.0/22", "198.18.52.0/22"),
        "fr",
    ),
    Site(
        LYON,
        1,
        ("192.0.2.74",),
        ("198.18.0.0/20", "198.18.16.0/20", "2001:db8:1232::/48"),
        ("198.18.48.0/22", "198.18.52.0/22"),
        "fr",
    ),
    Site(
        MONTREAL,
        -5,
        ("192.0.2.138",),
        ("198.18.128.0/20", "198.18.144.0/20", "2001:db8:5769::/48"),
        ("198.18.60.0/22",),
        "fr",
    ),
    Site(
        LONDON,
        0,
        ("192.0.2.202",),
        ("198.18.160.0/20", "198.18.176.0/20", "2001:db8:2856::/48"),
        ("198.18.56.0/22",),
        "en",
    ),
)

# role, department, title, site, licence; stories choose their victims by role.
ROLES: tuple[tuple[str, str, str, int, str], ...] = (
    ("accounts_payable", "Comptabilité", "Comptable fournisseurs", 0, "E3"),
    ("ceo", "Direction", "Directrice générale", 0, "E5"),
    ("cfo", "Direction", "Directeur administratif et financier", 0, "E5"),
    ("it_admin", "Informatique", "Responsable informatique", 0, "E5"),
    ("helpdesk", "Informatique", "Technicien support", 1, "E3"),
    ("reception", "Accueil", "Chargée d'accueil", 0, "F3"),
    ("sales1", "Commercial", "Ingénieur commercial", 0, "E3"),
    ("sales2", "Sales", "Account manager", 3, "E3"),
    ("sales3", "Commercial", "Attachée commerciale", 1, "E3"),
    ("marketing", "Marketing", "Marketing manager", 3, "E3"),
    ("finance2", "Comptabilité", "Contrôleur de gestion", 0, "E3"),
    ("assistant", "Direction", "Assistante de direction", 0, "E3"),
    ("hr", "Ressources humaines", "Responsable RH", 0, "E5"),
    ("engineer1", "Bureau d'études", "Ingénieure d'études", 1, "E3"),
    ("traveller", "Commercial", "Directeur export", 0, "E5"),
    ("operator1", "Atelier", "Chef d'équipe", 1, "F3"),
    ("trainee", "Atelier", "Apprenti", 1, ""),
)
# Habits a story leans on: A1 begins on a Monday, with the victim at home.
REMOTE: dict[str, frozenset[int]] = {"accounts_payable": frozenset({0, 3})}
DEPARTMENTS: tuple[tuple[str, str], ...] = (
    ("Bureau d'études", "Dessinatrice projeteuse"), ("Bureau d'études", "Ingénieur structure"),
    ("Commercial", "Technico-commercial"), ("Sales", "Sales representative"), ("Achats", "Acheteuse"),
    ("Logistique", "Gestionnaire de stock"), ("Operations", "Project coordinator"), ("Atelier", "Opérateur"),
    ("Qualité", "Responsable qualité"), ("Customer care", "Support specialist"), ("Comptabilité", "Comptable"),
)  # fmt: skip


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN = {
    "fr": _words("""Camille Louise Hugo Léa Antoine Inès Mathieu Chloé Julien Élodie Nicolas Manon Thomas Aurélie Maxime
        Sophie Benoît Zoé Guillaume Amélie Romain Océane Vincent Margaux Étienne Noémie Fabien Solène Cédric Joëlle"""),
    "en": _words("""Alice James Grace Oliver Emma Harry Lucy George Amelia Jack Charlotte Henry Ruby Samuel Eleanor"""),
}
FAMILY = {
    "fr": _words("""Moreau Lefèvre Garnier Rousseau Fontaine Chevalier Blanchet Marchand Perrin Gauthier Tremblay
        Lacroix Dufour Renaud Collet Bélanger Vasseur Poirier Meunier Charpentier Lemoine Girard Roussel Delmas"""),
    "en": _words("""Turner Wright Bennett Cooper Hughes Palmer Foster Marshall Reed Barker Dawson Hollis Pearce"""),
}


@dataclass(frozen=True, slots=True)
class Person:
    """An account. `kind` is member, shared, guest, service or break_glass; only members keep working hours.

    `licence` is E3, E5, F3 or "" (none: no mailbox). `mfa` says whether a second factor is asked for. `start` is
    the usual hour of the first sign-in, local; `remote` the weekdays (Monday 0) worked from home.
    """

    id: str
    kind: str
    role: str
    given: str
    family: str
    name: str
    upn: str
    department: str
    title: str
    site: Site
    language: str
    licence: str
    synced: bool
    mfa: bool
    start: float
    remote: frozenset[int]
    home: Address
    office: Address
    mobile: str
    laptop: Device
    phone: Device
    mailbox: str
    puid: str
    sid: str

    @property
    def has_mailbox(self) -> bool:
        """Whether mail is delivered here."""
        return bool(self.licence) or self.kind in ("shared", "service")


OTHERS: tuple[tuple[str, str, str], ...] = (
    ("shared", "Facturation", "facturation"), ("shared", "Contact", "contact"),
    ("shared", "Support client", "support"), ("shared", "Recrutement", "recrutement"),
    ("shared", "Accounts EU", "accounts-eu"), ("service", "Scanner Paris", "scanner"),
    ("break_glass", "Urgence 01", "urgence01"),
    ("guest", "Claire Duval", "claire.duval_menuiserie-duval.example#EXT#"),
    ("guest", "Peter Hale", "peter.hale_hale-timber.example#EXT#"),
    ("guest", "Cabinet Audit Ouest", "mission_audit-ouest.example#EXT#"),
)  # fmt: skip


def people(seed: int, users: int) -> tuple[Person, ...]:
    """`users` members, roles first, then the accounts that are not people. The same for the same seed."""
    names: set[tuple[str, str]] = set()
    found = [_member(seed, number, names) for number in range(users)]
    return (*found, *(_other(seed, *row) for row in OTHERS))


def _member(seed: int, number: int, taken: set[tuple[str, str]]) -> Person:
    draw = dice(seed, "person", number)
    if number < len(ROLES):
        role, department, title, where, licence = ROLES[number]
        site = SITES[where]
    else:
        department, title = draw.choice(DEPARTMENTS)
        role, site = "", draw.choices(SITES, (45, 20, 20, 15))[0]
        licence = draw.choices(("E3", "E5", "F3", ""), (58, 18, 18, 6))[0]
    language = "en" if site.language == "en" or (site is SITES[2] and draw.chance(0.4)) else "fr"
    given, family = _name(draw, language, taken)
    upn = f"{plain(given)}.{plain(family)}@{DOMAIN}"
    mfa = role != "sales3" and not (licence == "F3" and draw.chance(0.6))
    words = {"given": given, "family": family, "name": f"{given} {family}", "upn": upn, "department": department}
    return _account(draw, "member", role, words, title, site, language, licence, draw.chance(0.6), mfa)


def _other(seed: int, kind: str, name: str, local: str) -> Person:
    domain = INITIAL_DOMAIN if kind == "guest" else DOMAIN
    words = {"given": "", "family": "", "name": name, "upn": f"{local}@{domain}", "department": ""}
    draw = dice(seed, "other", local)
    licence = "E5" if kind == "break_glass" else ""
    return _account(draw, kind, local if kind != "guest" else "", words, "", SITES[0], "fr", licence, False, False)


def _account(
    draw: Dice, kind: str, role: str, words: dict[str, str], title: str, site: Site, language: str, licence: str,
    synced: bool, mfa: bool,
) -> Person:  # fmt: skip
    initials = plain(words["given"])[:1] + plain(words["family"])[:3]
    return Person(
        id=draw.guid(), kind=kind, role=role, **words, title=title, site=site, language=language, licence=licence,
        synced=synced, mfa=mfa, start=draw.choice((7.75, 8.0, 8.5, 8.5, 9.0, 9.25)),
        remote=REMOTE.get(role, frozenset(draw.sample(range(5), draw.choice((0, 1, 1, 2, 2, 3))))),
        home=somewhere(draw, site.homes[0] if role else draw.choice(site.homes), site.place),
        office=address(draw.choice(site.egress), site.place), mobile=draw.choice(site.mobiles),
        laptop=workstation(draw, initials), phone=phone(draw, words["given"]), mailbox=draw.guid(),
        puid=f"10032{draw.getrandbits(44):011X}",
        sid=f"S-1-5-21-{draw.getrandbits(31)}-{draw.getrandbits(31)}-{draw.getrandbits(31)}-{draw.randrange(10**7)}",
    )  # fmt: skip


def _name(draw: Dice, language: str, taken: set[tuple[str, str]]) -> tuple[str, str]:
    """A name nobody has yet; a large company has double family names."""
    given, family = draw.choice(GIVEN[language]), draw.choice(FAMILY[language])
    while (given, family) in taken:
        family = f"{family}-{draw.choice(FAMILY[language])}"
    taken.add((given, family))
    return given, family


_PLAIN = str.maketrans("éèêëÉàâîïôöùûçœ'", "eeeeEaaiioouuco ")


def plain(name: str) -> str:
    """A name as it stands in an address: lower case, no accents, no blanks."""
    return name.translate(_PLAIN).replace(" ", "").casefold()
