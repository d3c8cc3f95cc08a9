"""The report stands on its own, hides nothing, runs nothing, asks for nothing, and puts coverage before findings."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from kit import render, report
from kit.chart import CHARTS
from kit.coverage import Line
from kit.evidence import Evidence
from kit.finding import Finding, Findings
from kit.journal import Journal
from kit.report import deeds
from kit.story import Story
from kit.verdict import Verdict
from tests import samples
from tests.test_render import HOSTILE

LINES = [
    Line("source", "sign_ins", "complete", rows=1000, start="2026-08-26T00:00:00Z", end="2026-11-24T00:00:00Z"),
    Line("source", "risk_detections", "not licensed", why="needs Entra ID P2"),
    Line("file", "audit <b>2026.csv", "partial", rows=900, counts={"read": 910, "kept": 900, "rejected": 10}),
    Line("detection", "session_replay", "complete", rows=1),
    Line("detection", "password_spray", "not run", why="needs error_code, which no record here carries"),
]
OTHER = "marc.o'neil@contoso.example"


class SampleCase:
    """A case of real parts, without a tenant: what `kit.report.CaseLike` asks for. Pictures cost time: `drawn`."""

    def __init__(
        self,
        folder: Path,
        *,
        stories: list[Story],
        findings: list[Finding],
        lines: list[Line] = LINES,
        drawn: bool = True,
    ) -> None:
        self.name, self.folder, self.simulated = "Adele, November", folder, True
        self.tenant_id, self.tenant_name = "9d5f0000-0000-4000-8000-000000000001", "Contoso"
        self.journal = Journal(folder / "journal.jsonl")
        self.evidence = Evidence(folder, self.journal)
        self.evidence.keep(b'{"value": []}', source="sign_ins", kind="page")
        self.tables = {"sign_ins": samples.sign_ins(300), **samples.scores()} if drawn else {}
        self._stories, self._findings, self._lines = stories, findings, lines

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]

    def findings(self) -> Findings:
        return Findings(self._findings)

    def coverage(self) -> list[Line]:
        return self._lines

    def stories(self) -> list[Story]:
        return self._stories

    def chart(self, name: str, user: str = ""):
        story = next((story for story in self._stories if story.account == user), None)
        return CHARTS[name].picture(self.tables, story=story)


class Page(HTMLParser):
    """What of a page matters here: tags with attributes in order, headings, captions, text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.headings: list[tuple[int, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.unclosed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))
        if tag not in ("meta", "img", "source", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag):
        if self._open.pop() != tag:
            self.unclosed.append(tag)

    def handle_data(self, data):
        if self._open and self._open[-1] == "style":
            return
        self.text += data
        if self.headings and self._open and re.fullmatch("h[1-6]", self._open[-1]):
            level, heading = self.headings[-1]
            self.headings[-1] = (level, heading + data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def act(journal: Journal) -> None:
    """Journal lines as `kit.plan` writes them: one action done and verified, one refused."""
    base = {"plan": "00ff", "account": samples.ACCOUNT, "account_id": "id-1"}
    shown = {"action": "revoke_sessions", "parameters": {}, "status": "previewed", "changes": []}
    request = {"service": "graph", "method": "POST", "path": "/v1.0/users/id-1/revokeSignInSessions", "body": None}
    journal.write("connected", account="analyst@contoso.example", permissions=["AuditLog.Read.All", "User.Read.All"])
    journal.write("refused", **base, why="The name typed is not the account's.")
    journal.write("preview", **base, digest="d", steps=[shown])
    journal.write("intent", **base, key="00ff:1", action="revoke_sessions", request=request, undo=None)
    journal.write("result", **base, key="00ff:1", outcome="sent", note="")
    journal.write("verify", **base, action="revoke_sessions", status="verified", note="")


def sample_case(folder: Path, *, drawn: bool = True) -> SampleCase:
    """One account compromised, one to be reviewed, one action taken."""
    found = [
        samples.finding(),
        samples.finding("suspicious_inbox_rule", "critical", family="mailbox"),
        samples.finding("mass_mail", "medium", family="outbound", subject=OTHER, against=()),
    ]
    other = samples.story(account=OTHER)
    other = replace(other, verdict=Verdict(OTHER, 30.0, "review", ("outbound",), f"{OTHER} scores 30 of 100."))
    made = SampleCase(folder, stories=[samples.story(findings=tuple(found[:2])), other], findings=found, drawn=drawn)
    act(made.journal)
    return made


@pytest.fixture
def case(tmp_path: Path) -> SampleCase:
    """The sample case with little to draw."""
    return sample_case(tmp_path, drawn=False)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of the sample case, as HTML."""
    return report.page(sample_case(tmp_path_factory.mktemp("case")))


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    """The same, taken apart."""
    return Page(source)


@pytest.fixture
def quiet(tmp_path: Path) -> SampleCase:
    return SampleCase(tmp_path, stories=[], findings=[], drawn=False)


def test_nothing_runs_and_nothing_is_fetched(page, source):
    assert not [tag for tag, _ in page.tags if tag in ("script", "link", "iframe", "object", "embed", "form", "base")]
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "srcset"):
            assert attributes.get(name, "#").startswith(("#", "data:image/png;base64,")), (tag, attributes[name][:80])
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "url(" not in source
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")


def test_it_is_well_formed_and_readable_without_eyes(page):
    assert page.unclosed == []
    assert page.all("html") == [{"lang": "en"}]
    levels = [level for level, _ in page.headings]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(page.all("table")) == len(page.all("caption"))
    assert all(head.get("scope") in ("col", "row") for head in page.all("th"))
    assert all(len(image["alt"]) > 30 for image in page.all("img"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in page.all("a")} <= set(ids)


def test_the_order_is_summary_coverage_accounts_findings(page):
    titles = [text for level, text in page.headings if level == 2 and text[:1].isdigit()]
    assert [title.split(". ")[0] for title in titles] == [str(number) for number in range(1, 12)]
    starts = (
        "1. Summary",
        "2. Coverage",
        "3. Accounts",
        "4. Findings",
        "5. Other",
        "6. Actions",
        "7. Root",
        "8. Method",
    )
    assert [title.startswith(start) for title, start in zip(titles, starts, strict=False)] == [True] * 8


def test_the_first_page_answers_the_questions(page):
    summary = page.text.split("2. Coverage: what was looked at")[0]
    story = samples.story()
    assert story.account in summary
    assert "2026-11-03 02:14:09 UTC" in summary
    assert "Adversary in the middle" in summary
    for sentence in story.sentences.values():
        assert sentence in summary
    assert "1 action taken, 1 verified by reading back. revoke sessions: done and read back." in summary
    assert "risk detections: not licensed; needs Entra ID P2" in summary
    assert "SIMULATED TENANT" in summary


def test_every_finding_is_there_with_reasons_records_and_next_step(page, case):
    text = page.text
    for finding in case.findings():
        for part in (
            finding.title,
            finding.id,
            finding.next_step,
            *finding.reasons,
            *finding.against,
            *finding.record_ids,
        ):
            assert part in text, part
    section = text.split("4. Findings")[-1].split("5. Other accounts")[0]
    assert (
        section.index("Critical: act now (1)")
        < section.index("High: act today (1)")
        < section.index("Medium: look at it")
    )


def test_many_records_are_counted_not_lost(case):
    case._findings = [samples.finding(record_ids=tuple(f"0009:{n}" for n in range(100)))]
    assert "and 60 more, in findings.json" in Page(report.page(case)).text


def test_nothing_found_always_says_what_it_rests_on(quiet):
    text = Page(report.page(quiet)).text
    for claim in (
        "No account is called compromised.",
        "No detection that could run found anything.",
        "The journal holds no action.",
    ):
        assert claim in text
    coverage = "1 of 3 sources and files were read in full (not: risk_detections, audit <b>2026.csv)"
    for heading in ("No account is called compromised.", "No detection that could run found anything."):
        assert coverage in text.split(heading)[1][:400]
    assert "No action" not in text.split("6. Actions taken")[0].split("1. Summary")[1].split("What is not known")[0]


def test_detections_that_could_not_run_are_gathered_by_reason(quiet):
    reason = "needs sign_ins, which this case does not have"
    quiet._lines = [Line("detection", name, "not run", why=reason) for name in ("aitm_relay", "attack_tool")]
    text = Page(report.page(quiet)).text
    assert f"2 detections could not run: {reason}" in text
    assert "attack tool" in text.split("Detections that could not run")[1]


def test_an_empty_part_of_a_story_says_what_it_rests_on(case):
    story = case._stories[0]
    said = {**story.sentences, "sent": "No record shows mail sent by the attacker; this rests on 12 traces."}
    case._stories[0] = replace(story, sent=story.sent.head(0), sentences=said)
    section = Page(report.page(case)).text.split("3. Accounts called compromised")[-1]
    after = section.split("Mail sent")[1][:500]
    assert "this rests on 12 traces" in after
    assert "What this rests on." in after


def test_actions_are_told_from_preview_to_reading_back(page):
    section = page.text.split("6. Actions taken")[-1].split("7. Root cause")[0]
    table = section.split("in the order of the journal")[1]
    positions = [table.index(step) for step in ("refusal", "preview", "request", "reading back")]
    assert positions == sorted(positions)
    assert "POST /v1.0/users/id-1/revokeSignInSessions: sent, not read back yet. There is no way back." in section
    assert "done and read back" in section


def test_the_method_names_who_looked_and_with_which_permissions(page, quiet):
    assert "Signed in as analyst@contoso.example, with the permissions AuditLog.Read.All, User.Read.All." in page.text
    assert "No tenant was connected" in Page(report.page(quiet)).text


def test_an_intent_without_an_answer_is_unknown(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    request = {"method": "PATCH", "path": "/v1.0/users/id-1"}
    facts = {"plan": "p", "account": samples.ACCOUNT, "account_id": "id-1", "undo": None}
    journal.write("intent", **facts, key="p:1", action="disable_account", request=request)
    states = deeds.last_states(journal)
    assert states == {samples.ACCOUNT: {"disable_account": "unknown"}}
    assert "outcome unknown" in deeds.sentence(samples.ACCOUNT, states)
    assert "no answer was journalled: look again" in deeds.deeds(journal)["outcome"].item()
    assert deeds.status(samples.ACCOUNT, states).startswith("Partly done")
    assert deeds.status("someone@else.example", states).startswith("Open")


def test_the_controls_that_bear_on_the_way_in_have_their_points(case):
    case.tables = samples.scores()
    case._stories[0] = replace(case._stories[0], entry=replace(case._stories[0].entry, how="password spray"))
    section = Page(report.page(case)).text.split("7. Root cause and settings")[-1].split("8. Method")[0]
    assert "Block legacy authentication" in section
    assert "6.5 of 8" in section
    assert "not listed" in section  # aad_password_protection is not in this tenant's Secure Score


def hostile_case(folder: Path) -> tuple[SampleCase, list[str]]:
    """A case in which every name an attacker can choose is hostile, and those names."""
    # A Parquet column holds no lone surrogate, and nobody reads 40,000 characters.
    names = [text.encode("utf-8", "replace").decode()[:2_000] for text in HOSTILE if text]
    found = [
        samples.finding(title=n, subject=n, reasons=(n,), against=(n,), next_step=n, event_ids=(n,)) for n in names
    ]
    made = [samples.story(account=names[0], findings=tuple(found))]
    rows = pd.concat([made[0].timeline] * 4).head(len(names)).assign(number=range(1, len(names) + 1), what=names)
    made[0] = replace(
        made[0],
        timeline=rows.assign(network=names, phase=["initial access", *names[1:]]),
        indicators=pd.concat([made[0].indicators] * 10).head(len(names)).assign(value=names, reason=names),
        sent=pd.concat([made[0].sent] * 20).head(len(names)).head(len(names)).assign(subject=names, recipient=names),
        sentences=dict(zip(made[0].sentences, names, strict=False)),
    )
    weak = [samples.story(account=n) for n in names]
    made += [replace(w, verdict=Verdict(w.account, 30.0, "review", (), w.account)) for w in weak]
    lines = [Line("file", n, "failed", why=n) for n in names]
    return SampleCase(folder, stories=made, findings=found, lines=lines), names


def test_hostile_names_are_shown_and_do_nothing(tmp_path, page):
    made, names = hostile_case(tmp_path)
    source = report.page(made)
    ours = {tag for tag, _ in page.tags}
    page = Page(source)
    assert page.unclosed == []
    assert {tag for tag, _ in page.tags} <= ours
    assert len(page.all("img")) == 4
    assert not [a for _, a in page.tags if any(name.startswith("on") for name in a)]
    assert not set("\u202e\u200b\u3164\x00\x1b\x0b\u2028\ud800") & set(source)
    assert "http://" not in page.text
    assert "javascript:" not in page.text
    for name in names:
        assert page.text.count(render.plain(render.defang(name))[:300]) >= 5, name


def test_it_is_written_whole_and_journalled(case):
    before = case.journal.head
    path = report.write(case)
    assert path == case.folder / "report.html"
    text = path.read_text(encoding="utf-8")
    assert before in text
    assert [entry["file"] for entry in case.journal.read("report")] == ["report.html"]
    assert not list(case.folder.glob(".report*"))


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_it_and_asks_for_nothing(source, tmp_path, browser, scheme):
    path = tmp_path / "report.html"
    path.write_text(source, encoding="utf-8")
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    sizes = page.eval_on_selector_all("img", "all => all.map(image => [image.complete, image.naturalWidth])")
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    assert said == []
    assert sizes == [[True, 1122]] * 4
    assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(17, 20, 24)")
    assert overflow == 0


@pytest.mark.browser
def test_it_prints_to_pdf(case):
    made = report.pdf(report.write(case))
    assert made == case.folder / "report.pdf"
    content = made.read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in content  # tagged: a screen reader finds the headings


def test_without_a_browser_there_is_no_pdf_and_no_error(case, monkeypatch):
    monkeypatch.setattr(report.paper, "NAMES", ())
    monkeypatch.setattr(report.paper, "PLACES", ())
    monkeypatch.delenv("KIT_CHROMIUM", raising=False)
    assert report.pdf(report.write(case)) is None
