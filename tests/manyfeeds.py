"""Thousands of feeds on one loopback server, a process of its own: mostly unchanged from one round to the next."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from aiohttp import web as server

from tests.feedmaker import ARABIC, entry, rss

ENTRIES = 20
# One feed in so many has a new entry in each round.
NEWS_EVERY = 50
# The sites behind the feeds are nowhere: who looks for an icon there is told so at once.
SITE = "<link>http://127.0.0.1:9/</link>"
HEADERS = {"Content-Type": "application/rss+xml"}


def _entry(number: int) -> dict[str, str]:
    return entry(number, guid=f"NAME-{number}", description=ARABIC * 3)


class _Press:
    """The feeds in the present round, and what was asked for."""

    def __init__(self) -> None:
        self.round = 0
        self.said: Counter[str] = Counter()
        self._entries = [rss(_entry(number)).partition("<item>")[2].partition("</item>")[0] for number in range(2000)]

    def news(self, number: int) -> int:
        """Return how many new entries feed `number` had since the first round."""
        return (self.round + number % NEWS_EVERY) // NEWS_EVERY

    async def answer(self, request: server.Request) -> server.Response:
        name = request.match_info["name"]
        if not name[1:].isdigit():
            self.said["robots.txt and others"] += 1
            return server.Response(status=404)
        news = self.news(int(name[1:]))
        etag = f'"{name}-{news}"'
        if request.headers.get("If-None-Match") == etag:
            self.said["304"] += 1
            return server.Response(status=304, headers={"ETag": etag})
        self.said["200"] += 1
        items = "".join(f"<item>{self._entries[n % 2000]}</item>" for n in range(news + ENTRIES - 1, news - 1, -1))
        body = rss(head=SITE).replace("</channel>", f"{items.replace('NAME', name)}</channel>")
        return server.Response(body=body.encode(), headers={**HEADERS, "ETag": etag})


async def _serve(pipe: Connection) -> None:
    press = _Press()
    app = server.Application()
    app.router.add_get("/{name}", press.answer)
    runner = server.AppRunner(app, access_log=None)
    await runner.setup()
    await server.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    pipe.send(runner.addresses[0][1])
    while True:
        press.round = await asyncio.to_thread(pipe.recv)
        pipe.send(press.said)
        press.said.clear()


def _run(pipe: Connection) -> None:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    asyncio.run(_serve(pipe))


class Feeds:
    """The server as the measurer sees it."""

    def __init__(self, pipe: Connection, process: int | None) -> None:
        self._pipe = pipe
        self.process = process
        self.port: int = pipe.recv()

    def begin(self, number: int) -> Counter[str]:
        """Let a round begin and return what was said in the one before."""
        self._pipe.send(number)
        return self._pipe.recv()  # type: ignore[no-any-return]


@contextmanager
def many_feeds() -> Iterator[Feeds]:
    """Run the server; any name from f0 on is a feed."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(theirs,), daemon=True)
    process.start()
    try:
        yield Feeds(ours, process.pid)
    finally:
        process.terminate()
        process.join()


TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def _stat(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


def family(process: int, *, without: int | None = None) -> list[int]:
    """Return the ids of a process and of all that descend from it."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents.setdefault(int(_stat(int(folder.name))[1]), []).append(int(folder.name))
            except OSError:
                continue  # it has ended meanwhile
    found = [process]
    for one in found:
        found += [child for child in parents.get(one, ()) if child != without]
    return found


def cpu_seconds(processes: list[int]) -> float:
    """Return what these processes, and the children that they have waited for, took of the processors."""
    return sum(_ticks(process) for process in processes) / TICKS


def _ticks(process: int) -> int:
    try:
        return sum(map(int, _stat(process)[11:15]))
    except OSError:
        return 0  # it ended a moment ago: who waited for it has its time


def resident_mib(processes: list[int]) -> float:
    """Return the memory these processes hold; what they share is counted for each."""
    return sum(int(_stat(process)[21]) for process in processes) * PAGE / 2**20
