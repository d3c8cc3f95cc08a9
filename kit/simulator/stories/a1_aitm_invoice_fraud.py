"""A1: a proxy page steals the session of an accounts-payable clerk; two days later a customer gets new bank details."""

from __future__ import annotations

from datetime import datetime, timedelta

from kit.simulator import apps, clients
from kit.simulator.acts import Message, SignIn
from kit.simulator.background.mail import contacts, message_id, microsoft_host
from kit.simulator.clients import Client
from kit.simulator.network import address
from kit.simulator.shapes import exchange_record as exchange
from kit.simulator.shapes.directory_audit import by_app, by_user, user_target
from kit.simulator.state.methods import authenticator
from kit.simulator.state.risk import detected
from kit.simulator.state.rules import exchange_rule, folder, message_rule, rule_identity
from kit.simulator.story import Role, Stage, Story

PROXY = address("198.18.66.7")
LAIR = address("198.18.71.9")
KIT = Client("proxy", "axios/1.7.9", "", "", "Browser", "OWA;axios/1.7.9;")
CHROME_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
CHROME = Client("chrome", CHROME_AGENT, "Chrome 131.0.0", "Linux", "Browser", f"OWA;{CHROME_AGENT};")
QUERIES = ("invoice", "virement", "IBAN", "wire", "payment terms")
READ_RECORDS, READ_MESSAGES, MOST = 38, 412, 60
LOOK_ALIKE = "atelier-nrod.example"
THREAD = "Re: Facture 2026-1187 - escalier acier lot 4"
NOTICE = "Security info was added to your account"


def play(stage: Stage) -> None:
    """Monday 07:52 the bait, 08:03 the theft, 08:41 the replay; Wednesday the fraud."""
    session = stage.draw.guid()
    _bait(stage)
    _theft(stage, session)
    act = _replay(stage, session)
    _search_and_read(stage, act)
    _hide(stage, act)
    _persist(stage, act)
    _fraud(stage)
    _noticed(stage)


def _bait(stage: Stage) -> None:
    others = [person.upn for person in stage.company.members if person.has_mailbox and person is not stage.victim]
    message = Message(
        at=stage.at("07:52:00"), id=message_id(stage.draw, "newdomain.example"),
        sender="docusign-notice@newdomain.example", recipients=(stage.victim.upn, *stage.draw.sample(others, 5)),
        subject="Completed: Invoice 88213.pdf", size=48_211, ip="203.0.113.84",
    )  # fmt: skip
    stage.mail("attacker", message)


def _theft(stage: Stage, session: str) -> None:
    """The proxy signs in with what the victim types; she ends up at the real site, from home, eight seconds later."""
    correlation = stage.draw.guid()
    for clock, error, proof in (("08:03:11", 50074, "push"), ("08:03:13", 50140, "push"), ("08:03:15", 0, "token")):
        stage.sign_in(
            "attacker", stage.at(clock), PROXY, KIT, apps.OFFICE_HOME, apps.GRAPH,
            session=session, correlation=correlation, error=error, proof=proof,
        )  # fmt: skip
    edge = clients.browser(stage.victim.laptop, stage.day)
    today = [act.session for act in stage.usual(stage.victim, stage.day) if act.client.kind == edge.kind]
    stage.sign_in(
        "owner", stage.at("08:03:19"), stage.victim.home, edge, apps.OFFICE_HOME, apps.GRAPH,
        session=today[0] if today else stage.draw.guid(), correlation=correlation,
    )  # fmt: skip


def _replay(stage: Stage, session: str) -> SignIn:
    """The stolen session, from another network and browser; one token for everything that follows."""
    act = stage.sign_in(
        "attacker", stage.at("08:41:07"), LAIR, CHROME, apps.OUTLOOK_WEB, apps.EXCHANGE,
        session=session, interactive=False,
    )  # fmt: skip
    for number, resource in enumerate((apps.GRAPH, apps.SHAREPOINT, apps.CHAT) * 2):
        stage.sign_in(
            "attacker", stage.at("08:44:02") + timedelta(seconds=9 * number), LAIR, CHROME, apps.OUTLOOK_WEB, resource,
            session=session, interactive=False, token=act.token_id,
        )  # fmt: skip
    return act


def _search_and_read(stage: Stage, act: SignIn) -> None:
    for number, words in enumerate(QUERIES):
        stage.does("attacker", exchange.searched, act, stage.at("08:46:05") + timedelta(seconds=11 * number), words)
    mails = [m.id for m in stage.inbox(stage.victim, stage.company.start.date(), stage.day)][-READ_MESSAGES:]
    mails = [message_id(stage.draw) for _ in range(READ_MESSAGES - len(mails))] + mails
    inbox = exchange.inbox(stage.victim)
    for number, count in enumerate(_portions(stage)):
        at = stage.at("08:47:10") + timedelta(seconds=number * 32 * 60 // READ_RECORDS)
        ids, mails = mails[:count], mails[count:]
        folder_path = f"{inbox}\\Fournisseurs" if number % 4 == 3 else inbox
        stage.does("attacker", exchange.bind, act, at, {folder_path: ids})


def _portions(stage: Stage) -> list[int]:
    """How many messages each record tells of: 2 to 60, 412 in all."""
    counts = [2] * READ_RECORDS
    for _ in range(READ_MESSAGES - sum(counts)):
        open_ones = [n for n, count in enumerate(counts) if count < MOST]
        counts[stage.draw.choice(open_ones[:9])] += 1
    stage.draw.shuffle(counts)
    return counts


def _hide(stage: Stage, act: SignIn) -> None:
    """A rule named ".." hides invoice mail; a second one, without a name, is seen by Exchange only."""
    victim, words = stage.victim, ["invoice", "payment", "wire"]
    parameters = {
        "AlwaysDeleteOutlookRulesBlob": "False", "Force": "False", "Name": "..", "MoveToFolder": "RSS Feeds",
        "SubjectContainsWords": ";".join(words), "MarkAsRead": "True", "StopProcessingRules": "True",
    }  # fmt: skip
    stage.cmdlet("attacker", act, stage.at("09:24:18"), "New-InboxRule", parameters, "..")
    actions = {"moveToFolder": folder(victim, "RSS Feeds"), "markAsRead": True, "stopProcessingRules": True}
    stage.rule(message_rule(stage.draw, "..", 1, {"subjectContains": words}, actions))
    identity = rule_identity(message_rule(stage.draw, "", 2, {}, {})["id"])
    customer = contacts(stage.company, victim)[0].partition("@")[2]
    condition = f'(PropTag SenderEmailAddress ContainsSubstring "{customer}")'
    deletes = [{"ActionType": "Delete"}]
    stage.does("attacker", exchange.rules_updated, act, stage.at("09:27:41"), str(identity), condition, deletes)
    stage.state["hiddenRules"].setdefault(victim.id, []).append(
        exchange_rule(victim, identity, "", 2, FromAddressContainsWords=[customer], DeleteMessage=True)
    )


def _persist(stage: Stage, act: SignIn) -> None:
    """A second factor of the attacker's own; the notice about it is deleted twice."""
    victim, at = stage.victim, stage.at("09:31:02")
    stage.directory(
        "attacker", at, "User registered security info", by_user(victim, LAIR.ip), [user_target(victim)],
        service="Authentication Methods", kind="Add",
        reason="User registered Authenticator App with Notification and Code",
        details=(("AuthenticationMethod", "Authenticator App"), ("DeviceName", "iPhone 11")),
    )  # fmt: skip
    detail = '[{"DeviceName":"iPhone 11","DeviceTag":"SoftwareTokenActivated","AuthenticationType":3}]'
    change = user_target(victim, ("StrongAuthenticationPhoneAppDetail", "[]", detail))
    service = by_app("Azure MFA StrongAuthenticationService")
    stage.directory("attacker", at + timedelta(seconds=2), "Update user", service, [change])
    stage.state["authenticationMethods"][victim.id].append(authenticator(stage.draw, "iPhone 11", at))
    notice = Message(
        at=stage.at("09:31:38"), id=message_id(stage.draw, "notices.microsoft.example"),
        sender="msonlineservicesteam@notices.microsoft.example", recipients=(victim.upn,), subject=NOTICE,
        size=31_077, ip=microsoft_host(stage.draw),
    )  # fmt: skip
    stage.mail("noise", notice)
    inbox, bin_ = exchange.inbox(victim), exchange.deleted_items(victim)
    moved = exchange.moved
    stage.does("attacker", moved, act, stage.at("09:33:05"), "MoveToDeletedItems", inbox, notice.id, NOTICE, to=bin_)
    stage.does("attacker", moved, act, stage.at("09:33:21"), "HardDelete", bin_, notice.id, NOTICE)


def _fraud(stage: Stage) -> None:
    """Two days later: new bank details in an old thread, a look-alike domain takes it over, bait for the colleagues."""
    victim, customer = stage.victim, contacts(stage.company, stage.victim)[0]
    _old_thread(stage, customer)
    act = stage.sign_in(
        "attacker", stage.at("09:57:30", 2), LAIR, CHROME, apps.OUTLOOK_WEB, apps.EXCHANGE,
        session=stage.draw.guid(), interactive=False,
    )  # fmt: skip
    _send(stage, "attacker", act, stage.at("10:02:14", 2), customer, THREAD, "RIB_2026.pdf (184532b)")
    twin = f"{victim.upn.partition('@')[0]}@{LOOK_ALIKE}"
    ident = message_id(stage.draw, LOOK_ALIKE)
    taken_over = Message(stage.at("10:05:40", 2), ident, twin, (victim.upn,), THREAD, 22_904, "203.0.113.91")
    stage.mail("attacker", taken_over)
    colleagues = [person.upn for person in stage.company.mailboxes if person is not victim][:46]
    for number, colleague in enumerate(colleagues):
        at = stage.at("11:10:03", 2) + timedelta(seconds=number * 530 // len(colleagues))
        _send(stage, "attacker", act, at, colleague, "Shared document")


def _old_thread(stage: Stage, customer: str) -> None:
    """The customer wrote nine days before the fraud; the victim answered, if she worked that day."""
    ident, text = message_id(stage.draw, customer.partition("@")[2]), THREAD.removeprefix("Re: ")
    asked = Message(stage.at("06:20:00", -7), ident, customer, (stage.victim.upn,), text, 64_002, "203.0.113.9")
    stage.mail("noise", asked)
    acts = stage.usual(stage.victim, stage.day - timedelta(days=7))
    for act in [act for act in acts if act.resource is apps.EXCHANGE][-1:]:
        _send(stage, "owner", act, act.at + timedelta(minutes=4), customer, THREAD)


def _send(stage: Stage, role: Role, act: SignIn, at: datetime, to: str, subject: str, attachments: str = "") -> None:
    size = 18_450 + 180_000 * bool(attachments)
    message = Message(at, message_id(stage.draw), act.person.upn, (to,), subject, size, act.address.ip, act.person)
    stage.mail(role, message)
    stage.does(role, exchange.send, act, at, message.id, subject, attachments=attachments)


def _noticed(stage: Stage) -> None:
    """Entra's offline verdict of the next day. The customer telephones on the fourth day, 16:00; no log shows that."""
    detected(stage, "anomalousToken", "medium", stage.at("08:41:07"), stage.at("05:12:00", 1), LAIR)


STORY = Story(
    id="A1",
    title="Session stolen by a proxy, inbox rules, invoice fraud",
    about="Adversary in the middle, token replay, mailbox searched and read, hidden rules, bank details changed.",
    victim="accounts_payable",
    days_before=9,
    weekday=0,
    play=play,
)
