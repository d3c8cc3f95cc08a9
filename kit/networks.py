"""Which network an address belongs to: autonomous system, its class and country, looked up without leaving the machine.

Two own lists in `data/`: `networks.csv` (prefixes; documentation ranges only, for the simulated tenant and the
samples) and `autonomous_systems.csv` (class of well-known hosting, VPN and Microsoft systems, by number). What they
do not hold stays unknown (NULL); a sign-in log's own number and country always win.
"""

from __future__ import annotations

import csv
import ipaddress
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

DATA = Path(__file__).parent / "data"


def look_up(addresses: Iterable[str]) -> pa.Table:
    """One row an address that is known: ip, asn, network, network_class, country."""
    rows = [{"ip": address, **found} for address in addresses if (found := _network(address)) is not None]
    schema = [("ip", pa.string()), ("asn", pa.int64()), ("network", pa.string()), ("network_class", pa.string()),
              ("country", pa.string())]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=pa.schema(schema))


def systems() -> pa.Table:
    """The classed autonomous systems: asn, network, network_class."""
    rows = [{"asn": int(row["asn"]), "network": row["network"], "network_class": row["class"]}
            for row in _rows("autonomous_systems.csv")]  # fmt: skip
    return pa.Table.from_pylist(rows)


def _network(address: str) -> dict[str, Any] | None:
    """The longest prefix that holds the address."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return None
    for length, prefixes in _prefixes(number.version):
        start = int(number) >> (number.max_prefixlen - length)
        if start in prefixes:
            return prefixes[start]
    return None


@cache
def _prefixes(version: int) -> list[tuple[int, dict[int, dict[str, Any]]]]:
    """Prefix length, longest first → the prefix's leading bits → what is known of it."""
    found: dict[int, dict[int, dict[str, Any]]] = {}
    for row in _rows("networks.csv"):
        prefix = ipaddress.ip_network(row["prefix"])
        if prefix.version == version:
            start = int(prefix.network_address) >> (prefix.max_prefixlen - prefix.prefixlen)
            told = {"asn": int(row["asn"]), "network": row["network"], "network_class": row["class"]}
            found.setdefault(prefix.prefixlen, {})[start] = told | {"country": row["country"]}
    return sorted(found.items(), reverse=True)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))
