"""A real TCP proxy between client and server that can be made slow, narrow, deaf, or be taken away."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

_CHUNK = 64 * 1024
_RESET = struct.pack("ii", 1, 0)  # close without a farewell: the other side gets RST


@dataclass(slots=True, eq=False)
class _Line:
    """One connection through the proxy; a deaf one carries nothing more and is not closed either."""

    ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter]
    deaf: bool = False

    def reset(self) -> None:
        for end in self.ends:
            with suppress(OSError):
                end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            end.transport.abort()


@dataclass(slots=True)
class Proxy:
    """Carries bytes between `port` and `target` on 127.0.0.1; the faults may be changed at any time.

    `latency_seconds` each piece waits; `bytes_per_second` is for each
    connection and way; `carried` counts what got through.
    """

    port: int
    target: int
    latency_seconds: float = 0.0
    bytes_per_second: float | None = None
    carried: int = 0
    _lines: set[_Line] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def come(self) -> None:
        """Take connections."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port, limit=_CHUNK)

    def go(self) -> None:
        """Refuse new connections and reset the others, as a machine that is switched off does."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.reset()

    def reset(self) -> None:
        """Reset every connection; new ones are taken."""
        for line in list(self._lines):
            line.reset()

    def deafen(self) -> None:
        """Let every connection stand open and carry nothing more, as a firewall that forgot them does."""
        for line in self._lines:
            line.deaf = True

    async def close(self) -> None:
        """End everything."""
        self.go()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target, limit=_CHUNK)
        except OSError:
            writer.transport.abort()
            return
        line = _Line((writer, far_writer))
        self._lines.add(line)
        try:
            await asyncio.gather(self._pump(line, reader, far_writer), self._pump(line, far_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass  # the streams' own callback would report either
        finally:
            self._lines.discard(line)
            line.reset()

    async def _pump(self, line: _Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one way until its end; `drain` lets the sender wait where the receiver does not keep up."""
        while data := await reader.read(_CHUNK):
            if wait := self.latency_seconds + len(data) / (self.bytes_per_second or float("inf")):
                await asyncio.sleep(wait)
            while line.deaf:
                await asyncio.sleep(0.1)
            writer.write(data)
            await writer.drain()
            self.carried += len(data)
        raise ConnectionResetError  # one way at its end ends the other


@asynccontextmanager
async def proxy(port: int, target: int) -> AsyncIterator[Proxy]:
    """Run a proxy within the block."""
    one = Proxy(port, target)
    await one.come()
    try:
        yield one
    finally:
        await one.close()
