"""An item that was enriched before, read again with what is known now: its words stay, its claims are made anew."""

from __future__ import annotations

from msgspec.structs import replace

from processors.detect import find
from processors.knowledge import Knowledge
from streams.items import EnrichedItem, Op
from streams.steps import Outcome, Passed


def detect_again(item: EnrichedItem, *, knowledge: Knowledge) -> Outcome:
    """Return the item with the mentions and pledges that its clean text makes; a deletion stays one."""
    if item.op is Op.DELETE:
        return Passed((item,))
    found = find(
        item.text,
        knowledge=knowledge,
        language=item.language,
        published=item.published_at,
        published_precision=item.published_precision,
        parts=item.parts,
        side=item.side,
    )
    return Passed((replace(item, mentions=found.mentions, pledges=found.pledges),))
