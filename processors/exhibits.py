"""A claim as an alert shows it: one telling of a change, or of what speaks against it."""

from __future__ import annotations

from streams.alerts import AlertEvidence
from streams.items import Claim


def exhibit(claim: Claim) -> AlertEvidence:
    """Return the claim as evidence."""
    return AlertEvidence(
        claim_id=claim.id,
        kind=claim.kind,
        status=claim.status,
        evidence=claim.evidence,
        place=claim.place,
        gaining=claim.gaining,
        losing=claim.losing,
        attribution=claim.attribution,
        language=claim.language,
        rule=claim.rule,
        confidence=claim.confidence,
        event_date=claim.event_date,
        item=claim.item,
    )
