"""What items of all networks' posts have in common, whatever else is known of them. Pure."""

from __future__ import annotations

from datetime import datetime

from connectors.reading.items import item_at
from streams.items import ItemKind, RawItem
from streams.sources import SourceSettings


def post_at(source: SourceSettings, key: str, url: str, *, revision: int, now: datetime) -> RawItem:
    """Return a post of which nothing is known but where it stands; `key` tells it from the source's others."""
    return item_at(source, key, ItemKind.POST, url, canonical_url=url, revision=revision, now=now)
