"""What an answer that is an error means, as a `kit.errors` value with a hint that says what is missing.

The code decides, never the wording, which Microsoft changes. The shapes differ: Graph and Management Activity have
{"error": {"code", "message"}}, Exchange names the .NET exception of the cmdlet inside, auditing that is off is JSON
inside the message, and gateways answer in HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kit.errors import (
    BadAnswer,
    NotAllowed,
    NotAvailable,
    NotFound,
    NotLicensed,
    SignInFailed,
    TenantError,
    Throttled,
    Unreachable,
)
from kit.tenant.needs import Need, need_of
from kit.tenant.page import Page

Kind = type[TenantError]
CODES: dict[str, tuple[Kind, str]] = {
    "Authentication_RequestFromNonPremiumTenantOrB2CTenant": (NotLicensed, "the tenant has no Entra ID P1 licence"),
    "AuditingDisabledTenant": (NotAvailable, "unified auditing is turned off in this tenant"),
    "Authentication_RequestFromUnsupportedUserRole": (NotAllowed, "a directory role is missing"),
    "Authorization_RequestDenied": (NotAllowed, "a permission or directory role is missing"),
    "ErrorAccessDenied": (NotAllowed, "a mailbox permission is missing"),
    "AF10001": (NotAllowed, "the permission ActivityFeed.Read is missing"),
    "AF20022": (NotAvailable, "nobody has subscribed to this content"),
    "AF20023": (NotAvailable, "an administrator has stopped the subscription"),
    "AF20051": (NotFound, "the content has expired"),
    "AF429": (Throttled, "the service throttles"),
    "Request_ResourceNotFound": (NotFound, "the object is gone"),
    "ResourceNotFound": (NotFound, "the object is gone"),
    "itemNotFound": (NotFound, "the object is gone"),
    "ErrorItemNotFound": (NotFound, "the object is gone"),
    "ErrorInvalidUser": (NotFound, "there is no such user"),
    "MailboxNotEnabledForRESTAPI": (NotFound, "the user has no mailbox in Exchange Online"),
    "ManagementObjectNotFoundException": (NotFound, "Exchange knows no such object"),
    "RecipientNotFoundException": (NotFound, "Exchange knows no such recipient"),
    "CommandNotFoundException": (NotAllowed, "the Exchange role that has this cmdlet is missing"),
    "CmdletAccessDeniedException": (NotAllowed, "the Exchange role that has this cmdlet is missing"),
    "UnauthorizedAccessException": (NotAllowed, "an Exchange role is missing"),
}
STATUSES: dict[int, tuple[Kind, str]] = {
    401: (SignInFailed, "the token was not accepted"),
    403: (NotAllowed, "access is denied"),
    404: (NotAvailable, "this tenant or cloud does not offer it"),
    405: (NotAvailable, "this tenant or cloud does not offer it"),
    410: (NotFound, "it is gone"),
    429: (Throttled, "the service throttles"),
    501: (NotAvailable, "this tenant or cloud does not offer it"),
    503: (Throttled, "the service is busy"),
}
# Identity Protection answers a missing licence with the code of a missing permission; here the words must decide.
LICENCE_WORDS = re.compile(r"not licensed|premium licen[cs]e", re.IGNORECASE)


def problem(page: Page) -> TenantError:
    """The error that an answer is, as one of `kit.errors`; its message holds the code, the hint what is needed."""
    code, words = error_code(page), " ".join(_messages(_error(page)))
    known = next((CODES[name] for name in _names(page) if name in CODES), None)
    kind, why = known or STATUSES.get(page.status, _unlisted(page.status))
    if known is None and page.status == 403 and LICENCE_WORDS.search(words):
        kind, why = NotLicensed, "the tenant's licence does not include it"
    need = need_of(page.url)
    if page.status == 401 and need.service_principal:
        kind, why = NotAvailable, "the tenant lacks Microsoft's service principal for it"
    return kind(
        f"{need.what}: {why} ({page.status}{', ' + code if code else ''}).",
        _hint(kind, need),
        status=page.status,
        code=code,
        request_id=page.request_id,
    )


def error_code(page: Page) -> str:
    """The service's own code, printable and short; "" when the answer has none."""
    return next(iter(_names(page)), "")


def _names(page: Page) -> Iterator[str]:
    """Every code in the answer, the most telling first."""
    error = _error(page)
    for text in _messages(error):
        yield from re.findall(r'"Status"\s*:\s*"(\w{1,60})"', text)
        yield from re.findall(r"(?:^|[|.])(\w{1,60}Exception)(?:\||$)", text)
    for part in (error, _under(error, "innerError"), _under(error, "innererror")):
        code = part.get("code")
        if isinstance(code, str) and re.fullmatch(r"[\w. -]{1,80}", code):
            yield code


def _messages(error: dict[str, Any]) -> Iterator[str]:
    """The texts of an error in the order readers of Exchange's answers use: details, inner exception, message."""
    details = error.get("details")
    inner = _under(_under(error, "innererror"), "internalexception")
    for part in [*(details if isinstance(details, list) else []), inner, error]:
        for key in ("type", "message"):
            text = part.get(key) if isinstance(part, dict) else None
            if isinstance(text, str):
                yield text


def _error(page: Page) -> dict[str, Any]:
    try:
        value = page.value
    except BadAnswer:
        return {}
    if isinstance(value, dict) and isinstance(value.get("Status"), str):
        return {"code": value["Status"]}
    return _under(value, "error")


def _under(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _unlisted(status: int) -> tuple[Kind, str]:
    if status >= 500:
        return Unreachable, "the service failed"
    if 300 <= status < 400:
        return BadAnswer, "the service sent us elsewhere, and redirects are not followed"
    return (TenantError, "the service refused the request") if status >= 400 else (BadAnswer, "an error in a success")


def _hint(kind: Kind, need: Need) -> str:
    if issubclass(kind, NotAllowed):
        return f"It takes the permission {need.permission}" + (f" and {need.role}." if need.role else ".")
    if issubclass(kind, NotLicensed):
        return f"It takes {need.licence or 'a licence the tenant does not own'}. Coverage says what is missing."
    if issubclass(kind, NotAvailable):
        return need.instead or "Coverage says what is missing; another source may tell the same."
    if issubclass(kind, SignInFailed):
        return "Sign in again."
    return ""
