"""The output of Search-UnifiedAuditLog through Export-Csv: RecordType, CreationDate, UserIds, Operations, AuditData, ResultIndex …

The same content as a Purview export under other names; PowerShell may have written it as UTF-16."""

from __future__ import annotations

from kit.importer import AUDIT_CELL, AUDIT_CELL_REST, Example, Importer

SEARCH_UNIFIED_AUDIT_CSV = Importer(
    name="search_unified_audit_csv",
    about="CSV of Search-UnifiedAuditLog, as Export-Csv writes it; also that of common extraction scripts.",
    layouts=("cells",),
    names=("auditdata", "creationdate", "operations", "userids"),
    record="audit_record",
    select=AUDIT_CELL,
    rest=AUDIT_CELL_REST,
    example=Example(
        text='"RecordType","CreationDate","UserIds","Operations","AuditData","ResultIndex","ResultCount","Identity"\r\n'
        '"ExchangeAdmin","6/3/2023 8:13:00 AM","ana@contoso.example","New-InboxRule","{""Id"":""r1"",""CreationTime"":""2023-06-03T08:13:00"",'
        '""Operation"":""New-InboxRule"",""UserId"":""ana@contoso.example""}","1","1","r1"\r\n',
        records=1,
    ),
)
