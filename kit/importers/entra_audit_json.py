"""Directory audits as Microsoft Graph gives them and the Entra portal downloads them as JSON."""

from __future__ import annotations

from kit.importer import Example, Importer

ENTRA_AUDIT_JSON = Importer(
    name="entra_audit_json",
    about="directoryAudit objects of Microsoft Graph or the Entra portal's JSON download.",
    layouts=("objects",),
    names=("activitydatetime", "activitydisplayname", "initiatedby"),
    when="(object -> '$.activityDateTime') IS NOT NULL",  # Log Analytics writes ActivityDateTime, and nests JSON in text
    record="directory_audit",
    select="SELECT record_id, object AS record, NULL AS context FROM given",
    example=Example(
        text='[{"id":"d1","activityDateTime":"2026-11-20T09:31:00Z","activityDisplayName":"Add device","initiatedBy":{},"targetResources":[]}]',
        records=1,
    ),
)
