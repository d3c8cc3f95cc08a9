"""mailbox_permission_granted: a person may now open, or send as, somebody's mailbox."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import by_person, each, lines, matches, member, owner, said, when, worked

# Roles by which one account, or one application, reaches every mailbox.
ROLES = r"applicationimpersonation|mailbox import export|mailbox search|organization management|organizationmanagement"


def _grant(operation: str, parameters: str, **more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T10:00:00", "operation": operation, "user": "admin@contoso.example"}
    return row | {"mailbox": "ceo@contoso.example", "parameters": parameters, "ip": "203.0.113.9"} | more


@detection(
    severity="high",
    family="mailbox",
    attack=("T1098.002",),
    examples=(
        Example(
            "hit",
            "full access for a third person",
            {
                "audit_records": [
                    _grant("Add-MailboxPermission", '{"User":"bob@contoso.example","AccessRights":"FullAccess"}')
                ]
            },
            finds=1,
            severity="medium",
        ),
        Example(
            "hit",
            "an administrator opens a mailbox for himself",
            {
                "audit_records": [
                    _grant("Add-MailboxPermission", '{"User":"Admin@contoso.example","AccessRights":"FullAccess"}')
                ]
            },
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "a role group that may act as every mailbox",
            {
                "audit_records": [
                    _grant(
                        "New-RoleGroup",
                        '{"Name":"Sync","Roles":"ApplicationImpersonation","Members":"x"}',
                        mailbox=None,
                    )
                ]
            },
            finds=1,
            severity="critical",
        ),
        Example(
            "miss",
            "the right to see the mailbox only",
            {"audit_records": [_grant("Add-MailboxPermission", '{"User":"bob","AccessRights":"ReadPermission"}')]},
        ),
        Example(
            "miss",
            "another role",
            {"audit_records": [_grant("New-ManagementRoleAssignment", '{"Role":"My Voice Mail"}')]},
        ),
        Example(
            "look-alike",
            "the service grants on its own discovery mailbox",
            {
                "audit_records": [
                    _grant(
                        "Add-MailboxPermission",
                        '{"User":"Discovery Management","AccessRights":"FullAccess"}',
                        user="nt authority\\system (microsoft.exchange.servicehost)",
                        is_service=True,
                    )
                ]
            },
        ),
    ),
)
def mailbox_permission_granted(audit_records: ir.Table) -> ir.Table:
    """A person was given the right to open, or to send as, a mailbox.

    Why: an account that may open other mailboxes reads on after the stolen one is locked; a role may open all of them.
    False positives: a help desk that sets up an assistant, a shared mailbox or a migration, most of the time.
    Limits: rights given before the logs begin are not here: read the mailboxes' permissions too. Folder rights are not
        read.
    Next: ask who asked for it; remove what nobody knows; read what the grantee opened since.
    """
    rows = audit_records.filter(by_person(audit_records), worked(audit_records))
    rows = rows.mutate(right=_right(rows)).filter(lambda t: t.right.notnull())
    grantee = ibis.coalesce(
        *(member(rows.parameters, name) for name in ("User", "Trustee", "GrantSendOnBehalfTo", "Members", "Member"))
    )
    rows = rows.mutate(grantee=grantee, owner=owner(rows), where=place(rows), everyone=rows.right.startswith("a role"))
    own = (rows.grantee.lower() == rows.user).fill_null(False)
    return rows.select(
        subject=ibis.ifelse(rows.everyone, rows.user.fill_null(rows.owner), rows.owner),
        title=ibis.ifelse(
            rows.everyone,
            said(rows, "{user} gave {right}"),
            said(rows, "{grantee} was given {right} on the mailbox {owner}"),
        ),
        severity=ibis.cases((rows.everyone, "critical"), (own, "high"), else_="medium"),
        reason=lines(
            said(rows, "{operation} by {user} from {where}"),
            when(own, "Who granted it is who received it"),
            when(rows.everyone, said(rows, "It reaches every mailbox; given to {grantee}")),
        ),
        **each(rows),
    )


def _right(rows: ir.Table) -> ir.StringValue:
    access = matches(member(rows.parameters, "AccessRights"), "fullaccess")
    sends = matches(member(rows.parameters, "AccessRights"), "sendas")
    behalf = member(rows.parameters, "GrantSendOnBehalfTo").notnull()
    role = ibis.coalesce(*(member(rows.parameters, name) for name in ("Role", "Roles")))
    group = rows.parameters.fill_null("") + rows.object_id.fill_null("")
    return ibis.cases(
        ((rows.operation == "Add-MailboxPermission") & access, "full access"),
        ((rows.operation == "Add-RecipientPermission") & sends, "the right to send as it"),
        ((rows.operation == "Set-Mailbox") & behalf, "the right to send on its behalf"),
        (
            rows.operation.isin(["New-ManagementRoleAssignment", "New-RoleGroup"]) & matches(role, ROLES),
            "a role that opens every mailbox",
        ),
        ((rows.operation == "Add-RoleGroupMember") & matches(group, ROLES), "a role group that opens every mailbox"),
        else_=ibis.null("string"),
    )
