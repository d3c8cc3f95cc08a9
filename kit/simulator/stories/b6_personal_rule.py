"""B6: an engineer has had enough of a restaurant's newsletter and makes a rule. It deletes mail, and it is fine."""

from __future__ import annotations

from datetime import timedelta

from kit.simulator.state.rules import message_rule
from kit.simulator.story import Stage, Story

NAME, SENDER = "KFC Spam", "marketing@kfc.example"


def play(stage: Stage) -> None:
    """One New-InboxRule, from a known address, in a session of an ordinary morning."""
    while not stage.usual(stage.victim, stage.day):  # on leave that day
        stage.day -= timedelta(days=1)
    act = stage.usual(stage.victim, stage.day)[0]
    parameters = {
        "AlwaysDeleteOutlookRulesBlob": "False", "Force": "False", "Name": NAME, "From": SENDER,
        "DeleteMessage": "True", "StopProcessingRules": "True",
    }  # fmt: skip
    stage.cmdlet("owner", act, act.at + timedelta(minutes=6), "New-InboxRule", parameters, NAME)
    conditions = {"fromAddresses": [{"emailAddress": {"name": SENDER, "address": SENDER}}]}
    stage.rule(message_rule(stage.draw, NAME, 1, conditions, {"delete": True, "stopProcessingRules": True}))


STORY = Story(
    id="B6",
    title="Personal clean-up rule",
    about="A rule that deletes one sender's advertising, made by the owner from a known place.",
    victim="engineer1",
    days_before=20,
    weekday=3,
    play=play,
)
