"""Views: what notebooks show of a case, one call a cell. Each can be read without a kernel, as in an export.

views.overview(case)               which accounts, how entered, what was read, sent, changed and done about it
views.standing(case)               the same in one line an account
views.coverage(case)               what limits the answer, and all that was asked
views.findings(case, account)      the findings about an account, worst first, with reasons for and against
views.all_findings(case)           all findings of the case, to search and sort
views.timeline(case, account)      the numbered steps of the attack
views.indicators(case, account)    whose addresses and sessions are whose, and why
views.sign_ins(case, account)      every sign-in, to search and sort, those taken to be the attacker's first
views.bearing(case)                the Secure Score controls that bear on what happened
views.score_changes(case)          when which control won or lost points
views.controls(case)               every control, by what is still to be gained
views.deeds(case)                  what was previewed, changed, read back and undone
views.report(case)                 writes the report, says where it lies and what it comes to
views.suspect(case)                the account with the strongest case, by name
"""

from __future__ import annotations

from kit.views.answer import overview, report, standing, suspect
from kit.views.deeds import deeds
from kit.views.evidence import all_findings, findings, indicators, sign_ins, timeline
from kit.views.rests import coverage
from kit.views.settings import bearing, controls, score_changes
from kit.views.view import View

__all__ = [
    "View", "all_findings", "bearing", "controls", "coverage", "deeds", "findings", "indicators", "overview", "report",
    "score_changes", "sign_ins", "standing", "suspect", "timeline",
]  # fmt: skip
