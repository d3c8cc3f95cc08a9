"""Containment: the plan that the findings about one account ask for, in the order of Microsoft's procedure (July 2026).

Disable the account, revoke its sessions, reset the password, stop forwarding, disable the rules that the findings rest
on. What is not in it needs a choice by a person: which authentication methods to remove, which grants to take
away, when to unblock the sender and enable the account again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from kit.action import ACTIONS, Action
from kit.finding import Finding

ALWAYS = ("disable_account", "revoke_sessions", "clear_forwarding", "reset_password")


def containment(account: str, findings: Sequence[Finding], tables: Mapping[str, Any]) -> list[Action]:
    """The actions, in no particular order: a plan sorts them. Reads nothing but the case."""
    actions = [ACTIONS[name](user=account) for name in ALWAYS]
    rule_type = ACTIONS["disable_inbox_rule"]
    return [*actions, *(rule_type(user=account, **rule) for rule in suspect_rules(account, findings, tables))]


def suspect_rules(account: str, findings: Sequence[Finding], tables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rules of the mailbox that are on and that a finding about it rests on: `rule_id` and `hidden` of each.

    A rule is matched by the record a finding names, or by the name it had in a change that a finding names.
    """
    if "inbox_rules" not in tables:
        return []
    records = sorted({record for finding in findings if finding.subject == account for record in finding.record_ids})
    rules = tables["inbox_rules"].filter(lambda t: t.mailbox == account, lambda t: t.enabled)
    # Exchange shows the visible rules too, under other ids: those are changed through Graph.
    rules = rules.filter((rules.source == "graph") | rules.hidden)
    named = rules.record_id.isin(records)
    if "rule_changes" in tables:
        changes = tables["rule_changes"].filter(lambda t: t.record_id.isin(records), lambda t: t.mailbox == account)
        named = named | rules.rule_name.isin(changes.rule_name)
    found = rules.filter(named).select("id", hidden=ibis.coalesce(rules.hidden, False)).distinct()
    return [
        {"rule_id": row["id"], "hidden": bool(row["hidden"])} for row in found.order_by("id").to_pyarrow().to_pylist()
    ]
