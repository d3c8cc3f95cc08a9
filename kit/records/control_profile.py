"""A Secure Score control profile, in the shape of Microsoft Graph."""

from __future__ import annotations

from kit.record import Record, Sample

PROFILES = """
WITH read AS (
    SELECT record_id, record,
        list_reverse_sort(list_transform(from_json(try_cast(record AS JSON) -> '$.controlStateUpdates', '["JSON"]'),
        lambda x: {'updated': coalesce(x ->> '$.updatedDateTime', ''), 'state': x ->> '$.state'})) AS updates FROM raw
)
SELECT record_id, as_text(record, '$.id') AS control, as_text(record, '$.title') AS title,
    as_text(record, '$.controlCategory') AS category, as_number(record, '$.maxScore') AS max_score,
    as_text(record, '$.tier') AS tier, as_text(record, '$.service') AS service,
    as_text(record, '$.implementationCost') AS effort, as_text(record, '$.userImpact') AS user_impact,
    as_texts(record, '$.threats') AS threats, as_whole(record, '$.rank') AS rank,
    as_text(record, '$.actionUrl') AS action_url, as_text(record, '$.remediation') AS remediation,
    as_flag(record, '$.deprecated') AS deprecated, updates[1].state AS state
FROM read WHERE as_text(record, '$.id') IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="the latest state an administrator set, whatever the order",
        record='{"id":"AdminMFAV2","title":"Require MFA for administrative roles","controlCategory":"Identity",'
        '"maxScore":10.0,"tier":"Core",'
        '"service":"AzureAD","implementationCost":"Low","userImpact":"Low","threats":["Account Breach"],"rank":1,'
        '"deprecated":false,'
        '"controlStateUpdates":[{"state":"Ignored","updatedDateTime":"2026-10-01T00:00:00Z"},{"state":"Default",'
        '"updatedDateTime":"2026-01-01T00:00:00Z"}]}',
        rows={"control_profiles": [{"control": "AdminMFAV2", "max_score": 10.0, "state": "Ignored", "rank": 1}]},
    ),
    Sample(
        says="odd: one threat as text, HTML in the remediation, rank as text, no updates",
        record='{"id":"11770.MDA_Google","threats":"Data Spillage","rank":"7","remediation":"<p onclick=x>Do</p>",'
        '"controlStateUpdates":null}',
        rows={
            "control_profiles": [
                {"threats": ["Data Spillage"], "rank": 7, "state": None, "remediation": "<p onclick=x>Do</p>"}
            ]
        },
    ),
)

RECORD = Record("control_profile", "What a Secure Score control asks for.", {"control_profiles": PROFILES}, SAMPLES)
