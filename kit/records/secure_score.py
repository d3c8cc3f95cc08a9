"""A day's Secure Score, in the shape of Microsoft Graph: the score, and what each control earned."""

from __future__ import annotations

from kit.record import Record, Sample

SCORES = """
WITH read AS (
    SELECT record_id, record, from_json(try_cast(record AS JSON) -> '$.averageComparativeScores',
        '["JSON"]') AS averages FROM raw
)
SELECT record_id, as_text(record, '$.id') AS id, as_time(record, '$.createdDateTime') AS time,
    as_number(record, '$.currentScore') AS score, as_number(record, '$.maxScore') AS max_score,
    as_whole(record, '$.licensedUserCount') AS licensed_users, as_whole(record, '$.activeUserCount') AS active_users,
    as_number(list_filter(averages, lambda x: x ->> '$.basis' = 'AllTenants')[1],
        '$.averageScore') AS average_all_tenants,
    as_number(list_filter(averages, lambda x: x ->> '$.basis' = 'TotalSeats')[1], '$.averageScore') AS average_similar
FROM read WHERE as_text(record, '$.id') IS NOT NULL
"""

# The extra members of live answers come as text where they are counts ("total": "29").
CONTROLS = """
WITH read AS (
    SELECT record_id, record, unnest(from_json(try_cast(record AS JSON) -> '$.controlScores', '["JSON"]')) AS control
        FROM raw
)
SELECT record_id, as_text(record, '$.id') AS id, as_time(record, '$.createdDateTime') AS time,
    as_text(control, '$.controlName') AS control, as_text(control, '$.controlCategory') AS category,
    as_number(control, '$.score') AS score, as_number(control, '$.scoreInPercentage') AS percentage,
    as_text(control, '$.implementationStatus') AS status,
    coalesce(as_text(control, '$.controlState'), as_text(control, '$.state')) AS state
FROM read WHERE as_text(record, '$.id') IS NOT NULL AND as_text(control, '$.controlName') IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="two controls, averages by basis",
        record='{"id":"t1_2026-11-20","createdDateTime":"2026-11-20T00:00:00Z","currentScore":387.0,'
        '"maxScore":697.0,"licensedUserCount":100,'
        '"activeUserCount":0,"averageComparativeScores":[{"basis":"TotalSeats",'
        '"averageScore":46.0},{"basis":"AllTenants","averageScore":37.0}],'
        '"controlScores":[{"controlCategory":"Identity","controlName":"AdminMFAV2","score":10.0,'
        '"scoreInPercentage":100.0,'
        '"implementationStatus":"You have 0 users without MFA.","count":"3",'
        '"total":"29"},{"controlCategory":"Data","controlName":"dlp","score":0}]}',
        rows={
            "secure_scores": [
                {"score": 387.0, "licensed_users": 100, "average_all_tenants": 37.0, "average_similar": 46.0}
            ],
            "secure_score_controls": [
                {"control": "AdminMFAV2", "score": 10.0, "percentage": 100.0},
                {"control": "dlp", "score": 0.0, "percentage": None},
            ],
        },
    ),
    Sample(
        says="odd: numbers as text, averages missing, controls null",
        record='{"id":"t1_2026-11-21","createdDateTime":"2026-11-21T00:00:00Z","currentScore":"12.5",'
        '"maxScore":null,"licensedUserCount":"0",'
        '"controlScores":null}',
        rows={
            "secure_scores": [
                {
                    "score": 12.5,
                    "max_score": None,
                    "licensed_users": 0,
                    "average_all_tenants": None,
                    "average_similar": None,
                }
            ],
            "secure_score_controls": [],
        },
    ),
)

RECORD = Record(
    "secure_score",
    "Secure Score of one day.",
    {"secure_scores": SCORES, "secure_score_controls": CONTROLS},
    SAMPLES,
)
