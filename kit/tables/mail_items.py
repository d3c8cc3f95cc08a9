"""Mail items accessed: what was opened or synchronised, message by message."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="mail_items",
    about="One row per message or folder of a MailItemsAccessed record; a Sync row means the whole folder.",
    key=("id", "folder", "message_id"),
    columns={
        "id": ("text", "AuditData.Id of the record"),
        "time": ("time", "UTC"),
        "mailbox": ("text", "mailbox owner, case-folded"),
        "user": ("text", "who acted, case-folded"),
        "ip": ("text", "client address: bare, no port, no brackets, IPv4-mapped IPv6 as IPv4"),
        "asn": ("whole", "autonomous system number, as reported or looked up"),
        "network": ("text", "name of the autonomous system"),
        "network_class": ("text", "eyeball, mobile, hosting, vpn, microsoft, or NULL when not known"),
        "country": ("text", "ISO 3166 two-letter code, as reported or looked up"),
        "session_id": ("text", "session id"),
        "token_id": ("text", "unique token id"),
        "client_info": ("text", "ClientInfoString"),
        "app_id": ("text", "client application id"),
        "logon_type": ("whole", "as in audit_records"),
        "access": ("text", "Bind (messages) or Sync (whole folder)"),
        "folder": ("text", "folder path"),
        "message_id": ("text", "InternetMessageId; NULL for Sync"),
        "size": ("whole", "bytes"),
        "operation_count": ("whole", "OperationCount of the record"),
        "throttled": ("flag", "IsThrottled: records are missing"),
    },
)
