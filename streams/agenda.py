"""What a replay keeps beside a journal's topics: the agenda, its own notes, and turns that store all of it as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from streams.counters import Ending
from streams.endings import Written
from streams.journal import Stored
from streams.topics import Topic


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Entry:
    """An enriched item's place in the order of telling, which is that of its fields.

    It counts from `at` (UTC). `tie` is a digest of what it is, so that the order
    of an archive's files decides nothing; `offset` is where it lies.
    """

    at: datetime
    id: str
    revision: int
    tie: str
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTurn:
    """What is to be stored as one: records, each with the time from which it stands in the journal, and all else.

    `memory` is by step and key, None for what is forgotten; `notes` are by name.
    """

    written: Sequence[tuple[Written, datetime]] = ()
    agenda: Sequence[Entry] = ()
    memory: Mapping[str, Mapping[str, bytes | None]] = field(default_factory=dict)
    endings: Mapping[Ending, int] = field(default_factory=dict)
    notes: Mapping[str, bytes] = field(default_factory=dict)


class RunStore(Protocol):
    """The file of one run, worked on by one thread; all raise JournalUnusable, and NoRoom where the disk is full."""

    def commit(self, turn: RunTurn) -> None:
        """Make a turn durable, all or nothing."""

    def note(self, name: str) -> bytes | None:
        """Return what was noted last under a name."""

    def ends(self) -> dict[str, int]:
        """Return the offset that each topic's next record will get; topics without records are left out."""

    def memory(self, step: str, key: str) -> bytes | None:
        """Return what a step remembers of a key."""

    def memories(self, step: str) -> dict[str, bytes]:
        """Return all that a step remembers, by key."""

    def length(self) -> int:
        """Return how many items are on the agenda."""

    def span(self) -> tuple[datetime, datetime] | None:
        """Return the first and the last time on the agenda, None where it is empty."""

    def after(self, last: Entry | None, most: int) -> Sequence[tuple[Entry, Stored]]:
        """Return the next entries of the agenda with their items, at most so many."""

    def values(self, topic: Topic) -> Iterator[bytes]:
        """Yield a topic's records in order; those of a compacted one by key."""
