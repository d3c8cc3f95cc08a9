"""An audit bypass association, in the shape of Exchange's Get-MailboxAuditBypassAssociation. Context: `user`."""

from __future__ import annotations

from kit.record import Record, Sample

# The cmdlet does not tell user principal names; where it was asked for one account, the context does.
BYPASS = """
WITH read AS (
    SELECT *, coalesce(as_folded(context, '$.user'), as_folded(record, '$.UserPrincipalName'),
        address_in(as_text(record, '$.Identity')),
        address_in(as_text(record, '$.Name')), as_folded(record, '$.Name'), as_folded(record, '$.Identity')) AS user
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
        says="odd: the flag as text, nothing but a name",
        record='{"Name":"Ana Ba","AuditBypassEnabled":"False","Identity":null}',
        rows={"audit_bypass": [{"user": "ana ba", "bypassed": False}]},
    ),
)

RECORD = Record("audit_bypass", "Whether an account's mailbox actions are recorded.", {"audit_bypass": BYPASS}, SAMPLES)
