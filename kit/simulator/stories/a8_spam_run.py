"""A8: a sales account without a second factor sends 4,800 mails in the night, until Exchange stops it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from kit.simulator import apps
from kit.simulator.acts import Message, SignIn
from kit.simulator.background.mail import message_id, microsoft_host
from kit.simulator.clients import Client
from kit.simulator.network import address
from kit.simulator.shapes import exchange_record as exchange
from kit.simulator.shapes.audit_record import alert
from kit.simulator.shapes.message_trace import refusal
from kit.simulator.shapes.stamps import graph
from kit.simulator.state.risk import detected
from kit.simulator.state.rules import message_rule
from kit.simulator.story import Stage, Story

LAGOS = address("198.18.110.23")
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"
)
CHROME = Client("chrome", AGENT, "Chrome 138.0.0", "Windows10", "Browser", f"OWA;{AGENT};")
SUBJECT, RELAY = "Payment advice", "payment.desk@parcel-relay.example"
RECIPIENTS, PER_MINUTE, MINUTES, FAILED = 4800, 28, 45, 0.37
REFUSED = "550 5.1.8 Access denied, bad outbound sender. AS(42004)"
ALERTS = (
    ("05:06:10", "Suspicious email sending patterns detected", "Medium"),
    ("05:06:52", "User restricted from sending email", "High"),
)
BOUNCER = "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e@ateliernord.onmicrosoft.example"


def play(stage: Stage) -> None:
    """04:10 in, 04:12 forward and rule, 04:20 to 05:05 the run, 05:06 the alerts, 05:07 nothing leaves any more."""
    act = _enter(stage)
    _cover(stage, act)
    _run(stage, act)
    _stopped(stage, act)


def _enter(stage: Stage) -> SignIn:
    session = stage.draw.guid()
    where = (LAGOS, CHROME, apps.OUTLOOK_WEB, apps.EXCHANGE)
    stage.sign_in("attacker", stage.at("04:10:22"), *where, session=session, proof="password")
    return stage.sign_in("attacker", stage.at("04:10:26"), *where, session=session, interactive=False)


def _cover(stage: Stage, act: SignIn) -> None:
    """Everything is forwarded outside and bounces are deleted, so that the owner sees nothing."""
    target, words = f"smtp:{RELAY}", ["mailer-daemon", "postmaster"]
    forward = {"Identity": stage.victim.upn, "ForwardingSmtpAddress": target, "DeliverToMailboxAndForward": "False"}
    stage.cmdlet("attacker", act, stage.at("04:12:03"), "Set-Mailbox", forward)
    stage.state["mailboxes"][stage.victim.id] |= {"ForwardingSmtpAddress": target, "DeliverToMailboxAndForward": False}
    parameters = {
        "AlwaysDeleteOutlookRulesBlob": "False", "Force": "False", "Name": "z", "DeleteMessage": "True",
        "FromAddressContainsWords": ";".join(words), "StopProcessingRules": "True",
    }  # fmt: skip
    stage.cmdlet("attacker", act, stage.at("04:12:41"), "New-InboxRule", parameters, "z")
    stage.rule(
        message_rule(stage.draw, "z", 1, {"senderContains": words}, {"delete": True, "stopProcessingRules": True})
    )


def _run(stage: Stage, act: SignIn) -> None:
    messages = PER_MINUTE * MINUTES
    for number in range(messages):
        count = RECIPIENTS * (number + 1) // messages - RECIPIENTS * number // messages
        to = tuple(_stranger(stage) for _ in range(count))
        failed = [recipient for recipient in to if stage.draw.chance(FAILED)]
        _send(stage, act, stage.at("04:20:00") + timedelta(seconds=number * 60 // PER_MINUTE), to, failed)


def _stranger(stage: Stage) -> str:
    draw = stage.draw
    name = draw.choice(("accounts", "billing", "info", "office", "compta", "treasury", "sales", "admin"))
    return f"{name}{draw.randrange(1000)}@{draw.choice('abcdefghjkmnpqrstvwx')}{draw.randrange(10_000)}.example"


def _send(stage: Stage, act: SignIn, at: datetime, to: tuple[str, ...], failed: Sequence[str]) -> tuple[str, Message]:
    """One message, its audit record and, when it failed for anybody, the bounce; returns its trace id too."""
    fate = dict.fromkeys(failed, "failed")
    message = Message(at, message_id(stage.draw), act.person.upn, to, SUBJECT, 14_210, act.address.ip, act.person, fate)
    trace = stage.mail("attacker", message)
    stage.does("attacker", exchange.send, act, at, message.id, SUBJECT)
    if failed:
        ident, back, host = message_id(stage.draw), at + timedelta(seconds=21), microsoft_host(stage.draw)
        stage.mail("noise", Message(back, ident, BOUNCER, (act.person.upn,), f"Undeliverable: {SUBJECT}", 22_118, host))
    return trace, message


def _stopped(stage: Stage, act: SignIn) -> None:
    """Microsoft's alerts, the restriction, and what is still tried: every message comes back with 5.1.8."""
    for clock, name, severity in ALERTS:
        for operation in ("AlertTriggered", "AlertEntityGenerated"):
            at = stage.at(clock)
            stage.audit("noise", at, alert(at, stage.company, stage.draw, operation, name, severity, stage.victim))
    _restrict(stage, stage.at("05:06:50"))
    for number in range(40):
        to = tuple(_stranger(stage) for _ in range(4))
        trace, message = _send(stage, act, stage.at("05:07:00") + timedelta(seconds=19 * number), to, to)
        stage.state["messageTraceDetails"][trace] = [refusal(trace, message, REFUSED)]
    detected(stage, "newCountry", "medium", stage.at("04:10:22"), stage.at("04:31:00"), LAGOS)
    detected(stage, "suspiciousSendingPatterns", "high", stage.at("04:20:00"), stage.at("05:06:30"), LAGOS)


def _restrict(stage: Stage, since: datetime) -> None:
    """The sender is blocked: from now on the owner's own mail does not leave the company either."""
    stage.blocked[stage.victim.id] = since
    stage.state["blockedSenders"][stage.victim.upn] = {
        "SenderAddress": stage.victim.upn, "CreatedDatetime": graph(since), "ChangedDatetime": graph(since),
        "Reason": f"ExceedingLimitType=ExternalRecipient;ExternalRecipientCountToday={RECIPIENTS};"
        "InternalRecipientCountToday=0",
        "TemporaryBlock": False,
    }  # fmt: skip


STORY = Story(
    id="A8",
    title="Spam run until the sender is restricted",
    about="Password known, no second factor; forwarding and a rule hide the run; 550 5.1.8 ends it.",
    victim="sales3",
    days_before=4,
    weekday=2,
    play=play,
)
