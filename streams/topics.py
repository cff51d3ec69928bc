"""The topics: what each carries, and what its records are keyed and spread by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from streams.items import Alert, Claim, Cursor, DeadLetter, EnrichedItem, RawItem

MAX_RECORD = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A named stream of records of one type.

    `key` identifies a record within a compacted topic; `spread` decides its
    partition (records of one spread value keep their order); `limit` is the
    most bytes one record may have.
    """

    name: str
    carries: type
    key: Callable[[Any], str]
    spread: Callable[[Any], str]
    compacted: bool = False
    limit: int = MAX_RECORD


def _topic(
    name: str,
    carries: type,
    key: Callable[[Any], str],
    *,
    spread: Callable[[Any], str] | None = None,
    compacted: bool = False,
    limit: int = MAX_RECORD,
) -> Topic:
    return Topic(name=name, carries=carries, key=key, spread=spread or key, compacted=compacted, limit=limit)


RAW_ITEMS = _topic("raw-items", RawItem, lambda item: item.id)
ENRICHED_ITEMS = _topic("enriched-items", EnrichedItem, lambda item: item.id)
CLAIMS = _topic("claims", Claim, lambda claim: claim.place_key)
CONTROL_ALERTS = _topic("control-alerts", Alert, lambda alert: alert.id, spread=lambda alert: alert.place_key)
# A letter carries a whole record in base64, a third larger, beside its story.
DEAD_LETTERS = _topic("dead-letters", DeadLetter, lambda letter: letter.id, limit=MAX_RECORD * 3 // 2)
CURSORS = _topic("cursors", Cursor, lambda cursor: cursor.source, compacted=True)

TOPICS = (RAW_ITEMS, ENRICHED_ITEMS, CLAIMS, CONTROL_ALERTS, DEAD_LETTERS, CURSORS)
BY_NAME = {topic.name: topic for topic in TOPICS}
