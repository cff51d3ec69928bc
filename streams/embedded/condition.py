"""Whether a journal's file is whole: what SQLite finds wrong with it, and what each topic holds; nothing is changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from streams.codec import decode
from streams.embedded import tables
from streams.errors import BadRecord, JournalUnusable
from streams.topics import BY_NAME, Topic

_MOST_FAULTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What lies on one topic: how many records, which offset comes next, how many are no records of it."""

    topic: str
    records: int
    next_offset: int
    unreadable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What was found: `faults` of the file in SQLite's words, none where it is whole."""

    faults: tuple[str, ...]
    topics: tuple[Holding, ...]


def examine(path: Path) -> Condition:
    """Go through the whole file, beside whoever works on it; raises JournalUnusable where there is none to read."""
    if not path.is_file():
        raise JournalUnusable(f"the journal {path} is not there; nothing was written to it yet, or it is another file")
    with tables.usable(path), closing(_looking(path)) as connection:
        faults: list[str] = []
        holdings: list[Holding] = []
        try:
            faults += _faults(connection)
            holdings.extend(_holding(connection, topic) for topic in BY_NAME.values())
        except sqlite3.DatabaseError as error:
            faults.append(str(error))
    return Condition(faults=tuple(faults), topics=tuple(holdings))


def _looking(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=tables.BUSY_SECONDS)


def _faults(connection: sqlite3.Connection) -> Iterator[str]:
    for (text,) in connection.execute(f"PRAGMA integrity_check({_MOST_FAULTS})"):
        if text != "ok":
            yield from text.splitlines()


def _holding(connection: sqlite3.Connection, topic: Topic) -> Holding:
    records = unreadable = 0
    for (value,) in connection.execute("SELECT value FROM records WHERE topic = ?", (topic.name,)):
        records += 1
        unreadable += not _is_of(topic, value)
    end = tables.end(connection, topic.name)
    return Holding(topic=topic.name, records=records, next_offset=end, unreadable=unreadable)


def _is_of(topic: Topic, value: bytes) -> bool:
    with suppress(BadRecord):
        return isinstance(decode(value), topic.carries)
    return False
