"""What thousands of feeds cost one poller: a first round, then rounds in which nearly nothing is new.

    python tests/bench/poll_rate.py [--feeds 5000] [--rounds 3] [--history 500] [--miniflux PROGRAM]

TORTURE=1 makes it 5,000 feeds and 100 rounds.

The poller is the one that `changehands connect` runs, with its queue, gates,
robots.txt, address guard, reading process and the embedded journal. Every feed
has a host name of its own that an injected resolver leads to a loopback server
(a process of its own, whose CPU does not count). Two things are unlike the
world: loopback counts as public for the guard, and between rounds the poller's
clock is set on to when the last feed is due. CPU seconds are those of all the
poller's processes, items and cursors committed. With --history each feed
remembers so many entries from before, as one does after weeks.

With --miniflux, Miniflux reads the same feeds in the same run, its database's
CPU counted as its own. It is given what it has: 16 workers and one address for
all feeds (it keeps no gap between a host's requests, and asks no robots.txt).
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult

sys.path.insert(0, str(Path(__file__).parents[2]))

from connectors import poller as polling
from connectors.asking.gates import Gates
from connectors.following.lists import Followed
from connectors.http import web
from connectors.polling.means import Poller, utc_now
from connectors.polling.progress import begun
from connectors.reading.entries import Seen, digest
from connectors.reading.readers import readers
from streams import dial, logs
from streams.counters import Counters
from streams.embedded.journal import SqliteJournal
from streams.settings import FetchSettings, LogSettings
from streams.sources import SourceSettings
from streams.topics import RAW_ITEMS
from tests.manyfeeds import Feeds, cpu_seconds, family, many_feeds, resident_mib
from tests.miniflux import Miniflux, miniflux

LOOPBACK = "127.0.0.1"


class Loopback(AbstractResolver):
    """Leads every name to this machine."""

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        """Return loopback for any name."""
        del family
        return [ResolveResult(hostname=host, host=LOOPBACK, port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Hold nothing."""


@contextmanager
def loopback_is_public() -> Iterator[None]:
    """Let the guard do all its work and then pass loopback."""
    real = dial.is_dialable
    dial.is_dialable = lambda text, **options: real(text, **options) or text == LOOPBACK  # type: ignore[assignment]
    try:
        yield
    finally:
        dial.is_dialable = real


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One round: feeds read, seconds of wall and CPU, memory of all processes in MiB."""

    feeds: int
    wall: float
    cpu: float
    memory: float

    def __str__(self) -> str:
        rates = f"{self.feeds / self.wall:.0f} feeds/s, {self.feeds / self.cpu:.0f} feeds per CPU second"
        return f"{rates}, {self.memory:.0f} MiB"


@dataclass(slots=True)
class Clock:
    """The poller's clock, which can be set on."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the poller's time."""
        return utc_now() + self.ahead


@dataclass(slots=True, kw_only=True)
class Ours:
    """Our poller over all feeds, a round at a time."""

    turns: polling.Round
    counters: Counters
    clock: Clock
    everybody: list[polling.Standing]
    server: int | None

    def polled(self) -> int:
        """Return how many polls have ended."""
        return sum(times for ending, times in self.counters.endings.items() if ending.step == "poll")

    async def round(self) -> Figure:
        """Let everybody be due, and wait until each was polled."""
        last = max(one.progress.schedule.next_at for one in self.everybody)
        before, goal = self.polled(), self.polled() + len(self.everybody)
        cpu, wall = cpu_seconds(self._processes()), time.perf_counter()
        self.clock.ahead = max(self.clock.ahead, last - utc_now())
        self.turns.changed.set()
        while self.polled() < goal or self.turns.running:
            await asyncio.sleep(0.05)
        return Figure(
            feeds=self.polled() - before,
            wall=time.perf_counter() - wall,
            cpu=cpu_seconds(self._processes()) - cpu,
            memory=resident_mib(self._processes()),
        )

    def _processes(self) -> list[int]:
        return family(os.getpid(), without=self.server)


async def ours(feeds: Feeds, count: int, rounds: int, history: int, folder: str) -> list[Figure]:
    """Run our poller and print each round."""
    journal = SqliteJournal(f"sqlite:///{folder}/journal.db")
    fetch, counters, clock, figures = FetchSettings(), Counters(), Clock(), []
    polling._make_room()
    async with web(fetch, resolver=Loopback()) as net, readers() as reading:
        gates = Gates(clock=time.monotonic, sleep=asyncio.sleep, at_once=fetch.at_once)
        poller = Poller(journal=journal, web=net, readers=reading, gates=gates, counters=counters, now=clock.now)
        turns = polling.Round(poller=poller)
        mine = Ours(
            turns=turns,
            counters=counters,
            clock=clock,
            everybody=_everybody(poller, feeds, count, history),
            server=feeds.process,
        )
        for one in mine.everybody:
            turns.put(one)
        dispatching = asyncio.create_task(polling._dispatch(turns))
        for number in range(rounds + 1):
            feeds.begin(number)
            figures.append(await mine.round())
            _show("ours", number, figures[-1], feeds)
        dispatching.cancel()
        await asyncio.wait({dispatching})
        print(f"ours: {await journal.end(RAW_ITEMS)} items in the journal")
    await journal.close()
    return figures


def _everybody(poller: Poller, feeds: Feeds, count: int, history: int) -> list[polling.Standing]:
    """Return the sources, each under a host name of its own."""
    urls = [f"http://f{number}.example:{feeds.port}/f{number}" for number in range(count)]
    sources = [SourceSettings(id=f"f{number}", url=url, full_text=False) for number, url in enumerate(urls)]
    day = int(time.time() // 86400)
    past = {
        digest("past", str(n)): Seen(
            content=digest(str(n)), link=digest("link", str(n)), revision=2, updates=0, day=day
        )
        for n in range(history)
    }
    own = msgspec.Raw(msgspec.json.encode(Followed(seen=past)))
    anew = [begun(utc_now(), source.url) for source in sources]
    known = [msgspec.structs.replace(one, own=own) if history else one for one in anew]
    return [polling.Standing(poller, source, one) for source, one in zip(sources, known, strict=True)]


def _show(who: str, number: int, figure: Figure, feeds: Feeds) -> None:
    name = f"round {number}" if number else "first fetch"
    print(f"{who}, {name}: {figure}, answers {dict(feeds.begin(number))}", flush=True)


def theirs(feeds: Feeds, program: Path, count: int, rounds: int) -> list[Figure]:
    """Run Miniflux over the same feeds and print each round."""
    figures = []
    with miniflux(program) as other:
        other.subscribe([f"http://{LOOPBACK}:{feeds.port}/f{number}" for number in range(count)])
        for number in range(rounds + 1):
            feeds.begin(number)
            figures.append(_their_round(other, count))
            _show("Miniflux", number, figures[-1], feeds)
        print(f"Miniflux: {other.entries()} items in its database")
    return figures


def _their_round(other: Miniflux, count: int) -> Figure:
    other.due()
    cpu, wall = cpu_seconds(other.processes()), time.perf_counter()
    other.refresh(count)
    return Figure(
        feeds=count,
        wall=time.perf_counter() - wall,
        cpu=cpu_seconds(other.processes()) - cpu,
        memory=resident_mib(other.processes()),
    )


def _compared(ours_: list[Figure], theirs_: list[Figure]) -> None:
    for name, mine, other in (("first fetch", ours_[:1], theirs_[:1]), ("mostly 304", ours_[1:], theirs_[1:])):
        rates = [sum(one.feeds for one in some) / sum(one.cpu for one in some) for some in (mine, other)]
        print(f"{name}: {rates[0]:.0f} feeds per CPU second, Miniflux {rates[1]:.0f}: {rates[0] / rates[1]:.2f} times")


def main() -> None:
    """Print the figures of each round, and the ratio where there is somebody to compare with."""
    parser = argparse.ArgumentParser()
    count, rounds = (5000, 100) if os.environ.get("TORTURE") == "1" else (1000, 3)
    parser.add_argument("--feeds", type=int, default=count)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--history", type=int, default=0, help="entries that each feed remembers from before")
    parser.add_argument("--miniflux", type=Path, help="a Miniflux program, built from its own source")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, many_feeds() as feeds, loopback_is_public():
        with Path(folder, "log").open("w", encoding="utf-8") as log:
            logs.configure(LogSettings(), log)  # as in a service: what is logged costs too
            mine = asyncio.run(ours(feeds, asked.feeds, asked.rounds, asked.history, folder))
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        growth = mine[-1].memory / mine[1].memory if len(mine) > 2 else 1.0
        print(f"memory after the last round is {growth:.2f} times that after the first mostly unchanged one")
        if asked.miniflux is None:
            print("Miniflux is not compared with: name its program with --miniflux")
        else:
            feeds.begin(0)
            _compared(mine, theirs(feeds, asked.miniflux, asked.feeds, asked.rounds))


if __name__ == "__main__":
    main()
