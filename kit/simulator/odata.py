"""$filter: a recursive-descent parser that turns the text into a test over JSON objects.

    test = parse("startsWith(userPrincipalName,'ana') and createdDateTime ge 2026-11-01T00:00:00Z", fields)
    test(record)

Grammar: or · and · not · parentheses · eq ne gt ge lt le · in (…) · startsWith endsWith contains · any/all. What may
be filtered, and how, is a whitelist per resource (`Fields`): everything else is refused, as Graph refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kit.simulator.problem import bad_request
from kit.simulator.values import ticks, value_at

Test = Callable[[Any], bool]

TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')"
    r"|(?P<date>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|z|[+-]\d\d:\d\d)?|\d{4}-\d\d-\d\d(?![\w-]))"
    r"|(?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    r"|(?P<number>-?\d+(?:\.\d+)?(?![\w-]))"
    r"|(?P<name>[A-Za-z_@$][\w.@]*(?:/[A-Za-z_$][\w.]*)*)"
    r"|(?P<mark>[(),:]))"
)
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a is not None and b is not None and a > b,
    "ge": lambda a, b: a is not None and b is not None and a >= b,
    "lt": lambda a, b: a is not None and b is not None and a < b,
    "le": lambda a, b: a is not None and b is not None and a <= b,
}
FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": lambda text, part: part in text,
}
DEPTH = 64


@dataclass(frozen=True)
class Fields:
    """What of a resource may be filtered: property path (folded) → (spelling, operators), and how text compares.

    `fold`: text compares without case, as directory objects do; the audit logs compare exactly.
    """

    allowed: dict[str, tuple[str, frozenset[str]]]
    fold: bool

    def check(self, path: str, operator: str) -> str:
        """The property's own spelling; Problem 400 when it cannot be filtered so."""
        spelling, operators = self.allowed.get(path.lower(), ("", frozenset()))
        if operator not in operators:
            raise bad_request(f"Invalid filter clause: '{path}' does not support the operator '{operator}'.")
        return spelling


def fields(text: str, *, fold: bool = False) -> Fields:
    """Fields from the documentation's notation: "createdDateTime(eq,ge,le) status/errorCode(eq)".

    "x/any(eq)" allows any/all over a collection of plain values, "x/any/id(eq)" over one of objects.
    """
    allowed = {}
    for entry in text.split():
        path, _, operators = entry.rstrip(")").partition("(")
        allowed[path.lower()] = (path, frozenset(operators.lower().split(",")))
    return Fields(allowed, fold)


@dataclass(frozen=True)
class Filter:
    """A parsed filter. `limits`: the comparisons with an instant that every match passes (path, operator, ticks)."""

    test: Test
    limits: tuple[tuple[str, str, int], ...] = ()

    def __call__(self, record: Any) -> bool:
        """The record passes."""
        return self.test(record)


def parse(text: str, allowed: Fields) -> Filter:
    """The filter as a test; Problem 400 when it is not well formed or asks for what is not allowed."""
    parser = _Parser(text, allowed)
    test = parser.disjunction(0)
    parser.end()
    return Filter(test, tuple(parser.limits))


class _Parser:
    def __init__(self, text: str, allowed: Fields) -> None:
        self.text = text
        self.allowed = allowed
        self.tokens = list(_tokens(text))
        self.at = 0
        self.variables: list[tuple[str, str]] = []
        self.limits: list[tuple[str, str, int]] = []

    def disjunction(self, depth: int) -> Test:
        tests = [self.conjunction(depth)]
        while self.take("name", "or"):
            tests.append(self.conjunction(depth + 1))
            if depth == 0:
                self.limits.clear()
        return tests[0] if len(tests) == 1 else lambda record: any(test(record) for test in tests)

    def conjunction(self, depth: int) -> Test:
        tests = [self.negation(depth)]
        while self.take("name", "and"):
            tests.append(self.negation(depth))
        return tests[0] if len(tests) == 1 else lambda record: all(test(record) for test in tests)

    def negation(self, depth: int) -> Test:
        if depth > DEPTH:
            raise self.error("The node count limit has been exceeded.")
        if self.take("name", "not"):
            test = self.negation(depth + 1)
            return lambda record: not test(record)
        if self.take("mark", "("):
            test = self.disjunction(depth + 1)
            self.need(")")
            return test
        return self.predicate(depth)

    def predicate(self, depth: int) -> Test:
        kind, name = self.next()
        if kind != "name":
            raise self.error(f"Syntax error at '{name}'.")
        if self.peek("mark", "("):
            if name.lower() in FUNCTIONS:
                return self.truth(self.function(name.lower()))
            collection, _, how = name.rpartition("/")
            if collection and how.lower() in {"any", "all"}:
                return self.quantifier(collection, how.lower(), depth)
            raise self.error(f"An unknown function with name '{name}' was found.")
        return self.comparison(name, depth)

    def function(self, name: str) -> Test:
        self.need("(")
        path = self.property(name)
        self.need(",")
        literal = self.literal()
        self.need(")")
        if not isinstance(literal, str):
            raise self.error(f"No function signature for the function with name '{name}' matches the arguments.")
        compare, part = FUNCTIONS[name], self.folded(literal)
        return lambda record: isinstance(text := value_at(record, path), str) and compare(self.folded(text), part)

    def truth(self, test: Test) -> Test:
        """A function's result may be compared with true or false."""
        if self.peek("name", "eq") or self.peek("name", "ne"):
            operator = self.next()[1].lower()
            wanted = self.literal()
            return lambda record: COMPARISONS[operator](test(record), wanted)
        return test

    def comparison(self, name: str, depth: int) -> Test:
        operator = self.next()[1].lower()
        if operator == "in":
            path = self.resolve(name, "eq")
            options = {self.comparable(value) for value in self.options()}
            return lambda record: self.comparable(value_at(record, path)) in options
        if operator not in COMPARISONS:
            raise self.error(f"Syntax error at '{name}'.")
        path, literal = self.resolve(name, operator), self.literal()
        compare, wanted = COMPARISONS[operator], self.comparable(literal)
        if depth == 0 and isinstance(literal, str) and isinstance(wanted, int):
            self.limits.append((path, operator, wanted))

        def test(record: Any) -> bool:
            held = self.comparable(value_at(record, path) if path else record)
            alike = held is None or wanted is None or isinstance(held, str) == isinstance(wanted, str)
            return compare(held, wanted) if alike else operator == "ne"

        return test

    def quantifier(self, collection: str, how: str, depth: int) -> Test:
        self.need("(")
        kind, variable = self.next()
        if kind != "name" or not self.take("mark", ":"):
            raise self.error("Expected a range variable.")
        self.variables.append((variable, collection))
        inner = self.disjunction(depth + 1)
        self.variables.pop()
        self.need(")")
        path = self.spelling(collection)
        decide = any if how == "any" else all
        return lambda record: decide(inner(item) for item in value_at(record, path) or ())

    def spelling(self, collection: str) -> str:
        start = f"{collection.lower()}/any"
        for folded, (spelling, _) in self.allowed.allowed.items():
            if folded == start or folded.startswith(f"{start}/"):
                return spelling[: len(collection)]
        raise bad_request(f"Invalid filter clause: '{collection}' cannot be used with any or all.")

    def property(self, operator: str) -> str:
        kind, name = self.next()
        if kind != "name":
            raise self.error(f"Syntax error at '{name}'.")
        return self.resolve(name, operator)

    def resolve(self, name: str, operator: str) -> str:
        """The path to read, in the property's own spelling; relative to the item inside any/all."""
        head, _, rest = name.partition("/")
        for variable, collection in reversed(self.variables):
            if head == variable:
                whole = f"{collection}/any/{rest}" if rest else f"{collection}/any"
                return self.allowed.check(whole, operator)[len(collection) + 5 :]
        return self.allowed.check(name, operator)

    def options(self) -> Iterator[Any]:
        self.need("(")
        yield self.literal()
        while self.take("mark", ","):
            yield self.literal()
        self.need(")")

    def literal(self) -> Any:
        kind, text = self.next()
        if kind == "string":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind in {"date", "guid"}:
            return text
        if kind == "name" and text.lower() in {"true", "false", "null"}:
            return {"true": True, "false": False, "null": None}[text.lower()]
        raise self.error(f"Expected a value, found '{text}'.")

    def comparable(self, value: Any) -> Any:
        """Instants compare as instants, text by the resource's rule, the rest as it is."""
        if not isinstance(value, str):
            return value
        instant = ticks(value) if len(value) >= 10 and value[4] == value[7] == "-" else -1
        return instant if instant >= 0 else self.folded(value)

    def folded(self, text: str) -> str:
        return text.casefold() if self.allowed.fold else text

    def next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise self.error("Expression expected.")
        self.at += 1
        return self.tokens[self.at - 1]

    def peek(self, kind: str, text: str) -> bool:
        return (
            self.at < len(self.tokens) and self.tokens[self.at][0] == kind and (self.tokens[self.at][1].lower() == text)
        )

    def take(self, kind: str, text: str) -> bool:
        found = self.peek(kind, text)
        self.at += found
        return found

    def need(self, mark: str) -> None:
        if not self.take("mark", mark):
            raise self.error(f"'{mark}' expected.")

    def end(self) -> None:
        if self.at < len(self.tokens):
            raise self.error(f"Syntax error at '{self.tokens[self.at][1]}'.")

    def error(self, message: str) -> Exception:
        return bad_request(f"Invalid filter clause: {message} in '{self.text[:200]}'.")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, end = 0, len(text.rstrip())
    while at < end:
        match = TOKEN.match(text, at)
        if not match:
            raise bad_request(f"Invalid filter clause: Syntax error at position {at} in '{text[:200]}'.")
        yield str(match.lastgroup), match[match.lastgroup or 0]
        at = match.end()
