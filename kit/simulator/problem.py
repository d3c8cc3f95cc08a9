"""Refusals in the words of each service. A route raises one; the server turns it into that service's error body."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar, Self, TypeVar

from kit.simulator.world import Json

Item = TypeVar("Item")

AUTHORIZE = (
    'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
    'client_id="00000003-0000-0000-c000-000000000000"'
)


class Problem(Exception):
    """An answer that is an error: HTTP status, the service's code and text, headers."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @classmethod
    def plain(cls, status: int, code: str, message: str) -> Self:
        """An error of this service that no rule of it asked for: a planned fault."""
        return cls(status, code, message)

    def body(self, request_id: str, client_request_id: str) -> Json:
        """The error body; this plain form is for the admin routes."""
        return {"error": {"code": self.code, "message": self.message}}


class GraphProblem(Problem):
    """A Graph error: {"error": {"code", "message", "innerError": {…}}}."""

    def body(self, request_id: str, client_request_id: str) -> Json:
        """The error body with the ids that Microsoft's support asks for."""
        inner = {
            "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": request_id,
            "client-request-id": client_request_id or request_id,
        }
        return {"error": {"code": self.code, "message": self.message, "innerError": inner}}


class LoginProblem(Problem):
    """An Entra sign-in error; `number` is the AADSTS code, `suberror` what MSAL looks at."""

    URI: ClassVar[str] = "https://login.microsoftonline.com/error?code="

    def __init__(self, error: str, number: int, message: str, *, suberror: str = "", status: int = 400) -> None:
        super().__init__(status, error, message)
        self.number = number
        self.suberror = suberror

    @classmethod
    def plain(cls, status: int, code: str, message: str) -> Self:
        """A planned fault, as Entra's own transient error."""
        return cls("temporarily_unavailable", 90033, "A transient error has occurred. Please try again.", status=status)

    def body(self, request_id: str, client_request_id: str) -> Json:
        """The error body: RFC 6749 fields and Entra's own."""
        now = datetime.now(UTC)
        description = (
            f"AADSTS{self.number}: {self.message} Trace ID: {request_id} Correlation ID: "
            f"{client_request_id or request_id} Timestamp: {now:%Y-%m-%d %H:%M:%SZ}"
        )
        body = {
            "error": self.code,
            "error_description": description,
            "error_codes": [self.number],
            "timestamp": f"{now:%Y-%m-%d %H:%M:%SZ}",
            "trace_id": request_id,
            "correlation_id": client_request_id or request_id,
            "error_uri": f"{self.URI}{self.number}",
        }
        return body | ({"suberror": self.suberror} if self.suberror else {})


class ExchangeProblem(Problem):
    """An error of a cmdlet called over Exchange's admin REST; `kind` is the .NET exception."""

    def __init__(self, status: int, code: str, message: str, kind: str = "System.ArgumentException") -> None:
        super().__init__(status, code, message)
        self.kind = kind

    def body(self, request_id: str, client_request_id: str) -> Json:
        """The error body: the cmdlet's text stands in details and in the inner exception."""
        inner = {"message": self.message, "type": self.kind, "stacktrace": ""}
        return {
            "error": {
                "code": self.code,
                "message": "Error executing cmdlet",
                "details": [{"code": "Context", "target": "", "message": f"|{self.kind}|{self.message}"}],
                "innererror": {
                    "message": "Error executing cmdlet",
                    "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
                    "internalexception": inner,
                },
            }
        }


def there(items: Mapping[str, Item], key: str) -> Item:
    """The item of that key; a 404 when there is none."""
    found = items.get(key)
    if found is None:
        raise not_found(key)
    return found


def not_found(what: str) -> GraphProblem:
    """A directory object that is not there."""
    return GraphProblem(
        404,
        "Request_ResourceNotFound",
        f"Resource '{what}' does not exist or one of its queried reference-property objects are not present.",
    )


def denied() -> GraphProblem:
    """A permission or role is missing."""
    return GraphProblem(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def unauthorized(message: str, code: str = "InvalidAuthenticationToken") -> GraphProblem:
    """No token, or one that is not accepted."""
    return GraphProblem(401, code, message, WWW_Authenticate=AUTHORIZE)


def bad_request(message: str, code: str = "BadRequest") -> GraphProblem:
    """A request the service does not take."""
    return GraphProblem(400, code, message)
