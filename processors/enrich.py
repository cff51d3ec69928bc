"""The first step: a raw item becomes clean text with what it claims about places."""

from __future__ import annotations

from processors.detect import Found, find
from processors.extract import Extracted, extract
from processors.knowledge import Knowledge
from processors.signature import signature, text_hash
from streams.items import EnrichedItem, ItemKind, Op, RawItem
from streams.steps import Dropped, Outcome, Passed, Why

NOTHING = Found()


def enrich(item: RawItem, *, knowledge: Knowledge) -> Outcome:
    """Return the item's text and mentions; raises SourceUnreadable for a body that cannot be read as text.

    An item without mentions passes too, since its earlier revision may have
    had some; one without text ends here, so that an empty page takes nothing
    back that its feed said. A post whose words were taken out does take them
    back: it has no other telling than its own.
    """
    if item.op is Op.DELETE:
        return Passed((_enriched(item),))
    read = extract(item)
    if not read.text and not _is_emptied(item):
        return Dropped(Why.EMPTY)
    found = find(
        read.text,
        knowledge=knowledge,
        language=read.language,
        published=read.published_at,
        published_precision=read.published_precision,
        parts=read.parts,
        side=item.side,
    )
    return Passed((_enriched(item, read, found),))


def _is_emptied(item: RawItem) -> bool:
    return item.kind is ItemKind.POST and item.revision > 1


def _enriched(item: RawItem, read: Extracted | None = None, found: Found = NOTHING) -> EnrichedItem:
    return EnrichedItem(
        op=item.op,
        id=item.id,
        revision=item.revision,
        source=item.source,
        owner=item.owner,
        side=item.side,
        demo=item.demo,
        kind=item.kind,
        url=item.url,
        canonical_url=item.canonical_url,
        fetched_at=item.fetched_at,
        published_at=read.published_at if read else item.published_at,
        published_precision=read.published_precision if read else item.published_precision,
        title=read.title if read else item.title,
        author=item.author,
        handle=item.handle,
        media=item.media,
        text=read.text if read else "",
        mentions=found.mentions,
        pledges=found.pledges,
        parts=read.parts if read else (),
        language=read.language if read else None,
        links=read.links if read else (),
        hashtags=read.hashtags if read else (),
        handles=read.handles if read else (),
        text_hash=text_hash(read.title, read.text) if read else text_hash(None, ""),
        signature=signature(read.body or read.text) if read else None,
        credit=read.credit if read else None,
        stub=item.stub,
        wall=item.wall,
    )
