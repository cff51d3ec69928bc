"""Feeds and the pages behind their entries grow for minutes on a server that fails at times; the poller is killed.

    .venv/bin/python tests/bench/feeds_soak.py [MINUTES] [KILLS] [SEED]

Entries are edited and pages corrected. The end is right if each entry is in
the journal with its page as that was last given out, in revisions without a
gap, and nothing is there twice.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

from connectors.poller import poll_forever
from streams.codec import decode
from streams.embedded.journal import SqliteJournal
from streams.items import ItemKind, RawItem
from streams.sources import SourceSettings
from streams.topics import DEAD_LETTERS, RAW_ITEMS
from tests.feedmaker import entry, rss
from tests.loopback import on_loopback
from tests.soaking import Reader, moments

FEEDS, SHOWN = 20, 60
POLL_SECONDS = 10.0
REREAD_MINUTES = 5.0
# A feed that failed is asked again after a quarter of an hour: for so long before the end nothing fails.
QUIET_MINUTES = 16.0
PATIENCE = 600.0
STORY = "".join(
    f"<p>On day {day} the harbour office told of {day} ships that came to the quay.</p>" for day in range(9)
)


@dataclass(slots=True)
class Report:
    """An entry: how often it and its page were changed, and which state of the page was given out last."""

    edits: int = 0
    page: int = 1
    given: int = 0


@dataclass(slots=True, kw_only=True)
class House:
    """The server: feeds of the newest entries, a page for each, and trouble while it `fails`."""

    chance: random.Random
    base: str = ""
    fails: bool = True
    feeds: list[list[Report]] = field(default_factory=lambda: [[] for _ in range(FEEDS)])
    answers: Counter[str] = field(default_factory=Counter)

    def live(self) -> None:
        """Let an entry be published, and now and then an entry edited or a page corrected."""
        feed = self.chance.choice(self.feeds)
        feed.append(Report())
        if self.chance.random() < 0.2:
            feed = self.chance.choice(self.feeds)
            for report in self.chance.sample(feed[-20:], min(1, len(feed))):
                report.edits, report.page = report.edits + 1, report.page + 1
        if self.chance.random() < 0.2:
            feed = self.chance.choice(self.feeds)
            for report in self.chance.sample(feed[-20:], min(1, len(feed))):
                report.page += 1

    async def feed(self, request: web.Request) -> web.StreamResponse:
        """Answer with a feed, as one that knows its validators does."""
        number = int(request.match_info["feed"])
        reports = [*enumerate(self.feeds[number])][-SHOWN:]
        entries = [
            entry(
                at,
                guid=f"{number}-{at}",
                link=f"{self.base}/{number}/{at}",
                description=f"Ship {at} came in, told {one.edits} times.",
            )
            for at, one in reversed(reports)
        ]
        tag = f'"{sum(one.edits + 1 for one in self.feeds[number])}"'
        if request.headers.get("If-None-Match") == tag:
            self.answers["304"] += 1
            return web.Response(status=304, headers={"ETag": tag})
        headers = {"Content-Type": "application/rss+xml", "ETag": tag}
        return await self._given(request, "feed", rss(*entries).encode(), headers)

    async def page(self, request: web.Request) -> web.StreamResponse:
        """Answer with the page behind an entry, and remember what was given out whole."""
        number, at = int(request.match_info["feed"]), int(request.match_info["at"])
        report = self.feeds[number][at]
        state, tag = report.page, f'"{report.page}"'
        if request.headers.get("If-None-Match") == tag:
            self.answers["304"] += 1
            return web.Response(status=304, headers={"ETag": tag})
        body = (
            f"<html><body><article><h1>Ship {at}</h1><p>State {number}-{at}-{state}.</p>{STORY}</article></body></html>"
        )
        answer = await self._given(request, "page", body.encode(), {"Content-Type": "text/html", "ETag": tag})
        if isinstance(answer, web.Response) and answer.status == HTTPStatus.OK:
            report.given = state
        return answer

    async def _given(self, request: web.Request, what: str, body: bytes, headers: dict[str, str]) -> web.StreamResponse:
        """Answer, or fail as servers do: refuse, break off, or take their time."""
        luck = self.chance.random() if self.fails else 1.0
        if luck < 0.02:
            self.answers["reset"] += 1
            assert request.transport
            request.transport.abort()
            return web.Response(status=500)
        if luck < 0.04:
            self.answers["refused"] += 1
            return web.Response(status=503, headers={"Retry-After": "3"})
        if luck < 0.05:
            self.answers["broken off"] += 1
            return await _half(request, body, headers)
        if luck < 0.08:
            self.answers["slow"] += 1
            await asyncio.sleep(2)
        self.answers[what] += 1
        return web.Response(body=body, headers=headers)


async def _half(request: web.Request, body: bytes, headers: dict[str, str]) -> web.StreamResponse:
    """Send half of an answer and hang up."""
    response = web.StreamResponse(headers=headers)
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    assert request.transport
    request.transport.abort()
    return response


@asynccontextmanager
async def serving(house: House) -> AsyncIterator[None]:
    """Run the server on a free port of 127.0.0.1."""
    app = web.Application()
    app.router.add_get(r"/{feed:\d+}.xml", house.feed)
    app.router.add_get(r"/{feed:\d+}/{at:\d+}", house.page)
    async with on_loopback(app) as house.base:
        yield


async def read_on(journal: str, base: str) -> None:
    """Read the feeds until killed."""
    sources = [
        SourceSettings(
            id=f"f{number}",
            url=f"{base}/{number}.xml",
            allow_private=True,
            min_interval_seconds=POLL_SECONDS,
            reread_minutes=(REREAD_MINUTES,),
        )
        for number in range(FEEDS)
    ]
    await poll_forever(sources, SqliteJournal(journal))


@dataclass(slots=True)
class Told:
    """What the journal tells: the items of each entry in order, what is there twice, dead letters."""

    items: dict[str, list[RawItem]] = field(default_factory=dict)
    twice: int = 0
    letters: int = 0

    @property
    def count(self) -> int:
        """How many items there are."""
        return sum(map(len, self.items.values()))

    def wrong(self, house: House) -> list[str]:
        """Return the entries that the journal tells otherwise than the server gave them out."""
        names = {f"{number}-{at}": one for number, feed in enumerate(house.feeds) for at, one in enumerate(feed)}
        told = {name: _is_told(self.items.get(name, []), name, one) for name, one in names.items()}
        return [name for name, is_right in told.items() if not is_right]


def _is_told(items: list[RawItem], name: str, report: Report) -> bool:
    if not items or [item.revision for item in items] != [*range(1, len(items) + 1)]:
        return False
    last = items[-1]
    return last.kind is ItemKind.PAGE and f"State {name}-{report.given}." in zlib.decompress(last.body).decode()


async def told(url: str, house: House) -> Told:
    """Return what the journal tells."""
    found, journal = Told(), SqliteJournal(url)
    seen: set[tuple[str, int]] = set()
    async for stored in journal.read(RAW_ITEMS):
        item = decode(stored.value)
        assert isinstance(item, RawItem)
        found.twice += (item.id, item.revision) in seen
        seen.add((item.id, item.revision))
        found.items.setdefault(item.url.removeprefix(house.base).strip("/").replace("/", "-"), []).append(item)
    found.letters = len([one async for one in journal.read(DEAD_LETTERS)])
    await journal.close()
    return found


async def lived(house: House, reader: Reader, minutes: float, kills: int) -> None:
    """Let news come for so long, and kill the poller at the moments set."""
    began, due = time.monotonic(), moments(minutes, kills)
    while (passed := time.monotonic() - began) < 60 * minutes:
        house.live()
        house.fails = passed < 60 * (minutes - QUIET_MINUTES)
        if due and passed > due[0]:
            due.pop(0)
            entries = sum(map(len, house.feeds))
            print(f"{passed:.0f} s, {entries} entries: killed at {await reader.kill()}", flush=True)
            await asyncio.sleep(house.chance.uniform(0, 8))
            await reader.start()
        reader.look()
        await asyncio.sleep(house.chance.uniform(1, 5))


async def soak(minutes: float, kills: int, seed: int) -> bool:
    """Run the trial and print what came of it; returns whether the journal tells exactly what the server gave out."""
    with tempfile.TemporaryDirectory() as folder:
        url, house = f"sqlite:///{folder}/journal.db", House(chance=random.Random(seed))
        async with serving(house):
            reader = Reader(command=[__file__, "read", url, house.base], log=Path(folder) / "log")
            await reader.start()
            await lived(house, reader, minutes, kills)
            end = time.monotonic() + PATIENCE
            while (await told(url, house)).wrong(house) and time.monotonic() < end:
                await asyncio.sleep(5)
            last = await reader.kill()
            found = await told(url, house)
    wrong = found.wrong(house)
    edits = sum(one.edits for feed in house.feeds for one in feed)
    corrected = sum(one.page - 1 - one.edits for feed in house.feeds for one in feed)
    print(
        f"{sum(map(len, house.feeds))} entries, {edits} edits, {corrected} pages corrected, {kills} kills, "
        f"{dict(house.answers)}; {found.count} items, {found.letters} dead letters: {len(wrong)} wrong {wrong[:9]}, "
        f"{found.twice} twice; the last reader from {reader.begin} to {last}; {reader.share(last):.1f} % of a core"
    )
    return not wrong and not found.twice and not found.letters


if __name__ == "__main__":
    if sys.argv[1:2] == ["read"]:
        asyncio.run(read_on(sys.argv[2], sys.argv[3]))
    else:
        given = [float(word) for word in sys.argv[1:]]
        length, times, start = (given + [40, 10, 1][len(given) :])[:3]
        sys.exit(not asyncio.run(soak(length, int(times), int(start))))
