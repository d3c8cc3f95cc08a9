"""A restricted sender, in the shape of Exchange's Get-BlockedSenderAddress."""

from __future__ import annotations

from kit.record import Record, Sample

BLOCKED = """
SELECT record_id, as_folded(record, '$.SenderAddress') AS sender, as_text(record, '$.Reason') AS reason,
    coalesce(as_time(record, '$.CreatedDatetime'), as_time(record, '$.CreatedDateTime')) AS created,
    as_flag(record, '$.TemporaryBlock') AS temporary
FROM raw WHERE as_folded(record, '$.SenderAddress') IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="an account that sent too much",
        record='{"SenderAddress":"Ana@contoso.example",'
        '"Reason":"ExceedingLimitType=OutboundSpam;InternalRecipientCountToday=0",'
        '"CreatedDatetime":"2026-11-20T11:00:00Z","TemporaryBlock":false}',
        rows={"blocked_senders": [{"sender": "ana@contoso.example", "temporary": False}]},
    ),
    Sample(
        says="odd: PowerShell's date, a reason that is a number",
        record='{"SenderAddress":" b@x.example ","Reason":5,"CreatedDatetime":"/Date(1728344797000)/",'
        '"TemporaryBlock":"True"}',
        rows={"blocked_senders": [{"sender": "b@x.example", "reason": "5", "temporary": True}]},
    ),
)

RECORD = Record("blocked_sender", "An account stopped from sending.", {"blocked_senders": BLOCKED}, SAMPLES)
