"""The embedded journal: all topics in one SQLite file, written by one thread and read by others."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from typing import TextIO, TypeVar

from streams.counters import Ending
from streams.embedded import pruning, tables
from streams.embedded.room import Room
from streams.endings import Written, written
from streams.errors import ConfigError, JournalUnusable, SlotTaken
from streams.gathering import Gathering
from streams.items import Cursor, RawItem
from streams.journal import Stored
from streams.records import Record
from streams.saving import Saved, Savings, cursors_in
from streams.steps import Flow, RememberingStep
from streams.topics import CURSORS, STATES, Topic

SCHEME = "sqlite:///"
_READERS = 2
_TOGETHER_SECONDS = 0.005  # cursors saved within this time share a commit
_OTHERS_SECONDS = 0.2  # how soon a commit by another process is seen; our own wake readers at once
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a step did with the records before `position`, to be committed as one."""

    step: str
    source: Topic
    position: int
    written: Sequence[Written]
    endings: Mapping[Ending, int]
    memory: Mapping[str, bytes | None]


@dataclass(slots=True)
class _Reader:
    """Somebody who reads a topic in this process, and what he reads next."""

    topic: str
    position: int


def path_of(url: str) -> Path:
    """Return the file a journal URL names: sqlite:///relative or sqlite:////absolute. Raises ConfigError."""
    name = url.removeprefix(SCHEME)
    if name == url or not name or name.startswith(":") or name.endswith("/"):
        raise ConfigError(
            f"journal {url!r} names no file; write sqlite:///folder/journal.db or sqlite:////absolute/journal.db"
        )
    return Path(name)


def _take(file: TextIO, path: Path) -> None:
    """Lock the file and leave our process id in it for whoever is refused; the lock ends with the process."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        holder = file.read(20).strip() or "unknown"
        raise SlotTaken(f"process {holder} already works on {path}; stop it, or name another journal") from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()


class SqliteJournal:
    """The journal port on one SQLite file, and what the embedded host needs besides.

    Raises ConfigError for a URL that names no file and JournalUnusable for a
    file that cannot be used. Several processes may open one file; only one of
    them may hold its slot. Where it is `patient`, a write that finds no room on
    the disk waits for it instead of raising NoRoom.
    """

    def __init__(self, url: str, *, patient: bool = False) -> None:
        self.path = path_of(url)
        self.room = Room(patient)
        self._changes: dict[str, asyncio.Event] = {}
        self._readers: list[_Reader] = []
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._savings = Savings()
        self._saving = Gathering(commit=self._save, seconds=_TOGETHER_SECONDS)
        with tables.usable(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = tables.connect(self.path)
            tables.prepare(self._writer, self.path)
            for _ in range(_READERS):
                self._idle.put(tables.connect(self.path))
        self._writing = ThreadPoolExecutor(1, "journal-writer")
        self._reading = ThreadPoolExecutor(_READERS, "journal-reader")

    @classmethod
    async def open(cls, url: str) -> SqliteJournal:
        """Open the journal a URL names without holding up the event loop."""
        return await asyncio.to_thread(cls, url)

    async def publish(self, topic: Topic, records: Sequence[Record]) -> None:
        """Append records; returns when they are durable. Raises JournalUnusable, and BadRecord for one too large."""
        await self._append([written(topic, record) for record in records])

    async def publish_bytes(self, topic: Topic, *, partition: int, key: str | None, value: bytes) -> None:
        """Append `value` byte for byte. Raises JournalUnusable; `partition` is 0, the only one here."""
        del partition
        await self._append([Written(topic=topic, key=key or "", spread=key or "", value=value)])

    async def save(self, items: Sequence[RawItem], cursor: Cursor) -> None:
        """Append a source's items and its cursor, all or nothing. Raises as publish does.

        What several sources save within moments is one commit.
        """
        await self._saving.add(self._savings.of(items, cursor))

    async def _save(self, group: Sequence[Saved]) -> None:
        behind = sorted((one for saved in group for one in saved.behind()), key=lambda one: one.topic.name)
        await self._append([*(item for saved in group for item in saved.items), *behind])
        self._savings.done(group)

    async def cursors(self, *, whole: bool = True) -> dict[str, Cursor]:
        """Return the last saved cursor of each source; raises BadRecord for one that cannot be read."""
        return await cursors_in(self.read(CURSORS), self.read(STATES) if whole else None)

    async def read(self, topic: Topic) -> AsyncIterator[Stored]:
        """Yield what is committed now, oldest first, and end."""
        end = await self.end(topic)
        with self._reader(topic, 0) as reader:
            while reader.position < end and (found := await self._read(tables.chunk, topic.name, reader.position)):
                for stored in found:
                    if stored.offset < end:
                        yield stored
                reader.position = found[-1].offset + 1

    async def last(self, topic: Topic, key: str, most: int) -> list[Stored]:
        """Return the last records of a key that are committed now, oldest first, at most so many."""
        return await self._read(tables.last, topic.name, key, most)

    async def follow(self, topic: Topic, *, from_start: bool = True) -> AsyncIterator[Stored]:
        """Yield what is committed (unless not `from_start`) and then each new record as it comes, without end."""
        position = 0 if from_start else await self.end(topic)
        async for found in self.chunks(topic, position):
            for stored in found:
                yield stored

    async def chunks(self, topic: Topic, position: int) -> AsyncIterator[Sequence[Stored]]:
        """Yield the records from `position` on in handfuls, without end, waking with each commit."""
        with self._reader(topic, position) as reader:
            while True:
                change = self._changes.setdefault(topic.name, asyncio.Event())
                if found := await self._read(tables.chunk, topic.name, reader.position):
                    yield found
                    reader.position = found[-1].offset + 1
                else:
                    # not wait_for: before Python 3.12 it loses a cancellation that meets the change
                    with suppress(TimeoutError):
                        async with asyncio.timeout(_OTHERS_SECONDS):
                            await change.wait()

    @contextmanager
    def _reader(self, topic: Topic, position: int) -> Iterator[_Reader]:
        """Let it be known what is being read, so that it is not taken away."""
        reader = _Reader(topic.name, position)
        self._readers.append(reader)
        try:
            yield reader
        finally:
            self._readers = [one for one in self._readers if one is not reader]

    async def end(self, topic: Topic) -> int:
        """Return the offset that the topic's next record will get."""
        return await self._read(tables.end, topic.name)

    async def position(self, step: str) -> int:
        """Return the offset from which a step reads on."""
        return await self._read(tables.position, step)

    async def lags(self, flow: Flow) -> dict[str, int]:
        """Return how many records each step has yet to read."""
        return {step.name: await self._read(tables.lag, step.name, step.source.name) for step in flow}

    async def memory(self, step: str, key: str) -> bytes | None:
        """Return what a step remembers of a key, None where nothing."""
        return await self._read(tables.memory, step, key)

    async def memories(self, step: str) -> dict[str, bytes]:
        """Return all that a step remembers, by key."""
        return await self._read(tables.memories, step)

    async def endings(self) -> Counter[Ending]:
        """Return how all records ended since the journal was made."""
        return await self._read(tables.endings)

    async def commit(self, turn: Turn) -> None:
        """Make a step's turn durable: outputs, memory, position and endings, all or nothing."""

        def work(connection: sqlite3.Connection) -> None:
            tables.append(connection, turn.written)
            tables.remember(connection, turn.step, turn.memory)
            tables.move(connection, turn.step, turn.source.name, turn.position)
            tables.count(connection, turn.endings)

        await self._write(work)
        self._announce(turn.written)

    async def take_away(self, topic: Topic, *, before: datetime, until: int) -> int:
        """Take away a handful of records stored before a time; return how many.

        None at `until` or behind it, and none that a reader in this process has yet to read.
        """
        until = min([until, *(reader.position for reader in self._readers if reader.topic == topic.name)])
        return await self._write(lambda writer: pruning.take_away(writer, topic.name, before=before, until=until))

    async def forget(self, step: RememberingStep, *, kept: float, now: datetime) -> int:
        """Forget a handful of a step's keys that nothing changed for `kept` seconds; return how many."""
        return await self._write(lambda writer: pruning.forget(writer, step.name, step.source.name, kept=kept, now=now))

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold the right to run the steps on this file; raises SlotTaken. A killed holder lets go at once."""
        lock = self.path.with_name(self.path.name + ".lock")
        with tables.usable(self.path):
            file = lock.open("a+")
        with file:
            _take(file, self.path)
            yield

    async def close(self) -> None:
        """Finish what is being written and let go of the file."""
        self.room.give_up()
        await self._saving.settle()
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writing.shutdown()
        self._reading.shutdown()
        while not self._idle.empty():
            self._idle.get().close()
        self._writer.close()

    async def _append(self, records: Sequence[Written]) -> None:
        if records:
            await self._write(lambda connection: tables.append(connection, records))
            self._announce(records)

    def _announce(self, records: Sequence[Written]) -> None:
        for name in {record.topic.name for record in records}:
            if change := self._changes.pop(name, None):
                change.set()

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def write() -> T:
            with tables.usable(self.path), tables.transaction(self._writer):
                return work(self._writer)

        return await self.room.until(lambda: self._in(self._writing, write))

    async def _read(self, question: Callable[..., T], *args: object) -> T:
        def ask() -> T:
            connection = self._idle.get()
            try:
                with tables.usable(self.path):
                    return question(connection, *args)
            finally:
                self._idle.put(connection)

        return await self._in(self._reading, ask)

    async def _in(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        try:
            future = pool.submit(work)
        except RuntimeError as error:
            raise JournalUnusable(f"the journal {self.path} is closed") from error
        return await asyncio.wrap_future(future)
