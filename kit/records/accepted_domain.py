"""A domain of the tenant: Graph's domain or Exchange's Get-AcceptedDomain."""

from __future__ import annotations

from kit.record import Record, Sample

DOMAINS = """
SELECT record_id, coalesce(as_folded(record, '$.id'), as_folded(record, '$.DomainName')) AS domain,
    coalesce(as_flag(record, '$.isDefault'), as_flag(record, '$.Default')) AS is_default,
    coalesce(as_flag(record, '$.isInitial'), as_flag(record, '$.InitialDomain')) AS initial,
    lower(coalesce(as_text(record, '$.authenticationType'), as_text(record,
        '$.AuthenticationType'))) = 'federated' AS federated
FROM raw
WHERE coalesce(as_folded(record, '$.id'), as_folded(record, '$.DomainName')) IS NOT NULL
    AND coalesce(as_flag(record, '$.isVerified'), true)
"""

SAMPLES = (
    Sample(
        says="the default domain, signed in to by Microsoft",
        record='{"id":"Contoso.example","isDefault":true,"isInitial":false,"isVerified":true,'
        '"authenticationType":"Managed"}',
        rows={"accepted_domains": [{"domain": "contoso.example", "is_default": True, "federated": False}]},
    ),
    Sample(
        says="Exchange's shape, flags as text, authentication untold",
        record='{"DomainName":"fabrikam.example","Default":"False","InitialDomain":"True"}',
        rows={"accepted_domains": [{"domain": "fabrikam.example", "initial": True, "federated": None}]},
    ),
    Sample(
        says="a domain that was never verified is not the tenant's",
        record='{"id":"wish.example","isVerified":false,"authenticationType":"Managed"}',
        rows={"accepted_domains": []},
    ),
)

RECORD = Record("accepted_domain", "A verified domain of the tenant.", {"accepted_domains": DOMAINS}, SAMPLES)
