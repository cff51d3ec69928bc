"""What all readers of the page share: the journal is followed once, and each reader served from there."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from msgspec import Struct
from prometheus_client import Histogram

from streams.codec import decode
from streams.delays import LEGS
from streams.errors import BadRecord
from streams.highlight import printable
from streams.items import Cursor, DeadLetter
from streams.journal import Journal, Stored
from streams.masking import masked
from streams.topics import CONTROL_ALERTS, DEAD_LETTERS, Topic
from streams.view import Card
from streams.web.following import Take, followed
from streams.web.reel import News, Position, Reel, covers, is_after, position_text

DELAY = Histogram(
    "changehands_alert_delay_seconds",
    "What an alert took, by the source that brought it first and by leg",
    ("source", "leg"),
    buckets=(0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 900, 3600, 14400, 86400),
)
_OTHER = "other"  # sources that are not configured here share one name, so that labels stay few

_WINDOW = 2000
_WINDOW_BYTES = 32 * 1024 * 1024
_LETTERS = 20
_DELAYS = 200
_CURSORS_SECONDS = 1.0
ALIVE_SECONDS = 10.0


class Letter(Struct, frozen=True, kw_only=True):
    """A dead letter in a line."""

    id: str
    topic: str
    step: str
    error: str
    text: str
    at: datetime


@dataclass(slots=True)
class Board:
    """Follows alerts and dead letters and hands each reader what it has not seen.

    The latest revisions are kept in memory; a reader who resumes from further
    back, or cannot keep up, is served from the journal, so nothing is missed.
    """

    journal: Journal
    names: Mapping[str, str]
    reel: Reel = field(init=False)
    position: dict[int, int] = field(default_factory=dict)
    letters: deque[Letter] = field(default_factory=lambda: deque(maxlen=_LETTERS))
    letters_total: int = 0
    unreadable: int = 0
    readers: int = 0
    delays: deque[float] = field(default_factory=lambda: deque(maxlen=_DELAYS))
    troubles: dict[str, str] = field(default_factory=dict)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _window: deque[News] = field(default_factory=deque)
    _cursors: Mapping[str, Cursor] = field(default_factory=dict)
    _ask_again: float = 0.0
    _count: int = 0
    _bytes: int = 0
    _floor: dict[int, int] = field(default_factory=dict)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _closed: bool = False
    _started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.reel = Reel(self.names)

    @property
    def cards(self) -> list[Card]:
        """The latest alerts, newest first."""
        return list(reversed(self.reel.cards.values()))

    @property
    def position_text(self) -> str:
        """How far the alerts have been read, as an event id."""
        return position_text(self.position)

    async def run(self) -> None:
        """Follow the journal until cancelled; an unusable journal is tried again and meanwhile named in `troubles`."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow(CONTROL_ALERTS, self._take, self.position, self.ready))
            tasks.create_task(self._follow(DEAD_LETTERS, self._bury, {}, asyncio.Event()))

    async def cursors(self) -> Mapping[str, Cursor]:
        """Return the cursors of a second ago at most: on Kafka each asking reads a whole topic."""
        now = asyncio.get_running_loop().time()
        if now >= self._ask_again:
            self._cursors = await self.journal.cursors(whole=False)
            self._ask_again = now + _CURSORS_SECONDS
        return self._cursors

    def close(self) -> None:
        """End every reader's stream."""
        self._closed = True
        self.ready.set()
        self._ring()

    async def _follow(self, topic: Topic, take: Take, seen: dict[int, int], ready: asyncio.Event) -> None:
        """Read to the end once, so that a reader's position can be told from one of another journal; then follow."""
        await followed(self.journal, topic, take, seen=seen, ready=ready, troubles=self.troubles)

    def _take(self, stored: Stored) -> None:
        try:
            self._keep(self.reel.add(stored))
        except BadRecord:
            self.unreadable += 1

    def _keep(self, news: News) -> None:
        self._window.append(news)
        self._count += 1
        self._bytes += len(news.data)
        while len(self._window) > _WINDOW or self._bytes > _WINDOW_BYTES:
            gone = self._window.popleft()
            self._bytes -= len(gone.data)
            self._floor[gone.partition] = gone.offset
        self._measure(news.card)
        self._ring()

    def _measure(self, card: Card) -> None:
        if card.revision == 1 and card.fetched_to_alerted is not None:
            self.delays.append(card.fetched_to_alerted)
            if card.alerted_at >= self._started:
                self._observe(card)

    def _observe(self, card: Card) -> None:
        first = card.tellings[0].source if card.tellings else _OTHER
        source = first if first in self.names else _OTHER
        for leg in LEGS:
            if (seconds := getattr(card, leg)) is not None:
                DELAY.labels(source, leg).observe(seconds)

    def _ring(self) -> None:
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()

    def _bury(self, stored: Stored) -> None:
        self.letters_total += 1
        try:
            letter = decode(stored.value)
        except BadRecord:
            self.unreadable += 1
            return
        if isinstance(letter, DeadLetter):
            self.letters.append(_in_a_line(letter))

    async def since(self, after: Position) -> AsyncIterator[tuple[str, bytes] | None]:
        """Yield event id and card of each revision after `after`, without end; None says that nothing came for a while.

        A position beyond the journal's end is of another journal (the file was removed): such a reader starts over.
        """
        await self.ready.wait()
        at = dict(after) if covers(self.position, after) else {}
        seen = self._next_for(at)
        while not self._closed:
            bell, count, floor, far = self._bell, self._count, dict(self._floor), seen < self._oldest
            async for news in self._unseen(seen):
                if is_after(news, at):
                    at[news.partition] = news.offset
                    yield position_text(at), news.data
            at |= {partition: max(offset, at.get(partition, -1)) for partition, offset in floor.items()} if far else {}
            seen = self._next_for(at) if far else count
            if seen == self._count and not await _rings(bell):
                yield None

    def _next_for(self, at: Position) -> int:
        """Where in the window a reader goes on, or -1 where the window no longer reaches back to it."""
        return self._oldest if covers(at, self._floor) else -1

    @property
    def _oldest(self) -> int:
        return self._count - len(self._window)

    async def _unseen(self, seen: int) -> AsyncIterator[News]:
        if seen < self._oldest:
            async for news in _from_journal(self.journal, CONTROL_ALERTS, Reel(self.names)):
                yield news
        else:
            for news in list(islice(self._window, seen - self._oldest, None)):
                yield news


async def _from_journal(journal: Journal, topic: Topic, reel: Reel) -> AsyncIterator[News]:
    async for stored in journal.read(topic):
        try:
            yield reel.add(stored)
        except BadRecord:
            continue  # counted when the board came by it


async def _rings(bell: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(ALIVE_SECONDS):  # wait_for may swallow a cancellation before Python 3.12
            await bell.wait()
    except TimeoutError:
        return False
    return True


def _in_a_line(letter: DeadLetter) -> Letter:
    return Letter(
        id=printable(letter.id),
        topic=printable(letter.topic),
        step=printable(letter.step),
        error=printable(letter.error),
        text=printable(masked(letter.text[:400])),
        at=letter.at,
    )
