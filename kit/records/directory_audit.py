"""The Entra directory audit event, in the shape of Microsoft Graph.

Importers bring Log Analytics and diagnostic-setting exports into this shape. Context: `log`.
"""

from __future__ import annotations

from kit.record import Record, Sample

_TEXT = "activityDateTime id activityDisplayName category result resultReason correlationId userAgent".split()
_JSON = ("initiatedBy", "targetResources", "additionalDetails")
_SHAPE = ",".join([f'"{key}":"VARCHAR"' for key in _TEXT] + [f'"{key}":"JSON"' for key in _JSON])
_MODIFIED = '[{"displayName":"VARCHAR","oldValue":"VARCHAR","newValue":"VARCHAR"}]'

DIRECTORY_AUDITS = f"""
WITH read AS (
    SELECT record_id, context, from_json(record, '{{{_SHAPE}}}') AS d FROM raw
), opened AS (
    SELECT *, from_json(d.additionalDetails, '[{{"key":"VARCHAR","value":"VARCHAR"}}]') AS details,
        flatten(list_transform(from_json(d.targetResources, '["JSON"]'), lambda x: from_json(x -> '$.modifiedProperties', '{_MODIFIED}'))) AS modified
    FROM read
)
SELECT record_id, nullif(d.id, '') AS id, moment(d.activityDateTime) AS time,
    replace(rtrim(trim(d.activityDisplayName), '. '), '–', '-') AS activity, nullif(d.category, '') AS category, lower(nullif(d.result, '')) AS result,
    nullif(d.resultReason, '') AS result_reason, as_folded(d.initiatedBy, '$.user.userPrincipalName') AS actor,
    coalesce(as_text(d.initiatedBy, '$.user.id'), as_text(d.initiatedBy, '$.app.servicePrincipalId')) AS actor_id,
    as_text(d.initiatedBy, '$.app.displayName') AS actor_app,
    coalesce(as_text(d.initiatedBy, '$.app.appId'), as_text(d.initiatedBy, '$.app.servicePrincipalId')) AS actor_app_id,
    coalesce(bare_ip(as_text(d.initiatedBy, '$.user.ipAddress')), bare_ip(list_filter(details, lambda x: lower(x.key) IN ('ipaddress', 'ip address', 'clientip'))[1].value)) AS ip,
    coalesce(nullif(d.userAgent, ''), list_filter(details, lambda x: x.key = 'User-Agent')[1].value) AS user_agent,
    coalesce(as_folded(d.targetResources, '$[0].userPrincipalName'), as_folded(d.targetResources, '$[0].displayName')) AS target,
    as_text(d.targetResources, '$[0].id') AS target_id, as_text(d.targetResources, '$[0].type') AS target_type,
    CAST(d.targetResources AS VARCHAR) AS targets,
    joined_object(list_transform(list_filter(modified, lambda x: x.displayName IS NOT NULL), lambda x: to_json(x.displayName) || ':['
        || coalesce(CAST(to_json(x.oldValue) AS VARCHAR), 'null') || ',' || coalesce(CAST(to_json(x.newValue) AS VARCHAR), 'null') || ']')) AS modified,
    joined_object(list_transform(list_filter(details, lambda x: x.key IS NOT NULL),
        lambda x: to_json(x.key) || ':' || coalesce(CAST(to_json(x.value) AS VARCHAR), 'null'))) AS extended,
    coalesce(as_text(d.initiatedBy, '$.user.sessionId'), list_filter(details, lambda x: x.key = 'SessionId')[1].value) AS session_id,
    nullif(d.correlationId, '') AS correlation_id, coalesce(as_text(context, '$.log'), 'entra') AS log
FROM opened WHERE d.activityDisplayName IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="a security method registered: actor, address, changed properties",
        record='{"id":"d1","activityDateTime":"2026-11-20T09:31:00Z","activityDisplayName":"User registered security info","category":"UserManagement","result":"success",'
        '"initiatedBy":{"user":{"id":"u1","userPrincipalName":"Ana@contoso.example","ipAddress":"198.18.71.9"}},"targetResources":[{"id":"u1","type":"User",'
        '"userPrincipalName":"ana@contoso.example","modifiedProperties":[{"displayName":"StrongAuthenticationMethod","oldValue":"[]","newValue":"[{}]"}]}],'
        '"additionalDetails":[{"key":"User-Agent","value":"Chrome"}]}',
        rows={
            "directory_audits": [
                {
                    "actor": "ana@contoso.example",
                    "ip": "198.18.71.9",
                    "target": "ana@contoso.example",
                    "user_agent": "Chrome",
                    "modified": '{"StrongAuthenticationMethod":["[]","[{}]"]}',
                }
            ]
        },
    ),
    Sample(
        says="an en dash and a trailing blank in the name, done by an application, no targets",
        record='{"id":"d2","activityDateTime":"2026-11-20T09:31:00Z","activityDisplayName":"Update application – Certificates and secrets management ","result":"success",'
        '"initiatedBy":{"app":{"displayName":"Sync","servicePrincipalId":"sp1"}},"targetResources":null,"additionalDetails":"none"}',
        rows={
            "directory_audits": [
                {
                    "activity": "Update application - Certificates and secrets management",
                    "actor": None,
                    "actor_app": "Sync",
                    "modified": None,
                }
            ]
        },
    ),
)

DIRECTORY_AUDIT = Record(
    name="directory_audit",
    about="One change in the directory: users, methods, applications, roles, devices, policies.",
    selects={"directory_audits": DIRECTORY_AUDITS},
    samples=SAMPLES,
    keys=(*_TEXT, *_JSON),
)
