"""Who pushes a feed: the hub and the topic a feed names (WebSub, W3C recommendation of 2018, section 4)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from connectors.urls import resolved

# RFC 8288 section 3; quoted commas within an address are percent-encoded there.
_LINK = re.compile(r"<\s*([^<>]{1,2048})\s*>([^<]{0,500})")
_REL = re.compile(r"""(?:^|;)\s*rel\s*=\s*(?:"([^"]{0,200})"|([^\s;,"]{1,200}))""", re.IGNORECASE)


def named_hub(links: Iterable[tuple[str, str]], url: str) -> tuple[str, str] | None:
    """Return the first hub and the topic among (relation, address) pairs; without a self link the topic is `url`."""
    found: dict[str, str] = {}
    for relation, address in links:
        target = resolved(address, url)
        if target:
            found.setdefault(relation.lower(), target)
    return (found["hub"], found.get("self", url)) if "hub" in found else None


def linked_hub(header: str, url: str) -> tuple[str, str] | None:
    """Return what the HTTP header Link names, which comes before what the document says."""
    links = []
    for address, parameters in _LINK.findall(header):
        said = _REL.search(parameters)
        links += [(relation, address) for relation in ((said[1] or said[2] or "") if said else "").split()]
    return named_hub(links, url)
