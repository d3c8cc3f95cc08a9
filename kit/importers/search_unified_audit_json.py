"""Search-UnifiedAuditLog through ConvertTo-Json, and extraction scripts that do the same: AuditData as text or as an object."""

from __future__ import annotations

from kit.importer import Example, Importer

SELECT = """
SELECT record_id, CASE WHEN json_type(object, '$.AuditData') = 'VARCHAR' THEN CASE WHEN json_valid(object ->> '$.AuditData') THEN object ->> '$.AuditData' ELSE '{}' END
    ELSE CAST(object -> '$.AuditData' AS VARCHAR) END AS record,
    json_object('Id', object ->> '$.Identity', 'CreationDate', object ->> '$.CreationDate', 'Operation', object ->> '$.Operations',
        'UserId', object ->> '$.UserIds', 'RecordType', object ->> '$.RecordType') AS context
FROM given
"""

SEARCH_UNIFIED_AUDIT_JSON = Importer(
    name="search_unified_audit_json",
    about="JSON of Search-UnifiedAuditLog.",
    layouts=("objects",),
    names=("auditdata", "creationdate"),
    record="audit_record",
    select=SELECT,
    example=Example(
        text='[{"RecordType":"ExchangeAdmin","CreationDate":"/Date(1728344797000)/","UserIds":"ana@contoso.example","Operations":"Set-Mailbox",'
        '"AuditData":"{\\"Id\\":\\"r1\\",\\"CreationTime\\":\\"2024-10-07T23:46:37\\",\\"Operation\\":\\"Set-Mailbox\\"}","Identity":"r1"}]',
        records=1,
    ),
)
