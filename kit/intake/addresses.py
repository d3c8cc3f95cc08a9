"""What is known of the addresses in staged rows, each looked up once a run."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from kit import networks

KNOWN = ("asn", "network", "network_class", "country")


def prepare(connection: Any) -> None:
    """Make the relations `addresses`, `systems` and `asked`."""
    connection.register("systems_", networks.systems())
    connection.register("none_", networks.look_up([]))
    connection.execute("CREATE OR REPLACE TABLE systems AS SELECT * FROM systems_").fetchall()
    connection.execute("CREATE OR REPLACE TABLE addresses AS SELECT * FROM none_").fetchall()
    connection.execute("CREATE OR REPLACE TABLE asked (ip VARCHAR)").fetchall()


def look_up(connection: Any) -> None:
    """Add to `addresses` what is known of the addresses in `staged` that were not asked before."""
    new = connection.execute(
        "SELECT DISTINCT ip FROM staged WHERE ip IS NOT NULL AND ip NOT IN (SELECT ip FROM asked)"
    ).fetchall()
    if new:
        ips = [row[0] for row in new]
        connection.register("new_", pa.table({"ip": ips}))
        connection.register("found_", networks.look_up(ips))
        connection.execute("INSERT INTO asked SELECT ip FROM new_").fetchall()
        connection.execute("INSERT INTO addresses SELECT * FROM found_").fetchall()


def told(columns: dict[str, str]) -> dict[str, str]:
    """The expressions of the four columns: what the log itself says first, then the address, then the system."""
    return {
        "asn": f"coalesce({columns['asn']}, a.asn)",
        "network": f"coalesce({columns['network']}, a.network, y.network)",
        "network_class": f"coalesce({columns['network_class']}, a.network_class, y.network_class)",
        "country": f"coalesce({columns['country']}, a.country)",
    }


def joins(asn: str) -> str:
    """The joins that `told` reads from; `asn` is the staged rows' own number, or NULL."""
    return f" LEFT JOIN addresses a ON a.ip = s.ip LEFT JOIN systems y ON y.asn = coalesce({asn}, a.asn)"
