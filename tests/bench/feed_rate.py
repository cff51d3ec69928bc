"""How many feeds a second one poller reads: a first round of new entries, then a round of 304.

    python tests/bench/feed_rate.py [feeds]

Everything is real: a loopback server in a process of its own, the address
guard, the reading process, the embedded journal with a commit for each poll.
CPU seconds are this process's and the reading process's, not the server's.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import socket
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import structlog
from aiohttp import web as server
from aiohttp.abc import AbstractResolver, ResolveResult

sys.path.insert(0, str(Path(__file__).parents[2]))

from connectors.gates import Gates
from connectors.http import web
from connectors.progress import Progress, begun
from connectors.readers import readers
from connectors.turn import Poller, advance, coming, utc_now
from streams.counters import Counters
from streams.embedded.journal import SqliteJournal
from streams.settings import FetchSettings
from streams.sources import SourceSettings
from tests.feedmaker import ARABIC, entry, rss

ENTRIES = 20
AT_ONCE = 32


class Loopback(AbstractResolver):
    """Leads every name to this machine."""

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        """Return loopback for any name."""
        del family
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Hold nothing."""


async def _serve(pipe: Connection) -> None:
    async def answer(request: server.Request) -> server.Response:
        if "If-None-Match" in request.headers:
            return server.Response(status=304)
        name = request.match_info["name"]
        body = rss(*(entry(n, guid=f"{name}-{n}", description=ARABIC * 3) for n in range(ENTRIES)))
        return server.Response(body=body.encode(), headers={"Content-Type": "text/xml", "ETag": f'"{name}"'})

    app = server.Application()
    app.router.add_get("/{name}", answer)
    runner = server.AppRunner(app, access_log=None)
    await runner.setup()
    await server.TCPSite(runner, "127.0.0.1", 0).start()
    pipe.send(runner.addresses[0][1])
    await asyncio.Event().wait()


def _server(pipe: Connection) -> None:
    asyncio.run(_serve(pipe))


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


async def _round(journal: SqliteJournal, sources: dict[SourceSettings, Progress]) -> tuple[float, float]:
    """Poll every source once; return the wall and CPU seconds it took."""
    cpu, wall = _cpu(), time.perf_counter()
    slots = asyncio.Semaphore(AT_ONCE)
    async with web(FetchSettings(), resolver=Loopback()) as net, readers() as reading:
        gates = Gates(clock=time.monotonic, sleep=asyncio.sleep)
        poller = Poller(journal=journal, web=net, readers=reading, gates=gates, counters=Counters())

        async def turn(source: SourceSettings) -> None:
            async with slots:
                request, _ = coming(poller, source, sources[source])
                sources[source] = await advance(poller, source, sources[source], request)

        await asyncio.gather(*map(turn, sources))
    return time.perf_counter() - wall, _cpu() - cpu


async def _rounds(port: int, feeds: int) -> None:
    sources = {}
    for number in range(feeds):
        # One host a feed, so that no host's gate is what is measured.
        url = f"http://f{number}.example:{port}/f{number}"
        source = SourceSettings(id=f"f{number}", url=url, allow_private=True, full_text=False)
        sources[source] = begun(utc_now(), url)
    with tempfile.TemporaryDirectory() as folder:
        journal = SqliteJournal(f"sqlite:///{folder}/journal.db")
        for name in ("first fetch", "304 round"):
            wall, cpu = await _round(journal, sources)
            outcomes = {progress.health.outcome for progress in sources.values() if progress.health}
            print(f"{name}: {feeds / wall:.0f} feeds/s, {feeds / cpu:.0f} feeds per CPU second, {outcomes}")
        await journal.close()


def main() -> None:
    """Print both rounds' figures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_server, args=(theirs,), daemon=True)
    process.start()
    try:
        asyncio.run(_rounds(ours.recv(), int(sys.argv[1]) if len(sys.argv) > 1 else 500))
    finally:
        process.terminate()


if __name__ == "__main__":
    main()
