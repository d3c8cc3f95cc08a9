"""Raw audit records as JSON: the Management Activity API's blobs, AuditData saved one a line, arrays of them.

Also where a pipeline folded the keys ("creationtime")."""

from __future__ import annotations

from kit.importer import Example, Importer

AUDIT_JSON = Importer(
    name="audit_json",
    about="Raw unified audit records (AuditData objects).",
    layouts=("objects",),
    names=("operation", "creationtime"),
    record="audit_record",
    select="SELECT record_id, object AS record, NULL AS context FROM given",
    example=Example(
        text='{"Id":"r1","CreationTime":"2026-11-20T09:24:01","Operation":"Set-Mailbox","UserId":"ana@contoso.example"}\n'
        '{"id":"r2","creationtime":"2026-11-20T09:25:01","operation":"Set-Mailbox","userid":"ana@contoso.example"}\n',
        records=2,
    ),
)
