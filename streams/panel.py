"""The panel: what is being read, how it ended and why, as plain values for the page and the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from streams.counters import Ending
from streams.highlight import printable, safe_url
from streams.items import Cursor, SourceHealth
from streams.sources import SourceSettings

# What each word of an ending means to somebody who has not read the code.
MEANINGS = {
    "passed": "went on to the next step",
    "ok": "read; what it brought went on",
    "dead-letter": "could not be handled; kept whole among the dead letters",
    "duplicate": "seen before",
    "unchanged": "read again, says the same",
    "stale": "an older revision or verdict came after a newer one",
    "no-mention": "says nothing of a place changing hands",
    "empty": "no text left after cleaning",
    "background": "tells history in passing",
    "not-a-change": "says who holds a place, or a siege, but no change of hands",
    "not-a-fact": "denied, planned, failed, or still fought over",
    "unknown-claim": "withdraws what was never claimed",
    "unknown-alert": "judges an alert that is too long past to be remembered",
    "unnamed-place": "says that something changed hands, but not which place",
    "kept": "remembered, changes nothing yet",
}

# As the flow goes; a step unknown here comes after them.
_ORDER = {"enrich": 0, "revise": 1, "hear": 2, "corroborate": 3, "follow": 4, "coverage": 5}
# What sources brought passes these steps; others count analysts, fronts and actors too, which are no sources.
_READ_ITEMS = frozenset({"enrich", "revise"})


class Source(Struct, frozen=True, kw_only=True):
    """One source: what its last poll brought and how its items ended, by step and word."""

    id: str
    name: str
    kind: str
    url: str | None
    owner: str | None
    demo: bool
    enabled: bool
    polled_at: datetime | None = None
    next_at: datetime | None = None
    outcome: str = "waiting"
    text: str = ""
    http_status: int | None = None
    items_new: int = 0
    items_total: int = 0
    failures: float = 0.0
    notes: tuple[str, ...] = ()
    moved_to: str | None = None
    pages: int = 0
    stubs: int = 0
    items_week: int = 0
    failing_since: datetime | None = None
    leased_until: datetime | None = None
    pushed_at: datetime | None = None
    pushes_refused: int = 0
    push_text: str = ""
    endings: dict[str, dict[str, int]]


def panel(
    sources: Sequence[SourceSettings], cursors: Mapping[str, Cursor], endings: Mapping[Ending, int]
) -> list[Source]:
    """Return every source configured here, and those only the journal knows: another process may poll them."""
    known = {source.id for source in sources}
    ids = {*cursors, *(ending.source for ending in endings if ending.step in _READ_ITEMS)} - known
    others = [SourceSettings.model_construct(id=printable(id_), url="", enabled=id_ in cursors) for id_ in sorted(ids)]
    return [_source(source, cursors.get(source.id), endings) for source in (*sources, *others)]


def by_step(endings: Iterable[tuple[Ending, int]]) -> dict[str, dict[str, int]]:
    """Sum the endings by step, in the order of the flow, and then by outcome."""
    sums: Counter[tuple[str, str]] = Counter()
    for ending, times in endings:
        sums[ending.step, ending.outcome] += times
    steps = sorted({step for step, _ in sums}, key=lambda step: (_ORDER.get(step, len(_ORDER)), step))
    return {step: {word: times for (at, word), times in sums.items() if at == step} for step in steps}


def _source(source: SourceSettings, cursor: Cursor | None, endings: Mapping[Ending, int]) -> Source:
    own = ((ending, times) for ending, times in endings.items() if ending.source == source.id)
    shown = Source(
        id=source.id,
        name=printable(source.name or _unnamed(source)),
        kind=source.kind,
        url=safe_url(source.url),
        owner=source.owner,
        demo=source.demo,
        enabled=source.enabled,
        outcome="waiting" if source.enabled else "off",
        endings=by_step(own),
    )
    return _with_health(shown, cursor.health) if cursor and cursor.health else shown


def _unnamed(source: SourceSettings) -> str:
    """Return what to call a source without a name: an owner may have many."""
    return f"{source.owner} ({source.id})" if source.owner else source.id


def _with_health(source: Source, health: SourceHealth) -> Source:
    fields = {name: getattr(health, name) for name in health.__struct_fields__}
    outcome = printable(health.outcome) if source.enabled else "off"
    safe = {"text": printable(health.text), "notes": tuple(map(printable, health.notes))}
    safe["push_text"] = printable(health.push_text)
    moved_to = safe_url(health.moved_to) if health.moved_to else None
    return replace(source, **fields | safe | {"outcome": outcome, "moved_to": moved_to})
