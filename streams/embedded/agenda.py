"""The file of a run: an embedded journal with an agenda and notes beside its topics, for one thread of control.

Whoever works on it holds the journal's slot. Other connections may read
meanwhile, as they read every journal.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from streams.agenda import Entry, RunTurn
from streams.embedded import tables
from streams.journal import Stored
from streams.steps import Flow
from streams.topics import ENRICHED_ITEMS, Topic

_AGENDA = """
CREATE TABLE IF NOT EXISTS agenda (
    at INTEGER NOT NULL,  -- microseconds since 1970, UTC
    id TEXT NOT NULL, revision INTEGER NOT NULL, tie TEXT NOT NULL, offset INTEGER NOT NULL,
    PRIMARY KEY (at, id, revision, tie, offset)
) WITHOUT ROWID
"""
_NOTES = "CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
_NEXT = """
SELECT at, id, revision, tie, offset, key, stored_at, value FROM agenda JOIN records USING (offset)
WHERE topic = ? AND (at, id, revision, tie, offset) > (?, ?, ?, ?, ?)
ORDER BY at, id, revision, tie, offset LIMIT ?
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BEFORE_ALL = (-(2**63), "", 0, "", 0)


class RunFile:
    """A run's store on one SQLite file (streams.agenda.RunStore); raises JournalUnusable for one that is no journal."""

    def __init__(self, path: Path, flow: Flow) -> None:
        self._path = path
        self._flow = flow
        with tables.usable(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = tables.connect(path)
            tables.prepare(self._connection, path)
            for statement in (_AGENDA, _NOTES):
                self._connection.execute(statement)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def commit(self, turn: RunTurn) -> None:
        """Make a turn durable, all or nothing; steps that are run on the file later find nothing to do."""
        with tables.usable(self._path), tables.transaction(self._connection):
            self._store(self._connection, turn)

    def _store(self, connection: sqlite3.Connection, turn: RunTurn) -> None:
        tables.append_at(connection, [(record, tables.microseconds(at)) for record, at in turn.written])
        entries = [(tables.microseconds(one.at), one.id, one.revision, one.tie, one.offset) for one in turn.agenda]
        connection.executemany("INSERT INTO agenda VALUES (?, ?, ?, ?, ?)", entries)
        for step, changed in turn.memory.items():
            tables.remember(connection, step, changed)
        for known in self._flow:
            tables.move(connection, known.name, known.source.name, tables.end(connection, known.source.name))
        tables.count(connection, turn.endings)
        connection.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?)", list(turn.notes.items()))

    def note(self, name: str) -> bytes | None:
        """Return what was noted last under a name."""
        return notes_of(self._connection, self._path).get(name)

    def ends(self) -> dict[str, int]:
        """Return the offset that each topic's next record will get; topics without records are left out."""
        with tables.usable(self._path):
            return dict(self._connection.execute("SELECT name, next_offset FROM topics").fetchall())

    def memory(self, step: str, key: str) -> bytes | None:
        """Return what a step remembers of a key."""
        with tables.usable(self._path):
            return tables.memory(self._connection, step, key)

    def memories(self, step: str) -> dict[str, bytes]:
        """Return all that a step remembers, by key."""
        with tables.usable(self._path):
            return tables.memories(self._connection, step)

    def length(self) -> int:
        """Return how many items are on the agenda."""
        with tables.usable(self._path):
            return int(self._connection.execute("SELECT count(*) FROM agenda").fetchone()[0])

    def span(self) -> tuple[datetime, datetime] | None:
        """Return the first and the last time on the agenda, None where it is empty."""
        with tables.usable(self._path):
            first, last = self._connection.execute("SELECT min(at), max(at) FROM agenda").fetchone()
        return None if first is None else (_moment(first), _moment(last))

    def after(self, last: Entry | None, most: int) -> Sequence[tuple[Entry, Stored]]:
        """Return the next entries of the agenda with their items, at most so many."""
        row = (tables.microseconds(last.at), last.id, last.revision, last.tie, last.offset) if last else _BEFORE_ALL
        with tables.usable(self._path):
            rows = self._connection.execute(_NEXT, (ENRICHED_ITEMS.name, *row, most)).fetchall()
        return [_entry_of(row) for row in rows]

    def values(self, topic: Topic) -> Iterator[bytes]:
        """Yield a topic's records in order; those of a compacted one by key."""
        order = "key" if topic.compacted else "offset"
        with tables.usable(self._path):
            query = f"SELECT value FROM records WHERE topic = ? ORDER BY {order}"  # noqa: S608 - both words are ours
            for (value,) in self._connection.execute(query, (topic.name,)):
                yield bytes(value)


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _entry_of(row: tuple[int, str, int, str, int, str, int, bytes]) -> tuple[Entry, Stored]:
    at, id_, revision, tie, offset, key, stored_at, value = row
    stored = Stored(
        topic=ENRICHED_ITEMS.name,
        partition=0,
        offset=offset,
        key=key,
        value=bytes(value),
        stored_at=_moment(stored_at),
    )
    return Entry(at=_moment(at), id=id_, revision=revision, tie=tie, offset=offset), stored


def notes_of(connection: sqlite3.Connection, path: Path) -> Mapping[str, bytes]:
    """Return all notes of a run's file by name; raises JournalUnusable for a journal that is no run."""
    with tables.usable(path):
        return {name: bytes(value) for name, value in connection.execute("SELECT name, value FROM notes")}


def read_notes(path: Path) -> Mapping[str, bytes]:
    """Return the notes of a run, empty for a journal that is none; raises JournalUnusable where it cannot be read."""
    with tables.usable(path):
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=tables.BUSY_SECONDS)
    try:
        with tables.usable(path):
            is_run = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'notes'").fetchone()
        return notes_of(connection, path) if is_run else {}
    finally:
        connection.close()
