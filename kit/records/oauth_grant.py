"""A delegated permission grant, in the shape of Microsoft Graph.

Context: `apps` (service principal id → {app_id, app}), `users` (object id → user principal name).
"""

from __future__ import annotations

from kit.record import Record, Sample

GRANTS = """
WITH read AS (
    SELECT record_id, record, context, as_text(record, '$.clientId') AS client_id, as_text(record,
        '$.principalId') AS user_id,
        regexp_matches(as_text(record, '$.clientId'), '^[\\w-]+$') AS plain_client,
        regexp_matches(as_text(record, '$.principalId'), '^[\\w-]+$') AS plain_user
    FROM raw
)
SELECT record_id, as_text(record, '$.id') AS id, client_id,
    CASE WHEN plain_client THEN as_text(context, '$.apps."' || client_id || '".app_id') END AS app_id,
    CASE WHEN plain_client THEN as_text(context, '$.apps."' || client_id || '".app') END AS app,
    as_text(record, '$.consentType') AS consent_type, user_id,
    CASE WHEN plain_user THEN as_folded(context, '$.users."' || user_id || '"') END AS user,
    as_text(record, '$.resourceId') AS resource_id,
    list_filter(string_split(as_text(record, '$.scope'), ' '), lambda x: x <> '') AS scopes
FROM read WHERE as_text(record, '$.id') IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="one person's consent: scopes apart, application and person by name",
        record='{"id":"g1","clientId":"8e0d4a7b-aaaa-4bbb-8ccc-0123456789ab","consentType":"Principal",'
        '"principalId":"u1",'
        '"resourceId":"r1","scope":" Mail.Read offline_access "}',
        context={
            "apps": {"8e0d4a7b-aaaa-4bbb-8ccc-0123456789ab": {"app_id": "a1", "app": "eM Client"}},
            "users": {"u1": "Ana@contoso.example"},
        },
        rows={
            "oauth_grants": [
                {
                    "app": "eM Client",
                    "app_id": "a1",
                    "user": "ana@contoso.example",
                    "scopes": ["Mail.Read", "offline_access"],
                }
            ]
        },
    ),
    Sample(
        says="odd: a client id that would break a path, no principal, no scope, no context",
        record='{"id":"g2","clientId":"x\\".*","consentType":"AllPrincipals","principalId":null,"scope":null}',
        rows={"oauth_grants": [{"client_id": 'x".*', "app": None, "user": None, "scopes": None}]},
    ),
)

RECORD = Record("oauth_grant", "What an application may do on somebody's behalf.", {"oauth_grants": GRANTS}, SAMPLES)
