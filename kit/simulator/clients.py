"""Devices and the programs on them, as sign-in logs and audit records describe them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kit.simulator.dice import Dice


@dataclass(frozen=True, slots=True)
class Device:
    """A computer or a phone. `id` is its Entra device id, "" when it was never registered."""

    id: str
    object_id: str
    name: str
    os: str
    version: str
    managed: bool
    trust: str


@dataclass(frozen=True, slots=True)
class Client:
    """A program that signs in: what it says of itself. `info` is Exchange's ClientInfoString without the prefix."""

    kind: str
    user_agent: str
    browser: str
    os: str
    app_used: str
    info: str
    device: Device | None = None


def workstation(draw: Dice, initials: str) -> Device:
    """A managed laptop: Windows for nine in ten, macOS for the rest."""
    if draw.chance(0.1):
        return Device(draw.guid(), draw.guid(), f"MAC-{initials.upper()}{draw.randrange(10, 99)}", "MacOs", "15.6.1",
                      True, "Azure AD registered")  # fmt: skip
    name = f"AN-{initials.upper()}-{draw.randrange(100, 999)}"
    return Device(draw.guid(), draw.guid(), name, "Windows", "10.0.26100.4652", True, "Hybrid Azure AD joined")


def phone(draw: Dice, owner: str) -> Device:
    """A phone, registered by its owner."""
    if draw.chance(0.6):
        return Device(draw.guid(), draw.guid(), f"iPhone de {owner}", "Ios", "18.6", False, "Azure AD registered")
    return Device(draw.guid(), draw.guid(), "SM-S921B", "Android", "15", False, "Azure AD registered")


def release(day: date) -> int:
    """Major version of the Chromium browsers on this day: one every four weeks, 143 late in 2025."""
    return 143 + (day.toordinal() - date(2025, 12, 1).toordinal()) // 28


def browser(device: Device, day: date) -> Client:
    """The browser of a workstation: Edge on Windows, Safari on macOS."""
    if device.os == "MacOs":
        agent = ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                 "Version/18.6 Safari/605.1.15")  # fmt: skip
        return Client("safari", agent, "Safari 18.6", "MacOs", "Browser", f"OWA;{agent};", device)
    major = release(day)
    agent = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
             f"Chrome/{major}.0.0.0 Safari/537.36 Edg/{major}.0.0.0")  # fmt: skip
    return Client("edge", agent, f"Edge {major}.0.0", "Windows10", "Browser", f"OWA;{agent};", device)


def outlook(device: Device) -> Client:
    """Outlook on a workstation."""
    system = "Windows10" if device.os == "Windows" else "MacOs"
    platform = "Windows NT 10.0" if device.os == "Windows" else "Macintosh"
    agent = f"Microsoft Office/16.0 ({platform}; Microsoft Outlook 16.0.19127; Pro)"
    return Client("outlook", agent, "Rich Client 4.61.3", system, "Mobile Apps and Desktop clients",
                  "Microsoft.Exchange.Autodiscover; Microsoft Outlook 16.0.19127; MAPI", device)  # fmt: skip


def outlook_mobile(device: Device) -> Client:
    """Outlook on a phone."""
    if device.os == "Ios":
        agent = ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                 "Mobile/15E148")  # fmt: skip
        return Client("mobile", agent, "Mobile Safari", "Ios 18.6", "Mobile Apps and Desktop clients",
                      "OutlookService;Outlook-iOS/2.0;", device)  # fmt: skip
    agent = ("Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
             "Chrome/139.0.0.0 Mobile Safari/537.36 PKeyAuth/1.0")  # fmt: skip
    return Client("mobile", agent, "Chrome Mobile 139.0.0", "Android 15", "Mobile Apps and Desktop clients",
                  "OutlookService;Outlook-Android/2.0;", device)  # fmt: skip
