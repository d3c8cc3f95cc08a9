"""Where things happen: documentation address ranges with an own network and place table (kit/data/networks.csv).

Addresses are never real ones: RFC 5737, RFC 2544 (198.18.0.0/15) and RFC 3849 ranges only.
"""

from __future__ import annotations

import csv
import ipaddress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from kit.errors import InputError
from kit.simulator.dice import Dice

TABLE = Path(__file__).parents[1] / "data" / "networks.csv"


@dataclass(frozen=True, slots=True)
class Network:
    """One row of the table. `kind` is its class: eyeball, mobile, hosting, vpn or microsoft."""

    prefix: str
    asn: int
    name: str
    kind: str
    country: str

    def host(self, dice: Dice) -> str:
        """An address of this network, neither its first nor its last."""
        net = _parsed(self.prefix)
        if net.version == 4:
            return str(net[dice.randrange(1, net.num_addresses - 1)])
        return str(net[(dice.getrandbits(16) << 64) + dice.getrandbits(62) + 1])


@dataclass(frozen=True, slots=True)
class Place:
    """A town as sign-in logs write it; degrees."""

    city: str
    state: str
    country: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request comes from: a bare address, its network, its place."""

    ip: str
    network: Network
    place: Place


PARIS = Place("Paris", "Paris", "FR", 48.8566, 2.3522)
LYON = Place("Lyon", "Rhone", "FR", 45.764, 4.8357)
MONTREAL = Place("Montréal", "Quebec", "CA", 45.5019, -73.5674)
LONDON = Place("London", "England", "GB", 51.5072, -0.1276)

# Where an address of a foreign network is said to be.
CAPITALS: dict[str, Place] = {
    "FR": PARIS,
    "CA": MONTREAL,
    "GB": LONDON,
    "NL": Place("Amsterdam", "Noord-Holland", "NL", 52.374, 4.8897),
    "US": Place("Piscataway", "New Jersey", "US", 40.5549, -74.4643),
    "DE": Place("Falkenstein", "Sachsen", "DE", 50.4777, 12.3649),
    "SG": Place("Singapore", "", "SG", 1.3521, 103.8198),
    "NG": Place("Lagos", "Lagos", "NG", 6.4541, 3.3947),
    "IE": Place("Dublin", "Dublin", "IE", 53.3498, -6.2603),
}


@cache
def networks() -> tuple[Network, ...]:
    """The table, in file order."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return tuple(
            Network(row["prefix"], int(row["asn"]), row["network"], row["class"], row["country"]) for row in rows
        )


@cache
def _parsed(prefix: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(prefix)


def network_of(ip: str) -> Network:
    """The most specific network that holds the address; InputError for an address that no row holds."""
    wanted = ipaddress.ip_address(ip)
    held = [net for net in networks() if wanted in _parsed(net.prefix)]
    if not held:
        raise InputError(f"{ip} is in no network of the simulated world.", f"Add its range to {TABLE.name}.")
    return max(held, key=lambda net: _parsed(net.prefix).prefixlen)


@lru_cache(maxsize=4096)
def address(ip: str, place: Place | None = None) -> Address:
    """The address with its network, at `place` or at the usual town of the network's country."""
    network = network_of(ip)
    return Address(ip, network, place or CAPITALS[network.country])


def somewhere(dice: Dice, prefix: str, place: Place | None = None) -> Address:
    """A host of the network with this prefix."""
    network = next(net for net in networks() if net.prefix == prefix)
    return Address(network.host(dice), network, place or CAPITALS[network.country])
