"""Contributions to plant in a copy of the kit: good ones, and bad ones, each with the law that must catch it.

A plant is a real item of a shelf, copied under another name as a contributor would, and spoilt in one respect.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

KIT = Path(__file__).resolve().parent.parent / "kit"
DETECTION, ACTION = "detections/restricted_sender", "actions/disable_account"
IMPORTER, RECORD = "importers/audit_json", "records/blocked_sender"
SOURCE, CHART = "sources/blocked_senders", "charts/hour_of_week"
TABLE, STORY = "tables/blocked_senders", "simulator/stories/b6_personal_rule"
NAMED = {
    DETECTION: ("def restricted_sender(", "def {name}("),
    ACTION: ("class DisableAccount(", "class {Name}("),
    IMPORTER: ('name="audit_json"', 'name="{name}"'),
    RECORD: ('Record("blocked_sender"', 'Record("{name}"'),
    SOURCE: ("def blocked_senders(", "def {name}("),
    CHART: ("def hour_of_week(", "def {name}("),
    TABLE: ('name="blocked_senders"', 'name="{name}"'),
    STORY: ('id="B6"', 'id="B6"'),
}
"""Where an item says its own name, and how a copy of it does; {Name} is that of a class."""


@dataclass(frozen=True)
class Plant:
    """The item `like` as `name`, with the texts in `spoilt` replaced. `law` begins the name of the test (or is the
    contract) that must fail; `because` is a pattern of what it must say."""

    name: str
    like: str
    spoilt: dict[str, str] = field(default_factory=dict)
    law: str = ""
    because: str = ""

    def into(self, kit: Path) -> None:
        """Plant it in the copy of the kit in the folder `kit`."""
        text = (KIT / f"{self.like}.py").read_text(encoding="utf-8")
        was, becomes = NAMED[self.like]
        name = becomes.format(name=self.name, Name=self.name.title().replace("_", ""))
        for old, new in {was: name, **self.spoilt}.items():
            assert old in text, f"{self.like} no longer has {old!r}: spoil it in another way"
            text = text.replace(old, new)
        (kit / self.like).with_name(f"{self.name}.py").write_text(text, encoding="utf-8")


def refined(step: str) -> dict[str, str]:
    """What makes the copied detection end in a pandas step over `frame`."""
    return {
        "import Example, detection": "import Example, Refined, detection",
        "    return rows.select(": "    found = rows.select(",
        "        record_ids=ibis.array([rows.record_id]),\n    )": (
            f"        record_ids=ibis.array([rows.record_id]),\n    )\n    return Refined(found, lambda frame: {step})"
        ),
    }


def told_by(key: str) -> dict[str, str]:
    """What gives the copied importer a format of its own: every object has one more key."""
    return {
        '("operation", "creationtime")': f'("operation", "creationtime", "{key}")',
        '{"Id":"r1",': f'{{"{key}":1,"Id":"r1",',
        '{"id":"r2",': f'{{"{key}":1,"id":"r2",',
    }


GOOD = (
    Plant("good_detection", DETECTION),
    Plant("good_refined_detection", DETECTION, refined('frame[frame["subject"] != ""]')),
    Plant("good_action", ACTION),
    Plant("good_importer", IMPORTER, told_by("ours")),
    Plant("good_record", RECORD),
    Plant("good_source", SOURCE, {'record="blocked_sender"': 'record="good_record"'}),
    Plant("good_chart", CHART),
)

# ── what cannot be loaded ────────────────────────────────────────────────────────────────────────────────────────────

ITEM = "test_a_file_holds_one_item_and_bears_its_name"
TWO = '\nOTHER = Record("other", "Another one.", {}, ())\nRECORD = '
NEEDS = 'columns={"blocked_senders": ("whose",)},\n    attack=('
UNLOADABLE = (
    Plant("of_unknown_table", DETECTION, {"blocked_senders: ir": "people: ir"}, ITEM, "reads unknown tables: people"),
    Plant("of_unknown_column", DETECTION, {"attack=(": NEEDS}, ITEM, "blocked_senders has no column whose"),
    Plant("unlimited", DETECTION, {"    Limits: ": "    By the way: "}, ITEM, "docstring lacks Limits"),
    Plant("undocumented_detection", DETECTION, {'"""Exchange Online': 'f"""Exchange'}, ITEM, "docstring lacks Why"),
    Plant("undocumented_action", ACTION, {'"""Disable the account.\n': 'f"""'}, ITEM, "lacks the section 'Why'"),
    Plant("undocumented_source", SOURCE, {'"""Restricted senders:': 'f"""'}, ITEM, "no docstring"),
    Plant("undocumented_chart", CHART, {'"""At which': 'f"""At which'}, ITEM, "no docstring"),
    Plant("of_unsaid_risk", ACTION, {"    risk = ": "    hazard = "}, ITEM, "lacks the fact 'risk'"),
    Plant("unthemed", CHART, {", theme: Theme)": ")"}, ITEM, "no theme"),
    Plant("two_in_a_file", RECORD, {"\nRECORD = ": TWO}, ITEM, "two_in_a_file holds 2 items"),
    Plant("none_in_a_file", ACTION, {"def changes(": "def modifies("}, ITEM, "none_in_a_file holds 0 items"),
)

# ── what can be loaded and is wrong all the same ─────────────────────────────────────────────────────────────────────

SAYS, TRAP = "test_an_item_says_in_plain_words_what_it_is", "test_no_trap_is_left_open"
NO_MISS = 'Example("miss", "nobody is blocked", {"blocked_senders": []}),'
TWO_SENDERS = {
    '"reason": "OutboundSpamLast24Hours=4812"}': '"reason": "spam"}, {"sender": "bob@contoso.example"}',
    "sender.notnull())": "sender.notnull()).limit(1)",
}
BUILT_SQL = {"    rows = blocked_senders.filter(": '    rows = blocked_senders.sql(f"SELECT * FROM {1}").filter('}
WRITES = {
    "import Write\n": "import Ticket, Write\n",
    "        return account(tenant": (
        "        at = f\"/v1.0/users/{account(tenant, self.user)['id']}\"\n"
        '        tenant.send(Write("PATCH", at, {}), Ticket([Write("PATCH", at, {})]))\n'
        "        return account(tenant"
    ),
}
MARKS = {"        if state[": '        state["seen"] = True\n        if state['}
ENABLES = {'{"accountEnabled": False})': '{"accountEnabled": True})'}
UNDOES_NOTHING = {'{"accountEnabled": True})': '{"accountEnabled": False})'}
FRAME = "    rows = sign_ins[sign_ins["
CAST = {"as_flag(record, '$.TemporaryBlock')": "CAST(as_text(record, '$.TemporaryBlock') AS BOOLEAN)"}
UNCERTAIN = {"as_flag(record, '$.TemporaryBlock')": "as_text(record, '$.TemporaryBlock')"}
BAD = (
    Plant("misnamed", DETECTION, {"def misnamed(": "def called_otherwise("}, ITEM, "called_otherwise"),
    Plant("misnamed_story", STORY, {}, ITEM, "misnamed_story"),
    Plant("wordless_importer", IMPORTER, {"Raw unified audit records (AuditData objects).": ""}, SAYS, "wordless"),
    Plant("wordless_record", RECORD, {"An account stopped from sending.": ""}, SAYS, "wordless"),
    Plant("filled_by_nobody", TABLE, {}, "test_every_table_is_filled_by_a_record", "filled_by_nobody"),
    # detections
    Plant(
        "of_misspelt_column",
        DETECTION,
        {"=rows.sender,": "=rows.sent_by,"},
        "test_an_example_finds",
        "has no attribute",
    ),
    Plant("without_miss", DETECTION, {NO_MISS: ""}, "test_a_detection_shows_a_hit_a_miss", "'look-alike'"),
    Plant("first_of_rows", DETECTION, TWO_SENDERS, "test_order_and_repetition_of_rows", "ana@.*bob@|bob@.*ana@"),
    Plant(
        "crash_on_empty",
        DETECTION,
        refined('frame.assign(subject=frame["subject"].iloc[0])'),
        "test_nothing_is_found_in_nothing",
        "IndexError",
    ),
    Plant("built_sql", DETECTION, BUILT_SQL, f"{TRAP}[query put together]", "detections/built_sql.py"),
    # actions
    Plant("writes_while_looking", ACTION, WRITES, "test_observing_and_planning_write_nothing", "PATCH"),
    Plant("makes_a_ticket", ACTION, WRITES, f"{TRAP}[ticket]", "actions/makes_a_ticket.py"),
    Plant("changes_its_input", ACTION, MARKS, "test_changes_follow_from_the_state_alone", "seen"),
    Plant("never_done", ACTION, ENABLES, "test_after_apply_nothing_is_left", "verified"),
    Plant("undoes_nothing", ACTION, UNDOES_NOTHING, "test_undo_restores_what_was_observed", "undone"),
    # records, importers, sources
    Plant("fails_on_odd_shapes", RECORD, CAST, "test_a_wrong_shape_costs_no_row", "Could not convert string"),
    Plant("of_another_type", RECORD, UNCERTAIN, "test_a_select_gives_columns_of_its_table", "BOOLEAN"),
    Plant("of_another_row", RECORD, {'"temporary": True': '"temporary": None'}, "test_sample", "'temporary': True"),
    Plant(
        "miscounted",
        IMPORTER,
        told_by("theirs") | {"records=2": "records=3"},
        "test_the_example_of_each",
        "complete', 3",
    ),
    Plant("shadowed", IMPORTER, {}, "test_the_example_of_each", "audit_json"),
    Plant("of_foreign_table", SOURCE, {'("blocked_senders",)': '("users",)'}, "test_source_is_described", "users"),
    Plant("of_unsaid_limits", SOURCE, {"    Limits: ": "    By the way: "}, "test_source_is_described", "Limits:"),
    # charts
    Plant("untitled", CHART, {"title, _alt(title, own, theirs)": '"", ""'}, "test_the_words_are_the_same", "3"),
    Plant("changes_its_frame", CHART, {FRAME: f'    sign_ins["ip"] = "?"\n{FRAME}'}, "test_drawing_changes", "ip"),
)

# ── what leans on the wrong module ───────────────────────────────────────────────────────────────────────────────────

LEANING = (
    Plant("fetches", DETECTION, {"import ibis\n": "import ibis\nimport requests\n"}, "Only the tenant", "requests"),
    Plant(
        "leans_on_sibling",
        DETECTION,
        {"from kit.detection ": "from kit.detections import mass_mail\nfrom kit.detection "},
        "An item on a shelf never imports another one",
        "kit.detections.mass_mail",
    ),
    Plant(
        "has_buttons",
        CHART,
        {"import numpy as np\n": "import ipywidgets\nimport numpy as np\n"},
        "Only panels have buttons",
        "ipywidgets",
    ),
    Plant(
        "asks_the_tenant",
        DETECTION,
        {"from kit.detection ": "from kit.tenant.client import Tenant\nfrom kit.detection "},
        "Meaning is apart from fetching",
        "kit.tenant",
    ),
)
