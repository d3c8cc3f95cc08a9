"""The Purview portal's audit export, both generations (RecordId … or CreationDate, UserIds, Operations, AuditData).

AuditData is the record. Where that cell is empty or cut off, the row stands on its own columns."""

from __future__ import annotations

from kit.importer import AUDIT_CELL, AUDIT_CELL_REST, Example, Importer

PURVIEW_CSV = Importer(
    name="purview_csv",
    about="CSV of an audit search in the Purview portal.",
    layouts=("cells",),
    names=("auditdata", "creationdate"),
    record="audit_record",
    select=AUDIT_CELL,
    rest=AUDIT_CELL_REST,
    example=Example(
        text="RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\n"
        'r1,2026-11-20T09:24:01.0000000Z,1,Set-Mailbox,ana@contoso.example,"{""Id"":""r1"",""CreationTime"":""2026-11-20T09:24:01"",'
        '""Operation"":""Set-Mailbox"",""Workload"":""Exchange"",""UserId"":""ana@contoso.example""}",,\r\n'
        "r2,2026-11-20T09:25:01.0000000Z,1,Set-Mailbox,ana@contoso.example,,,\r\n",
        records=2,
    ),
)
