"""The unified audit record: AuditData as Purview, Search-UnifiedAuditLog, Graph and the Management API give it.

Context (from the export's own columns, used where AuditData is cut off or empty): CreationDate, Operation, UserId,
RecordType, Id. Facts about the shapes: record quirks counted over 14,451 rows of public captures.
"""

from __future__ import annotations

from kit.record import Record, Sample

_TEXT = """Operation Id CreationTime OrganizationId RecordType ResultStatus UserKey UserType Workload ClientIP UserId ObjectId
ClientIPAddress ActorIpAddress ClientInfoString ClientProcessName ExternalAccess LogonType MailboxOwnerUPN MailboxGuid OrganizationName
SessionId AppId ApplicationId ClientAppId ErrorNumber LogonError UserAgent SourceFileName SiteUrl InterSystemsId CorrelationId
OperationCount""".split()
_LISTS = ("Parameters", "OperationProperties", "ExtendedProperties", "DeviceProperties", "ModifiedProperties")
_PAIR = '[{"Name":"VARCHAR","Value":"VARCHAR","OldValue":"VARCHAR","NewValue":"VARCHAR"}]'
_MESSAGE = '"Subject":"VARCHAR","InternetMessageId":"VARCHAR","SizeInBytes":"VARCHAR"'
_ITEM = f'{{{_MESSAGE},"ParentFolder":{{"Path":"VARCHAR","Name":"VARCHAR"}}}}'
_PARTY = '[{"ID":"VARCHAR","Type":"VARCHAR"}]'
_NESTED = {
    "AppAccessContext": '{"AADSessionId":"VARCHAR","UniqueTokenId":"VARCHAR"}',
    "Item": _ITEM,
    "AffectedItems": f"[{_ITEM}]",
    "Folders": '[{"Path":"VARCHAR","FolderItems":[{"InternetMessageId":"VARCHAR","SizeInBytes":"VARCHAR"}]}]',
    "Actor": _PARTY,
    "Target": _PARTY,
}
KEYS = (*_TEXT, *_LISTS, *_NESTED)
_SHAPE = ",".join(
    [f'"{key}":"VARCHAR"' for key in _TEXT]
    + [f'"{key}":{_PAIR}' for key in _LISTS]
    + [f'"{key}":{shape}' for key, shape in _NESTED.items()]
)

PREPARE = f"""
WITH read AS (
    SELECT record_id, context, from_json(record, '{{{_SHAPE}}}') AS a FROM raw
), told AS (
    SELECT record_id, a,
        CASE WHEN a.Id LIKE '%REDACTED%' THEN NULL ELSE nullif(coalesce(a.Id, as_text(context, '$.Id')), '') END AS id,
        coalesce(moment(a.CreationTime), as_time(context, '$.CreationDate')) AS time,
        replace(rtrim(trim(coalesce(nullif(a.Operation, ''), as_text(context, '$.Operation'))), '. '), '–', '-') AS operation,
        coalesce(nullif(lower(trim(a.UserId)), ''), as_folded(context, '$.UserId')) AS user,
        coalesce(nullif(a.RecordType, ''), as_text(context, '$.RecordType')) AS record_type,
        coalesce(bare_ip(a.ClientIP), bare_ip(a.ClientIPAddress), bare_ip(a.ActorIpAddress)) AS ip,
        coalesce(nullif(a.SessionId, ''), nullif(a.AppAccessContext.AADSessionId, ''), prop(a.DeviceProperties, 'SessionId')) AS session_id,
        coalesce(nullif(a.AppId, ''), nullif(a.ApplicationId, '')) AS app_id,
        nullif(a.AppAccessContext.UniqueTokenId, '') AS token_id,
        nullif(lower(a.MailboxOwnerUPN), '') AS owner, object_of(a.Parameters) AS parameters
    FROM read
)
SELECT *,
    user IS NOT NULL AND (regexp_matches(user, '^(nt authority|nt service|sharepoint)\\\\') OR user IN ('s-1-5-18', 'app@sharepoint')
        OR starts_with(user, 'fim_password_service@') OR user = 'securitycompliancealerts') AS is_service,
    try_cast(a.ErrorNumber AS BIGINT) AS error_code,
    CASE WHEN operation IN ('New-InboxRule', 'Set-InboxRule', 'Enable-InboxRule', 'Disable-InboxRule', 'Remove-InboxRule', 'UpdateInboxRules')
        THEN coalesce(address_in(prop(a.Parameters, 'Mailbox')), owner, address_in(a.ObjectId), address_in(prop(a.Parameters, 'Identity')), user)
        ELSE coalesce(owner, CASE WHEN a.Workload = 'Exchange' THEN coalesce(address_in(prop(a.Parameters, 'Identity')), address_in(a.ObjectId)) END)
        END AS mailbox
FROM told
WHERE operation IS NOT NULL AND operation <> ''
"""

AUDIT_RECORDS = """
SELECT record_id, id, time, operation, nullif(a.Workload, '') AS workload, record_type, user, a.UserKey AS user_key, a.UserType AS user_type,
    is_service, mailbox, nullif(trim(a.ObjectId), '') AS object_id, ip,
    CASE WHEN operation = 'UserLoginFailed' OR error_code <> 0 OR coalesce(a.LogonError, '') <> '' THEN 'failure'
        WHEN lower(a.ResultStatus) IN ('true', 'success', 'succeeded', 'successful') THEN 'success'
        WHEN lower(a.ResultStatus) = 'partiallysucceeded' THEN 'partial'
        WHEN lower(a.ResultStatus) IN ('failed', 'failure', 'false') THEN 'failure' END AS result,
    error_code, nullif(a.LogonError, '') AS error, app_id, nullif(a.ClientAppId, '') AS client_app_id,
    coalesce(nullif(a.ClientInfoString, ''), nullif(a.ClientProcessName, '')) AS client_info,
    coalesce(nullif(a.UserAgent, ''), prop(a.ExtendedProperties, 'UserAgent')) AS user_agent,
    session_id, token_id, coalesce(nullif(a.InterSystemsId, ''), nullif(a.CorrelationId, '')) AS correlation_id,
    CASE WHEN a.LogonType IS NOT NULL THEN logon_type(a.LogonType) END AS logon_type,
    CASE lower(a.ExternalAccess) WHEN 'true' THEN true WHEN 'false' THEN false END AS external_access,
    a.OrganizationId AS organization_id, nullif(lower(a.OrganizationName), '') AS organization,
    parameters, changes_of(a.ModifiedProperties) AS modified,
    object_of(list_concat(a.ExtendedProperties, a.OperationProperties)) AS extended,
    coalesce(a.Item.Subject, a.AffectedItems[1].Subject) AS subject,
    coalesce(a.Item.InternetMessageId, a.AffectedItems[1].InternetMessageId) AS message_id,
    coalesce(a.Item.ParentFolder.Path, a.AffectedItems[1].ParentFolder.Path, a.Folders[1].Path) AS folder,
    nullif(a.SourceFileName, '') AS file, nullif(a.SiteUrl, '') AS site
FROM parsed
"""

MAIL_ITEMS = """
WITH hits AS (
    SELECT record_id, id, time, mailbox, user, ip, session_id, token_id,
        coalesce(nullif(a.ClientInfoString, ''), nullif(a.ClientProcessName, '')) AS client_info,
        coalesce(nullif(a.ClientAppId, ''), app_id) AS app_id, CASE WHEN a.LogonType IS NOT NULL THEN logon_type(a.LogonType) END AS logon_type,
        coalesce(prop(a.OperationProperties, 'MailAccessType'), CASE record_type WHEN '50' THEN 'Bind' WHEN '2' THEN 'Sync' END) AS access,
        try_cast(try_cast(a.OperationCount AS DOUBLE) AS BIGINT) AS operation_count,
        lower(prop(a.OperationProperties, 'IsThrottled')) = 'true' AS throttled,
        coalesce(nullif(a.Folders, []), [{
            'Path': coalesce(a.Item.ParentFolder.Path, a.Item.ParentFolder.Name),
            'FolderItems': [{'InternetMessageId': a.Item.InternetMessageId, 'SizeInBytes': a.Item.SizeInBytes}]}]) AS folders
    FROM parsed WHERE operation = 'MailItemsAccessed'
), opened AS (
    SELECT * EXCLUDE (folders), unnest(folders) AS opened FROM hits
), items AS (
    SELECT * EXCLUDE (opened), opened.Path AS folder,
        unnest(CASE WHEN len(opened.FolderItems) > 0 THEN opened.FolderItems ELSE [{'InternetMessageId': NULL, 'SizeInBytes': NULL}] END) AS item
    FROM opened
)
SELECT * EXCLUDE (item), nullif(item.InternetMessageId, '') AS message_id,
    try_cast(try_cast(item.SizeInBytes AS DOUBLE) AS BIGINT) AS size
FROM items
"""

RULE_CHANGES = """
WITH changes AS (
    SELECT *, a.Parameters AS p, try_cast(prop(a.OperationProperties, 'RuleActions') AS JSON) AS acts,
        list_transform(from_json(try_cast(prop(a.OperationProperties, 'RuleActions') AS JSON), '[{"ActionType":"VARCHAR"}]'),
            lambda x: lower(coalesce(x.ActionType, ''))) AS kinds,
        prop(a.OperationProperties, 'RuleCondition') AS conditions_text
    FROM parsed WHERE operation IN ('New-InboxRule', 'Set-InboxRule', 'Enable-InboxRule', 'UpdateInboxRules')
        AND (operation <> 'UpdateInboxRules' OR coalesce(prop(a.OperationProperties, 'RuleOperation'), '') NOT IN ('RemoveMailboxRule'))
), read AS (
    SELECT *,
        addresses_in(concat_ws(';', prop(p, 'ForwardTo'), prop(p, 'ForwardAsAttachmentTo'), prop(p, 'RedirectTo'), prop(p, 'ForwardAsAttachment'),
            array_to_string(list_transform(list_filter(from_json(acts, '[{"ActionType":"VARCHAR","Recipients":"JSON"}]'),
                lambda x: contains(lower(coalesce(x.ActionType, '')), 'forward') OR contains(lower(coalesce(x.ActionType, '')), 'redirect')),
                lambda x: CAST(x.Recipients AS VARCHAR)), ';'))) AS forward_to,
        list_filter(p, lambda x: x.Name NOT IN ('Identity', 'Force', 'AlwaysDeleteOutlookRulesBlob', 'Name', 'MoveToFolder', 'CopyToFolder',
            'DeleteMessage', 'SoftDeleteMessage', 'MarkAsRead', 'StopProcessingRules', 'ForwardTo', 'RedirectTo', 'ForwardAsAttachmentTo', 'Mailbox',
            'Enabled', 'Priority', 'DomainController', 'Confirm')) AS tests,
        list_filter(p, lambda x: x.Name IN ('MoveToFolder', 'CopyToFolder', 'DeleteMessage', 'SoftDeleteMessage', 'MarkAsRead',
            'StopProcessingRules', 'ForwardTo', 'RedirectTo', 'ForwardAsAttachmentTo')) AS deeds
    FROM changes
)
SELECT record_id, id, time, operation, mailbox, user, is_service, ip, session_id, app_id,
    coalesce(prop(p, 'RuleId'), prop(a.OperationProperties, 'RuleId'), nullif(regexp_extract(a.ObjectId, '\\\\([^\\\\]*)$', 1), '')) AS rule_id,
    coalesce(told(p, 'Name'), told(a.OperationProperties, 'RuleName'),
        CASE WHEN operation <> 'UpdateInboxRules' THEN coalesce(prop(p, 'Identity'), nullif(regexp_extract(a.ObjectId, '\\\\([^\\\\]*)$', 1), '')) END) AS rule_name,
    coalesce(object_of(tests), CASE WHEN conditions_text IS NOT NULL THEN CAST(json_object('RuleCondition', conditions_text) AS VARCHAR) END) AS conditions,
    words_in(concat_ws(';', prop(p, 'SubjectContainsWords'), prop(p, 'SubjectOrBodyContainsWords'), prop(p, 'BodyContainsWords'))) AS subject_words,
    words_in(lower(concat_ws(';', prop(p, 'From'), prop(p, 'FromAddressContainsWords')))) AS from_addresses,
    forward_to,
    coalesce(prop(p, 'MoveToFolder'), prop(p, 'CopyToFolder'), acts ->> '$[0].MoveToFolder', acts ->> '$[0].FolderName') AS move_to_folder,
    coalesce(lower(coalesce(prop(p, 'DeleteMessage'), prop(p, 'SoftDeleteMessage'))) = 'true',
        len(list_filter(kinds, lambda x: contains(x, 'delete'))) > 0) AS deletes,
    coalesce(lower(prop(p, 'MarkAsRead')) = 'true', list_contains(kinds, 'markasread')) AS marks_read,
    lower(prop(p, 'StopProcessingRules')) = 'true' AS stops,
    coalesce(object_of(deeds), CAST(acts AS VARCHAR)) AS actions
FROM read
"""

SIGN_INS = """
SELECT record_id, id, time, user, a.UserKey AS user_id, ip, app_id, prop(a.ExtendedProperties, 'UserAgent') AS user_agent,
    prop(a.DeviceProperties, 'BrowserType') AS browser, prop(a.DeviceProperties, 'OS') AS os, prop(a.DeviceProperties, 'Id') AS device_id,
    prop(a.DeviceProperties, 'DisplayName') AS device_name, lower(prop(a.DeviceProperties, 'IsCompliantAndManaged')) = 'true' AS device_managed,
    nullif(a.ObjectId, '') AS resource_id,
    CASE WHEN operation = 'UserLoggedIn' THEN coalesce(error_code, 0) ELSE coalesce(nullif(error_code, 0), 50126) END AS error_code,
    nullif(a.LogonError, '') AS failure_reason, session_id, coalesce(token_id, nullif(prop(a.DeviceProperties, 'UniqueTokenId'), '')) AS token_id,
    nullif(a.InterSystemsId, '') AS correlation_id, 'unified_audit' AS log
FROM parsed WHERE operation IN ('UserLoggedIn', 'UserLoginFailed')
"""

DIRECTORY_AUDITS = """
SELECT record_id, id, time, operation AS activity, CASE lower(a.ResultStatus) WHEN 'success' THEN 'success' WHEN 'failure' THEN 'failure' END AS result,
    user AS actor, ip, coalesce(a.Actor[1].ID, a.UserKey) AS actor_id,
    CASE WHEN starts_with(user, 'serviceprincipal_') THEN a.Actor[1].ID END AS actor_app,
    prop(a.ExtendedProperties, 'UserAgent') AS user_agent,
    coalesce(nullif(lower(trim(a.ObjectId)), 'not available'),
        lower(list_filter(a.Target, lambda x: x.Type IN ('5', '1'))[1].ID)) AS target,
    a.Target[2].ID AS target_id, CAST(to_json(a.Target) AS VARCHAR) AS targets, changes_of(a.ModifiedProperties) AS modified,
    object_of(a.ExtendedProperties) AS extended, session_id, nullif(a.InterSystemsId, '') AS correlation_id, 'unified_audit' AS log
FROM parsed WHERE a.Workload = 'AzureActiveDirectory' AND operation NOT IN ('UserLoggedIn', 'UserLoginFailed')
"""

SAMPLES = (
    Sample(
        says="a rule made through Outlook on the web: address with port, booleans as text",
        record='{"CreationTime":"2026-11-20T09:24:01","Id":"r1","Operation":"New-InboxRule","RecordType":1,"ResultStatus":"True","UserType":2,'
        '"Workload":"Exchange","ClientIP":"[2001:db8::7]:6453","UserId":"Ana@Contoso.example","ObjectId":"ana@contoso.example\\\\..",'
        '"Parameters":[{"Name":"Name","Value":".."},{"Name":"SubjectContainsWords","Value":"invoice;payment"},{"Name":"MoveToFolder",'
        '"Value":"RSS Feeds"},{"Name":"MarkAsRead","Value":"True"},{"Name":"ForwardTo","Value":"\\"X\\" [SMTP:x@evil.example]"}],"SessionId":"s1"}',
        rows={
            "audit_records": [
                {
                    "id": "r1",
                    "ip": "2001:db8::7",
                    "user": "ana@contoso.example",
                    "result": "success",
                    "session_id": "s1",
                }
            ],
            "rule_changes": [
                {
                    "rule_name": "..",
                    "subject_words": ["invoice", "payment"],
                    "move_to_folder": "RSS Feeds",
                    "marks_read": True,
                    "forward_to": ["x@evil.example"],
                    "mailbox": "ana@contoso.example",
                }
            ],
        },
    ),
    Sample(
        says="mail opened: two messages in one record, session id only in the access context",
        record='{"CreationTime":"2026-11-20T08:47:00","Id":"r2","Operation":"MailItemsAccessed","RecordType":50,"Workload":"Exchange","UserId":"ana@contoso.example",'
        '"ClientIPAddress":"198.18.71.9","ClientInfoString":"Client=OWA;","LogonType":0,"MailboxOwnerUPN":"ANA@contoso.example","OperationCount":2,'
        '"AppAccessContext":{"AADSessionId":"s1","UniqueTokenId":"t1"},"OperationProperties":[{"Name":"MailAccessType","Value":"Bind"},{"Name":"IsThrottled","Value":"False"}],'
        '"Folders":[{"Path":"\\\\Inbox","FolderItems":[{"InternetMessageId":"<1@x>","SizeInBytes":1156492.00},{"InternetMessageId":"<2@x>"}]}]}',
        rows={
            "audit_records": [
                {"session_id": "s1", "token_id": "t1", "mailbox": "ana@contoso.example", "folder": "\\Inbox"}
            ],
            "mail_items": [
                {"message_id": "<1@x>", "size": 1156492, "access": "Bind", "throttled": False},
                {"message_id": "<2@x>", "size": None},
            ],
        },
    ),
    Sample(
        says="a failed sign-in that calls itself a success",
        record='{"CreationTime":"2026-11-20T08:00:00Z","Id":"r3","Operation":"UserLoginFailed","ResultStatus":"Success","Workload":"AzureActiveDirectory",'
        '"UserId":"ana@contoso.example","ClientIP":"203.0.113.9","ErrorNumber":"50126","LogonError":"InvalidUserNameOrPassword",'
        '"ExtendedProperties":[{"Name":"UserAgent","Value":"BAV2ROPC"}],"DeviceProperties":[{"Name":"SessionId","Value":"s9"}]}',
        rows={
            "audit_records": [{"result": "failure", "error_code": 50126, "user_agent": "BAV2ROPC"}],
            "sign_ins": [{"error_code": 50126, "session_id": "s9", "log": "unified_audit"}],
        },
    ),
    Sample(
        says="a rule made by Outlook itself: everything is in the operation's properties, the name is empty",
        record='{"CreationTime":"2026-11-20T09:27:00","Id":"r5","Operation":"UpdateInboxRules","Workload":"Exchange","UserId":"ana@contoso.example",'
        '"MailboxOwnerUPN":"ana@contoso.example","OperationProperties":[{"Name":"RuleOperation","Value":"AddMailboxRule"},{"Name":"RuleName","Value":""},'
        '{"Name":"RuleId","Value":"15394007230974001153"},{"Name":"RuleActions","Value":"[{\\"ActionType\\": \\"Delete\\"}]"}]}',
        rows={
            "rule_changes": [{"rule_name": "", "rule_id": "15394007230974001153", "deletes": True, "marks_read": False}]
        },
    ),
    Sample(
        says="every list in a wrong shape: nothing fails, the row stays",
        record='{"CreationTime":"2026-11-20 08:00:00","Id":"*REDACTED*","Operation":"Update user.","Workload":"AzureActiveDirectory","UserId":null,'
        '"Parameters":"-Name x","ExtendedProperties":["a"],"ModifiedProperties":{},"Folders":"f","Item":[1],"AppAccessContext":"none","ClientIP":"<null>"}',
        rows={
            "audit_records": [{"id": None, "operation": "Update user", "parameters": None, "ip": None}],
            "directory_audits": [{"activity": "Update user"}],
        },
    ),
)

AUDIT_RECORD = Record(
    name="audit_record",
    about="One record of the unified audit log.",
    prepare=PREPARE,
    selects={
        "audit_records": AUDIT_RECORDS,
        "mail_items": MAIL_ITEMS,
        "rule_changes": RULE_CHANGES,
        "sign_ins": SIGN_INS,
        "directory_audits": DIRECTORY_AUDITS,
    },
    samples=SAMPLES,
    keys=KEYS,
)
