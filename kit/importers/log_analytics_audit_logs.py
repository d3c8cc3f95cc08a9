"""Directory audits exported from Log Analytics or Sentinel: AuditLogs, as CSV or JSON, also flattened by a query."""

from __future__ import annotations

from kit.importer import Example, Importer

SELECT = """
SELECT record_id, json_object(
    'id', cell(object, 'Id'),
    'activityDateTime', coalesce(cell(object, 'ActivityDateTime'), cell(object, 'TimeGenerated')),
    'activityDisplayName', coalesce(cell(object, 'ActivityDisplayName'), cell(object, 'OperationName')),
    'category', cell(object, 'Category'),
    'result', lower(cell(object, 'Result')),
    'resultReason', coalesce(cell(object, 'ResultReason'), cell(object, 'ResultDescription')),
    'correlationId', cell(object, 'CorrelationId'),
    'userAgent', cell(object, 'UserAgent'),
    'initiatedBy', cell_json(object, 'InitiatedBy'),
    'targetResources', cell_json(object, 'TargetResources'),
    'additionalDetails', cell_json(object, 'AdditionalDetails')) AS record, json_object('log', 'log_analytics') AS context
FROM given
"""

LOG_ANALYTICS_AUDIT_LOGS = Importer(
    name="log_analytics_audit_logs",
    about="AuditLogs of Log Analytics.",
    layouts=("cells", "objects"),
    names=("operationname", "initiatedby", "targetresources"),
    record="directory_audit",
    select=SELECT,
    example=Example(
        text='{"TimeGenerated":"2026-08-02T13:29:25.983Z","Id":"d1","OperationName":"Add device","Result":"success",'
        '"InitiatedBy":"{\\"user\\":{\\"userPrincipalName\\":\\"ana@contoso.example\\"}}","TargetResources":"[]"}\n',
        records=1,
    ),
)
