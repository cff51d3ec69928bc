"""One spelling for one address: what is followed, what is compared."""

from __future__ import annotations

from urllib.parse import parse_qsl, urljoin, urlsplit

from w3lib.url import canonicalize_url, url_query_cleaner

from streams.dial import web_host
from streams.errors import SourceRefused

MAX_URL = 2048
# Parameters that say who clicked, not what is shown. Source: miniflux/v2
# internal/reader/urlcleaner/urlcleaner.go; `at_` is used by BBC and France 24
# (adbar/courlan).
TRACKERS = frozenset(
    {
        "fbclid",
        "_openstat",
        "fb_action_ids",
        "fb_action_types",
        "fb_ref",
        "fb_source",
        "fb_comment_id",
        "gclid",
        "dclid",
        "gbraid",
        "wbraid",
        "gclsrc",
        "campaign_id",
        "campaign_medium",
        "campaign_name",
        "campaign_source",
        "campaign_term",
        "campaign_content",
        "srsltid",
        "yclid",
        "ysclid",
        "twclid",
        "msclkid",
        "mc_cid",
        "mc_eid",
        "mc_tc",
        "wickedid",
        "hsa_cam",
        "_hsenc",
        "__hssc",
        "__hstc",
        "__hsfp",
        "_hsmi",
        "hsctatracking",
        "mkt_tok",
        "vero_id",
        "vero_conv",
        "sc_cid",
        "_bhlid",
        "_branch_match_id",
        "_branch_referrer",
        "at_medium",
        "at_campaign",
    }
)
TRACKER_PREFIXES = ("utm_", "mtm_")


def _is_tracker(name: str) -> bool:
    return name.lower() in TRACKERS or name.lower().startswith(TRACKER_PREFIXES)


def resolved(link: str, base: str) -> str | None:
    """Return the link as an absolute http address of reasonable length, or None where it is none."""
    if not link.strip():
        return None
    try:
        url = urljoin(base, link.strip())
        web_host(url)
    except (ValueError, SourceRefused):
        return None
    return url if len(url) <= MAX_URL else None


def canonical(url: str) -> str:
    """Return the address without trackers and fragment, its parts in one order: equal for equal pages."""
    try:
        names = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True) if _is_tracker(name)}
        cleaned = url_query_cleaner(url, sorted(names), remove=True, unique=False) if names else url
        spelled = canonicalize_url(cleaned)
    except ValueError:
        return url
    return spelled if len(spelled) <= 2 * MAX_URL else url
