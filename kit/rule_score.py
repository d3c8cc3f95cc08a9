"""How suspicious an inbox rule is: points for what it does, each with its reason, 0 to about 150.

The factors and points are those of facts/domain.md §3.6, measured there on public captures: attackers' rules scored 47
to 82, a user's own clean-up rule 10. The factor for rules that pick mail by its words is ours: in the same captures
attackers hide a topic, owners tidy away a sender. Works on the rows of `rule_changes` and of `inbox_rules`.
"""

from __future__ import annotations

from collections.abc import Iterator

import ibis
import ibis.expr.types as ir

from kit.expressions import abroad, domain, lines, matches, one_of, owner, when, with_accepted, words
from kit.known import folders, topic_words

Factor = tuple[ir.BooleanValue, int, str]


def scored(rows: ir.Table, accepted_domains: ir.Table, *, whole: ir.BooleanValue) -> ir.Table:
    """The rows with `score` (points), `why` (one reason a line), `outside_targets`, `accepted` and `owner`.

    `whole` says whether the row tells the rule in full: a Set-InboxRule record names only what was changed, so what it
    does not name is unknown rather than absent.
    """
    told = _with_targets(with_accepted(rows, accepted_domains))
    factors = list(_factors(told, whole))
    score = sum((ibis.ifelse(holds.fill_null(False), points, 0) for holds, points, _ in factors), ibis.literal(0))
    return told.mutate(score=score, why=lines(*(when(holds, f"+{points} {says}") for holds, points, says in factors)))


def _factors(rows: ir.Table, whole: ir.BooleanValue) -> Iterator[Factor]:
    name = rows.rule_name.strip()
    wordless = rows.rule_name.notnull() & ~name.re_search(r"[\p{L}\p{N}]")
    yield wordless, 30, "its name has neither letter nor digit"
    yield ~wordless & (name.length() <= 2), 15, "its name has one or two characters"
    yield rows.outside_targets.length() > 0, 35, "it sends mail outside"
    yield (rows.forward_to.length() > 0) & ~(rows.outside_targets.length() > 0), 8, "it passes mail on inside"
    folder = rows.move_to_folder.re_extract(r"([^\\/:]*)$", 1).strip().lower()
    yield one_of(folder, folders("unread")), 20, "it moves mail where nobody looks"
    yield one_of(folder, folders("bin")), 10, "it moves mail to junk, archive or deleted items"
    yield rows.deletes, 10, "it deletes mail"
    yield rows.marks_read, 8, "it marks mail as read"
    yield rows.stops, 4, "it stops other rules"
    sought = words(rows.subject_words) + " " + words(rows.from_addresses)
    yield matches(sought, topic_words("money")), 18, "it looks for words of money"
    yield matches(sought, topic_words("security")), 18, "it looks for words of warning"
    hides = rows.deletes.fill_null(False) | one_of(folder, [*folders("unread"), *folders("bin")])
    yield hides & (rows.subject_words.length() > 0), 8, "it hides mail by its words, not by its sender"
    given = (rows.subject_words.length() > 0).fill_null(False) | (rows.from_addresses.length() > 0).fill_null(False)
    listed = matches(rows.conditions, r"[a-z0-9]")
    yield whole & ~given & ~listed, 20, "it has no condition: it takes all mail"
    yield matches(sought, r"(^| )(@|\.|\.com|[a-z])( |$)"), 15, "its condition fits nearly every mail"


def _with_targets(rows: ir.Table) -> ir.Table:
    """Add `outside_targets`: where the rule sends mail outside, by the accepted domains or, unknown, by the owner's."""
    homes = [domain(rows.mailbox), domain(rows.user)] if "user" in rows.columns else [domain(rows.mailbox)]
    beyond = rows.forward_to.filter(lambda target: abroad(rows.accepted, domain(target), *homes))
    return rows.mutate(outside_targets=beyond, owner=_owner(rows))


def _owner(rows: ir.Table) -> ir.StringValue:
    return owner(rows) if "user" in rows.columns else rows.mailbox
