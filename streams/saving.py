"""What it means to save a source: its items, its fetches, what its kind remembers where that changed, its cursor."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from msgspec.structs import replace

from streams.codec import decode
from streams.endings import Written, written
from streams.errors import BadRecord
from streams.items import Cursor, RawItem, SourceState
from streams.journal import Stored
from streams.topics import CURSORS, FETCHES, RAW_ITEMS, STATES

R = TypeVar("R")
_ADVICE = "`changehands journal rescue` leaves out what cannot be read (of SQLite), and the source starts anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One source's records; `mark` stands for what its kind remembers."""

    source: str
    items: tuple[Written, ...]
    fetches: tuple[Written, ...]
    state: Written | None
    cursor: Written
    mark: int | None

    def behind(self) -> Iterator[Written]:
        """Yield what may be appended only once the items are durable."""
        if self.state:
            yield self.state
        yield from self.fetches
        yield self.cursor


@dataclass(slots=True)
class Savings:
    """What one process saved: a state that has not changed since is not written again, however large it is."""

    _marks: dict[str, int] = field(default_factory=dict)

    def of(self, items: Sequence[RawItem], cursor: Cursor) -> Saved:
        """Return the records to append; raises BadRecord for one that its topic would refuse."""
        mark = None if cursor.own is None else hash(cursor.own)
        is_new = mark is not None and self._marks.get(cursor.source) != mark
        return Saved(
            source=cursor.source,
            items=tuple(written(RAW_ITEMS, item) for item in items),
            fetches=tuple(written(FETCHES, fetch) for fetch in cursor.fetches),
            state=written(STATES, SourceState(source=cursor.source, state=cursor.own or b"")) if is_new else None,
            cursor=written(CURSORS, replace(cursor, own=None, fetches=())),
            mark=mark,
        )

    def done(self, group: Sequence[Saved]) -> None:
        """Take note that these are durable."""
        self._marks.update({saved.source: saved.mark for saved in group if saved.mark is not None})


async def cursors_in(cursors: AsyncIterator[Stored], states: AsyncIterator[Stored] | None) -> dict[str, Cursor]:
    """Return the cursors of both topics, with what the kinds remember where `states` is given; raises BadRecord."""
    found = {cursor.source: cursor async for cursor in _records(cursors, Cursor)}
    if states is not None:
        async for state in _records(states, SourceState):
            if cursor := found.get(state.source):
                found[state.source] = replace(cursor, own=state.state)
    return found


async def _records(stored: AsyncIterator[Stored], kind: type[R]) -> AsyncIterator[R]:
    async for one in stored:
        try:
            record = decode(one.value)
        except BadRecord as error:
            raise BadRecord(f"where source {one.key!r} was left cannot be read: {error}; {_ADVICE}") from error
        if not isinstance(record, kind):
            raise BadRecord(f"{one.topic} at {one.partition}/{one.offset} holds a {type(record).__name__}")
        yield record
