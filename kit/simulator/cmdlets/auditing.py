"""Settings that decide what is recorded: organisation, unified audit log, accounts whose actions are not audited."""

from __future__ import annotations

from kit.simulator.cmdlet import Cmdlets, limited, mailbox
from kit.simulator.footprint import cmdlet_record
from kit.simulator.message import Call
from kit.simulator.problem import ExchangeProblem
from kit.simulator.world import Json

cmdlets = Cmdlets()


@cmdlets.cmdlet("Get-OrganizationConfig")
def get_organization(call: Call, parameters: Json) -> list[Json]:
    """The organisation's settings."""
    return [call.tenancy.collection("organizationConfig")["0"]]


@cmdlets.cmdlet("Set-OrganizationConfig")
def set_organization(call: Call, parameters: Json) -> list[Json]:
    """Turn mailbox auditing by default on or off; other settings are refused, not ignored."""
    config = call.tenancy.collection("organizationConfig")["0"]
    _only(call, parameters, "AuditDisabled")
    config["AuditDisabled"] = parameters["AuditDisabled"]
    cmdlet_record(call, "Set-OrganizationConfig", parameters, call.tenancy.world.domain)
    return []


@cmdlets.cmdlet("Enable-OrganizationCustomization")
def customise(call: Call, parameters: Json) -> list[Json]:
    """Make the organisation's own copies of settings that new tenants share."""
    config = call.tenancy.collection("organizationConfig")["0"]
    if not config.get("IsDehydrated"):
        raise ExchangeProblem(
            400, "BadRequest", "This operation is not required. Organization is already enabled for customization."
        )
    config["IsDehydrated"] = False
    cmdlet_record(call, "Enable-OrganizationCustomization", parameters, call.tenancy.world.domain)
    return []


@cmdlets.cmdlet("Get-AdminAuditLogConfig")
def get_audit_log(call: Call, parameters: Json) -> list[Json]:
    """Whether the unified audit log takes records."""
    return [call.tenancy.collection("adminAuditLogConfig")["0"]]


@cmdlets.cmdlet("Set-AdminAuditLogConfig")
def set_audit_log(call: Call, parameters: Json) -> list[Json]:
    """Turn the unified audit log on or off; the organisation must allow customisation first."""
    _only(call, parameters, "UnifiedAuditLogIngestionEnabled")
    if call.tenancy.collection("organizationConfig")["0"].get("IsDehydrated"):
        raise ExchangeProblem(
            400,
            "BadRequest",
            "The command you tried to run isn't currently allowed in your organization. To run this command, you first "
            "need to run the command: Enable-OrganizationCustomization.",
            "Microsoft.Exchange.Configuration.Tasks.InvalidOperationInDehydratedContextException",
        )
    config = call.tenancy.collection("adminAuditLogConfig")["0"]
    config["UnifiedAuditLogIngestionEnabled"] = parameters["UnifiedAuditLogIngestionEnabled"]
    cmdlet_record(call, "Set-AdminAuditLogConfig", parameters, "Admin Audit Log Settings")
    return []


@cmdlets.cmdlet("Get-MailboxAuditBypassAssociation")
def get_bypass(call: Call, parameters: Json) -> list[Json]:
    """Whether an account's actions are kept out of the mailbox audit; all accounts when none is named."""
    if parameters.get("Identity"):
        return [_bypass(call, *mailbox(call, parameters))]
    return limited(parameters, [_bypass(call, *item) for item in call.tenancy.collection("mailboxes").items()])


@cmdlets.cmdlet("Set-MailboxAuditBypassAssociation")
def set_bypass(call: Call, parameters: Json) -> list[Json]:
    """Audit an account's actions, or stop auditing them."""
    user_id, box = mailbox(call, parameters)
    row = _bypass(call, user_id, box) | {"AuditBypassEnabled": parameters["AuditBypassEnabled"]}
    call.tenancy.collection("auditBypass")[user_id] = row
    cmdlet_record(call, "Set-MailboxAuditBypassAssociation", parameters, str(box["Identity"]))
    return []


@cmdlets.cmdlet("Get-AcceptedDomain")
def get_domains(call: Call, parameters: Json) -> list[Json]:
    """The domains the organisation takes mail for."""
    wanted = str(parameters.get("Identity") or "").casefold()
    rows = [row for name, row in call.tenancy.collection("acceptedDomains").items() if wanted in {"", name.casefold()}]
    return limited(parameters, rows)


def _bypass(call: Call, user_id: str, box: Json) -> Json:
    held: Json | None = call.tenancy.collection("auditBypass").get(user_id)
    plain = {
        "Identity": box["Identity"],
        "Name": box.get("Name") or box.get("DisplayName"),
        "AuditBypassEnabled": False,
    }
    return held or plain


def _only(call: Call, parameters: Json, name: str) -> None:
    given = set(parameters) - {"Confirm", "Force", "ErrorAction", "WarningAction"}
    if given != {name}:
        other = sorted(given - {name})
        what = f" -{other[0]}" if other else f" without -{name}"
        raise ExchangeProblem(501, "NotImplemented", f"{call.ids['cmdlet']}{what} is not simulated.")
