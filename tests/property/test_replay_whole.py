"""A replay tells the same whatever the order of its source, the size of its turns, and wherever it is ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.flow import flow
from streams.agenda import RunTurn
from streams.codec import decode
from streams.embedded.agenda import RunFile
from streams.items import EnrichedItem
from streams.journal import Stored
from streams.notices import Notice
from streams.replay.notes import Read, Told
from streams.replay.order import Window
from streams.replay.reading import Handed, Item, Plan, read
from streams.replay.telling import How, tell
from streams.settings import Settings
from streams.steps import Flow
from streams.topics import CONTROL_ALERTS, ENRICHED_ITEMS, LEDGER, NOTICES
from tests.past import ready, shuffled
from tests.play import told

FAR = datetime(2100, 1, 1, tzinfo=UTC)


class Killed(Exception):
    """What stands for the end of a process between two commits."""


class Mortal(RunFile):
    """A run's file whose process dies at its commit of some number, before it or after it."""

    def __init__(self, path: Path, steps: Flow, lives: int) -> None:
        super().__init__(path, steps)
        self.lives = lives

    def commit(self, turn: RunTurn) -> None:
        """Commit, unless dead; every second death comes only after the commit."""
        self.lives -= 1
        if self.lives == 0:
            raise Killed
        super().commit(turn)
        if self.lives == 1 and len(turn.written) % 2:
            raise Killed


@cache
def steps() -> Flow:
    """Return the flow once: loading takes seconds."""
    return flow(Settings())


async def handed(items: Sequence[Item], mark: bytes, size: int) -> AsyncIterator[Handed]:
    """Yield items from a bookmark on, a handful of some size at a time."""
    for start in range(msgspec.json.decode(mark) if mark else 0, len(items), size):
        part = items[start : start + size]
        yield Handed(mark=msgspec.json.encode(start + len(part)), items=part)


async def refuse(item: Item, stored: Stored) -> None:
    """Stand where workers would be: enriched items are taken as they are."""
    raise AssertionError((item.id, stored.offset))


async def pace(at: datetime) -> None:
    """Wait for nothing."""


def nobody(known: object, *more: object) -> None:
    """Hear how far it is, and do nothing."""
    del known, more


async def run(store: RunFile, items: Sequence[EnrichedItem], size: int, turn: int, window: Window) -> Told:
    """Read and tell as far as it comes."""
    plan = Plan(window=window, make=refuse, say=nobody, as_detected=True)
    mark = msgspec.json.decode(store.note("read") or b"{}", type=dict).get("mark") or ""
    await read(handed(items, msgspec.convert(mark, bytes), size), store, plan)
    return await tell(store, steps(), How(pace=pace, say=nobody, turn=turn, until=window.until))


def whole(
    items: Sequence[EnrichedItem], deaths: Sequence[int] = (), size: int = 4, turn: int = 3
) -> tuple[str, list[bytes]]:
    """Return the digest and the alerts of a replay that dies so often on its way."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.db"
        for lives in [*deaths, 0]:
            store = Mortal(path, steps(), lives)
            try:
                done = asyncio.run(run(store, items, size, turn, Window()))
                return done.digest, list(store.values(CONTROL_ALERTS))
            except Killed:
                continue
            finally:
                store.close()
    raise AssertionError("the last one does not die")


@cache
def expected() -> tuple[str, list[bytes]]:
    """Return what comes of the reports as they lie there, in one go."""
    return whole(ready())


def test_a_replay_tells_what_the_steps_tell() -> None:
    """Alerts are those of the bare steps on the same items in the order of their fetching, to the byte."""
    ordered = sorted(ready(), key=lambda item: (item.fetched_at, item.id, item.revision))
    bare = told(ENRICHED_ITEMS, ordered)
    assert [decode(value) for value in expected()[1]] == bare.told(CONTROL_ALERTS)
    assert len(expected()[1]) >= 6


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 1000),
    deaths=st.lists(st.integers(1, 8), max_size=5),
    size=st.integers(1, 6),
    turn=st.integers(1, 5),
)
def test_order_size_and_deaths_decide_nothing(seed: int, deaths: list[int], size: int, turn: int) -> None:
    """Shuffled, in handfuls and turns of any size, dead again and again: alerts and ledger are the same to the byte."""
    assert (
        whole([item for item in shuffled(ready(), seed) if isinstance(item, EnrichedItem)], deaths, size, turn)
        == expected()
    )


def test_what_lies_outside_of_the_time_is_counted_and_not_told(tmp_path: Path) -> None:
    """From and to bound the items by when they count, and the alarms of silence run on to the end."""
    first, until = ready()[3].fetched_at, ready()[7].fetched_at
    store = RunFile(tmp_path / "run.db", steps())
    done = asyncio.run(run(store, ready(), 3, 2, Window(first=first, until=until)))
    inside = [item for item in ready() if first <= item.fetched_at < until]
    note = msgspec.json.decode(store.note("read") or b"", type=Read)
    assert (done.items, note.taken, note.outside) == (len(inside), len(ready()), len(ready()) - len(inside))
    silences = [one for one in map(decode, store.values(NOTICES)) if isinstance(one, Notice)]
    assert silences
    assert all(one.at.minute % 15 == 0 and one.at <= until for one in silences if one.level == "raised")
    store.close()


def test_steps_find_nothing_to_do_on_a_run(tmp_path: Path) -> None:
    """Positions stand at the ends of the topics, and records are stored as of event time."""
    store = RunFile(tmp_path / "run.db", steps())
    asyncio.run(run(store, ready(), 3, 2, Window()))
    entries = store.after(None, 100)
    assert [entry.at for entry, _ in entries] == sorted(item.fetched_at for item in ready())
    assert all(stored.stored_at == entry.at for entry, stored in entries)
    assert len(list(store.values(LEDGER))) == len(set(store.values(LEDGER))) > 0
    positions = dict(store._connection.execute("SELECT topic, next_offset FROM positions").fetchall())
    assert positions == {topic: end for topic, end in store.ends().items() if topic in positions} | {
        topic: 0 for topic in positions if topic not in store.ends()
    }
    store.close()
