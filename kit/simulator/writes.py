"""The write log: every request that would change the tenant, whatever came of it, for /admin/writes."""

from __future__ import annotations

import json
import re
from typing import Any

from kit.simulator.message import Call

READING_POSTS = re.compile(
    r"/(\$batch|security/auditLog/queries|security/(microsoft\.graph\.security\.)?runHuntingQuery)/?$", re.IGNORECASE
)


def record_write(call: Call, status: int) -> None:
    """Append the call to the write log when it is one that changes something."""
    if call.method in {"GET", "HEAD", "OPTIONS"}:
        return
    body = _json(call.body)
    if call.service == "graph" and not READING_POSTS.search(call.path):
        call.tenancy.wrote("graph", call.method, call.path, body, status)
    if call.service == "exchange" and isinstance(body, dict):
        given = body.get("CmdletInput") or {}
        name = str(given.get("CmdletName", ""))
        if not name.lower().startswith(("get-", "search-")):
            call.tenancy.wrote("exchange", call.method, name, given.get("Parameters"), status)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None
