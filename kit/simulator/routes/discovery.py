"""What a client learns about the authority before it signs in: OpenID metadata, instance discovery, signing keys."""

from __future__ import annotations

from kit.simulator.hosts import REAL, SIMULATED
from kit.simulator.message import Answer, Call
from kit.simulator.problem import LoginProblem
from kit.simulator.router import Family
from kit.simulator.signin import check_tenant

family = Family("login")


@family.route("GET", "/{tenant}/v2.0/.well-known/openid-configuration", open=True)
def metadata(call: Call) -> Answer:
    """The OpenID Connect discovery document."""
    check_tenant(call)
    authority = f"{call.base}/{call.tenancy.world.tenant_id}"
    return Answer.of(
        {
            "token_endpoint": f"{authority}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": f"{authority}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": f"{authority}/v2.0",
            "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{authority}/oauth2/v2.0/devicecode",
            "end_session_endpoint": f"{authority}/oauth2/v2.0/logout",
            "tenant_region_scope": "EU",
            "cloud_instance_name": "microsoftonline.com",
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": "graph.microsoft.com",
        }
    )


@family.route("GET", "/common/discovery/instance", open=True)
def instance(call: Call) -> Answer:
    """Which host names are one cloud, so that a client trusts the authority it was given."""
    if "authorization_endpoint" not in call.query:
        raise LoginProblem("invalid_request", 900144, "The request must contain 'authorization_endpoint'.")
    authority = f"{call.base}/{call.tenancy.world.tenant_id}"
    names = [name for name, service in REAL.items() if service == "login"]
    return Answer.of(
        {
            "tenant_discovery_endpoint": f"{authority}/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": [
                {"preferred_network": names[0], "preferred_cache": "login.windows.net", "aliases": names},
                {
                    "preferred_network": SIMULATED["login"],
                    "preferred_cache": SIMULATED["login"],
                    "aliases": [SIMULATED["login"]],
                },
            ],
        }
    )


@family.route("GET", "/{tenant}/discovery/v2.0/keys", open=True)
def keys(call: Call) -> Answer:
    """The public signing key."""
    check_tenant(call)
    return Answer.of(call.tenancy.identity.signer.key_set(f"{call.base}/{call.tenancy.world.tenant_id}/v2.0"))
