"""A mailbox, in the shape of Exchange's Get-Mailbox."""

from __future__ import annotations

from kit.record import Record, Sample

# AuditLogAgeLimit is a .NET time span: "90.00:00:00", or "12:00:00" below a day.
MAILBOXES = """
WITH read AS (
    SELECT record_id, record, coalesce(as_text(record, '$.ExternalDirectoryObjectId'), as_text(record, '$.Guid')) AS id,
        regexp_extract(as_text(record, '$.AuditLogAgeLimit'), '^(?:(\\d+)\\.)?(\\d+):(\\d+):(\\d+)$',
            ['days', 'hours', 'minutes', 'seconds']) AS age
    FROM raw
)
SELECT record_id, id, as_folded(record, '$.PrimarySmtpAddress') AS mailbox,
    as_folded(record, '$.UserPrincipalName') AS user, as_text(record, '$.DisplayName') AS name,
    as_text(record, '$.RecipientTypeDetails') AS type, as_folded(record, '$.ForwardingAddress') AS forwarding_address,
    address_in(as_text(record, '$.ForwardingSmtpAddress')) AS forwarding_smtp_address,
    as_flag(record, '$.DeliverToMailboxAndForward') AS deliver_and_forward,
    as_flag(record, '$.AuditEnabled') AS audit_enabled, as_texts(record, '$.AuditOwner') AS audit_owner,
    as_texts(record, '$.AuditDelegate') AS audit_delegate, as_texts(record, '$.AuditAdmin') AS audit_admin,
    as_texts(record, '$.DefaultAuditSet') AS default_audit_set,
    coalesce(try_cast(age.days AS DOUBLE), 0) + try_cast(age.hours AS DOUBLE) / 24 AS audit_age_days,
    as_flag(record, '$.LitigationHoldEnabled') AS litigation_hold
FROM read WHERE id IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="a mailbox that forwards outside and keeps a copy",
        record='{"ExternalDirectoryObjectId":"u1","UserPrincipalName":"Ana@contoso.example",'
        '"PrimarySmtpAddress":"Ana@contoso.example",'
        '"DisplayName":"Ana","RecipientTypeDetails":"UserMailbox","ForwardingAddress":null,'
        '"ForwardingSmtpAddress":"smtp:Drop@Evil.example",'
        '"DeliverToMailboxAndForward":true,"AuditEnabled":true,"AuditOwner":["MailboxLogin","Update"],'
        '"DefaultAuditSet":["Admin","Delegate"],'
        '"AuditLogAgeLimit":"90.00:00:00","LitigationHoldEnabled":false,"WhenCreated@data.type":"System.DateTime"}',
        rows={
            "mailboxes": [
                {
                    "id": "u1",
                    "mailbox": "ana@contoso.example",
                    "forwarding_smtp_address": "drop@evil.example",
                    "deliver_and_forward": True,
                    "audit_owner": ["MailboxLogin", "Update"],
                    "audit_age_days": 90.0,
                }
            ]
        },
    ),
    Sample(
        says="odd: one audit action as text, an age below a day, an empty forward, flags as text",
        record='{"Guid":"g1","UserPrincipalName":null,"ForwardingSmtpAddress":"","AuditOwner":"Update",'
        '"AuditLogAgeLimit":"12:00:00",'
        '"AuditEnabled":"False"}',
        rows={
            "mailboxes": [
                {
                    "id": "g1",
                    "forwarding_smtp_address": None,
                    "audit_owner": ["Update"],
                    "audit_age_days": 0.5,
                    "audit_enabled": False,
                }
            ]
        },
    ),
)

RECORD = Record("mailbox", "A mailbox with its forwarding, auditing and hold.", {"mailboxes": MAILBOXES}, SAMPLES)
