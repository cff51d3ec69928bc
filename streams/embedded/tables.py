"""The SQLite file behind the embedded journal: its tables, and the statements on them.

Everything here runs in a thread of the journal's own and is plain sqlite3.
There is one partition, 0. Offsets count from 0 in each topic and are never
given twice, so that old records can be taken away without disturbing readers.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

from streams.counters import Ending
from streams.endings import Written
from streams.errors import JournalUnusable, NoRoom
from streams.journal import Stored

SCHEMA_VERSION = 4
_APPLICATION_ID = 0x63686864  # "chhd": tells our files from other programs' SQLite files
BUSY_SECONDS = 10.0  # a commit takes milliseconds; who waits longer stands before something stuck
_CHUNK_RECORDS = 256
_CHUNK_BYTES = 4 * 1024 * 1024  # pages are large: a chunk must not be 256 of them
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_SCHEMA = """
CREATE TABLE topics (name TEXT PRIMARY KEY, next_offset INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE records (
    topic TEXT NOT NULL, offset INTEGER NOT NULL, key TEXT NOT NULL,
    stored_at INTEGER NOT NULL,  -- microseconds since 1970, UTC
    value BLOB NOT NULL, PRIMARY KEY (topic, offset)
);
CREATE INDEX records_by_key ON records (topic, key) WHERE topic = 'cursors';
CREATE INDEX states_by_key ON records (topic, key) WHERE topic = 'states';
CREATE INDEX ledger_by_key ON records (topic, key) WHERE topic = 'ledger';
CREATE INDEX fetches_by_key ON records (topic, key, offset) WHERE topic = 'fetches';
CREATE TABLE positions (step TEXT PRIMARY KEY, topic TEXT NOT NULL, next_offset INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE memory (
    step TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
    touched_at INTEGER NOT NULL DEFAULT 0,  -- microseconds since 1970, UTC
    PRIMARY KEY (step, key)
);
CREATE INDEX memory_by_touch ON memory (step, touched_at);
CREATE TABLE endings (
    step TEXT NOT NULL, source TEXT NOT NULL, outcome TEXT NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (step, source, outcome)
) WITHOUT ROWID;
"""
# From each version of the tables to the next.
_MIGRATIONS = {
    1: """
CREATE INDEX ledger_by_key ON records (topic, key) WHERE topic = 'ledger';
ALTER TABLE memory ADD COLUMN touched_at INTEGER NOT NULL DEFAULT 0;
UPDATE memory SET touched_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000000;
CREATE INDEX memory_by_touch ON memory (step, touched_at)
""",
    2: "CREATE INDEX states_by_key ON records (topic, key) WHERE topic = 'states'",
    3: "CREATE INDEX fetches_by_key ON records (topic, key, offset) WHERE topic = 'fetches'",
}
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
ADVICE_OF_COPIES = "restore a copy, or move it away (with its -wal and -shm files)"
_RESCUE = "`changehands journal check`, then `changehands journal rescue --to NEW.db`"
_APPENDED = "INSERT INTO records (topic, offset, key, stored_at, value) VALUES (?, ?, ?, ?, ?)"
_REPLACED = "DELETE FROM records WHERE topic = ? AND key = ?"  # served by the index of each compacted topic


@contextmanager
def usable(path: Path) -> Iterator[None]:
    """Turn what sqlite3 says into JournalUnusable, with what to do about it."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        kind = NoRoom if _is_full(error) else JournalUnusable
        raise kind(f"the journal {path}: {error}; {_advice(str(error))}") from error


def _is_full(error: Exception) -> bool:
    """Whether a write failed for want of room: disk, quota and limit of a file's size are told by different names."""
    return getattr(error, "sqlite_errorcode", None) in _NO_ROOM


def _advice(text: str) -> str:
    if "locked" in text or "busy" in text:
        return "another program keeps it locked: find it with `fuser` on that file and stop it"
    if "malformed" in text or "not a database" in text:
        return f"the file is damaged or not a journal: {ADVICE_OF_COPIES}, or see what can still be read: {_RESCUE}"
    if "full" in text or "No space" in text:
        return "free some space on that disk; nothing committed is lost"
    return "check that the folder exists, that this user may write there and that the disk has room and is healthy"


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection with our settings; each commit through it survives a power cut."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA journal_size_limit = 67108864")
    return connection


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables in a new file; raises JournalUnusable for another program's or a newer file."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if tables and application != _APPLICATION_ID:
        raise JournalUnusable(f"{path} is another program's SQLite file; name a different file in `journal`")
    if not tables:
        connection.execute("PRAGMA journal_mode = WAL")
        _create(connection)
    version = _migrated(connection)
    if version != SCHEMA_VERSION:
        known = f"this program knows {SCHEMA_VERSION}"
        raise JournalUnusable(f"{path} has tables of version {version}, {known}: run the program that wrote it")


def _migrated(connection: sqlite3.Connection) -> int:
    """Bring tables of an earlier version to ours; return the version that they have now."""
    if _version(connection) not in _MIGRATIONS:
        return _version(connection)
    with transaction(connection):
        while (version := _version(connection)) in _MIGRATIONS:
            for statement in _MIGRATIONS[version].split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")
    return version


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _create(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            return  # another process was first
        for statement in _SCHEMA.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done within, or none of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def append(connection: sqlite3.Connection, records: Sequence[Written]) -> None:
    """Add records behind the ends of their topics; a compacted topic keeps the last of each key."""
    now = _now()
    append_at(connection, [(record, now) for record in records])


def append_at(connection: sqlite3.Connection, records: Sequence[tuple[Written, int]]) -> None:
    """Add records as `append` does, each stored at a time of its own (in microseconds since 1970, UTC)."""
    for topic, group in groupby(records, key=lambda record: record[0].topic):
        start = end(connection, topic.name)
        rows = [(offset, *one) for offset, one in enumerate(group, start)]
        behind = start + len(rows)
        if topic.compacted:
            rows = list({record.key: (offset, record, at) for offset, record, at in rows}.values())
            connection.executemany(_REPLACED, [(topic.name, record.key) for _, record, _ in rows])
        connection.executemany(_APPENDED, [(topic.name, offset, one.key, at, one.value) for offset, one, at in rows])
        connection.execute("INSERT OR REPLACE INTO topics (name, next_offset) VALUES (?, ?)", (topic.name, behind))


def microseconds(at: datetime) -> int:
    """Return a time as the tables hold it."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def _now() -> int:
    return microseconds(datetime.now(UTC))


def end(connection: sqlite3.Connection, topic: str) -> int:
    """Return the offset that the topic's next record will get."""
    row = connection.execute("SELECT next_offset FROM topics WHERE name = ?", (topic,)).fetchone()
    return row[0] if row else 0


def chunk(connection: sqlite3.Connection, topic: str, start: int, limit: int = _CHUNK_RECORDS) -> list[Stored]:
    """Return the next records from offset `start` on, as many as are good to hold at once."""
    query = "SELECT offset, key, stored_at, value FROM records WHERE topic = ? AND offset >= ? ORDER BY offset LIMIT ?"
    found: list[Stored] = []
    size = 0
    for row in connection.execute(query, (topic, start, limit)):
        found.append(_stored(topic, row))
        size += len(found[-1].value)
        if size >= _CHUNK_BYTES:
            break
    return found


def last(connection: sqlite3.Connection, topic: str, key: str, most: int) -> list[Stored]:
    """Return the last records of a key, oldest first; of the fetches an index knows them."""
    query = "SELECT offset, key, stored_at, value FROM records WHERE topic = ? AND key = ? ORDER BY offset DESC LIMIT ?"
    return [_stored(topic, row) for row in connection.execute(query, (topic, key, most))][::-1]


def _stored(topic: str, row: tuple[int, str, int, bytes]) -> Stored:
    offset, key, microseconds, value = row
    at = _EPOCH + timedelta(microseconds=microseconds)
    return Stored(topic=topic, partition=0, offset=offset, key=key, value=bytes(value), stored_at=at)


def position(connection: sqlite3.Connection, step: str) -> int:
    """Return the offset from which the step reads on."""
    row = connection.execute("SELECT next_offset FROM positions WHERE step = ?", (step,)).fetchone()
    return row[0] if row else 0


def lag(connection: sqlite3.Connection, step: str, topic: str) -> int:
    """Return how many records of its topic the step has yet to read."""
    return end(connection, topic) - position(connection, step)


def move(connection: sqlite3.Connection, step: str, topic: str, offset: int) -> None:
    """Let the step read on from `offset` of its topic."""
    connection.execute(
        "INSERT OR REPLACE INTO positions (step, topic, next_offset) VALUES (?, ?, ?)", (step, topic, offset)
    )


def memory(connection: sqlite3.Connection, step: str, key: str) -> bytes | None:
    """Return what the step remembers of a key."""
    row = connection.execute("SELECT value FROM memory WHERE step = ? AND key = ?", (step, key)).fetchone()
    return bytes(row[0]) if row else None


def memories(connection: sqlite3.Connection, step: str) -> dict[str, bytes]:
    """Return all that the step remembers, by key."""
    rows = connection.execute("SELECT key, value FROM memory WHERE step = ?", (step,))
    return {key: bytes(value) for key, value in rows}


def remember(connection: sqlite3.Connection, step: str, changed: Mapping[str, bytes | None]) -> None:
    """Keep what the step now remembers of these keys; None forgets."""
    gone = [(step, key) for key, value in changed.items() if value is None]
    now = _now()
    kept = [(step, key, value, now) for key, value in changed.items() if value is not None]
    connection.executemany("DELETE FROM memory WHERE step = ? AND key = ?", gone)
    connection.executemany(
        "INSERT INTO memory (step, key, value, touched_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (step, key) DO UPDATE SET value = excluded.value, touched_at = excluded.touched_at",
        kept,
    )


def count(connection: sqlite3.Connection, endings: Mapping[Ending, int]) -> None:
    """Add to the endings counted over the journal's life."""
    rows = [(ending.step, ending.source, ending.outcome, times) for ending, times in endings.items()]
    connection.executemany(
        "INSERT INTO endings (step, source, outcome, n) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (step, source, outcome) DO UPDATE SET n = n + excluded.n",
        rows,
    )


def endings(connection: sqlite3.Connection) -> Counter[Ending]:
    """Return how all records ended over the journal's life."""
    rows = connection.execute("SELECT step, source, outcome, n FROM endings")
    return Counter({Ending(step, source, outcome): n for step, source, outcome, n in rows})
