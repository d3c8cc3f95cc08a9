"""The Purview portal's audit export, both generations (RecordId … or CreationDate, UserIds, Operations, AuditData).

AuditData is the record. Where that cell is empty or cut off, the row stands on its own columns."""

from __future__ import annotations

from kit.importer import Example, Importer

SELECT = """
SELECT record_id, audit_data AS record, CAST(NULL AS VARCHAR) AS context
FROM (SELECT record_id, CASE WHEN starts_with("AuditData", '"') THEN try_cast("AuditData" AS JSON) ->> '$' ELSE "AuditData" END AS audit_data FROM given)
WHERE json_valid(audit_data)
"""
REST = """
SELECT record_id, '{}' AS record, json_object(
    'Id', coalesce(object ->> '$.RecordId', object ->> '$.Identity'), 'CreationDate', object ->> '$.CreationDate',
    'Operation', coalesce(object ->> '$.Operation', object ->> '$.Operations'),
    'UserId', coalesce(object ->> '$.UserId', object ->> '$.UserIds'), 'RecordType', object ->> '$.RecordType') AS context
FROM given WHERE record_id NOT IN (SELECT record_id FROM raw)
"""

PURVIEW_CSV = Importer(
    name="purview_csv",
    about="CSV of an audit search in the Purview portal.",
    layouts=("cells",),
    names=("auditdata", "creationdate"),
    record="audit_record",
    select=SELECT,
    rest=REST,
    example=Example(
        text="RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\n"
        'r1,2026-11-20T09:24:01.0000000Z,1,Set-Mailbox,ana@contoso.example,"{""Id"":""r1"",""CreationTime"":""2026-11-20T09:24:01"",'
        '""Operation"":""Set-Mailbox"",""Workload"":""Exchange"",""UserId"":""ana@contoso.example""}",,\r\n'
        "r2,2026-11-20T09:25:01.0000000Z,1,Set-Mailbox,ana@contoso.example,,,\r\n",
        records=2,
    ),
)
