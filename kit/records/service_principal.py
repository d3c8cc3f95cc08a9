"""A service principal, in the shape of Microsoft Graph."""

from __future__ import annotations

from kit.record import Record, Sample

PRINCIPALS = """
SELECT record_id, as_text(record, '$.id') AS id, as_text(record, '$.appId') AS app_id,
    coalesce(as_text(record, '$.displayName'), as_text(record, '$.appDisplayName')) AS app,
    as_flag(record, '$.accountEnabled') AS enabled, as_text(record, '$.servicePrincipalType') AS type,
    as_time(record, '$.createdDateTime') AS created,
    coalesce(as_text(record, '$.verifiedPublisher.displayName'), as_text(record, '$.publisherName')) AS publisher,
    CASE WHEN json_exists(try_cast(record AS JSON), '$.verifiedPublisher')
        THEN as_text(record, '$.verifiedPublisher.verifiedPublisherId') IS NOT NULL END AS verified_publisher,
    as_text(record, '$.appOwnerOrganizationId') AS owner_tenant,
    nullif(as_texts(record, '$.replyUrls'), []) AS reply_urls
FROM raw WHERE as_text(record, '$.id') IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="a verified publisher's application",
        record='{"id":"sp1","appId":"a1","displayName":"Zapier","accountEnabled":true,'
        '"servicePrincipalType":"Application",'
        '"createdDateTime":"2026-11-20T10:00:00Z","verifiedPublisher":{"displayName":"Zapier",'
        '"verifiedPublisherId":"42"},'
        '"appOwnerOrganizationId":"t2","replyUrls":["https://zapier.example/cb"]}',
        rows={
            "service_principals": [
                {
                    "app": "Zapier",
                    "verified_publisher": True,
                    "publisher": "Zapier",
                    "reply_urls": ["https://zapier.example/cb"],
                }
            ]
        },
    ),
    Sample(
        says="odd: no publisher told, reply URLs empty, a name with markup, flags as text",
        record='{"id":"sp2","appId":null,"displayName":"<script>","accountEnabled":"false","replyUrls":[],'
        '"verifiedPublisher":null}',
        rows={
            "service_principals": [
                {"app": "<script>", "enabled": False, "verified_publisher": False, "reply_urls": None}
            ]
        },
    ),
)

RECORD = Record(
    "service_principal", "An application present in the tenant.", {"service_principals": PRINCIPALS}, SAMPLES
)
