"""A traced message: Graph's exchangeMessageTrace or Exchange's Get-MessageTraceV2, one record a recipient.

Context: `domains`, the tenant's own, by which outgoing mail is known.
"""

from __future__ import annotations

from kit.record import Record, Sample

TRACES = """
WITH read AS (
    SELECT record_id, record, context, coalesce(as_text(record, '$.id'),
        as_text(record, '$.MessageTraceId')) AS trace_id,
        coalesce(as_folded(record, '$.recipientAddress'), as_folded(record, '$.RecipientAddress')) AS recipient,
        coalesce(as_folded(record, '$.senderAddress'), as_folded(record, '$.SenderAddress')) AS sender,
        coalesce(as_text(record, '$.status'), as_text(record, '$.Status')) AS status
    FROM raw
)
SELECT record_id, trace_id || '|' || coalesce(recipient, '') AS id,
    coalesce(as_time(record, '$.receivedDateTime'), as_time(record, '$.Received')) AS time,
    coalesce(as_text(record, '$.messageId'), as_text(record, '$.MessageId')) AS message_id, sender, recipient,
    coalesce(as_text(record, '$.subject'), as_text(record, '$.Subject')) AS subject,
    lower(status[1]) || status[2:] AS status,
    bare_ip(coalesce(as_text(record, '$.fromIP'), as_text(record, '$.FromIP'))) AS ip,
    coalesce(as_whole(record, '$.size'), as_whole(record, '$.Size')) AS size,
    list_contains(as_texts(context, '$.domains'), split_part(sender, '@', -1)) AS outbound
FROM read WHERE trace_id IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="a message sent from the tenant; status in the case of the documentation's own example",
        record='{"id":"4451a062-48cb-e80d-e8c0-196330437ae6","senderAddress":"Ana@contoso.example",'
        '"recipientAddress":"Bo@Partner.example",'
        '"messageId":"<d9683b4c@contoso.example>","receivedDateTime":"2026-11-20T10:30:00Z",'
        '"subject":"Quarterly Report","size":45678,'
        '"fromIP":"192.168.1.100","toIP":"","status":"Delivered"}',
        context={"domains": ["contoso.example"]},
        rows={
            "message_traces": [
                {
                    "id": "4451a062-48cb-e80d-e8c0-196330437ae6|bo@partner.example",
                    "sender": "ana@contoso.example",
                    "status": "delivered",
                    "outbound": True,
                    "size": 45678,
                }
            ]
        },
    ),
    Sample(
        says="Exchange's shape: size as text, an address with a port, no domains known",
        record='{"MessageTraceId":"m1","SenderAddress":"x@evil.example","RecipientAddress":"ana@contoso.example",'
        '"Received":"2026-11-20T10:30:00",'
        '"Status":"FilteredAsSpam","Size":"1156492.00","FromIP":"[2001:db8::1]:25","Subject":"=cmd|x"}',
        rows={
            "message_traces": [
                {
                    "status": "filteredAsSpam",
                    "size": 1156492,
                    "ip": "2001:db8::1",
                    "outbound": None,
                    "subject": "=cmd|x",
                }
            ]
        },
    ),
    Sample(
        says="odd: no recipient, no status, no sender",
        record='{"id":"m2","recipientAddress":null,"status":null,"senderAddress":"","receivedDateTime":"yesterday"}',
        context={"domains": []},
        rows={"message_traces": [{"id": "m2|", "status": None, "sender": None, "time": None}]},
    ),
)

RECORD = Record("message_trace", "A message as it passed through.", {"message_traces": TRACES}, SAMPLES)
