"""From the way in to the settings that would have mattered: root cause and Secure Score controls.

Control ids are Microsoft's, as listed in public/secureScore.json of CyberDrain CIPP (263 controls); which of them bears
on which way in is our judgement and is shown as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

PHISHING_RESISTANT = {
    "aad_phishing_MFA_strength": "a phishing-resistant factor cannot be relayed",
    "MFARegistrationV2": "every user has a second factor",
    "SigninRiskPolicy": "a risky sign-in is stopped or asked for more",
    "UserRiskPolicy": "an account at risk must change its password",
    "aad_sign_in_freq_session_timeout": "a stolen session ends sooner",
}
PASSWORD = {
    "BlockLegacyAuthentication": "old protocols without a second factor are refused",
    "MFARegistrationV2": "a password alone is not enough",
    "aad_custom_banned_passwords": "guessable passwords are refused",
    "aad_password_protection": "guessing is slowed and locked out",
}
CONSENT = {
    "IntegratedApps": "users cannot consent to unverified applications",
    "aad_admin_consent_workflow": "consent goes past an administrator",
    "aad_third_party_apps": "third-party applications are restricted",
}
DELIVERY = {
    "mdo_safelinksforemail": "links are checked when they are clicked",
    "mdo_zapphish": "phishing found later is removed from mailboxes",
    "mdo_phishthresholdlevel": "more phishing is caught",
}
SPAM = {
    "mdo_recipientexternallimitperhour": "mass mail to outside is stopped within the hour",
    "mdo_recipientlimitperday": "mass mail is stopped within the day",
    "mdo_thresholdreachedaction": "a sender over the limit is restricted",
    "mdo_spam_notifications_only_for_admins": "administrators hear of outgoing spam",
}
AUDIT = {
    "mip_search_auditlog": "audit records exist at all",
    "exo_mailboxaudit": "access to mailboxes is recorded",
}
BY_ENTRY: Mapping[str, Mapping[str, str]] = {
    "adversary-in-the-middle phishing": PHISHING_RESISTANT | DELIVERY,
    "MFA fatigue": PHISHING_RESISTANT,
    "stolen session or token": PHISHING_RESISTANT,
    "device code phishing": PHISHING_RESISTANT | DELIVERY,
    "password spray": PASSWORD,
    "known password": PASSWORD,
    "consent phishing": CONSENT | DELIVERY,
    "application access": CONSENT,
    "delegate access": AUDIT,
}
BY_FAMILY: Mapping[str, Mapping[str, str]] = {"outbound": SPAM, "tamper": AUDIT}
COLUMNS = ("control", "title", "would", "points", "open")


def controls(
    ways: Iterable[str], families: Iterable[str], scores: pd.DataFrame, profiles: pd.DataFrame
) -> pd.DataFrame:
    """The controls that bear on these ways in and kinds of finding, those with most to gain first.

    Columns: control, title, would (what it would have done), points ("3 of 8"), open (points still to be had, 0 where
    the tenant's Secure Score does not list the control). `scores` and `profiles` are the tables of those names.
    """
    wanted: dict[str, str] = {}
    for chosen in [*(BY_ENTRY.get(way, {}) for way in ways), *(BY_FAMILY.get(kind, {}) for kind in families)]:
        wanted |= dict(chosen)
    known = {row["control"]: row for row in profiles.to_dict("records")}
    last = scores[scores["time"] == scores["time"].max()]
    had = dict(zip(last["control"], last["score"], strict=True))
    rows = [_row(control, would, known.get(control), had.get(control)) for control, would in wanted.items()]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.sort_values("open", ascending=False, kind="stable", ignore_index=True)


def _row(control: str, would: str, profile: Mapping[str, object] | None, had: object) -> tuple[object, ...]:
    if profile is None or pd.isna(had):
        return control, None, would, "not listed", 0.0
    most, now = float(str(profile["max_score"])), float(str(had))
    return control, profile["title"], would, f"{now:g} of {most:g}", max(0.0, most - now)
