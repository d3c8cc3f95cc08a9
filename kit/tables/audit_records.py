"""Audit records: the unified audit log, one row a record."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="audit_records",
    about="One row per unified audit record of any workload; nested content also has tables of its own.",
    key=("id", "operation", "time", "user", "parameters"),
    columns={
        "id": ("text", "AuditData.Id; NULL when missing or redacted"),
        "time": ("time", "CreationTime, UTC"),
        "operation": ("text", "operation, without trailing dot or blank, en dash as hyphen"),
        "workload": ("text", "Exchange, AzureActiveDirectory, SharePoint, OneDrive …"),
        "record_type": ("text", "record type as number in text, or its name where only that is given"),
        "user": ("text", "UserId, case-folded"),
        "user_key": ("text", "UserKey as given"),
        "user_type": ("text", "UserType as given"),
        "is_service": (
            "flag",
            "acted by Microsoft's own service (NT AUTHORITY and the like), not by a person or app",
        ),
        "mailbox": (
            "text",
            "mailbox acted upon: MailboxOwnerUPN or the target of a mailbox cmdlet, case-folded",
        ),
        "object_id": ("text", "ObjectId as given, trimmed"),
        "ip": ("text", "client address: bare, no port, no brackets, IPv4-mapped IPv6 as IPv4"),
        "asn": ("whole", "autonomous system number, as reported or looked up"),
        "network": ("text", "name of the autonomous system"),
        "network_class": ("text", "eyeball, mobile, hosting, vpn, microsoft, or NULL when not known"),
        "country": ("text", "ISO 3166 two-letter code, as reported or looked up"),
        "result": (
            "text",
            "success, failure, partial or NULL; derived from error fields before ResultStatus",
        ),
        "error_code": ("whole", "ErrorNumber of sign-in records"),
        "error": ("text", "LogonError or the failure text"),
        "app_id": ("text", "AppId or ApplicationId"),
        "client_app_id": ("text", "ClientAppId"),
        "client_info": ("text", "ClientInfoString"),
        "user_agent": ("text", "user agent wherever the record hides it"),
        "session_id": ("text", "SessionId, AADSessionId or DeviceProperties SessionId"),
        "token_id": ("text", "AppAccessContext.UniqueTokenId"),
        "correlation_id": ("text", "correlation or InterSystemsId"),
        "logon_type": (
            "whole",
            "0 owner, 1 admin, 2 delegate, 3 transport, 4 system, 5 best access, 6 delegated admin",
        ),
        "external_access": ("flag", "ExternalAccess: acted by an outside administrator or Microsoft"),
        "organization_id": ("text", "tenant id"),
        "organization": ("text", "OrganizationName, case-folded"),
        "parameters": ("json", "cmdlet parameters as one object name → value (text)"),
        "modified": ("json", "modified properties as one object name → [old, new] (text)"),
        "extended": ("json", "extended and operation properties as one object name → value (text)"),
        "subject": ("text", "subject of the item or of the first affected item"),
        "message_id": ("text", "InternetMessageId of the item"),
        "folder": ("text", "folder path of the item"),
        "file": ("text", "file name with extension (SharePoint and OneDrive)"),
        "site": ("text", "site URL"),
    },
)
