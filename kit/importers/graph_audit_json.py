"""Audit records of Microsoft Graph's audit queries (auditLogRecord): the classic record is inside `auditData`.

Top-level userId and userPrincipalName are crossed there and clientIp is always null: only auditData is read."""

from __future__ import annotations

from kit.importer import Example, Importer

GRAPH_AUDIT_JSON = Importer(
    name="graph_audit_json",
    about="auditLogRecord objects of Microsoft Graph, alone or as pages.",
    layouts=("objects",),
    names=("auditdata", "auditlogrecordtype", "createddatetime"),
    record="audit_record",
    select="""SELECT record_id, CAST(object -> '$.auditData' AS VARCHAR) AS record, json_object('Id', object ->> '$.id', 'CreationDate', object ->> '$.createdDateTime',
        'Operation', object ->> '$.operation', 'UserId', object ->> '$.userPrincipalName', 'RecordType', object ->> '$.auditLogRecordType') AS context FROM given""",
    example=Example(
        text='{"@odata.context":"x","value":[{"id":"r1","createdDateTime":"2026-11-20T09:24:01Z","auditLogRecordType":"exchangeAdmin","operation":"Set-Mailbox",'
        '"auditData":{"Id":"r1","CreationTime":"2026-11-20T09:24:01Z","Operation":"Set-Mailbox","UserId":"ana@contoso.example"}}]}',
        records=1,
    ),
)
