"""The first pass: the items of the past into the run's journal, each with its place on the agenda.

Costly work is handed out to several workers at once; what they bring back is
stored in the order of the source, a handful at a time, with the source's
bookmark in the same transaction.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from msgspec.structs import replace

from streams.agenda import Entry, RunStore, RunTurn
from streams.codec import decode, encode
from streams.counters import Ending
from streams.endings import Ended, Written, failed, source_of, written
from streams.errors import BadRecord, first_of
from streams.items import DeadLetter, EnrichedItem, RawItem
from streams.journal import Stored
from streams.replay.digest import added
from streams.replay.notes import READ, Read, noted, read_of
from streams.replay.order import Window, entry_of, fetched_when_out, is_undated
from streams.topics import DEAD_LETTERS, ENRICHED_ITEMS, RAW_ITEMS

STEP = "replay"
OUTSIDE = "outside"
_AHEAD = 64  # items handed out beyond the one that is waited for
_TURN, _BYTES = 200, 8 * 1024 * 1024  # records, and their bytes, between commits
Item = RawItem | EnrichedItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What some of the source brought: items, letters of what is torn in it, endings of its documents.

    `mark` is the source's bookmark behind them; `share` (0 to 1) says how much
    of the source is read, None where nobody knows.
    """

    mark: bytes
    items: Sequence[Item] = ()
    letters: Sequence[DeadLetter] = ()
    endings: Mapping[Ending, int] = field(default_factory=dict)
    share: float | None = None


class Make(Protocol):
    """What makes an item ready in a worker: enriches a raw one, or detects again what an enriched one claims."""

    def __call__(self, item: Item, stored: Stored) -> Coroutine[Any, Any, Ended]:
        """Return how the item ended; `stored` are its bytes and where they lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a source is read: which time of it, from when its items count, what makes them ready, who hears of it.

    With `as_detected` enriched items are taken with the claims they came with.
    """

    window: Window
    make: Make
    say: Callable[[Read, float | None], None]
    as_of_publication: bool = False
    as_detected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """An item that was handed out: its end, known or to come, its bytes, and itself where it is a raw one."""

    value: bytes
    end: Ended | asyncio.Task[Ended]
    raw: tuple[Written, datetime] | None = None


async def read(handfuls: AsyncIterator[Handed], store: RunStore, plan: Plan) -> Read:
    """Read a source from its bookmark to its end; return how far it was read. Raises what source and workers raise."""
    reading = _Reading(store, plan)
    try:
        async with asyncio.TaskGroup() as group:
            async for handed in handfuls:
                for item in reading.unread(handed.items):
                    reading.begin(item, group)
                    await reading.finish(_AHEAD)
                reading.close(handed)
            await reading.finish(0)
    except BaseExceptionGroup as several:
        raise first_of(several) from several
    return reading.over()


class _Reading:
    """One source while it is read; what was handed out waits in the order of the source."""

    def __init__(self, store: RunStore, plan: Plan) -> None:
        self._store, self._plan = store, plan
        self._waiting: deque[_Begun | Handed] = deque()
        self._ends = Counter(store.ends())
        self._read = read_of(store.note(READ))
        self._skip = self._read.within
        self._number = self._read.taken
        self._share: float | None = None
        self._written: list[tuple[Written, datetime]] = []
        self._agenda: list[Entry] = []
        self._endings: Counter[Ending] = Counter()
        self._bytes = 0

    def unread(self, items: Sequence[Item]) -> Sequence[Item]:
        """Return the items without those behind the bookmark that are stored already."""
        skipped = min(self._skip, len(items))
        self._skip -= skipped
        return items[skipped:]

    def begin(self, item: Item, group: asyncio.TaskGroup) -> None:
        """Hand an item out, unless it is known to lie outside of the time that is replayed."""
        value = encode(item)
        self._number += 1
        if self._is_outside(item):
            end: Ended | asyncio.Task[Ended] = Ended(ending=Ending(STEP, item.source, OUTSIDE))
            self._waiting.append(_Begun(value=value, end=end))
            return
        is_raw = isinstance(item, RawItem)
        topic = RAW_ITEMS if is_raw else ENRICHED_ITEMS
        offset = self._ends[RAW_ITEMS.name] if is_raw else self._number
        at = item.fetched_at
        stored = Stored(topic=topic.name, partition=0, offset=offset, key=item.id, value=value, stored_at=at)
        try:
            record = written(topic, item)
        except BadRecord as error:
            self._waiting.append(_Begun(value=value, end=failed(STEP, stored, item, error, at=at)))
            return
        if is_raw:
            self._ends[RAW_ITEMS.name] += 1
        if self._plan.as_detected and not is_raw:
            end = Ended(ending=Ending(STEP, source_of(item), "passed"), written=(record,))
        else:
            end = group.create_task(self._plan.make(item, stored))
        self._waiting.append(_Begun(value=value, end=end, raw=(record, at) if is_raw else None))

    def _is_outside(self, item: Item) -> bool:
        """Say whether an item lies outside for certain; as of publication, a raw one's date may still be found."""
        if not self._plan.as_of_publication:
            return not self._plan.window.holds(item.fetched_at)
        is_known = isinstance(item, EnrichedItem) or not is_undated(item)
        return is_known and not self._plan.window.holds(fetched_when_out(item).fetched_at)

    def close(self, handed: Handed) -> None:
        """Take note that a handful ends here."""
        self._waiting.append(handed)

    async def finish(self, ahead: int) -> None:
        """Finish what was handed out first, until so much is left waiting at most."""
        while len(self._waiting) > ahead or (self._waiting and self._is_next_done()):
            one = self._waiting.popleft()
            if isinstance(one, Handed):
                self._close(one)
            else:
                self._end(one, one.end if isinstance(one.end, Ended) else await one.end)
            if len(self._written) >= _TURN or self._bytes >= _BYTES:
                await self._commit()

    def _is_next_done(self) -> bool:
        one = self._waiting[0]
        return isinstance(one, Handed) or isinstance(one.end, Ended) or one.end.done()

    def _close(self, handed: Handed) -> None:
        for letter in handed.letters:
            self._keep(written(DEAD_LETTERS, letter), letter.at)
        self._endings.update(handed.endings)
        self._share = handed.share
        torn = self._read.torn + len(handed.letters)
        self._read = replace(self._read, mark=handed.mark, within=self._read.within - len(handed.items), torn=torn)

    def _end(self, begun: _Begun, end: Ended) -> None:
        """Give one item its end, and what came of it its place on the agenda."""
        self._endings[end.ending] += 1
        if begun.raw:
            self._keep(*begun.raw)
        outside = undated = 0
        for record in end.written:
            if record.topic is not ENRICHED_ITEMS:
                self._keep(record, _at_of(record))
                continue
            item = _enriched(record)
            outside += not self._enter(item, record)
            undated += is_undated(item)
        self._read = replace(
            self._read,
            within=self._read.within + 1,
            taken=self._read.taken + 1,
            outside=self._read.outside + outside + (end.ending.outcome == OUTSIDE),
            undated=self._read.undated + undated,
            content=added(self._read.content, begun.value),
        )

    def _enter(self, item: EnrichedItem, record: Written) -> bool:
        """Put an item on the agenda, unless it lies outside of the time that is replayed."""
        if self._plan.as_of_publication:
            item = fetched_when_out(item)
            record = written(ENRICHED_ITEMS, item)
        if not self._plan.window.holds(item.fetched_at):
            self._endings[Ending(STEP, item.source, OUTSIDE)] += 1
            return False
        self._agenda.append(entry_of(item, self._ends[ENRICHED_ITEMS.name]))
        self._ends[ENRICHED_ITEMS.name] += 1
        self._keep(record, item.fetched_at)
        return True

    def _keep(self, record: Written, at: datetime) -> None:
        self._written.append((record, at))
        self._bytes += len(record.value)

    async def _commit(self) -> None:
        self._store_all()
        self._plan.say(self._read, self._share)
        await asyncio.sleep(0)  # whoever asks to stop is heard here, with everything stored

    def over(self) -> Read:
        """Note that the source is at its end; return how far it was read."""
        self._read = replace(self._read, is_all=True)
        self._store_all()
        self._plan.say(self._read, 1.0)
        return self._read

    def _store_all(self) -> None:
        done = sorted(self._written, key=lambda one: one[0].topic.name)  # stable: each topic keeps its order
        notes = {READ: noted(self._read)}
        self._store.commit(RunTurn(written=done, agenda=self._agenda, endings=self._endings, notes=notes))
        self._written, self._agenda, self._endings, self._bytes = [], [], Counter(), 0


def _enriched(record: Written) -> EnrichedItem:
    item = decode(record.value)
    assert isinstance(item, EnrichedItem)  # noqa: S101 - what the topic carries
    return item


def _at_of(record: Written) -> datetime:
    letter = decode(record.value)
    assert isinstance(letter, DeadLetter)  # noqa: S101 - the only other thing that comes of an item
    return letter.at
