"""Who holds what, followed from the journal for all readers of the page; and the alarms that last."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from msgspec import Struct

from streams.codec import decode
from streams.errors import BadRecord
from streams.highlight import printable
from streams.holding import Ledger
from streams.journal import Journal, Stored
from streams.ledgers import Standing, held_by, in_order
from streams.notices import Level, Notice
from streams.sheet import Row, Sheet, row, sheet
from streams.shelves import Shelves, page_key
from streams.topics import LEDGER, NOTICES
from streams.web.following import followed

# Folds a name for comparison, as places and actors are compared everywhere.
Fold = Callable[[str], str]

_MOST_PAGES = 20_000
_MOST_BYTES = 32 * 1024 * 1024
_MOST_ALARMS = 1_000
_MOST_HOLDERS = 100
_MOST_ANSWERS = 16
_ANSWER_SECONDS = 1.0
_FOLDED_KEPT = 1 << 15


class Asked(Struct, frozen=True, kw_only=True):
    """What is asked: the day is UTC; places and actors by key, or by part of a name; fictional ones only if asked."""

    day: date
    place: str = ""
    actor: str = ""
    demo: bool = False
    limit: int = 200


class Holds(Struct, frozen=True, kw_only=True):
    """How many of the places found an actor holds, alone or with others."""

    key: str
    name: str
    places: int


class Found(Struct, frozen=True, kw_only=True):
    """How places stood on a day: the first `limit` of them by country and name, and who holds how many of all found."""

    total: int
    standings: list[Row]
    holders: list[Holds]
    contested: int
    besieged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found, of which version of the ledger, and when by the loop's clock (seconds)."""

    version: int
    at: float
    found: Found


@dataclass(slots=True)
class Survey:
    """Keeps the last page of each place, the least lately revised forgotten first where they are too many.

    `complete` says that none was forgotten. `version` grows with each page, so
    that readers can ask whether anything is new.
    """

    journal: Journal
    names: Mapping[str, str]
    fold: Fold
    pages: dict[str, Ledger] = field(default_factory=dict)
    alarms: dict[str, Notice] = field(default_factory=dict)
    version: int = 0
    complete: bool = True
    unreadable: int = 0
    troubles: dict[str, str] = field(default_factory=dict)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _shelves: Shelves = field(default_factory=Shelves)
    _sizes: dict[str, dict[int | None, int]] = field(default_factory=dict)
    _answers: dict[Asked, Answer] = field(default_factory=dict)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)
    _bytes: int = 0

    def __post_init__(self) -> None:
        self.fold = lru_cache(_FOLDED_KEPT)(self.fold)

    async def run(self) -> None:
        """Follow the ledger and the notices until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for topic, take, ready in ((LEDGER, self._enter, self.ready), (NOTICES, self._notice, asyncio.Event())):
                tasks.create_task(
                    followed(self.journal, topic, take, seen={}, ready=ready, troubles=self.troubles), name=topic.name
                )

    def _enter(self, stored: Stored) -> None:
        """Put a page or a volume of it where the one before it was; the latest page stands last."""
        record = self._decoded(stored)
        if not isinstance(record, Ledger):
            return
        key, size = page_key(record), len(stored.value)
        self._shelves.put(record)
        sizes = self._sizes.setdefault(key, {})
        self._bytes += size - sizes.get(record.volume, 0)
        sizes[record.volume] = size
        if record.volume is None:
            self.pages.pop(key, None)
            self.pages[key] = self._shelves.whole(key) or record
            self.version += 1
        while self.pages and (len(self.pages) > _MOST_PAGES or self._bytes > _MOST_BYTES):
            self._forget(next(iter(self.pages)))
            self.complete = False

    def _forget(self, key: str) -> None:
        if self.pages.pop(key, None):
            self._shelves.forget(key)
            self._bytes -= sum(self._sizes.pop(key).values())

    def _notice(self, stored: Stored) -> None:
        """Keep an alarm while it lasts."""
        notice = self._decoded(stored)
        if not isinstance(notice, Notice):
            return
        self.alarms.pop(notice.id, None)
        if notice.level is Level.RAISED:
            self.alarms[notice.id] = notice
        if len(self.alarms) > _MOST_ALARMS:
            del self.alarms[next(iter(self.alarms))]

    def _decoded(self, stored: Stored) -> object:
        try:
            return decode(stored.value)
        except BadRecord:
            self.unreadable += 1
            return None

    def places(self, *, demo: bool) -> list[Ledger]:
        """Return the pages, of the fictional places or of the real ones."""
        return [page for page in self.pages.values() if page.demo == demo]

    async def find(self, asked: Asked) -> Answer:
        """Return how the places asked for stood, as known now or a second ago; who asks the same shares an answer.

        Thousands of pages take a while, in which others are served: one answer is looked for at a time.
        """
        async with self._one_at_a_time:
            kept, now = self._answers.get(asked), asyncio.get_running_loop().time()
            if kept and (kept.version == self.version or now - kept.at < _ANSWER_SECONDS):
                return kept
            version, pages = self.version, self.places(demo=asked.demo)
            found = await asyncio.to_thread(self._found, pages, asked)
            self._answers.pop(asked, None)
            self._answers[asked] = Answer(version=version, at=now, found=found)
            if len(self._answers) > _MOST_ANSWERS:
                del self._answers[next(iter(self._answers))]
            return self._answers[asked]

    def _found(self, pages: list[Ledger], asked: Asked) -> Found:
        wanted = [page for page in pages if self._is_asked(page, asked.place)]
        found = [told for told in held_by(wanted, asked.day) if self._is_his(told, asked.actor)]
        found.sort(key=lambda told: (in_order(told.place), told.place_key))
        return Found(
            total=len(found),
            standings=[row(told, self.names) for told in found[: asked.limit]],
            holders=_holders(found),
            contested=sum(told.contested for told in found),
            besieged=sum(told.besieged for told in found),
        )

    def _is_asked(self, page: Ledger, words: str) -> bool:
        place = page.place
        if not words or words in {page.place_key, place.id}:
            return True
        names = (place.name, place.name_ar, place.text, place.admin1)
        return any(self.fold(words) in self.fold(name) for name in names if name)

    def _is_his(self, told: Standing, words: str) -> bool:
        if not words or any(words in {printable(one.key), one.id} for one in told.holders):
            return True
        names = (name for one in told.holders for name in (one.name, one.text) if name)
        return any(self.fold(words) in self.fold(name) for name in names)

    async def page(self, place_key: str, *, demo: bool) -> Sheet | None:
        """Return a place's whole page, be it one forgotten here; None where there is none. Raises JournalUnusable."""
        key = f"{place_key}|demo" if demo else place_key
        page = self.pages.get(key)
        if (page is None or self._shelves.lacks(key)) and not self.complete:
            page = await self._from_journal(key)
        return sheet(page, self.names) if page else None

    async def _from_journal(self, key: str) -> Ledger | None:
        found = Shelves()
        async for stored in self.journal.read(LEDGER):
            page = self._decoded(stored) if stored.key == key or stored.key.startswith(f"{key}|") else None
            if isinstance(page, Ledger):
                found.put(page)
        return found.whole(key)


def _holders(found: list[Standing]) -> list[Holds]:
    """Return who holds most places first."""
    named = {printable(one.key): printable(one.name or one.text) for told in found for one in told.holders}
    counts = Counter(printable(one.key) for told in found for one in told.holders)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_HOLDERS]
    return [Holds(key=key, name=named[key], places=count) for key, count in ranked]
