"""exchangeMessageTrace objects: one for each message and recipient."""

from __future__ import annotations

from typing import Any

from kit.simulator.acts import Message
from kit.simulator.dice import guid
from kit.simulator.shapes.stamps import graph


def traces(message: Message) -> list[dict[str, Any]]:
    """The trace of a message: every row carries the same `id`, as the service's rows of one message do."""
    trace = guid("trace", message.id)
    when = graph(message.at)
    return [
        {
            "id": trace, "receivedDateTime": when, "messageId": message.id, "senderAddress": message.sender,
            "recipientAddress": recipient, "subject": message.subject, "size": message.size,
            "status": message.fate.get(recipient, "delivered"), "fromIP": message.ip, "toIP": "",
        }
        for recipient in message.recipients
    ]  # fmt: skip


def refusal(trace: str, message: Message, reason: str) -> dict[str, Any]:
    """An exchangeMessageTraceDetail that tells why a message failed."""
    return {
        "id": guid("detail", trace), "messageId": message.id, "dateTime": graph(message.at), "event": "Fail",
        "action": "", "description": "Reason: [{LED=" + reason + "}]", "data": "",
    }  # fmt: skip
