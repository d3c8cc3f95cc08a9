"""An authentication method, in the shape of Microsoft Graph. Context: `user`, `user_id`."""

from __future__ import annotations

from kit.record import Record, Sample

METHODS = """
SELECT record_id, as_text(record, '$.id') AS id, as_folded(context, '$.user') AS user,
    as_text(context, '$.user_id') AS user_id,
    coalesce(nullif(regexp_extract(as_text(record, '$."@odata.type"'), 'graph\\.(\\w+?)(AuthenticationMethod)?$', 1),
        ''),
        as_text(record, '$."@odata.type"')) AS method,
    coalesce(as_text(record, '$.displayName'), as_text(record, '$.phoneNumber'), as_text(record, '$.emailAddress'),
        as_text(record, '$.deviceTag')) AS name,
    record AS detail, as_time(record, '$.createdDateTime') AS created
FROM raw WHERE as_text(record, '$.id') IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="a telephone: kind out of the type, number as its name",
        record='{"@odata.type":"#microsoft.graph.phoneAuthenticationMethod",'
        '"id":"3179e48a-750b-4051-897c-87b9720928f7",'
        '"phoneNumber":"+1 5555550199","phoneType":"mobile","createdDateTime":"2026-11-20T09:31:00.1234567Z"}',
        context={"user": "Ana@contoso.example", "user_id": "u1"},
        rows={
            "authentication_methods": [
                {"user": "ana@contoso.example", "user_id": "u1", "method": "phone", "name": "+1 5555550199"}
            ]
        },
    ),
    Sample(
        says="an authenticator of a type not known yet, without context",
        record='{"@odata.type":"#microsoft.graph.hologramAuthenticationMethod","id":"m2","displayName":"iPhone <img>"}',
        rows={"authentication_methods": [{"id": "m2", "method": "hologram", "name": "iPhone <img>", "user": None}]},
    ),
)

RECORD = Record(
    "authentication_method",
    "A method somebody can prove themselves with.",
    {"authentication_methods": METHODS},
    SAMPLES,
)
