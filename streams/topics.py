"""The topics: what each carries, and what its records are keyed and spread by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import UnionType
from typing import Any, get_args

from streams.alerts import Alert
from streams.fetches import Fetch
from streams.holding import Holding, Ledger, Pledge
from streams.items import Claim, Cursor, DeadLetter, EnrichedItem, RawItem, SourceState
from streams.notices import Heard, Notice, Tick
from streams.verdicts import Feedback

MAX_RECORD = 8 * 1024 * 1024
# A tick belongs to no key: it lies in every partition of its topic.
TICK = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A named stream of records of one type, or of the few that one step reads together.

    `key` identifies a record within a compacted topic; `spread` decides its
    partition (records of one spread value keep their order); `limit` is the
    most bytes one record may have.
    """

    name: str
    carries: type | UnionType
    key: Callable[[Any], str]
    spread: Callable[[Any], str]
    compacted: bool = False
    limit: int = MAX_RECORD


def _topic(
    name: str,
    carries: type | UnionType,
    key: Callable[[Any], str],
    *,
    spread: Callable[[Any], str] | None = None,
    compacted: bool = False,
    limit: int = MAX_RECORD,
) -> Topic:
    return Topic(name=name, carries=carries, key=key, spread=spread or key, compacted=compacted, limit=limit)


def names_of(carries: type | UnionType) -> str:
    """Return what a topic carries in words, for errors."""
    return " or ".join(kind.__name__ for kind in get_args(carries) or (carries,))


def ledger_key(ledger: Ledger) -> str:
    """Return the key of a place's ledger, or of a volume of it; what is fictional stands beside what is real."""
    key = f"{ledger.place_key}|demo" if ledger.demo else ledger.place_key
    return key if ledger.volume is None else f"{key}|volume-{ledger.volume}"


def _actor(record: Holding | Pledge) -> str:
    actor = record.actor.key if isinstance(record, Holding) else record.pledging_key
    return f"{actor}|{record.drawer}"


RAW_ITEMS = _topic("raw-items", RawItem, lambda item: item.id)
ENRICHED_ITEMS = _topic("enriched-items", EnrichedItem, lambda item: item.id)
# Verdicts of analysts come to corroborate between the claims about their place.
CLAIMS = _topic("claims", Claim | Feedback, lambda claim: claim.place_key)
CONTROL_ALERTS = _topic("control-alerts", Alert, lambda alert: alert.id, spread=lambda alert: alert.place_key)
# A letter carries a whole record in base64, a third larger, beside its story.
DEAD_LETTERS = _topic("dead-letters", DeadLetter, lambda letter: letter.id, limit=MAX_RECORD * 3 // 2)
CURSORS = _topic("cursors", Cursor, lambda cursor: cursor.source, compacted=True)
STATES = _topic("states", SourceState, lambda state: state.source, compacted=True)
FETCHES = _topic("fetches", Fetch, lambda fetch: fetch.source)

FEEDBACK = _topic("feedback", Feedback, lambda verdict: verdict.id, spread=lambda verdict: verdict.place_key)
LEDGER = _topic("ledger", Ledger, ledger_key, spread=lambda ledger: ledger.place_key, compacted=True)
HOLDINGS = _topic("holdings", Holding | Pledge, _actor)
HEARD = _topic("heard", Heard | Tick, lambda heard: TICK if isinstance(heard, Tick) else heard.key)
NOTICES = _topic("notices", Notice, lambda notice: notice.id)

TOPICS = (
    RAW_ITEMS,
    ENRICHED_ITEMS,
    CLAIMS,
    CONTROL_ALERTS,
    DEAD_LETTERS,
    CURSORS,
    STATES,
    FETCHES,
    FEEDBACK,
    LEDGER,
    HOLDINGS,
    HEARD,
    NOTICES,
)
BY_NAME = {topic.name: topic for topic in TOPICS}
