"""A8: a sales account without a second factor sends 4,800 mails in the night, until Exchange stops it."""

from __future__ import annotations

from datetime import timedelta

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
BOUNCER = "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e@ateliernord.onmicrosoft.example"


def play(stage: Stage) -> None:
    """04:10 in, 04:12 forward and rule, 04:20 to 05:05 the run, 05:06 the alerts, 05:07 nothing leaves any more."""
    act = _enter(stage)
    _cover(stage, act)
    _run(stage, act)
    _stopped(stage, act)


def _enter(stage: Stage) -> SignIn:
    session = stage.draw.guid()
    stage.sign_in("attacker", stage.at("04:10:22"), LAGOS, CHROME, apps.OUTLOOK_WEB, apps.EXCHANGE, session=session,
                  proof="password")  # fmt: skip
    return stage.sign_in("attacker", stage.at("04:10:26"), LAGOS, CHROME, apps.OUTLOOK_WEB, apps.EXCHANGE,
        session=session,
                         interactive=False)  # fmt: skip


def _cover(stage: Stage, act: SignIn) -> None:
    """Everything is forwarded outside and bounces are deleted, so that the owner sees nothing."""
    victim, company, draw = stage.victim, stage.company, stage.draw
    at = stage.at("04:12:03")
    parameters = {
        "Identity": victim.upn,
        "ForwardingSmtpAddress": f"smtp:{RELAY}",
        "DeliverToMailboxAndForward": "False",
    }
    path = exchange.mailbox_path(victim, company)
    stage.audit("attacker", at, exchange.cmdlet(at, company, draw, "Set-Mailbox", path, parameters, act=act))
    stage.state["mailboxes"][victim.id] |= {
        "ForwardingSmtpAddress": f"smtp:{RELAY}",
        "DeliverToMailboxAndForward": False,
    }
    at, words = stage.at("04:12:41"), ["mailer-daemon", "postmaster"]
    parameters = {"AlwaysDeleteOutlookRulesBlob": "False", "Force": "False", "Name": "z", "DeleteMessage": "True",
                  "FromAddressContainsWords": ";".join(words), "StopProcessingRules": "True"}  # fmt: skip
    stage.audit("attacker", at, exchange.cmdlet(at, company, draw, "New-InboxRule", f"{path}\\z", parameters, act=act))
    rule = message_rule(draw, "z", 1, {"senderContains": words}, {"delete": True, "stopProcessingRules": True})
    stage.state["messageRules"].setdefault(victim.id, []).insert(0, rule)


def _run(stage: Stage, act: SignIn) -> None:
    messages = PER_MINUTE * MINUTES
    for number in range(messages):
        count = RECIPIENTS * (number + 1) // messages - RECIPIENTS * number // messages
        to = tuple(_stranger(stage) for _ in range(count))
        fate = {recipient: "failed" for recipient in to if stage.draw.chance(FAILED)}
        at = stage.at("04:20:00") + timedelta(seconds=number * 60 // PER_MINUTE)
        _send(
            stage,
            act,
            Message(at, message_id(stage.draw), stage.victim.upn, to, SUBJECT, 14_210, LAGOS.ip, stage.victim, fate),
        )


def _stranger(stage: Stage) -> str:
    draw = stage.draw
    name = draw.choice(("accounts", "billing", "info", "office", "compta", "treasury", "sales", "admin"))
    return f"{name}{draw.randrange(1000)}@{draw.choice('abcdefghjkmnpqrstvwx')}{draw.randrange(10_000)}.example"


def _send(stage: Stage, act: SignIn, message: Message) -> str:
    trace = stage.mail("attacker", message)
    record = exchange.send(act, message.at, stage.company, stage.draw, message.id, message.subject)
    stage.audit("attacker", message.at, record)
    if message.fate:
        at = message.at + timedelta(seconds=21)
        ident = message_id(stage.draw)
        stage.mail("noise", Message(at, ident, BOUNCER, (stage.victim.upn,), f"Undeliverable: {SUBJECT}", 22_118,
                                    microsoft_host(stage.draw)))  # fmt: skip
    return trace


def _stopped(stage: Stage, act: SignIn) -> None:
    """Microsoft's alerts, the restriction, and what is still tried: every message comes back with 5.1.8."""
    victim, company, draw = stage.victim, stage.company, stage.draw
    alerts = (("05:06:10", "Suspicious email sending patterns detected", "Medium"),
              ("05:06:52", "User restricted from sending email", "High"))  # fmt: skip
    for clock, name, severity in alerts:
        for operation in ("AlertTriggered", "AlertEntityGenerated"):
            at = stage.at(clock)
            stage.audit("noise", at, alert(at, company, draw, operation, name, severity, victim))
    blocked = stage.at("05:06:50")
    stage.blocked[victim.id] = blocked
    stage.state["blockedSenders"][victim.upn] = {
        "SenderAddress": victim.upn, "CreatedDatetime": graph(blocked), "ChangedDatetime": graph(blocked),
        "Reason": f"ExceedingLimitType=ExternalRecipient;ExternalRecipientCountToday={RECIPIENTS};"
        "InternalRecipientCountToday=0",
        "TemporaryBlock": False,
    }  # fmt: skip
    for number in range(40):
        at = stage.at("05:07:00") + timedelta(seconds=19 * number)
        to = tuple(_stranger(stage) for _ in range(4))
        message = Message(
            at, message_id(draw), victim.upn, to, SUBJECT, 14_210, LAGOS.ip, victim, dict.fromkeys(to, "failed")
        )
        trace = _send(stage, act, message)
        stage.state["messageTraceDetails"][trace] = [refusal(trace, message, REFUSED)]
    detected(stage, "newCountry", "medium", stage.at("04:10:22"), stage.at("04:31:00"), LAGOS)
    detected(stage, "suspiciousSendingPatterns", "high", stage.at("04:20:00"), stage.at("05:06:30"), LAGOS)


STORY = Story(
    id="A8",
    title="Spam run until the sender is restricted",
    about="Password known, no second factor; forwarding and a rule hide the run; 550 5.1.8 ends it.",
    victim="sales3",
    days_before=4,
    weekday=2,
    play=play,
)
