"""A permission on a mailbox: Exchange's Get-MailboxPermission or Get-RecipientPermission.

Context: `mailbox`, `mailbox_id`.
"""

from __future__ import annotations

from kit.record import Record, Sample

PERMISSIONS = """
WITH read AS (
    SELECT record_id, record, context,
        coalesce(as_folded(record, '$.User'), as_folded(record, '$.Trustee'),
            as_folded(record, '$.UserWithDisplayName')) AS trustee,
        list_filter(flatten(list_transform(as_texts(record, '$.AccessRights'),
            lambda x: list_transform(string_split(regexp_replace(x, '[{}]', '', 'g'), ','), lambda y: trim(y)))),
            lambda x: x <> '') AS rights
    FROM raw
)
SELECT record_id, coalesce(as_folded(context, '$.mailbox'), address_in(as_text(record, '$.Identity'))) AS mailbox,
    as_text(context, '$.mailbox_id') AS mailbox_id, trustee, rights, as_flag(record, '$.IsInherited') AS inherited,
    coalesce(as_flag(record, '$.Deny'), lower(as_text(record, '$.AccessControlType')) = 'deny') AS denied,
    trustee IN ('nt authority\\self', 's-1-5-10') AS is_self
FROM read WHERE trustee IS NOT NULL AND len(rights) > 0
"""

SAMPLES = (
    Sample(
        says="full access given to a colleague",
        record='{"Identity":"ana","User":"Bo@contoso.example","AccessRights":["FullAccess"],"IsInherited":false,'
        '"Deny":false}',
        context={"mailbox": "Ana@contoso.example", "mailbox_id": "u1"},
        rows={
            "mailbox_permissions": [
                {
                    "mailbox": "ana@contoso.example",
                    "trustee": "bo@contoso.example",
                    "rights": ["FullAccess"],
                    "is_self": False,
                }
            ]
        },
    ),
    Sample(
        says="send as, told by Get-RecipientPermission",
        record='{"Identity":"ana","Trustee":"bo@contoso.example","AccessControlType":"Allow",'
        '"AccessRights":["SendAs"],"IsInherited":false}',
        context={"mailbox": "ana@contoso.example"},
        rows={"mailbox_permissions": [{"rights": ["SendAs"], "denied": False}]},
    ),
    Sample(
        says="odd: the owner's own entry, rights as one text in braces, no context",
        record='{"Identity":"ana@contoso.example","User":"NT AUTHORITY\\\\SELF",'
        '"AccessRights":"{FullAccess, ReadPermission}","IsInherited":"True"}',
        rows={
            "mailbox_permissions": [
                {
                    "mailbox": "ana@contoso.example",
                    "is_self": True,
                    "rights": ["FullAccess", "ReadPermission"],
                    "inherited": True,
                    "denied": None,
                }
            ]
        },
    ),
)

RECORD = Record(
    "mailbox_permission", "What somebody may do with a mailbox.", {"mailbox_permissions": PERMISSIONS}, SAMPLES
)
