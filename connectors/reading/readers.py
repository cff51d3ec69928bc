"""The worker process in which documents are read: behind a wall, with limited memory.

A hostile author field keeps feedparser busy for minutes, and a hang in one
feed must not stop the others.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import TimeoutError as WallReached
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from streams.errors import SourceUnreadable

T = TypeVar("T")
WALL_SECONDS = 10.0
MEMORY_MIB = 1024


@dataclass(frozen=True, slots=True)
class Readers:
    """Runs pure functions on documents in worker processes; `free` are the places with them and before them."""

    pool: ProcessPool
    wall: float
    free: asyncio.Semaphore

    async def read(self, function: Callable[..., T], url: str, *arguments: Any) -> T:
        """Return what the function makes of the document at `url`; raises SourceUnreadable, also for too much of it."""
        try:
            async with self.free:
                return await _whole(self.pool.schedule(function, args=arguments, timeout=self.wall))
        except WallReached as error:
            raise SourceUnreadable(f"{url} could not be read within {self.wall:g} s") from error
        except MemoryError as error:
            raise SourceUnreadable(f"{url} could not be read within {MEMORY_MIB} MiB of memory") from error
        except ProcessExpired as error:
            raise SourceUnreadable(f"{url} ended the process that read it: {error}") from error


async def _whole(future: ProcessFuture[T]) -> T:
    """Return what a future brings; one that nobody waits for any more is not cancelled, but let come to its end.

    To cancel it would end its process, and whoever comes next would wait for another to start.
    """
    reading = asyncio.wrap_future(future)
    try:
        return await asyncio.shield(reading)
    except asyncio.CancelledError:
        reading.add_done_callback(lambda done: done.cancelled() or done.exception())
        raise


def _limit(memory_mib: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_mib << 20, memory_mib << 20))
    # A Ctrl-C at the terminal reaches the whole group; the parent decides when workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _warm() -> None:
    import connectors.kinds  # noqa: F401, PLC0415 (imported in the worker for its side effect: being there)


@asynccontextmanager
async def readers(*, workers: int = 1, wall: float = WALL_SECONDS) -> AsyncIterator[Readers]:
    """Open the pool: fresh processes (spawn), for a fork would copy the threads and locks of this one."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPool(max_workers=workers, initializer=_limit, initargs=(MEMORY_MIB,), context=context)
    try:
        # The first document should not wait for the worker's imports.
        pool.schedule(_warm)
        # One document more than can be read, so that nobody waits for it to be handed over.
        yield Readers(pool, wall, asyncio.Semaphore(2 * workers))
    finally:
        pool.stop()  # type: ignore[no-untyped-call] # pebble types this one not
        await asyncio.to_thread(pool.join)
