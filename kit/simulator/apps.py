"""Microsoft's own applications as sign-in logs name them. Ids are public facts (merill/microsoft-info, MIT)."""

from __future__ import annotations

from typing import NamedTuple


class App(NamedTuple):
    """An application or a resource: its id and its name."""

    id: str
    name: str


OFFICE_HOME = App("4765445b-32c6-49b0-83e6-1d93765276ca", "OfficeHome")
OUTLOOK_WEB = App("9199bf20-a13f-4107-85dc-02114787ef48", "One Outlook Web")
OFFICE = App("d3590ed6-52b3-4102-aeff-aad2292ab01c", "Microsoft Office")
TEAMS = App("1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Teams")
OUTLOOK_MOBILE = App("27922004-5251-4030-b22d-91ecd9a37ea4", "Outlook Mobile")
SHAREPOINT_WEB = App("08e18876-6177-487e-b8b5-cf950c1e598c", "SharePoint Online Web Client Extensibility")
ONEDRIVE_SYNC = App("ab9b8c07-8f02-4f72-87fa-80105867a763", "OneDrive SyncEngine")
AZURE_PORTAL = App("c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure Portal")

EXCHANGE = App("00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online")
SHAREPOINT = App("00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online")
GRAPH = App("00000003-0000-0000-c000-000000000000", "Microsoft Graph")
TEAMS_SERVICES = App("cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "Microsoft Teams Services")
CHAT = App("c0ab8ce9-e9a0-42e7-b064-33d422df41f1", "M365ChatClient")
DIRECTORY = App("00000002-0000-0000-c000-000000000000", "Windows Azure Active Directory")
