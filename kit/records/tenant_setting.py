"""Settings of the tenant, several out of one answer. Context: `origin`, the call that told them."""

from __future__ import annotations

from kit.record import Record, Sample

# name in the table → where it is: organisation config, admin audit log config, security defaults policy
PLACES = {
    "organization_audit_disabled": "$.AuditDisabled",
    "organization_dehydrated": "$.IsDehydrated",
    "modern_authentication": "$.OAuth2ClientProfileEnabled",
    "smtp_authentication_disabled": "$.SmtpClientAuthenticationDisabled",
    "default_authentication_policy": "$.DefaultAuthenticationPolicy",
    "unified_audit_ingestion": "$.UnifiedAuditLogIngestionEnabled",
    "admin_audit_age_limit": "$.AdminAuditLogAgeLimit",
    "security_defaults": "$.isEnabled",
}
_LIST = ", ".join(f"{{'name': '{name}', 'value': as_text(record, '{path}')}}" for name, path in PLACES.items())

SETTINGS = f"""
WITH told AS (SELECT record_id, context, unnest([{_LIST}]) AS setting FROM raw)
SELECT record_id, setting.name AS name,
    CASE WHEN lower(setting.value) IN ('true', 'false') THEN lower(setting.value) ELSE setting.value END AS value,
    as_text(context, '$.origin') AS origin
FROM told WHERE setting.value IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="organisation-wide auditing is off",
        record='{"Name":"contoso.onmicrosoft.example","AuditDisabled":true,"IsDehydrated":false,'
        '"AuditDisabled@data.type":"System.Boolean"}',
        context={"origin": "Get-OrganizationConfig"},
        rows={
            "tenant_settings": [
                {"name": "organization_audit_disabled", "value": "true", "origin": "Get-OrganizationConfig"},
                {"name": "organization_dehydrated", "value": "false"},
            ]
        },
    ),
    Sample(
        says="security defaults",
        record='{"id":"00000000-0000-0000-0000-000000000005","isEnabled":false,"displayName":"Security Defaults"}',
        context={"origin": "security defaults"},
        rows={"tenant_settings": [{"name": "security_defaults", "value": "false"}]},
    ),
    Sample(
        says="odd: flags as text, no context",
        record='{"UnifiedAuditLogIngestionEnabled":"False","AdminAuditLogAgeLimit":"90.00:00:00"}',
        rows={
            "tenant_settings": [
                {"name": "unified_audit_ingestion", "value": "false", "origin": None},
                {"name": "admin_audit_age_limit", "value": "90.00:00:00"},
            ]
        },
    ),
)

RECORD = Record("tenant_setting", "What is recorded and allowed in the tenant.", {"tenant_settings": SETTINGS}, SAMPLES)
