"""Remove one chosen authentication method. Never all of them: that locks the owner out with the attacker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kit.action import SOMEONE, Action, Change, Example, Manual, State, account
from kit.tenant.client import Tenant
from kit.tenant.guard import segment
from kit.tenant.write import Write

COLLECTIONS = {
    f"#microsoft.graph.{kind}AuthenticationMethod": f"{kind}Methods"
    for kind in (
        "email",
        "external",
        "fido2",
        "microsoftAuthenticator",
        "phone",
        "platformCredential",
        "softwareOath",
        "temporaryAccessPass",
        "windowsHelloForBusiness",
    )
}
"""Type of method → the collection that deletes it. Graph has no DELETE on the common `methods` collection."""

REVOKE_FIRST = "Revoke sessions before and after: a running session can register a method again."
ASK_OWNER = "Ask the owner by telephone whether this method is theirs."
LAST = "This is the only method beside the password: without it the owner fails multi-factor sign-in."
BY_HAND = "Graph cannot remove this kind of method: remove it under Authentication methods of the user in Entra."


@dataclass(frozen=True)
class RemoveAuthenticationMethod(Action):
    """Remove one authentication method.

    Why: a method the attacker registered is a way back in after every reset.
    Effect: the method no longer proves who signs in, nor resets the password.
    Propagation: at once for new sign-ins.
    Limits: sessions begun with it go on until revoked. The default method can only be removed last. App passwords are
        not methods and stay. Removing a passkey or app here leaves it on the device.
    Undo: none: the person registers again.
    Source: Microsoft, Responding to a compromised email account (July 2026), step 3; Graph: Delete … Method.
    """

    method_id: str
    """The id of the method, as in the table `authentication_methods`."""

    order = 17
    goal = "The method is not registered."
    risk = "The owner may be locked out if the method is theirs."
    permissions = (("UserAuthenticationMethod.ReadWrite.All",),)
    example = Example(
        parameters={"user": SOMEONE["user"], "method_id": "3179"},
        before={
            **SOMEONE,
            "method": {
                "@odata.type": "#microsoft.graph.phoneAuthenticationMethod",
                "id": "3179",
                "phoneNumber": "+1 5",
            },
            "others": 1,
        },
        changes=(
            Change(
                says="Remove the phone method",
                do=Write("DELETE", "/v1.0/users/7f00/authentication/phoneMethods/3179"),
                before={"id": "3179", "phoneNumber": "+1 5"},
                cautions=(REVOKE_FIRST, ASK_OWNER),
            ),
        ),
        after={**SOMEONE, "method": None, "others": 1},
    )

    def observe(self, tenant: Tenant) -> State:
        """The method, or None where no such method is registered, and how many others there are beside the password."""
        state = account(tenant, self.user)
        pages = tenant.pages(f"/v1.0/users/{state['id']}/authentication/methods")
        methods = [method for page in pages for method in page.records]
        chosen = [method for method in methods if method["id"] == self.method_id]
        others = [m for m in methods if m not in chosen and _kind(m) != "password"]
        return {**state, "method": chosen[0] if chosen else None, "others": len(others)}

    def changes(self, state: State) -> list[Change]:
        """One DELETE, by hand for kinds that Graph cannot remove, nothing when no such method is registered."""
        method = state["method"]
        if method is None:
            return []
        collection = COLLECTIONS.get(method["@odata.type"])
        path = f"/v1.0/users/{state['id']}/authentication/{collection}/{segment(method['id'])}"
        return [
            Change(
                says=f"Remove the {_kind(method)} method",
                do=Write("DELETE", path) if collection else Manual(BY_HAND),
                before={name: value for name, value in method.items() if value is not None and name[0] != "@"},
                cautions=(REVOKE_FIRST, ASK_OWNER, *((LAST,) if not state["others"] else ())),
            )
        ]


def _kind(method: dict[str, Any]) -> str:
    return str(method["@odata.type"]).removeprefix("#microsoft.graph.").removesuffix("AuthenticationMethod")
