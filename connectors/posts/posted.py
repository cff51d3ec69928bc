"""What items of all networks' posts have in common, whatever else is known of them. Pure."""

from __future__ import annotations

from datetime import datetime

from streams.items import ItemKind, RawItem
from streams.sources import SourceSettings


def post_at(source: SourceSettings, key: str, url: str, *, revision: int, now: datetime) -> RawItem:
    """Return a post of which nothing is known but where it stands; `key` tells it from the source's others."""
    return RawItem(
        id=f"{source.id}:{key}",
        revision=revision,
        source=source.id,
        owner=source.owner,
        side=source.side,
        demo=source.demo,
        kind=ItemKind.POST,
        url=url,
        canonical_url=url,
        fetched_at=now,
    )
