"""The Entra sign-in, in the shape of Microsoft Graph (beta has more than v1.0; what is absent is NULL).

Importers bring Log Analytics and diagnostic-setting exports into this shape. Context: `log` ("log_analytics" where it
came from there).
"""

from __future__ import annotations

from kit.record import Record, Sample

_TEXT = """createdDateTime id userPrincipalName userId userDisplayName userType servicePrincipalId ipAddress autonomousSystemNumber appId
appDisplayName resourceId resourceDisplayName clientAppUsed userAgent authenticationRequirement authenticationProtocol
originalTransferMethod incomingTokenType sessionId uniqueTokenIdentifier correlationId conditionalAccessStatus
riskLevelDuringSignIn riskState isInteractive""".split()
_JSON = (
    "status",
    "location",
    "deviceDetail",
    "mfaDetail",
    "authenticationDetails",
    "signInEventTypes",
    "riskEventTypes_v2",
    "riskEventTypes",
)
_SHAPE = ",".join([f'"{key}":"VARCHAR"' for key in _TEXT] + [f'"{key}":"JSON"' for key in _JSON])

SIGN_INS = f"""
WITH read AS (SELECT record_id, context, from_json(record, '{{{_SHAPE}}}') AS s FROM raw)
SELECT record_id, nullif(s.id, '') AS id, moment(s.createdDateTime) AS time,
    coalesce(s.signInEventTypes ->> '$[0]', CASE lower(s.isInteractive) WHEN 'true' THEN 'interactiveUser' WHEN 'false' THEN 'nonInteractiveUser' END)
        AS event_type,
    nullif(lower(trim(s.userPrincipalName)), '') AS user, nullif(s.userId, '') AS user_id, nullif(s.userDisplayName, '') AS user_name,
    lower(s.userType) AS user_type, nullif(s.servicePrincipalId, '') AS service_principal_id, bare_ip(s.ipAddress) AS ip,
    nullif(try_cast(s.autonomousSystemNumber AS BIGINT), 0) AS asn, nullif(upper(s.location ->> '$.countryOrRegion'), '') AS country,
    nullif(s.location ->> '$.city', '') AS city, try_cast(s.location ->> '$.geoCoordinates.latitude' AS DOUBLE) AS latitude,
    try_cast(s.location ->> '$.geoCoordinates.longitude' AS DOUBLE) AS longitude, nullif(s.appId, '') AS app_id,
    nullif(s.appDisplayName, '') AS app, nullif(s.resourceId, '') AS resource_id, nullif(s.resourceDisplayName, '') AS resource,
    nullif(s.clientAppUsed, '') AS client_app, nullif(s.userAgent, '') AS user_agent,
    nullif(regexp_replace(s.deviceDetail ->> '$.browser', '[ /]?[0-9][0-9.]*$', ''), '') AS browser,
    nullif(s.deviceDetail ->> '$.operatingSystem', '') AS os, nullif(s.deviceDetail ->> '$.deviceId', '') AS device_id,
    nullif(s.deviceDetail ->> '$.displayName', '') AS device_name, as_flag(s.deviceDetail, '$.isManaged') AS device_managed,
    as_flag(s.deviceDetail, '$.isCompliant') AS device_compliant, as_whole(s.status, '$.errorCode') AS error_code,
    CASE WHEN lower(s.status ->> '$.failureReason') = 'other.' THEN NULL ELSE nullif(s.status ->> '$.failureReason', '') END AS failure_reason,
    nullif(s.authenticationRequirement, '') AS authentication_requirement,
    coalesce(nullif(array_to_string(list_filter(list_transform(from_json(s.authenticationDetails, '[{{"authenticationStepResultDetail":"VARCHAR"}}]'),
        lambda x: x.authenticationStepResultDetail), lambda x: x <> ''), '; '), ''), s.status ->> '$.additionalDetails', s.mfaDetail ->> '$.authMethod') AS mfa_detail,
    nullif(s.authenticationProtocol, '') AS authentication_protocol, nullif(s.originalTransferMethod, '') AS transfer_method,
    nullif(s.incomingTokenType, '') AS incoming_token_type, nullif(s.sessionId, '') AS session_id,
    nullif(s.uniqueTokenIdentifier, '') AS token_id, nullif(s.correlationId, '') AS correlation_id,
    nullif(s.conditionalAccessStatus, '') AS conditional_access, nullif(s.riskLevelDuringSignIn, '') AS risk_level,
    nullif(s.riskState, '') AS risk_state,
    nullif(coalesce(as_texts(s.riskEventTypes_v2, '$'), as_texts(s.riskEventTypes, '$')), []) AS risk_types,
    coalesce(as_text(context, '$.log'), 'entra') AS log
FROM read WHERE s.createdDateTime IS NOT NULL OR s.userPrincipalName IS NOT NULL OR s.status IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="an interactive sign-in of the beta endpoint",
        record='{"id":"g1","createdDateTime":"2026-11-20T08:03:11.1234567Z","userPrincipalName":"Ana@contoso.example","userId":"u1","ipAddress":"198.18.66.7",'
        '"autonomousSystemNumber":9009,"appDisplayName":"OfficeHome","userAgent":"axios/1.7.9","signInEventTypes":["interactiveUser"],"sessionId":"s1",'
        '"uniqueTokenIdentifier":"t1","status":{"errorCode":0,"failureReason":"Other.","additionalDetails":"MFA requirement satisfied by claim in the token"},'
        '"location":{"countryOrRegion":"NL","city":"Amsterdam","geoCoordinates":{"latitude":52.37,"longitude":4.89}},"deviceDetail":{"deviceId":"","browser":"Chrome 131.0.0",'
        '"operatingSystem":"Windows10","isManaged":null},"riskEventTypes_v2":["unfamiliarFeatures"],"riskLevelDuringSignIn":"medium"}',
        rows={
            "sign_ins": [
                {
                    "user": "ana@contoso.example",
                    "asn": 9009,
                    "error_code": 0,
                    "device_id": None,
                    "browser": "Chrome",
                    "country": "NL",
                    "log": "entra",
                    "failure_reason": None,
                    "risk_types": ["unfamiliarFeatures"],
                    "mfa_detail": "MFA requirement satisfied by claim in the token",
                }
            ]
        },
    ),
    Sample(
        says="a thin one, everything odd: nothing fails",
        record='{"id":"","createdDateTime":"2024-05-01 10:00:00","userPrincipalName":null,"status":"ok","location":[],"deviceDetail":null,"riskEventTypes_v2":"none","ipAddress":"::ffff:203.0.113.5"}',
        context={"log": "log_analytics"},
        rows={
            "sign_ins": [{"id": None, "user": None, "ip": "203.0.113.5", "error_code": None, "log": "log_analytics"}]
        },
    ),
)

SIGN_IN = Record(
    name="sign_in",
    about="One sign-in, interactive or not, of a user, an application or a managed identity.",
    selects={"sign_ins": SIGN_INS},
    samples=SAMPLES,
    keys=(*_TEXT, *_JSON),
)
