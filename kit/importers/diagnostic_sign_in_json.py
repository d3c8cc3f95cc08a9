"""Sign-ins as Azure Monitor streams them (diagnostic settings, event hubs): a wrapper with `category` and `properties`.

The signIn is in `properties`; what it lacks is taken from the wrapper."""

from __future__ import annotations

from kit.importer import Example, Importer

SELECT = """
SELECT record_id, json_merge_patch(json_object('createdDateTime', moment_, 'ipAddress', ip, 'correlationId', object ->> '$.correlationId',
    'status', json_object('errorCode', coalesce(try_cast(code AS BIGINT), 0), 'failureReason', words)), properties) AS record, json_object('log', 'entra') AS context
FROM (SELECT record_id, object, coalesce(object -> '$.properties', '{}') AS properties,
    coalesce(object ->> '$.time', object ->> '$.p_event_time') AS moment_, coalesce(object ->> '$.callerIpAddress', object ->> '$.calleripaddress') AS ip,
    coalesce(object ->> '$.operationName', object ->> '$.operationname') AS operation,
    coalesce(object ->> '$.resultType', object ->> '$.resulttype') AS code, coalesce(object ->> '$.resultDescription', object ->> '$.resultdescription') AS words
    FROM given)
"""

DIAGNOSTIC_SIGN_IN_JSON = Importer(
    name="diagnostic_sign_in_json",
    about="Sign-in records of Azure Monitor diagnostic settings.",
    layouts=("objects",),
    names=("category", "properties", "operationname"),
    when="contains(lower(object ->> '$.category'), 'signinlogs')",
    record="sign_in",
    select=SELECT,
    example=Example(
        text='{"time":"2026-11-20T08:03:11Z","category":"SignInLogs","operationName":"Sign-in activity","resultType":"50126","callerIpAddress":"203.0.113.7",'
        '"properties":{"id":"s1","userPrincipalName":"ana@contoso.example"}}\n',
        records=1,
    ),
)
