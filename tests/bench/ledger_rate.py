"""Whether corroboration and ledger stay flat: the cost of a claim with more places, more claims, a longer history.

    python tests/bench/ledger_rate.py [CLAIMS] [SCRATCH_FOLDER]

Everything runs in one go through the embedded host on SQLite files: claims of
about 1 KB are published, the real step takes its turns with its memory, and
alerts, pages, memory and position are committed. Costs are processor time of
this process, threads included, so that other work on the machine weighs less;
sizes to compare take turns, and a ratio is that of medians.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from processors.corroborate import PlaceMemory, corroborate
from processors.coverage import Silence, listen, tick
from processors.flow import FOLLOW
from streams.alerts import Holder
from streams.codec import encode, encode_memory
from streams.counters import Counters
from streams.embedded import tables
from streams.embedded.host import EmbeddedHost
from streams.embedded.journal import SqliteJournal
from streams.embedded.pruning import EVERY_SECONDS, prune
from streams.holding import By, Holding, drawer_of
from streams.items import Claim
from streams.notices import Heard, Subject, Tick
from streams.records import Record
from streams.retention import Retention
from streams.settings import CoverageSettings, WorkerSettings
from streams.steps import RememberingStep
from streams.topics import CLAIMS, CONTROL_ALERTS, HEARD, HOLDINGS, LEDGER, NOTICES
from tests.chronicle import START, Chronicle, elsewhere

PLACES = (1_000, 10_000, 100_000)
BATCH, ROUNDS = 500, 12
PER_DAY = 300.0
EACH, TOLD_LAST = 10, 10_000
# How long the journal keeps claims and alerts in a run of minutes.
KEEP = Retention(topics={topic.name: timedelta(seconds=60) for topic in (CLAIMS, CONTROL_ALERTS, HOLDINGS)})
HISTORY, TOWNS = (10, 100, 1_000), 25
# Of histories: reports a day about one place, and how many of them tell of a change.
STORIES = (
    ("one in three days", 0.3, 0.5),
    ("three a day", 3.0, 0.5),
    ("all on one day", 1e5, 0.5),
    ("alternating, forty a day", 40.0, 1.0),
)

CORROBORATE = RememberingStep(
    name="corroborate",
    source=CLAIMS,
    targets=(CONTROL_ALERTS, LEDGER, HOLDINGS),
    function=partial(corroborate, window_days=14.0),
    key=lambda record: record.place_key,
    memory=PlaceMemory,
)
COVERAGE = RememberingStep(
    name="coverage",
    source=HEARD,
    targets=(NOTICES,),
    function=listen,
    key=lambda heard: heard.key,
    memory=Silence,
    on_tick=partial(tick, settings=CoverageSettings()),
    tick_seconds=1e9,
)


class World:
    """A journal in a folder of its own, and one step at work on it."""

    def __init__(self, folder: Path, step: RememberingStep) -> None:
        self.path = folder / "journal.db"
        self.journal = SqliteJournal(f"sqlite:///{self.path}")
        self.step = step

    @asynccontextmanager
    async def running(self) -> AsyncIterator[World]:
        """Keep the host at work while the block lasts."""
        host = asyncio.create_task(EmbeddedHost(self.journal, (self.step,), Counters(), WorkerSettings()).run())
        try:
            yield self
        finally:
            host.cancel()
            await asyncio.wait({host})
            await self.journal.close()

    async def cost(self, records: Sequence[Record]) -> float:
        """Return the microseconds a record takes, from its publication to the commit of what follows."""
        start = time.process_time()
        await self.journal.publish(self.step.source, records)
        until = await self.journal.end(self.step.source)
        while await self.journal.position(self.step.name) < until:
            await asyncio.sleep(0.01)
        return (time.process_time() - start) / len(records) * 1e6


def remembered(claims: Iterable[Claim]) -> dict[int, bytes]:
    """Return what is remembered of each place, by its number, after these claims."""
    memories: dict[str, PlaceMemory | None] = {}
    for claim in claims:
        memories[claim.place_key] = CORROBORATE.function(claim, memories.get(claim.place_key))[1]
    return {int(key.rpartition(":")[2]): encode_memory(one) for key, one in memories.items() if one}


def settle(path: Path, memories: dict[int, bytes], places: int) -> None:
    """Give each of so many places a memory: the n-th of the first thousand lies `places` / 1000 times as far."""
    stride, numbers = places // PLACES[0], sorted(memories)
    database = tables.connect(path)
    for start in range(0, places, 2_000):
        rows = {}
        for at in range(start, min(places, start + 2_000)):
            like = at // stride if at % stride == 0 and at // stride in memories else numbers[at % len(numbers)]
            rows[f"town:{at:07}"] = memories[like].replace(b"town:%07d" % like, b"town:%07d" % at)
        with tables.transaction(database):
            tables.remember(database, CORROBORATE.name, rows)
    database.close()


async def by_places(scratch: Path) -> None:
    """Print the cost of the same claims about the same thousand places where more and more places are known."""
    chronicle = Chronicle(places=PLACES[0], per_day=PER_DAY)
    claims = chronicle.claims()
    memories = remembered(islice(claims, 4 * PLACES[0]))
    costs: dict[int, list[float]] = {places: [] for places in PLACES}
    worlds = {}
    for places in PLACES:
        with_room = scratch / f"places-{places}"
        worlds[places] = World(with_room, CORROBORATE)
        settle(worlds[places].path, memories, places)
    async with worlds[PLACES[0]].running(), worlds[PLACES[1]].running(), worlds[PLACES[2]].running():
        for number in range(ROUNDS + 1):
            batch = list(islice(claims, BATCH))
            for places in PLACES if number % 2 else PLACES[::-1]:
                stride = places // PLACES[0]
                cost = await worlds[places].cost([elsewhere(claim, stride) for claim in batch])
                costs[places] += [cost] if number else []  # the first round warms up
    size = statistics.mean(len(encode(claim)) for claim in batch)
    print(f"a claim ({size:.0f} bytes) about the same 1,000 places, by how many places are known:")
    _compare({f"{places:,} places": found for places, found in costs.items()})


async def by_claims(scratch: Path, total: int, places: int) -> None:
    """Print the cost of the same claims where ten a place were told before them, and where all were; and the disk.

    The first claims about a place cost less than these: nothing is remembered yet that they could be weighed with.
    """
    claims, few = Chronicle(places=places, per_day=PER_DAY).claims(), EACH * places
    young, old = World(scratch / f"young-{places}", CORROBORATE), World(scratch / f"old-{places}", CORROBORATE)
    costs: dict[str, list[float]] = {f"after {few:,}": [], f"after {total:,}": []}
    started = time.monotonic()
    print(f"{total:,} claims about {places:,} places:")
    async with young.running(), old.running():
        keeping = asyncio.create_task(_prune_often(young, old))
        for done in range(BATCH, total + BATCH, BATCH):
            batch = list(islice(claims, BATCH))
            cost = await old.cost(batch)
            if done > total - few:
                await young.cost(batch)
            if done % (total // 10) == 0:
                _progress(old.path, cost, done, time.monotonic() - started)
        for number in range(TOLD_LAST // BATCH):
            batch = list(islice(claims, BATCH))
            for told, world in list(zip(costs, (young, old), strict=True))[:: 1 if number % 2 else -1]:
                costs[told].append(await world.cost(batch))
        _compare(costs)
        keeping.cancel()
        before = _in_use(old.path)
        await prune(old.journal, (CORROBORATE,), KEEP, datetime.now(UTC) + timedelta(days=1))
        print(f"  {before:.0f} MB in use before the last pruning, {_in_use(old.path):.0f} MB after it", flush=True)


async def _prune_often(*worlds: World) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        for world in worlds:
            await prune(world.journal, (CORROBORATE,), KEEP, datetime.now(UTC))


def _progress(path: Path, cost: float, done: int, seconds: float) -> None:
    print(f"  {done:>9,} claims: {cost:7.0f} us each, {_in_use(path):8.0f} MB in use, {seconds:6.0f} s", flush=True)


def _in_use(path: Path) -> float:
    """Return the megabytes that records, memories and pages take up in the journal's file."""
    database = tables.connect(path)
    pages, free, size = (
        database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    database.close()
    return float((pages - free) * size / 1e6)


async def by_history(scratch: Path) -> None:
    """Print the cost of the same claims by how many of those before them were told: over years, a window, in turns."""
    for name, per_day, changing in STORIES:
        costs: dict[str, list[float]] = {f"{before:,} before": [] for before in HISTORY}
        claims = Chronicle(places=1, per_day=per_day, changing=changing).claims()
        past = list(islice(claims, HISTORY[-1]))
        one, two, three = worlds = [World(scratch / f"history-{name}-{before}", CORROBORATE) for before in HISTORY]
        async with one.running(), two.running(), three.running():
            for before, world in zip(HISTORY, worlds, strict=True):
                for start in range(len(past) - before, len(past), 10):
                    await world.cost(_everywhere(past[start : start + 10]))
            for _ in range(ROUNDS):
                told_now = _everywhere(islice(claims, 2))
                for told, world in zip(costs, worlds, strict=True):
                    costs[told].append(await world.cost(told_now))
        print(f"a claim about one of {TOWNS} places, by how many were told of it before, {name}:")
        _compare(costs)


def _everywhere(claims: Iterable[Claim]) -> list[Record]:
    """Return the claims about each of some places, the places in turn."""
    return [elsewhere(claim, 1, to=at) for claim in claims for at in range(TOWNS)]


async def by_holdings(scratch: Path) -> None:
    """Print the cost of telling that an actor came to hold one more place, by how many it holds."""
    costs: dict[str, list[float]] = {}
    async with World(scratch / "holdings", FOLLOW).running() as world:
        done = 0
        for held in (100, 1_000, 5_000):
            await world.cost([_holding(at) for at in range(done, held)])
            costs[f"{held:,} held"] = [
                await world.cost([_holding(held + at) for at in range(start, start + 50)])
                for start in range(0, 200, 50)
            ]
            done = held + 200
    print("a holding, by how many the actor has:")
    _compare(costs)


def _holding(at: int) -> Holding:
    [claim] = islice(Chronicle(places=1, per_day=1).claims(), 1)
    claim = elsewhere(claim, 1, to=at)
    return Holding(
        drawer=drawer_of(claim.place_key),
        actor=Holder(key="party-1", text="party", id="party-1"),
        place_key=claim.place_key,
        page=claim.place_key,
        place=claim.place,
        held=True,
        since=START.date(),
        by=By.CHANGE,
        known_at=START,
    )


async def by_subjects(scratch: Path) -> None:
    """Print the cost of a tick for each subject that is listened for, by how many there are."""
    costs: dict[str, list[float]] = {}
    for count in (100, 1_000, 10_000):
        async with World(scratch / f"subjects-{count}", COVERAGE).running() as world:
            await world.cost([_heard(number) for number in range(count)])
            ticks = [Tick(at=START + timedelta(hours=n)) for n in range(4)]
            costs[f"{count:,} subjects"] = [await world.cost([one]) / count for one in ticks]
    print("a tick, for each subject:")
    _compare(costs)


def _heard(number: int) -> Heard:
    key = f"source|{number}"
    return Heard(subject=Subject.SOURCE, key=key, name=key, item_id=str(number), at=START)


def _compare(costs: dict[str, list[float]]) -> None:
    """Print medians and their ratio to the first."""
    first = statistics.median(next(iter(costs.values())))
    for name, found in costs.items():
        print(
            f"  {name:16} {statistics.median(found):8.1f} us   ratio {statistics.median(found) / first:.2f}", flush=True
        )


async def main(claims: int, scratch: Path) -> None:
    """Measure and print."""
    await by_places(scratch)
    await by_history(scratch)
    await by_holdings(scratch)
    await by_subjects(scratch)
    for places in PLACES[:2]:
        await by_claims(scratch, claims, places)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, Path(folder)))
