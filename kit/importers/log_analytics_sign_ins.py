"""Sign-ins exported from Log Analytics or Sentinel: SigninLogs and AADNonInteractiveUserSignInLogs, as CSV or JSON.

Nested columns arrive as JSON text, under their own name or with "_dynamic" or "_string", or as Python prints them."""

from __future__ import annotations

from kit.importer import Example, Importer

SELECT = """
SELECT record_id, json_object(
    'id', cell(object, 'Id'),
    'createdDateTime', coalesce(cell(object, 'CreatedDateTime'), cell(object, 'TimeGenerated')),
    'userPrincipalName', cell(object, 'UserPrincipalName'),
    'userId', cell(object, 'UserId'),
    'userDisplayName', cell(object, 'UserDisplayName'),
    'userType', cell(object, 'UserType'),
    'servicePrincipalId', cell(object, 'ServicePrincipalId'),
    'ipAddress', cell(object, 'IPAddress'),
    'autonomousSystemNumber', cell(object, 'AutonomousSystemNumber'),
    'appId', cell(object, 'AppId'),
    'appDisplayName', cell(object, 'AppDisplayName'),
    'resourceId', cell(object, 'ResourceIdentity'),
    'resourceDisplayName', cell(object, 'ResourceDisplayName'),
    'clientAppUsed', cell(object, 'ClientAppUsed'),
    'userAgent', cell(object, 'UserAgent'),
    'authenticationRequirement', cell(object, 'AuthenticationRequirement'),
    'authenticationProtocol', cell(object, 'AuthenticationProtocol'),
    'originalTransferMethod', cell(object, 'OriginalTransferMethod'),
    'incomingTokenType', cell(object, 'IncomingTokenType'),
    'sessionId', cell(object, 'SessionId'),
    'uniqueTokenIdentifier', cell(object, 'UniqueTokenIdentifier'),
    'correlationId', cell(object, 'CorrelationId'),
    'conditionalAccessStatus', cell(object, 'ConditionalAccessStatus'),
    'riskLevelDuringSignIn', cell(object, 'RiskLevelDuringSignIn'),
    'riskState', cell(object, 'RiskState'),
    'isInteractive', CASE WHEN starts_with(coalesce(cell(object, 'Type'), cell(object, 'Category')), 'AADNonInteractive')
        OR starts_with(cell(object, 'Category'), 'NonInteractive') THEN 'false' ELSE lower(cell(object, 'IsInteractive')) END,
    'authenticationDetails', cell_json(object, 'AuthenticationDetails'),
    'deviceDetail', cell_json(object, 'DeviceDetail'),
    'mfaDetail', cell_json(object, 'MfaDetail'),
    'riskEventTypes_v2', cell_json(object, 'RiskEventTypes_V2'),
    'location', coalesce(cell_json(object, 'LocationDetails'), json_object('countryOrRegion', cell(object, 'Location'))),
    'status', json_merge_patch(json_object('errorCode', try_cast(cell(object, 'ResultType') AS BIGINT),
        'failureReason', cell(object, 'ResultDescription')), coalesce(cell_json(object, 'Status'), '{}'))) AS record, json_object('log', 'log_analytics') AS context
FROM given
"""

LOG_ANALYTICS_SIGN_INS = Importer(
    name="log_analytics_sign_ins",
    about="SigninLogs and AADNonInteractiveUserSignInLogs of Log Analytics.",
    layouts=("cells", "objects"),
    names=("userprincipalname", "ipaddress", "appdisplayname", "resulttype"),
    record="sign_in",
    select=SELECT,
    example=Example(
        text="TimeGenerated [UTC],Id,UserPrincipalName,IPAddress,AppDisplayName,ResultType,DeviceDetail_dynamic\r\n"
        '"6/15/2026, 3:50:10.181 PM",s1,ana@contoso.example,203.0.113.7,Office,0,"{""browser"":""Edge 90.0""}"\r\n',
        records=1,
    ),
)
