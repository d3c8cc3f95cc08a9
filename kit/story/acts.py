"""Acts: what an operation means in an investigation, its phase and its words.

Operations are those of the unified audit log and of directory audits, as the tables spell them (without trailing dot,
en dash as hyphen). The phases are those of a timeline: initial access, persistence, collection, fraud/outbound, defence
evasion, response. What is not listed here is an event, but no step of a story.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

PHASES = ("initial access", "persistence", "collection", "fraud/outbound", "defence evasion", "alert", "response")


@dataclass(frozen=True)
class Act:
    """What an operation means. `phase` is one of PHASES, `what` words for a line of the timeline.

    `group` names what is counted together when it happens again and again ("" for acts that each have a line).
    """

    phase: str
    what: str
    group: str = ""


SIGN_IN = Act("initial access", "Signed in", "sign-in")
READ = Act("collection", "Mail accessed", "mail")
FILES = Act("collection", "Files opened or downloaded", "files")
SEARCH = Act("collection", "Searched the mailbox or files", "search")
SEND = Act("fraud/outbound", "Sent mail", "send")
DELETE = Act("defence evasion", "Deleted mail", "delete")
PERMISSION = Act("persistence", "Permission on a mailbox or folder changed")

ACTS: Mapping[str, Act] = {
    "sign-in": SIGN_IN,
    "MailItemsAccessed": READ,
    "MessageBind": READ,
    "FolderBind": READ,
    "AttachmentAccess": Act("collection", "Attachments accessed", "attachments"),
    "SearchQueryInitiatedExchange": SEARCH,
    "SearchQueryInitiatedSharePoint": SEARCH,
    "FileAccessed": FILES,
    "FileDownloaded": FILES,
    "FilePreviewed": FILES,
    "FileSyncDownloadedFull": FILES,
    "FileSyncDownloadedPartial": FILES,
    "Send": SEND,
    "SendAs": SEND,
    "SendOnBehalf": SEND,
    "New-InboxRule": Act("persistence", "Inbox rule made"),
    "Set-InboxRule": Act("persistence", "Inbox rule changed"),
    "Enable-InboxRule": Act("persistence", "Inbox rule switched on"),
    "Disable-InboxRule": Act("defence evasion", "Inbox rule switched off"),
    "Remove-InboxRule": Act("defence evasion", "Inbox rule removed"),
    "UpdateInboxRules": Act("persistence", "Inbox rules changed through Outlook"),
    "Set-Mailbox": Act("persistence", "Mailbox settings changed"),
    "Set-MailboxAutoReplyConfiguration": Act("persistence", "Automatic replies changed"),
    "Set-CASMailbox": Act("persistence", "Mailbox protocols changed"),
    "Add-MailboxPermission": PERMISSION,
    "Remove-MailboxPermission": PERMISSION,
    "Add-RecipientPermission": PERMISSION,
    "Add-MailboxFolderPermission": PERMISSION,
    "Set-MailboxFolderPermission": PERMISSION,
    "AddFolderPermissions": PERMISSION,
    "ModifyFolderPermissions": PERMISSION,
    "UpdateFolderPermissions": PERMISSION,
    "UpdateCalendarDelegation": PERMISSION,
    "New-TransportRule": Act("persistence", "Mail flow rule made"),
    "Set-TransportRule": Act("persistence", "Mail flow rule changed"),
    "New-InboundConnector": Act("persistence", "Mail connector made"),
    "New-OutboundConnector": Act("persistence", "Mail connector made"),
    "Set-AdminAuditLogConfig": Act("defence evasion", "Audit log settings changed"),
    "Set-MailboxAuditBypassAssociation": Act("defence evasion", "Mailbox auditing bypass changed"),
    "Set-OrganizationConfig": Act("defence evasion", "Organisation settings changed"),
    "AnonymousLinkCreated": Act("collection", "Sharing link for anyone made", "link"),
    "SharingInvitationCreated": Act("collection", "Sharing invitation made", "link"),
    "HardDelete": DELETE,
    "SoftDelete": DELETE,
    "MoveToDeletedItems": DELETE,
}

TOLD_BY_DETAIL: tuple[tuple[str, str, Act], ...] = (
    ("Set-Mailbox", "Forward", Act("persistence", "Forwarding of the mailbox changed")),
    ("Set-Mailbox", '"Audit', Act("defence evasion", "Auditing of the mailbox changed")),
)
"""Operations that are made for many ends: with this text in their parameters they mean this."""

EVASION = re.compile(r"policy|conditional access|disable strong auth|risk", re.IGNORECASE)
"""Directory activities that weaken defences; the others made by an attacker are ways to come back."""

RESPONSE = re.compile(
    r"^(disable account|enable account|reset (user )?password.*|change user password|revoke.*sign-?in.*|"
    r"update stsrefreshtokenvalidfrom timestamp|.*(deleted|removed?) security info|delete device|disable device|"
    r"delete .*permission ?grant.*|remove (oauth2permissiongrant|delegated permission grant|app role assignment).*|"
    r"confirm(ed)? user compromised.*|(disable|remove|set)-inboxrule|updateinboxrules|remove-mailboxpermission|"
    r"remove-blockedsenderaddress|set-mailbox|update user)$",
    re.IGNORECASE,
)
"""Acts by which an account is contained or cleaned, when somebody else than the attacker or the account does them."""

TELLING: Mapping[str, str] = {"set-mailbox": "Forward", "update user": "AccountEnabled"}
"""Operations that are made for many ends: they count as a response only when their details hold this word."""


def act(source: str, operation: str) -> Act | None:
    """The meaning of one event, or None when it is no step. Every directory audit is a change."""
    if source == "directory_audits":
        return Act("defence evasion" if EVASION.search(operation) else "persistence", operation)
    return ACTS.get(operation)


def acted(events: pd.DataFrame) -> pd.DataFrame:
    """The events that mean something, with the columns `phase`, `what` and `group` of their acts."""
    pairs = list(zip(events["source"], events["operation"].fillna(""), strict=True))
    known = {pair: act(*pair) for pair in set(pairs)}
    meant = [known[pair] for pair in pairs]
    columns = {name: [getattr(one, name, None) for one in meant] for name in ("phase", "what", "group")}
    rows = events.assign(**{name: pd.Series(told, events.index, "object") for name, told in columns.items()})
    rows = rows[rows["phase"].notna()]
    for operation, text, better in TOLD_BY_DETAIL:
        meant_so = (rows["operation"] == operation) & _holds(rows["detail"], text)
        rows = rows.assign(
            phase=rows["phase"].mask(meant_so, better.phase), what=rows["what"].mask(meant_so, better.what)
        )
    return rows


def _holds(column: pd.Series, text: str) -> pd.Series:
    return column.str.contains(text, regex=False).fillna(False).astype("bool")


def responses(events: pd.DataFrame, since: pd.Timestamp) -> pd.DataFrame:
    """Containment and cleaning after `since`, done by neither the attacker, the account nor a service."""
    words = events["operation"].fillna("").str.lower()
    found = words.map({word: bool(RESPONSE.match(word)) for word in words.unique()}).astype("bool")
    for operation, word in TELLING.items():
        found &= (words != operation) | _holds(events["detail"], word)
    found &= (events["label"] != "attacker") & (events["time"] >= since) & events["worked"]
    found &= (events["user"].fillna("") != events["account"]) & ~events["is_service"].fillna(False).astype("bool")
    rows = events[found]
    return rows.assign(phase="response", what=rows["operation"] + " by " + rows["user"].fillna("unknown"), group="")
