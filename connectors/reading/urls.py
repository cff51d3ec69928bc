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


def _host_of(text: str) -> str:
    """Return the host in an address or a bare host name, without www; empty where there is none."""
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname
    except ValueError:
        return ""
    return (host or "").removeprefix("www.")


def _is_tracker(name: str, value: str, homes: frozenset[str]) -> bool:
    """Whether a parameter says who clicked; `ref` does so where it names the site or feed the link stood in."""
    name = name.lower()
    if name == "ref":
        return _host_of(value) in homes
    return name in TRACKERS or name.startswith(TRACKER_PREFIXES)


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


def canonical(url: str, *, site: str = "") -> str:
    """Return the address without trackers and fragment, its parts in one order: equal for equal pages.

    `site` is the address of the feed or site where the link stood.
    """
    try:
        homes = frozenset(filter(None, (_host_of(url), _host_of(site))))
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
        names = {name for name, value in pairs if _is_tracker(name, value, homes)}
        cleaned = url_query_cleaner(url, sorted(names), remove=True, unique=False) if names else url
        spelled = canonicalize_url(cleaned)
    except ValueError:
        return url
    return spelled if len(spelled) <= 2 * MAX_URL else url
