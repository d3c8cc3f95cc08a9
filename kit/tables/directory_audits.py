"""Directory audits: changes to users, methods, apps, roles, devices and policies."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="directory_audits",
    about="One row per directory audit event, from Graph or from Entra records in the unified audit log.",
    key=("id", "time", "activity", "target"),
    columns={
        "id": ("text", "the event's id"),
        "time": ("time", "UTC"),
        "activity": ("text", "activity name, without trailing dot or blank, en dash as hyphen"),
        "category": ("text", "UserManagement, ApplicationManagement …"),
        "result": ("text", "success or failure"),
        "result_reason": ("text", "the service's words"),
        "actor": ("text", "acting user, case-folded, or NULL"),
        "actor_id": ("text", "acting object id"),
        "actor_app": ("text", "acting application name"),
        "actor_app_id": ("text", "acting application or service principal id"),
        "ip": ("text", "client address: bare, no port, no brackets, IPv4-mapped IPv6 as IPv4"),
        "asn": ("whole", "autonomous system number, as reported or looked up"),
        "network": ("text", "name of the autonomous system"),
        "network_class": ("text", "eyeball, mobile, hosting, vpn, microsoft, or NULL when not known"),
        "country": ("text", "ISO 3166 two-letter code, as reported or looked up"),
        "user_agent": ("text", "user agent where told"),
        "target": ("text", "user principal name or display name of the main target, case-folded"),
        "target_id": ("text", "object id of the main target"),
        "target_type": ("text", "User, Application, Device …"),
        "targets": ("json", "all targets as a list of {type, id, name}"),
        "modified": ("json", "modified properties as one object name → [old, new] (text)"),
        "extended": ("json", "additional details as one object name → value"),
        "session_id": ("text", "session id where told"),
        "correlation_id": ("text", "joins the events of one act"),
        "log": ("text", "entra, log_analytics or unified_audit"),
    },
)
