"""The output of Search-UnifiedAuditLog through Export-Csv: RecordType, CreationDate, UserIds, Operations, AuditData, ResultIndex …

The same content as a Purview export under other names; PowerShell may have written it as UTF-16."""

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

SEARCH_UNIFIED_AUDIT_CSV = Importer(
    name="search_unified_audit_csv",
    about="CSV of Search-UnifiedAuditLog, as Export-Csv writes it; also that of common extraction scripts.",
    layouts=("cells",),
    names=("auditdata", "creationdate", "operations", "userids"),
    record="audit_record",
    select=SELECT,
    rest=REST,
    example=Example(
        text='"RecordType","CreationDate","UserIds","Operations","AuditData","ResultIndex","ResultCount","Identity"\r\n'
        '"ExchangeAdmin","6/3/2023 8:13:00 AM","ana@contoso.example","New-InboxRule","{""Id"":""r1"",""CreationTime"":""2023-06-03T08:13:00"",'
        '""Operation"":""New-InboxRule"",""UserId"":""ana@contoso.example""}","1","1","r1"\r\n',
        records=1,
    ),
)
