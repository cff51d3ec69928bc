"""Servers on loopback for the commands about sources, and the commands run against them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from click.testing import CliRunner, Result

from streams.cli import main
from tests.desk import HTML, XML
from tests.feedmaker import ARABIC, entry, rss
from tests.instance import Instance, instance
from tests.unruly import Unruly, unruly

CONFIG = "changehands.toml"
NOW = datetime.now(UTC)


class Town:
    """An unruly web server and a Mastodon instance on loopback, run beside the commands in a thread of their own."""

    def __init__(self) -> None:
        self.web: Unruly
        self.social: Instance
        self._loop = asyncio.new_event_loop()
        self._ready, self._over = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)

    async def _serve(self) -> None:
        async with AsyncExitStack() as stack:
            self.web = await stack.enter_async_context(unruly())
            self.social = await stack.enter_async_context(instance())
            self._ready.set()
            await self._over.wait()

    def open(self) -> None:
        """Begin to serve."""
        self._thread.start()
        assert self._ready.wait(10)

    def close(self) -> None:
        """Stop serving."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    def do(self, work: Callable[[], Any]) -> None:
        """Do something where the servers run."""
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (work(), done.set()))
        assert done.wait(10)


@pytest.fixture(scope="module")
def running() -> Iterator[Town]:
    """Run the servers once."""
    town = Town()
    town.open()
    yield town
    town.close()


@pytest.fixture
def town(running: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Unruly:
    """Stand in an empty folder, before servers that have nothing to say yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CHANGEHANDS_CONFIG", raising=False)
    running.web.says, running.web.asked = {}, []
    return running.web


def sources(*arguments: str, width: int = 160) -> Result:
    """Run a command of the group; those that write name the file, which need not be there."""
    config = ["--config", CONFIG] if arguments[0] in {"add", "import"} else []
    return CliRunner(env={"COLUMNS": str(width)}).invoke(main, [*config, "sources", *arguments])


def feed(town: Unruly, *entries: dict[str, str], head: str = "", **headers: str) -> web.Response:
    """Return a feed whose links lead to the server."""
    text = rss(*entries, head=head).replace("http://news.example", town.base)
    return web.Response(body=text.encode(), headers={**XML, **{n.replace("_", "-"): v for n, v in headers.items()}})


def arabic(number: int) -> dict[str, str]:
    """Return the nth entry of an Arabic feed, of the last days."""
    at = NOW - timedelta(hours=5 * number)
    return entry(
        number,
        title=f"سيطرت القوات على قرية {number}",
        description=ARABIC,
        pubDate=at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
    )


def offering(*links: str) -> web.Response:
    """Return a front page that names these feeds."""
    named = "".join(f'<link rel="alternate" type="application/rss+xml" title="News" href="{link}">' for link in links)
    return web.Response(body=f"<html><head>{named}</head><body><p>hello</p></body></html>".encode(), headers=HTML)
