"""A server of the tests on a free port of 127.0.0.1, and bodies it goes on sending to whoever listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import web


@asynccontextmanager
async def on_loopback(app: web.Application) -> AsyncIterator[str]:
    """Run the application; yields its address without a path."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@dataclass
class Listeners:
    """Who listens to a body without end; `alive` is sent where nothing else was for so many seconds (0: never)."""

    alive: bytes
    alive_seconds: float = 0.05
    queues: list[asyncio.Queue[bytes | None]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.queues)

    def send(self, data: bytes) -> None:
        """Send these bytes to whoever listens."""
        for queue in self.queues:
            queue.put_nowait(data)

    def cut(self) -> None:
        """End all bodies, as a restart of the server does."""
        for queue in self.queues:
            queue.put_nowait(None)
        self.queues = []

    def forget(self) -> None:
        """Say nothing more to whoever listens now, and let them believe that all is well."""
        self.queues = []

    async def heard(self) -> None:
        """Wait until somebody listens."""
        async with asyncio.timeout(60):
            while not self.queues:
                await asyncio.sleep(0.01)

    async def serve(self, response: web.StreamResponse) -> None:
        """Pass on what is sent until the listener leaves or is cut off."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.queues.append(queue)
        try:
            with suppress(ConnectionError):
                await self._pass_on(queue, response)
        finally:
            if queue in self.queues:
                self.queues.remove(queue)

    async def _pass_on(self, queue: asyncio.Queue[bytes | None], response: web.StreamResponse) -> None:
        while True:
            try:
                async with asyncio.timeout(self.alive_seconds or None):
                    data = await queue.get()
            except TimeoutError:
                data = self.alive
            if data is None:
                return
            await response.write(data)
