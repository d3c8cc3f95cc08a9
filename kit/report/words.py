"""The report's own prose that stands apart: the glossary and how to read what is said."""

from __future__ import annotations

from collections.abc import Mapping

GLOSSARY: Mapping[str, str] = {
    "Adversary in the middle": "A false sign-in page that passes everything on to the real one and keeps the session.",
    "Audit record": "A line of Microsoft’s unified audit log: who did what, when, from where.",
    "Coverage": "What was asked of the tenant, what came, and what is missing and why.",
    "Delegate": "Somebody with rights to another person’s mailbox.",
    "Device code": "A way to sign in on a device without keyboard; phishers send their victim the code.",
    "Dwell time": "From the first access seen to the first response.",
    "Evidence family": "A kind of evidence, such as network, session or outbound mail. A conclusion needs two.",
    "Finding": "What a detection saw in the records, with reasons for and against.",
    "Inbox rule": "A rule that sorts, forwards or deletes mail by itself; attackers hide answers with it.",
    "Indicator": "An address, session, client or application that is tied to the attacker.",
    "MailItemsAccessed": "The audit record of mail being opened (Bind) or a folder being synchronised whole (Sync).",
    "MFA": "Multifactor authentication: a second proof beside the password.",
    "OAuth consent": "Leave given to an application to read or send mail in a person’s name.",
    "Record id": "Where a record lies in the evidence: “0003:17” is record 17 of piece 3.",
    "Secure Score": "Microsoft’s measure of how many recommended settings are in force.",
    "Session": "What a sign-in opens; whoever holds its token needs no password until it is revoked.",
    "Sign-in": "An attempt to prove who one is to Entra ID, successful or not.",
    "Token": "The proof of a session, carried by the client with every request.",
    "UTC": "Coordinated universal time. All times here are UTC unless another zone is named.",
}
BANDS: Mapping[str, str] = {
    "compromised": "compromised, to be confirmed by a person",
    "likely": "likely compromised",
    "review": "to be reviewed",
    "noise": "no case",
}
SEVERITIES: Mapping[str, str] = {
    "critical": "critical: act now",
    "high": "high: act today",
    "medium": "medium: look at it",
    "low": "low: worth knowing",
    "info": "info: for the record",
}
CONFIDENCE: Mapping[str, str] = {
    "certain": "certain: the entry is in the records, and the log reaches well back before it",
    "likely": "likely: the earliest access seen; the log reaches back before it",
    "lower bound": "a lower bound: the log begins so near that an earlier entry would not show",
}
