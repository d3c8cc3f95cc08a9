"""Audit records exported from Log Analytics or Sentinel: OfficeActivity, as CSV or JSON.

ElevationTime is when it happened; TimeGenerated where that is missing and is a whole time; else Start_Time, the batch's."""

from __future__ import annotations

from kit.importer import Example, Importer

SELECT = """
SELECT record_id, json_object(
    'Id', coalesce(cell(object, 'OfficeId'), cell(object, 'SourceRecordId')),
    'CreationTime', CASE WHEN moment(cell(object, 'ElevationTime')) IS NOT NULL THEN cell(object, 'ElevationTime')
        WHEN moment(cell(object, 'TimeGenerated')) IS NOT NULL THEN cell(object, 'TimeGenerated') ELSE cell(object, 'Start_Time') END,
    'Operation', cell(object, 'Operation'),
    'OrganizationId', cell(object, 'OrganizationId'),
    'RecordType', cell(object, 'RecordType'),
    'ResultStatus', cell(object, 'ResultStatus'),
    'UserKey', cell(object, 'UserKey'),
    'UserType', cell(object, 'UserType'),
    'Workload', cell(object, 'OfficeWorkload'),
    'ClientIP', coalesce(cell(object, 'ClientIP'), cell(object, 'Client_IPAddress')),
    'UserId', cell(object, 'UserId'),
    'ObjectId', cell(object, 'OfficeObjectId'),
    'ClientInfoString', cell(object, 'ClientInfoString'),
    'ExternalAccess', cell(object, 'ExternalAccess'),
    'LogonType', cell(object, 'Logon_Type'),
    'MailboxOwnerUPN', cell(object, 'MailboxOwnerUPN'),
    'MailboxGuid', cell(object, 'MailboxGuid'),
    'OrganizationName', cell(object, 'OrganizationName'),
    'AppId', cell(object, 'AppId'),
    'ClientAppId', cell(object, 'ClientAppId'),
    'UserAgent', cell(object, 'UserAgent'),
    'SourceFileName', cell(object, 'SourceFileName'),
    'SiteUrl', cell(object, 'Site_Url'),
    'SessionId', cell(object, 'SessionId'),
    'OperationCount', cell(object, 'OperationCount'),
    'Parameters', cell_json(object, 'Parameters'),
    'OperationProperties', cell_json(object, 'OperationProperties'),
    'ExtendedProperties', cell_json(object, 'ExtendedProperties'),
    'ModifiedProperties', cell_json(object, 'ModifiedProperties'),
    'AppAccessContext', cell_json(object, 'AppAccessContext'),
    'Item', cell_json(object, 'Item'),
    'AffectedItems', cell_json(object, 'AffectedItems'),
    'Folders', cell_json(object, 'Folders')) AS record, NULL AS context
FROM given
"""

LOG_ANALYTICS_OFFICE_ACTIVITY = Importer(
    name="log_analytics_office_activity",
    about="OfficeActivity of Log Analytics.",
    layouts=("cells", "objects"),
    names=("officeworkload", "operation", "userid"),
    record="audit_record",
    select=SELECT,
    example=Example(
        text="RecordType,Operation,OfficeWorkload,UserId,ClientIP,OfficeId,ElevationTime [UTC],Parameters\r\n"
        'ExchangeAdmin,New-InboxRule,Exchange,Ana@contoso.example,[2001:db8::7]:36185,r1,"4/26/2026, 7:17:10.000 AM","[{""Name"":""Name"",""Value"":""x""}]"\r\n',
        records=1,
    ),
)
