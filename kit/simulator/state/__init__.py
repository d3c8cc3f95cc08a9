"""How the tenant stands at `now`: Graph and Exchange objects, before stories change them."""

from __future__ import annotations

from typing import Any

from kit.simulator.company import Company
from kit.simulator.state.directory import devices, groups, users
from kit.simulator.state.mailboxes import exchange
from kit.simulator.state.methods import authentication_methods, registration_details
from kit.simulator.state.rules import benign_rules


def standing(company: Company) -> dict[str, dict[str, Any]]:
    """Every collection that kit/simulator/world.py lists."""
    methods = authentication_methods(company)
    rules: dict[str, list[Any]] = {}
    for new in benign_rules(company):
        rules.setdefault(new.owner.id, []).append(new.rule)
    return {
        "users": users(company),
        "devices": devices(company),
        "groups": groups(company),
        "authenticationMethods": dict(methods),
        "userRegistrationDetails": registration_details(company, methods),
        "messageRules": dict(rules),
        "riskDetections": {},
        "riskyUsers": {},
        **exchange(company),
    }
