"""A risk detection, in the shape of Microsoft Graph."""

from __future__ import annotations

from kit.record import Record, Sample

DETECTIONS = """
SELECT record_id, as_text(record, '$.id') AS id,
    coalesce(as_time(record, '$.activityDateTime'), as_time(record, '$.detectedDateTime')) AS time,
    as_time(record, '$.detectedDateTime') AS detected, as_folded(record, '$.userPrincipalName') AS user,
    as_text(record, '$.userId') AS user_id, coalesce(as_text(record, '$.riskEventType'),
        as_text(record, '$.riskType')) AS type,
    as_text(record, '$.riskLevel') AS level, as_text(record, '$.riskState') AS state,
    bare_ip(as_text(record, '$.ipAddress')) AS ip, as_text(record, '$.sessionId') AS session_id,
    as_text(record, '$.correlationId') AS correlation_id, as_text(record, '$.detectionTimingType') AS timing,
    as_text(record, '$.source') AS source
FROM raw WHERE as_text(record, '$.id') IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="an anomalous token, found in real time",
        record='{"id":"d1","activityDateTime":"2026-11-20T09:31:00Z","detectedDateTime":"2026-11-20T09:33:10.5Z",'
        '"userPrincipalName":"Ana@contoso.example","userId":"u1","riskEventType":"anomalousToken",'
        '"riskLevel":"high","riskState":"atRisk",'
        '"ipAddress":"198.18.71.9","correlationId":"c1","detectionTimingType":"realtime",'
        '"source":"IdentityProtection"}',
        rows={"risk_detections": [{"user": "ana@contoso.example", "type": "anomalousToken", "ip": "198.18.71.9"}]},
    ),
    Sample(
        says="odd: found offline without an activity time, no address, a level that is hidden",
        record='{"id":"d2","activityDateTime":null,"detectedDateTime":"2026-11-20T09:33:10Z","ipAddress":"",'
        '"riskLevel":"hidden",'
        '"riskType":"leakedCredentials"}',
        rows={"risk_detections": [{"type": "leakedCredentials", "ip": None, "level": "hidden"}]},
    ),
)

RECORD = Record("risk_detection", "What Identity Protection saw.", {"risk_detections": DETECTIONS}, SAMPLES)
