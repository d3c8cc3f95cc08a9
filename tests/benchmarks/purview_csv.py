"""A Purview portal export of any length, made up: 25 kinds of operation in the mix and sizes of real tenants.

The records are invented; shapes, sizes (about 1.5 KB of AuditData a row) and the mix (30 % MailItemsAccessed, 26 %
SharePoint and OneDrive, 21 % sign-ins) follow measured exports. The same `seed` gives the same file.
"""

from __future__ import annotations

import csv
import json
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HEADER = (
    "RecordId",
    "CreationDate",
    "RecordType",
    "Operation",
    "UserId",
    "AuditData",
    "AssociatedAdminUnits",
    "AssociatedAdminUnitsNames",
)
START = datetime(2026, 8, 1, tzinfo=UTC)
MIX = (
    ("MailItemsAccessed", 50, "Exchange", 30),
    ("FileAccessed", 6, "SharePoint", 14),
    ("FileModified", 6, "OneDrive", 7),
    ("FileDownloaded", 6, "SharePoint", 5),
    ("UserLoggedIn", 15, "AzureActiveDirectory", 17),
    ("UserLoginFailed", 15, "AzureActiveDirectory", 4),
    ("Send", 2, "Exchange", 9),
    ("MoveToDeletedItems", 3, "Exchange", 4),
    ("SoftDelete", 3, "Exchange", 2),
    ("New-InboxRule", 1, "Exchange", 1),
    ("Set-Mailbox", 1, "Exchange", 2),
    ("Update user.", 8, "AzureActiveDirectory", 2),
    ("MessageSent", 25, "MicrosoftTeams", 3),
)


def rows(count: int, *, seed: int = 1, users: int = 2000) -> Iterator[tuple[str, ...]]:
    """`count` CSV rows; about one in five hundred repeats the row before it, as real exports do."""
    rng = random.Random(seed)
    kinds = [kind for kind in MIX for _ in range(kind[3])]
    agents = [f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/{n}.0.0.0" for n in range(110, 140)]
    last: tuple[str, ...] | None = None
    for number in range(count):
        if last is not None and number % 500 == 499:
            yield last
            continue
        operation, record_type, workload, _ = rng.choice(kinds)
        person = int(users * rng.random() ** 2)
        user = f"Person{person}@contoso.example"
        moment = START + timedelta(seconds=number * 7776000 / count)
        record = _record(rng, operation, record_type, workload, user, person, moment, agents)
        last = (
            record["Id"],
            moment.strftime("%Y-%m-%dT%H:%M:%S.0000000Z"),
            str(record_type),
            operation,
            user,
            json.dumps(record, separators=(",", ":")),
            "",
            "",
        )
        yield last


def write(path: Path, count: int, *, seed: int = 1) -> None:
    """Write the export to `path`: BOM, CRLF, every cell quoted as needed, as the portal does."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        out.writerows(rows(count, seed=seed))


def _record(
    rng: random.Random,
    operation: str,
    record_type: int,
    workload: str,
    user: str,
    person: int,
    moment: datetime,
    agents: list[str],
) -> dict[str, Any]:
    ip = f"198.51.{person % 100}.{1 + person % 250}"
    record: dict[str, Any] = {
        "CreationTime": moment.strftime("%Y-%m-%dT%H:%M:%S"),
        "Id": str(uuid.UUID(int=rng.getrandbits(128))),
        "Operation": operation,
        "OrganizationId": "5f3c1a2e-0000-4000-8000-000000000001",
        "RecordType": record_type,
        "ResultStatus": "Succeeded",
        "UserKey": f"1003200{person:09d}",
        "UserType": 0,
        "Version": 1,
        "Workload": workload,
        "ClientIP": f"{ip}:{rng.randint(1024, 65000)}",
        "UserId": user,
    }
    session = str(uuid.UUID(int=rng.getrandbits(128)))
    if operation == "MailItemsAccessed":
        items = [
            {
                "Id": f"RgAAAA{rng.getrandbits(160):040x}",
                "InternetMessageId": f"<{rng.getrandbits(96):x}@contoso.example>",
                "SizeInBytes": rng.randint(2000, 90000),
            }
            for _ in range(rng.randint(1, 8))
        ]
        record |= {
            "ClientIPAddress": ip,
            "ClientInfoString": "Client=OWA;Action=ViaProxy",
            "ExternalAccess": False,
            "LogonType": 0,
            "MailboxGuid": str(uuid.UUID(int=person)),
            "MailboxOwnerUPN": user,
            "OrganizationName": "contoso.example",
            "OriginatingServer": "PR0P264MB0001 (15.20.4200.000)\r\n",
            "SessionId": session,
            "OperationCount": len(items),
            "Folders": [{"FolderItems": items, "Id": "LgAAAAB", "Path": "\\Inbox"}],
            "AppAccessContext": {"AADSessionId": session, "UniqueTokenId": f"{rng.getrandbits(128):x}"},
            "OperationProperties": [
                {"Name": "MailAccessType", "Value": "Bind"},
                {"Name": "IsThrottled", "Value": "False"},
            ],
        }
    elif operation.startswith("UserLog"):
        record |= {
            "ErrorNumber": "0" if operation == "UserLoggedIn" else "50126",
            "ActorIpAddress": ip,
            "ClientIP": ip,
            "ApplicationId": "00000002-0000-0ff1-ce00-000000000000",
            "Target": [{"ID": "00000002-0000-0ff1-ce00-000000000000", "Type": 0}],
            "Actor": [{"ID": str(uuid.UUID(int=person)), "Type": 0}, {"ID": user, "Type": 5}],
            "ExtendedProperties": [
                {"Name": "ResultStatusDetail", "Value": "Success"},
                {"Name": "UserAgent", "Value": agents[person % len(agents)]},
                {"Name": "RequestType", "Value": "OAuth2:Authorize"},
            ],
            "DeviceProperties": [
                {"Name": "OS", "Value": "Windows10"},
                {"Name": "BrowserType", "Value": "Chrome"},
                {"Name": "SessionId", "Value": session},
            ],
            "ModifiedProperties": [],
            "InterSystemsId": str(uuid.UUID(int=rng.getrandbits(128))),
        }
    elif operation == "New-InboxRule":
        record |= {
            "ObjectId": f"{user}\\News",
            "Parameters": [
                {"Name": "Name", "Value": "News"},
                {"Name": "From", "Value": "news@paper.example"},
                {"Name": "MoveToFolder", "Value": "News"},
            ],
            "SessionId": session,
        }
    elif operation == "Set-Mailbox":
        record |= {
            "UserId": "NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)",
            "UserType": 3,
            "ObjectId": user,
            "Parameters": [{"Name": "Identity", "Value": user}, {"Name": "AuditEnabled", "Value": "True"}],
        }
    elif operation == "Update user.":
        record |= {
            "ObjectId": user,
            "ModifiedProperties": [{"Name": "Included Updated Properties", "NewValue": "Department", "OldValue": ""}],
            "ExtendedProperties": [{"Name": "additionalDetails", "Value": '{"UserType":"Member"}'}],
            "Target": [{"ID": user, "Type": 5}],
        }
    elif workload in {"SharePoint", "OneDrive"}:
        record |= {
            "UserAgent": agents[person % len(agents)],
            "SiteUrl": "https://contoso.example/sites/finance/",
            "SourceFileName": f"file{number_of(rng)}.xlsx",
            "SourceRelativeUrl": "Shared Documents/2026/" + "x" * rng.randint(50, 700),
            "ListItemUniqueId": session,
            "AppAccessContext": {"AADSessionId": session, "CorrelationId": session},
            "ApplicationDisplayName": "Office",
        }
    else:
        record |= {
            "ClientIPAddress": ip,
            "ClientInfoString": "Client=OWA;Action=ViaProxy",
            "SessionId": session,
            "LogonType": 0,
            "MailboxOwnerUPN": user,
            "Item": {
                "Id": f"RgAAAA{rng.getrandbits(160):040x}",
                "InternetMessageId": f"<{rng.getrandbits(96):x}@contoso.example>",
                "Subject": "Weekly report " + "y" * rng.randint(20, 700),
                "ParentFolder": {"Path": "\\Sent Items"},
            },
        }
    return record


def number_of(rng: random.Random) -> int:
    """A file number."""
    return rng.randint(1, 10**6)
