"""What is known of hosts that serve many sources and have rules of their own: a table, by domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

GAP_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A domain's rules: seconds between two requests, whether its 403 says "too many" and not "never".

    `quota_by_path`: its "too many" speaks for one path and not for the whole host.
    """

    gap: float = GAP_SECONDS
    forbidden_is_busy: bool = False
    quota_by_path: bool = False


USUAL = Policy()
# Reddit answers strangers about once a minute since June 2026, and others with 403 or 429 (FreshRSS #8928,
# NetNewsWire #5328).
POLICIES: Mapping[str, Policy] = {
    "reddit.com": Policy(gap=60.0, forbidden_is_busy=True),
    "redd.it": Policy(gap=60.0, forbidden_is_busy=True),
    # Each endpoint of X counts for itself (xdevplatform/docs, x-api/fundamentals/rate-limits).
    "x.com": Policy(quota_by_path=True),
}


def policy(host: str) -> Policy:
    """Return the rules of a host: those of the nearest domain above it in the table, else the usual ones."""
    labels = host.lower().rstrip(".").split(".")
    domains = (".".join(labels[start:]) for start in range(len(labels)))
    return next((POLICIES[domain] for domain in domains if domain in POLICIES), USUAL)
