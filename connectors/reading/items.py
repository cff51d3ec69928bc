"""What every item says of its source, whatever was read. Pure."""

from __future__ import annotations

from datetime import datetime

from streams.items import ItemKind, RawItem
from streams.sources import SourceSettings


def item_at(
    source: SourceSettings,
    key: str,
    kind: ItemKind,
    url: str,
    *,
    canonical_url: str,
    now: datetime,
    revision: int = 1,
) -> RawItem:
    """Return an item of which nothing is known but where it stands; `key` tells it from the source's others."""
    return RawItem(
        id=f"{source.id}:{key}",
        revision=revision,
        source=source.id,
        owner=source.owner,
        side=source.side,
        demo=source.demo,
        kind=kind,
        url=url,
        canonical_url=canonical_url,
        fetched_at=now,
    )
