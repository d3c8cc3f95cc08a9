"""Audit records of Exchange: mailbox items, searches, rules, and cmdlets of administrators and of the service."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kit.simulator.acts import SignIn
from kit.simulator.company import Company
from kit.simulator.dice import Dice
from kit.simulator.network import Address
from kit.simulator.people import Person
from kit.simulator.shapes.audit_record import base, token_context

SYSTEM = "NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)"
EXCHANGE_APP = "00000002-0000-0ff1-ce00-000000000000"


def server(draw: Dice) -> str:
    """OriginatingServer. Item records end it with a line break, as the service does."""
    return f"PR{draw.choice('0135')}P264MB{draw.randrange(1000, 4999)} (15.20.9342.0{draw.randrange(10, 30)})"


def with_port(ip: str, draw: Dice) -> str:
    """ClientIP of cmdlets: the address with a port that changes with every record."""
    host = f"[{ip}]" if ":" in ip else ip
    return f"{host}:{draw.randrange(1025, 65535)}"


def folder_id(person: Person, folder: str) -> str:
    """An entry id, stable for the mailbox and folder."""
    digits = f"{person.mailbox.replace('-', '')}{len(folder):02x}{sum(folder.encode()):06x}"
    return f"LgAAAAD{digits[:24]}AQC{digits[24:]}AAAAAAEMAAAB"


def mailbox_record(
    owner: Person, company: Company, at: datetime, draw: Dice, operation: str, record_type: int, info: str, ip: str
) -> dict[str, Any]:
    """What every mailbox record of an owner starts with."""
    return {
        **base(company, at, draw.guid(), operation, record_type, "Exchange"), "ResultStatus": "Succeeded",
        "UserKey": owner.puid, "UserType": 0, "UserId": mixed(owner), "ClientIPAddress": ip,
        "ClientInfoString": f"Client={info}", "ExternalAccess": False, "InternalLogonType": 0, "LogonType": 0,
        "LogonUserSid": owner.sid, "MailboxGuid": owner.mailbox, "MailboxOwnerSid": owner.sid,
        "MailboxOwnerUPN": mixed(owner), "OrganizationName": company.initial_domain,
        "OriginatingServer": f"{server(draw)}\r\n",
    }  # fmt: skip


def mixed(person: Person) -> str:
    """Exchange keeps the case in which an address was typed; SharePoint and Entra do not."""
    local, _, domain = person.upn.partition("@")
    return f"{local.title()}@{domain}" if person.puid[-1] in "02468ACE" else person.upn


def session(act: SignIn) -> dict[str, Any]:
    """The properties that tie a record to a sign-in."""
    context = token_context(act)
    kept = {key: context[key] for key in ("AADSessionId", "IssuedAtTime", "UniqueTokenId")}
    return {"SessionId": act.session, "AppAccessContext": kept}


def bind(
    act: SignIn, at: datetime, company: Company, draw: Dice, folders: Mapping[str, Sequence[str]], *,
    tied: bool = True, throttled: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """MailItemsAccessed of single messages: folder path → Internet message ids. `tied` records carry the session."""
    record = _access(act.person, company, at, draw, folders, act.client.info, act.address.ip, throttled)
    record |= {"AppId": EXCHANGE_APP, "ClientAppId": act.app.id}
    return record | session(act) if tied else record


def background_bind(
    owner: Person, at: datetime, company: Company, draw: Dice, folders: Mapping[str, Sequence[str]], address: Address
) -> dict[str, Any]:
    """MailItemsAccessed by Microsoft's own service (RESTSystem): not a person, and no session."""
    return _access(owner, company, at, draw, folders, "REST;Client=RESTSystem;;", address.ip, throttled=False)


def _access(
    owner: Person, company: Company, at: datetime, draw: Dice, folders: Mapping[str, Sequence[str]], info: str, ip: str,
    throttled: bool,
) -> dict[str, Any]:  # fmt: skip
    record = mailbox_record(owner, company, at, draw, "MailItemsAccessed", 50, info, ip)
    return record | {
        "OperationProperties": [
            {"Name": "MailAccessType", "Value": "Bind"}, {"Name": "IsThrottled", "Value": str(throttled)},
        ],
        "OperationCount": sum(len(ids) for ids in folders.values()),
        "Folders": [
            {
                "FolderItems": [{"InternetMessageId": i, "SizeInBytes": 9000 + 37 * len(i)} for i in ids],
                "Id": folder_id(owner, path), "Path": path,
            }
            for path, ids in folders.items()
        ],
    }  # fmt: skip


def send(act: SignIn, at: datetime, company: Company, draw: Dice, message: str, subject: str, *, attachments: str = "",
         tied: bool = True) -> dict[str, Any]:  # fmt: skip
    """Send: a message left the mailbox."""
    owner = act.person
    record = mailbox_record(owner, company, at, draw, "Send", 2, act.client.info, act.address.ip)
    item = {"Id": "Unknown", "InternetMessageId": message, "Subject": subject, "SizeInBytes": 12000 + 11 * len(subject),
            "ParentFolder": {"Id": folder_id(owner, "\\Drafts"), "Path": drafts(owner)}}  # fmt: skip
    if attachments:
        item["Attachments"] = attachments
    record |= {
        "AppId": EXCHANGE_APP,
        "ClientAppId": act.app.id,
        "ClientIP": act.address.ip,
        "Item": item,
        "SaveToSentItems": True,
    }
    return record | session(act) if tied else record


def moved(
    act: SignIn, at: datetime, company: Company, draw: Dice, operation: str, source: str, message: str, subject: str, *,
    to: str = "", tied: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """MoveToDeletedItems, SoftDelete or HardDelete of one message in folder `source`."""
    owner = act.person
    record = mailbox_record(owner, company, at, draw, operation, 3, act.client.info, act.address.ip)
    folder = {"Id": folder_id(owner, source), "Path": source}
    record |= {
        "AppId": EXCHANGE_APP, "ClientAppId": act.app.id, "ClientIP": act.address.ip,
        "CrossMailboxOperation": False, "Folder": folder,
        "AffectedItems": [
            {
                "Id": f"RgAAAAD{folder['Id'][7:40]}BwAAAJ", "InternetMessageId": message, "ParentFolder": folder,
                "Subject": subject,
            },
        ],
    }  # fmt: skip
    if to:
        record["DestFolder"] = {"Id": folder_id(owner, to), "Path": to}
    return record | session(act) if tied else record


def searched(act: SignIn, at: datetime, company: Company, draw: Dice, words: str) -> dict[str, Any]:
    """SearchQueryInitiatedExchange: what was looked for in the mailbox."""
    record = mailbox_record(
        act.person, company, at, draw, "SearchQueryInitiatedExchange", 101, act.client.info, act.address.ip
    )
    record |= {
        "QueryText": words,
        "QuerySource": "Outlook Web",
        "ScenarioName": "OWA Search",
        "CorrelationId": draw.guid(),
    }
    return record | session(act)


def rules_updated(
    act: SignIn, at: datetime, company: Company, draw: Dice, rule_id: str, condition: str, actions: list[dict[str, Any]]
) -> dict[str, Any]:
    """UpdateInboxRules: a rule made through MAPI or Outlook; everything is hidden in OperationProperties."""
    record = mailbox_record(act.person, company, at, draw, "UpdateInboxRules", 2, act.client.info, act.address.ip)
    said = {
        "RuleOperation": "AddMailboxRule", "RuleId": rule_id, "RuleState": "Enabled, ExitAfterExecution",
        "RuleCondition": condition, "RuleName": "", "RuleProvider": "RuleOrganizer",
        "RuleActions": json.dumps(actions),
    }  # fmt: skip
    record |= {
        "AppId": EXCHANGE_APP, "ClientAppId": act.app.id, "ClientIP": act.address.ip,
        "OperationProperties": [{"Name": name, "Value": value} for name, value in said.items()],
        "Item": {
            "Id": "Unknown", "ParentFolder": {"Id": folder_id(act.person, "\\Inbox"), "Path": inbox(act.person)},
        },
    }  # fmt: skip
    return record | session(act)


def cmdlet(
    at: datetime, company: Company, draw: Dice, name: str, target: str, parameters: Mapping[str, str], *,
    act: SignIn | None = None, tied: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """A cmdlet: by the person of `act`, or by the service when there is none. ResultStatus is "True"."""
    record = {
        **base(company, at, draw.guid(), name, 1, "Exchange"), "ResultStatus": "True", "ObjectId": target,
        "ExternalAccess": act is None, "AppId": "", "ClientAppId": "", "OrganizationName": company.initial_domain,
        "OriginatingServer": server(draw),
        "Parameters": [{"Name": key, "Value": value} for key, value in parameters.items()],
    }  # fmt: skip
    if act is None:
        return record | {"UserKey": SYSTEM, "UserType": 3, "UserId": SYSTEM}
    who = {"UserKey": act.person.puid, "UserType": 2, "UserId": mixed(act.person), "AppId": EXCHANGE_APP}
    record |= who | {"ClientIP": with_port(act.address.ip, draw)}
    return record | session(act) if tied else record


def mailbox_path(owner: Person, company: Company, leaf: str = "") -> str:
    """ObjectId of a mailbox's cmdlets: the directory path, with the rule's name for inbox rules."""
    path = f"FRAP264A00{int(owner.mailbox[0], 16) % 8}.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/"
    return f"{path}{company.initial_domain}/{owner.mailbox}{leaf}"


def inbox(owner: Person) -> str:
    """The inbox's path in the mailbox's language."""
    return "\\Boîte de réception" if owner.language == "fr" else "\\Inbox"


def drafts(owner: Person) -> str:
    """The drafts folder's path."""
    return "\\Brouillons" if owner.language == "fr" else "\\Drafts"


def sent_items(owner: Person) -> str:
    """The sent folder's path."""
    return "\\Éléments envoyés" if owner.language == "fr" else "\\Sent Items"


def deleted_items(owner: Person) -> str:
    """The deleted folder's path."""
    return "\\Éléments supprimés" if owner.language == "fr" else "\\Deleted Items"
