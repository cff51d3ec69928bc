"""How soon after fetching a report can a subscriber read its alert? Everything real, on the embedded journal.

A loopback server publishes five reports a second, each about a place of its
own: every page of about 20 kB says that it changed hands. The poller reads the
feed and the pages, the host processes, and a subscriber with its own
connection to the journal (as another process would have) takes the alerts.

    python tests/bench/latency.py [seconds]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from aiohttp import web

from connectors.poller import poll_forever
from processors.flow import flow
from streams.alerts import Alert
from streams.codec import decode
from streams.counters import Counters
from streams.embedded.host import EmbeddedHost
from streams.embedded.journal import SqliteJournal
from streams.settings import Settings
from streams.sources import SourceSettings
from streams.topics import CONTROL_ALERTS

RATE = 5.0
PLACES = [
    f"{start}{middle}{end}"
    for start in ("Bal", "Dor", "Kef", "Mar", "Sil")
    for middle in ("an", "er", "im", "ol", "us")
    for end in ("ata", "ero", "ibad", "oma", "una", "yeh")
]
FILLER = "<p>" + "Residents spoke of a long night and of shops that opened late the next morning. " * 6 + "</p>"


class Paper:
    """A newspaper that prints one report every fifth of a second since it opened."""

    def __init__(self) -> None:
        self.opened = datetime.now(UTC)

    def out(self) -> int:
        return min(len(PLACES), int((datetime.now(UTC) - self.opened).total_seconds() * RATE))

    def lead(self, number: int) -> str:
        return f"Rebel forces captured the town of {PLACES[number]} from government troops, the governor said."

    async def feed(self, request: web.Request) -> web.Response:
        entries = "".join(
            f"<item><title>Report {n}</title><link>http://{request.host}/{n}</link><guid>{n}</guid>"
            f"<pubDate>{format_datetime(self.opened + timedelta(seconds=n / RATE))}</pubDate>"
            f"<description>{self.lead(n)}</description></item>"
            for n in range(max(0, self.out() - 100), self.out())
        )
        return web.Response(
            text=f"<rss version='2.0'><channel><title>Paper</title>{entries}</channel></rss>",
            content_type="application/rss+xml",
        )

    async def page(self, request: web.Request) -> web.Response:
        body = f"<p>{self.lead(int(request.match_info['n']))}</p>" + FILLER * 40
        return web.Response(
            text=f"<html><body><nav>Home World Sport</nav><article>{body}</article></body></html>",
            content_type="text/html",
        )


async def measure(seconds: float) -> tuple[list[float], list[float]]:
    """Return, for each alert, seconds from fetch to a subscriber's hands, and from publication to fetch."""
    paper, app = Paper(), web.Application()
    app.add_routes([web.get("/feed.xml", paper.feed), web.get("/{n}", paper.page)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/feed.xml"
    source = SourceSettings(id="paper", url=address, owner="Paper", allow_private=True, min_interval_seconds=1)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'journal.db'}"
        journal, subscriber = SqliteJournal(url), SqliteJournal(url)
        settings = Settings()
        host = EmbeddedHost(journal, flow(settings), Counters(), settings.workers)
        running = [asyncio.create_task(host.run())]
        await asyncio.sleep(5)  # the workers load their tables; a service does that once
        paper.opened = datetime.now(UTC)
        running.append(asyncio.create_task(poll_forever((source,), journal)))
        delays = await take(subscriber, seconds)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await journal.close()
        await subscriber.close()
    await runner.cleanup()
    return delays


async def take(subscriber: SqliteJournal, seconds: float) -> tuple[list[float], list[float]]:
    delays, waits = [], []
    try:
        async with asyncio.timeout(seconds):
            async for stored in subscriber.follow(CONTROL_ALERTS):
                alert = decode(stored.value)
                if isinstance(alert, Alert) and alert.revision == 1:
                    item = alert.evidence[0].item
                    delays.append(time.time() - item.fetched_at.timestamp())
                    waits.append((item.fetched_at - item.published_at).total_seconds() if item.published_at else 0.0)
    except TimeoutError:
        pass
    return delays, waits


def told(name: str, values: list[float]) -> str:
    cuts = statistics.quantiles(values, n=20)
    middle, late = statistics.median(values), cuts[18]
    return f"{name:<32} median {middle:6.2f} s   95th percentile {late:6.2f} s   most {max(values):6.2f} s"


if __name__ == "__main__":
    fetched, published = asyncio.run(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 35.0))
    print(f"{len(fetched)} alerts at {RATE:.0f} reports a second")
    print(told("fetched -> read by a subscriber", fetched))
    print(told("published -> fetched (poll: 1 s)", published))
