"""Secure Score: ninety days of scores and the profiles of their controls.

The shape is that of live answers, quirks included (record_quirks 23): licensedUserCount is 0, a control score's
count, total and on are strings and often absent, SeatSizeRangeLowerValue is a capitalised string, remediation is HTML.
"""

from __future__ import annotations

import csv
from datetime import timedelta
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from kit.simulator.company import Company
from kit.simulator.dice import dice
from kit.simulator.shapes.stamps import graph

Json = dict[str, Any]
TABLE = Path(__file__).with_name("controls.csv")
DAYS = 90
VENDOR = {"provider": "SecureScore", "providerVersion": None, "subProvider": None, "vendor": "Microsoft"}


@cache
def controls() -> tuple[dict[str, str], ...]:
    """The table of controls."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(line for line in file if not line.startswith("#")))


def secure_scores(company: Company) -> dict[str, Json]:
    """Key id → secureScore, one a day, the newest last."""
    found = {}
    for age in reversed(range(DAYS)):
        day = company.now.date() - timedelta(days=age)
        ident = f"{company.tenant_id}_{day.isoformat()}"
        found[ident] = _score(company, ident, f"{day.isoformat()}T00:00:00Z", age)
    return found


def control_profiles(company: Company) -> dict[str, Json]:
    """Key control id → secureScoreControlProfile."""
    return {row["id"]: _profile(company, row, rank) for rank, row in enumerate(controls(), 1)}


def _score(company: Company, ident: str, stamp: str, age: int) -> Json:
    scores = [_control(company, row, age) for row in controls()]
    most = sum(float(row["max"]) for row in controls())
    size = len(company.members)
    return {
        "id": ident, "azureTenantId": company.tenant_id,
        "activeUserCount": sum(bool(p.licence) for p in company.members), "createdDateTime": stamp,
        "currentScore": round(sum(score["score"] for score in scores), 2),
        "enabledServices": ["HasExchange", "HasSharePoint", "HasEOP", "HasAADP1"], "licensedUserCount": 0,
        "maxScore": most,
        "averageComparativeScores": [
            {"basis": "AllTenants", "averageScore": 41.7},
            {
                "basis": "TotalSeats", "averageScore": 46.2, "SeatSizeRangeLowerValue": str(size // 10 * 10),
                "SeatSizeRangeUpperValue": str(size // 10 * 10 + 99),
            },
        ],
        "controlScores": scores, "vendorInformation": VENDOR,
    }  # fmt: skip


def _control(company: Company, row: dict[str, str], age: int) -> Json:
    percent = share(company, row, age)
    score = {
        "controlCategory": row["category"], "controlName": row["id"],
        "description": f"<p>{escape(row['title'])}.</p>", "score": round(float(row["max"]) * percent / 100, 2),
        "scoreInPercentage": float(percent),
        "implementationStatus": f"You have {percent}% of what this control asks for.", "source": row["service"],
        "lastSynced": graph(company.now - timedelta(days=age, hours=20)),
    }  # fmt: skip
    if row["category"] == "Identity" and row["id"] != "OneAdmin":
        total = len(company.members)
        score |= {"count": str(total * percent // 100), "total": str(total), "on": str(percent == 100).lower()}
    elif row["service"] == "MDO":
        score["on"] = str(percent == 100).lower()
    return score


def share(company: Company, row: dict[str, str], age: int) -> int:
    """How much of a control was earned `age` days ago, in percent: it changes on one day of its own."""
    first, last = int(row["first"]), int(row["last"])
    changed = dice(company.seed, "control", row["id"]).randrange(12, 80)
    return first if age > changed else last


def _profile(company: Company, row: dict[str, str], rank: int) -> Json:
    steps = f"<ol><li>{escape(row['step'])}.</li><li>Wait a day and look at the score again.</li></ol>"
    update = {"assignedTo": None, "comment": None, "state": "Default", "updatedBy": None,
              "updatedDateTime": graph(company.start - timedelta(days=40))}  # fmt: skip
    return {
        "id": row["id"], "azureTenantId": company.tenant_id, "actionType": "Config",
        "actionUrl": f"https://security.microsoft.example/{row['service'].casefold()}",
        "controlCategory": row["category"], "title": row["title"], "deprecated": False,
        "implementationCost": row["cost"], "lastModifiedDateTime": None, "maxScore": float(row["max"]),
        "rank": rank, "remediation": f"<p>To earn these points:</p>{steps}",
        "remediationImpact": f"<p>Impact on users: {row['impact'].casefold()}.</p>", "service": row["service"],
        "threats": row["threats"].split(";"), "tier": row["tier"], "userImpact": row["impact"],
        "complianceInformation": [], "controlStateUpdates": [update], "vendorInformation": VENDOR,
    }  # fmt: skip
