"""A user account, in the shape of Microsoft Graph."""

from __future__ import annotations

from kit.record import Record, Sample

# Graph tells null for an account that was never synchronised: that is an answer, absence of the key is none.
USERS = """
SELECT record_id, as_text(record, '$.id') AS id, as_folded(record, '$.userPrincipalName') AS user,
    as_text(record, '$.displayName') AS name, as_flag(record, '$.accountEnabled') AS enabled,
    as_folded(record, '$.userType') AS user_type,
    CASE WHEN json_exists(try_cast(record AS JSON), '$.onPremisesSyncEnabled')
        THEN coalesce(as_flag(record, '$.onPremisesSyncEnabled'), false) END AS synced,
    as_time(record, '$.createdDateTime') AS created,
    as_time(record, '$.lastPasswordChangeDateTime') AS last_password_change,
    as_time(record, '$.signInSessionsValidFromDateTime') AS sessions_valid_from,
    as_text(record, '$.department') AS department, as_text(record, '$.jobTitle') AS job_title,
    as_folded(record, '$.mail') AS mail,
    list_sort(list_distinct(list_filter(list_transform(as_texts(record, '$.proxyAddresses'),
        lambda x: address_in(x)), lambda x: x IS NOT NULL))) AS addresses,
    list_sort(list_distinct(list_transform(list_filter(from_json(try_cast(record AS JSON) -> '$.assignedPlans',
        '["JSON"]'),
        lambda x: x ->> '$.capabilityStatus' = 'Enabled'), lambda x: x ->> '$.service'))) AS licences
FROM raw WHERE as_text(record, '$.id') IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="an account of the cloud: names folded, addresses without their prefix, plans in use only",
        record='{"id":"6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0","userPrincipalName":"Ana@Contoso.example",'
        '"displayName":"Ana",'
        '"accountEnabled":true,"userType":"Member","onPremisesSyncEnabled":null,'
        '"createdDateTime":"2021-02-03T04:05:06Z",'
        '"lastPasswordChangeDateTime":"2026-11-01T08:00:00Z","mail":"Ana@contoso.example",'
        '"proxyAddresses":["SMTP:Ana@contoso.example","smtp:a.b@contoso.example","X500:/o=Ex/cn=ana"],'
        '"assignedPlans":[{"capabilityStatus":"Enabled","service":"exchange"},{"capabilityStatus":"Deleted",'
        '"service":"x"}]}',
        rows={
            "users": [
                {
                    "user": "ana@contoso.example",
                    "enabled": True,
                    "user_type": "member",
                    "synced": False,
                    "addresses": ["a.b@contoso.example", "ana@contoso.example"],
                    "licences": ["exchange"],
                }
            ]
        },
    ),
    Sample(
        says="odd: text where lists belong, a date that is none, keys that are missing",
        record='{"id":"u2","userPrincipalName":7,"accountEnabled":"True","proxyAddresses":"smtp:B@x.example",'
        '"assignedPlans":"none","createdDateTime":"soon"}',
        rows={
            "users": [
                {
                    "id": "u2",
                    "user": "7",
                    "enabled": True,
                    "synced": None,
                    "created": None,
                    "addresses": ["b@x.example"],
                }
            ]
        },
    ),
)

RECORD = Record("user", "A user account.", {"users": USERS}, SAMPLES)
