"""A risky user, in the shape of Microsoft Graph."""

from __future__ import annotations

from kit.record import Record, Sample

RISKY = """
SELECT record_id, as_text(record, '$.id') AS id, as_folded(record, '$.userPrincipalName') AS user,
    as_text(record, '$.riskLevel') AS level, as_text(record, '$.riskState') AS state,
    as_text(record, '$.riskDetail') AS risk_detail, as_time(record, '$.riskLastUpdatedDateTime') AS updated
FROM raw WHERE as_text(record, '$.id') IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="an account at high risk",
        record='{"id":"u1","userPrincipalName":"Ana@contoso.example","riskLevel":"high","riskState":"atRisk",'
        '"riskDetail":"none",'
        '"riskLastUpdatedDateTime":"2026-11-20T09:31:00Z","isDeleted":false}',
        rows={"risky_users": [{"user": "ana@contoso.example", "level": "high", "state": "atRisk"}]},
    ),
    Sample(
        says="odd: on P1 levels are hidden, the portal's date, no name",
        record='{"id":"u2","userPrincipalName":"","riskLevel":"hidden",'
        '"riskLastUpdatedDateTime":"7/18/2026 3:01:38 PM"}',
        rows={"risky_users": [{"user": None, "level": "hidden", "state": None}]},
    ),
)

RECORD = Record("risky_user", "A user Identity Protection holds to be at risk.", {"risky_users": RISKY}, SAMPLES)
