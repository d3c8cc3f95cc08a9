"""Directory audits as Azure Monitor streams them (diagnostic settings, event hubs): a wrapper with `category` and `properties`."""

from __future__ import annotations

from kit.importer import Example, Importer

SELECT = """
SELECT record_id, json_merge_patch(json_object('activityDateTime', moment_, 'activityDisplayName', operation, 'category', object ->> '$.category',
    'correlationId', object ->> '$.correlationId', 'result', lower(object ->> '$.resultSignature'),
    'additionalDetails', CASE WHEN ip IS NOT NULL AND (properties -> '$.additionalDetails') IS NULL THEN json_array(json_object('key', 'ipAddress', 'value', ip)) END), properties) AS record, json_object('log', 'entra') AS context
FROM (SELECT record_id, object, coalesce(object -> '$.properties', '{}') AS properties,
    coalesce(object ->> '$.time', object ->> '$.p_event_time') AS moment_, coalesce(object ->> '$.callerIpAddress', object ->> '$.calleripaddress') AS ip,
    coalesce(object ->> '$.operationName', object ->> '$.operationname') AS operation,
    coalesce(object ->> '$.resultType', object ->> '$.resulttype') AS code, coalesce(object ->> '$.resultDescription', object ->> '$.resultdescription') AS words
    FROM given)
"""

DIAGNOSTIC_AUDIT_JSON = Importer(
    name="diagnostic_audit_json",
    about="Directory audit records of Azure Monitor diagnostic settings.",
    layouts=("objects",),
    names=("category", "properties", "operationname"),
    when="NOT contains(lower(object ->> '$.category'), 'signinlogs') AND (object -> '$.properties') IS NOT NULL",
    record="directory_audit",
    select=SELECT,
    example=Example(
        text='{"time":"2026-11-20T09:31:00Z","category":"AuditLogs","operationName":"Add device","callerIpAddress":"203.0.113.7",'
        '"properties":{"id":"d1","activityDisplayName":"Add device","initiatedBy":{},"targetResources":[]}}\n',
        records=1,
    ),
)
