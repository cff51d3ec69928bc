"""Who pushes a feed: the hub and the topic a feed names (WebSub, W3C recommendation of 2018, section 4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from connectors.reading.urls import resolved

# RFC 8288 section 3; quoted commas within an address are percent-encoded there.
_LINK = re.compile(r"<([^<>]{1,2048})>([^<]{0,500})")
_REL = re.compile(r"""(?:^|;)\s*rel\s*=\s*(?:"([^"]{0,200})"|([^\s;,"]{1,200}))""", re.IGNORECASE)
_TYPE = re.compile(r"""(?:^|;)\s*type\s*=\s*(?:"([^"]{0,200})"|([^\s;,"]{1,200}))""", re.IGNORECASE)


def named_hub(links: Iterable[tuple[str, str]], url: str) -> tuple[str, str] | None:
    """Return the first hub and the topic among (relation, address) pairs; without a self link the topic is `url`."""
    found: dict[str, str] = {}
    for relation, address in links:
        target = resolved(address, url)
        if target:
            found.setdefault(relation.lower(), target)
    return (found["hub"], found.get("self", url)) if "hub" in found else None


def link_header(header: str, url: str) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Yield the links of an HTTP header Link: relations in lower case, absolute address, media type or nothing."""
    for address, parameters in _LINK.findall(header):
        relation, kind = (_said(pattern, parameters) for pattern in (_REL, _TYPE))
        if target := resolved(address, url):
            yield tuple(relation.lower().split()), target, kind


def _said(pattern: re.Pattern[str], parameters: str) -> str:
    found = pattern.search(parameters)
    return (found[1] or found[2] or "") if found else ""


def linked_hub(header: str, url: str) -> tuple[str, str] | None:
    """Return what the HTTP header Link names, which comes before what the document says."""
    links = [(relation, address) for relations, address, _ in link_header(header, url) for relation in relations]
    return named_hub(links, url)
