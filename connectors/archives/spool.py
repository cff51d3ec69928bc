"""What is to be archived, sorted by day: a file of SQLite's beside the archive, gone with the run that wrote it.

It lies on disk since a journal's order is not that of the days, and years of
items are more than memory holds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

_TABLES = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
CREATE TABLE record (place INTEGER PRIMARY KEY, day TEXT, digest BLOB, value BLOB, UNIQUE (day, digest));
"""


class Spooled(NamedTuple):
    """A record as it lay in the journal, and the digest by which it is known."""

    value: bytes
    digest: bytes


class Spool:
    """Records by day (as in 2014-07-14), each once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def know(self, day: str, digests: Iterable[bytes]) -> None:
        """Take note of what the archive has of a day."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO record (day, digest) VALUES (?, ?)", ((day, one) for one in digests)
        )

    def add(self, day: str, record: Spooled) -> bool:
        """Add a record; say whether it was new."""
        told = self._connection.execute(
            "INSERT OR IGNORE INTO record (day, digest, value) VALUES (?, ?, ?)", (day, record.digest, record.value)
        )
        return told.rowcount == 1

    def days(self) -> list[str]:
        """Return the days of which there is something new, in order."""
        return [
            day
            for (day,) in self._connection.execute(
                "SELECT DISTINCT day FROM record WHERE value IS NOT NULL ORDER BY day"
            )
        ]

    def records(self, day: str) -> Iterator[Spooled]:
        """Yield what is new of a day, in the order it was added."""
        found = self._connection.execute(
            "SELECT value, digest FROM record WHERE day = ? AND value IS NOT NULL ORDER BY place", (day,)
        )
        yield from (Spooled(*row) for row in found)


@contextmanager
def spool(path: Path) -> Iterator[Spool]:
    """Open an empty spool, which is gone behind the block. Raises OSError and sqlite3.Error."""
    path.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.executescript(_TABLES)
            connection.execute("BEGIN")
            yield Spool(connection)
    finally:
        path.unlink(missing_ok=True)
