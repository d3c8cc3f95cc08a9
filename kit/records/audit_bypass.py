"""An audit bypass association, in the shape of Exchange's Get-MailboxAuditBypassAssociation.

Context: `user` where one account was asked for, else `users` (object id → user principal name).
"""

from __future__ import annotations

from kit.record import Record, Sample

# The cmdlet does not tell user principal names; the context does.
BYPASS = """
WITH read AS (
    SELECT *, coalesce(as_folded(context, '$.user'),
        CASE WHEN regexp_matches(as_text(record, '$.ObjectId'), '^[\\w-]+$')
            THEN as_folded(context, '$.users."' || as_text(record, '$.ObjectId') || '"') END,
        as_folded(record, '$.UserPrincipalName'), address_in(as_text(record, '$.Identity')),
        as_folded(record, '$.Name'), as_folded(record, '$.Identity')) AS user
    FROM raw
)
SELECT record_id, user,
    coalesce(as_flag(record, '$.AuditBypassEnabled'), as_flag(record, '$.AuditByPassEnabled')) AS bypassed
FROM read WHERE user IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="an account that leaves no records, asked for by name",
        record='{"Identity":"ana","Name":"ana","AuditBypassEnabled":true}',
        context={"user": "Ana@contoso.example"},
        rows={"audit_bypass": [{"user": "ana@contoso.example", "bypassed": True}]},
    ),
    Sample(
        says="one of all accounts, told by its id",
        record='{"Identity":"Ana Ba","Name":"ana","ObjectId":"6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0",'
        '"AuditBypassEnabled":false}',
        context={"users": {"6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0": "Ana@contoso.example"}},
        rows={"audit_bypass": [{"user": "ana@contoso.example", "bypassed": False}]},
    ),
    Sample(
        says="odd: the flag as text, nothing but a name",
        record='{"Name":"Ana Ba","AuditBypassEnabled":"False","Identity":null}',
        rows={"audit_bypass": [{"user": "ana ba", "bypassed": False}]},
    ),
)

RECORD = Record("audit_bypass", "Whether an account's mailbox actions are recorded.", {"audit_bypass": BYPASS}, SAMPLES)
