"""Everything that can go wrong, as one tree. Every error says what happened and what to do next.

KitError
├── SetupError              the environment cannot be made or used
├── InputError              a file, an option or a value the analyst gave cannot be used
│   └── UnreadableFile      an export that is empty, cut off, or of no known format
├── SchemaError             code speaks of a table or column the vocabulary does not have
├── EvidenceError           the case folder is not what its manifest or journal says
├── TenantError             the tenant, or the way to it, said no
│   ├── SignInFailed        no token could be had
│   ├── NotAllowed          a permission or role is missing
│   ├── NotLicensed         the tenant's licence does not include the data
│   ├── NotAvailable        the endpoint does not exist in this cloud or tenant
│   ├── NotFound            the object is gone
│   ├── Throttled           the retry budget ran out
│   ├── Unreachable         no answer: network down, time-out, connection reset
│   ├── BadAnswer           an answer that is not what the contract says
│   ├── RequestRefused      our own guard would not send it (host, method, cmdlet)
│   ├── WrongTenant         signed in to another tenant than the case is about
│   └── OutcomeUnknown      a write was sent and its answer lost: look again before anything else
└── PlanError               a change was not made
    ├── NotConfirmed        no valid preview and typed confirmation
    ├── Drifted             the target is not in the state that was previewed
    └── NotReversible       nothing to go back to
"""

from __future__ import annotations


class KitError(Exception):
    """What happened (`message`) and what to do about it (`hint`).

    Both are plain text. They never hold a token, a password or a raw record.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in place of a trace: these errors are expected, and say what to do next."""
        return [f"{type(self).__name__}: {self.message}", *([self.hint] if self.hint else [])]


class SetupError(KitError):
    """The environment cannot be made or used."""


class InputError(KitError):
    """A file, an option or a value the analyst gave cannot be used."""


class UnreadableFile(InputError):
    """An export that is empty, cut off, or of no known format."""


class SchemaError(KitError):
    """Code speaks of a table or column the vocabulary does not have."""


class EvidenceError(KitError):
    """The case folder is not what its manifest or journal says."""


class TenantError(KitError):
    """The tenant, or the way to it, said no.

    `status` is the HTTP status (0 when there was no answer), `code` the service's own error code,
    `request_id` what its support asks for.
    """

    def __init__(self, message: str, hint: str = "", *, status: int = 0, code: str = "", request_id: str = "") -> None:
        super().__init__(message, hint)
        self.status = status
        self.code = code
        self.request_id = request_id


class SignInFailed(TenantError):
    """No token could be had."""


class NotAllowed(TenantError):
    """A permission or role is missing."""


class NotLicensed(TenantError):
    """The tenant's licence does not include the data."""


class NotAvailable(TenantError):
    """The endpoint does not exist in this cloud or tenant."""


class NotFound(TenantError):
    """The object is gone."""


class Throttled(TenantError):
    """The retry budget ran out."""


class Unreachable(TenantError):
    """No answer: network down, time-out, connection reset."""


class BadAnswer(TenantError):
    """An answer that is not what the contract says."""


class RequestRefused(TenantError):
    """Our own guard would not send it: wrong host, method or cmdlet."""


class WrongTenant(TenantError):
    """Signed in to another tenant than the case is about."""


class OutcomeUnknown(TenantError):
    """A write was sent and its answer lost: look again before anything else."""


class PlanError(KitError):
    """A change was not made."""


class NotConfirmed(PlanError):
    """No valid preview and typed confirmation."""


class Drifted(PlanError):
    """The target is not in the state that was previewed."""


class NotReversible(PlanError):
    """Nothing to go back to."""
