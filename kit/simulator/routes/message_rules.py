"""Inbox rules that Graph shows: reading, making, changing and removing them. Hidden rules are Exchange's alone."""

from __future__ import annotations

import secrets

from kit.simulator.footprint import rule_record
from kit.simulator.mailboxes import mailbox_owner, rule_id, visible_rules
from kit.simulator.message import Answer, Call
from kit.simulator.odata import fields
from kit.simulator.paging import Shape, list_state, one
from kit.simulator.problem import GraphProblem, bad_request
from kit.simulator.router import Family
from kit.simulator.world import Json

family = Family("graph")

RULES = "/v1.0/users/{user-id}/mailFolders/{mailFolder-id}/messageRules"
RULE = f"{RULES}/{{messageRule-id}}"
FIELDS = fields("displayName(eq,ne,startsWith,contains) isEnabled(eq,ne) sequence(eq,ge,gt,le,lt)", fold=True)
READ_ONLY = frozenset({"id", "hasError", "isReadOnly"})


@family.route("GET", RULES)
def list_rules(call: Call) -> Answer:
    """The rules of the inbox."""
    owner = _inbox(call)
    return list_state(call, _shape(call), visible_rules(call, owner["id"]))


@family.route("GET", RULE)
def read_rule(call: Call) -> Answer:
    """One rule."""
    return one(call, _shape(call), _rule(call, _inbox(call)))


@family.route("POST", RULES)
def create_rule(call: Call) -> Answer:
    """Make a rule; it needs a name, an order and at least one action."""
    body = {name: value for name, value in call.json().items() if name not in READ_ONLY}
    if not body.get("displayName") or not body.get("actions") or not isinstance(body.get("sequence"), int):
        raise bad_request("displayName, sequence and actions are required.", "ErrorInvalidRequest")
    rule: Json = {
        "id": rule_id(secrets.randbits(64)),
        "displayName": "",
        "sequence": 1,
        "isEnabled": True,
        "hasError": False,
        "isReadOnly": False,
        "conditions": None,
        "actions": None,
        "exceptions": None,
        **body,
    }
    with call.tenancy.lock:
        owner = _inbox(call)
        visible_rules(call, owner["id"]).append(rule)
        rule_record(call, "AddMailboxRule", owner, rule)
    answer = one(call, _shape(call), rule)
    return Answer(201, answer.body, answer.headers)


@family.route("PATCH", RULE)
def change_rule(call: Call) -> Answer:
    """Change a rule; answers 200 with the whole rule."""
    with call.tenancy.lock:
        owner = _inbox(call)
        rule = _changeable(call, owner)
        rule.update({name: value for name, value in call.json().items() if name not in READ_ONLY})
        rule_record(call, "ModifyMailboxRule", owner, rule)
        return one(call, _shape(call), rule)


@family.route("DELETE", RULE)
def delete_rule(call: Call) -> Answer:
    """Remove a rule."""
    with call.tenancy.lock:
        owner = _inbox(call)
        rule = _changeable(call, owner)
        visible_rules(call, owner["id"]).remove(rule)
        rule_record(call, "RemoveMailboxRule", owner, rule)
    return Answer.nothing()


def _inbox(call: Call) -> Json:
    owner = mailbox_owner(call)
    if call.ids["mailFolder-id"].lower() != "inbox":
        raise GraphProblem(404, "ErrorFolderNotFound", "The specified folder could not be found in the store.")
    return owner


def _rule(call: Call, owner: Json) -> Json:
    for rule in visible_rules(call, owner["id"]):
        if rule["id"] == call.ids["messageRule-id"]:
            return rule
    raise GraphProblem(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def _changeable(call: Call, owner: Json) -> Json:
    rule = _rule(call, owner)
    if rule.get("isReadOnly"):
        raise GraphProblem(403, "ErrorAccessDenied", "Access is denied. The rule is read-only.")
    return rule


def _shape(call: Call) -> Shape:
    user = call.ids["user-id"].replace("'", "''")
    return Shape(
        f"users('{user}')/mailFolders('inbox')/messageRules", "v1.microsoft.graph.messageRule", FIELDS, page=100
    )
