"""`changehands run` as a process of its own, and one feed that it reads, for tests of what befalls it."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, web

from streams.codec import decode
from streams.embedded.journal import SqliteJournal
from streams.items import RawItem
from streams.topics import RAW_ITEMS
from tests.feedmaker import entry, rss
from tests.loopback import on_loopback

CHANGEHANDS = Path(sys.executable).with_name("changehands")
PATIENCE_SECONDS = 90.0
_CONFIGURED = """
journal = "sqlite:///{folder}/journal/journal.db"
starter_sources = false
demo = false
[web]
port = {port}
[workers]
count = 1
[[sources]]
id = "press"
url = "{base}/feed"
allow_private = true
min_interval_seconds = 1
full_text = false
reread_minutes = []
"""


@dataclass(slots=True)
class House:
    """The process, its page's address, and the feed: `entries` are what it holds, `asked` when it was asked for."""

    folder: Path
    port: int
    base: str = ""
    entries: list[dict[str, str]] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    async def answer(self, _request: web.Request) -> web.Response:
        """Answer as a feed does, new entries first."""
        self.asked.append(time.monotonic())
        return web.Response(body=rss(*self.entries[::-1]).encode(), headers={"Content-Type": "text/xml"})

    def bring(self, *numbers: int, words: str = "") -> None:
        """Let the feed have these entries as well."""
        self.entries += [entry(number, description=f"Ship {number} came in. {words}") for number in numbers]

    def start(self, **environment: str) -> None:
        """Start the process; its log is in the folder."""
        (self.folder / "journal").mkdir(exist_ok=True)
        configured = _CONFIGURED.format(folder=self.folder, port=self.port, base=self.base)
        (self.folder / "changehands.toml").write_text(configured, encoding="utf-8")
        with (self.folder / "run.log").open("ab") as log:
            self.process = subprocess.Popen(
                [CHANGEHANDS, "run", "--quiet"],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
            )

    def room(self, size: int) -> None:
        """Let no file grow beyond so many bytes, as a disk that is full does; resource.RLIM_INFINITY for no limit."""
        assert self.process
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def memory(self) -> int:
        """Return how much memory the process holds, in bytes."""
        assert self.process
        pages = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * resource.getpagesize()

    async def until(self, path: str, enough: Callable[[Any], bool]) -> Any:
        """Return what the page's API answers once that is enough."""
        deadline, last = time.monotonic() + PATIENCE_SECONDS, None
        async with ClientSession() as session:
            while time.monotonic() < deadline:
                assert self.process is None or self.process.poll() is None, self.said()
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}{path}") as got:
                        last = await got.text() if path == "/metrics" else json.loads(await got.text())
                except (ClientError, ValueError):
                    pass
                else:
                    if enough(last):
                        return last
                await asyncio.sleep(0.1)
        raise AssertionError(f"{path} did not say what was waited for; last: {str(last)[:2000]}\n{self.said()}")

    async def until_through(self, count: int) -> None:
        """Return once so many items have come to an end at the first step."""
        await self.until("/api/sources", lambda told: sum(told["steps"].get("enrich", {}).values()) >= count)

    async def items(self) -> Counter[str]:
        """Return how often each entry stands in the journal, by its title."""
        journal = await SqliteJournal.open(f"sqlite:///{self.folder}/journal/journal.db")
        found = [decode(stored.value) async for stored in journal.read(RAW_ITEMS)]
        await journal.close()
        return Counter(item.title or "" for item in found if isinstance(item, RawItem))

    def said(self) -> str:
        """Return the end of the log."""
        return (self.folder / "run.log").read_text(errors="replace")[-3000:]

    async def stopped(self) -> int:
        """Ask the process to end and return its status."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.process.wait, 30)


@asynccontextmanager
async def house(folder: Path, port: int) -> AsyncIterator[House]:
    """Give the feed's server and the process, not yet started, and end both."""
    one = House(folder, port)
    app = web.Application()
    app.router.add_get("/feed", one.answer)
    async with on_loopback(app) as one.base:
        try:
            yield one
        finally:
            if one.process and one.process.poll() is None:
                one.process.kill()
                one.process.wait()
