"""Worker processes for steps that cost: each record within a wall of time and a limit of memory.

Parsers of other people's pages hang, grow and crash. So a step without memory
runs in processes of its own, and one that hangs, grows or dies costs its
record and nothing else.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import signal
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from streams.errors import ChangehandsError, ConfigError, StepFailed
from streams.settings import WorkerSettings
from streams.steps import Dropped, Outcome, Passed, Process

_GREW = 86  # exit status of a worker that came to its memory limit
_ASKED = signal.SIGTERM  # exit status of a worker that was asked to end: a supervisor stops every process at once
_START_SECONDS = 120.0  # for loading; the wall counts from when the record is taken up
_TRIES = 2  # for a record whose worker was ended from outside; a record that ends its worker itself has one
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Raised:
    """What a step raised, in words: exceptions of other people's do not all travel between processes."""

    text: str


@dataclass(frozen=True, slots=True)
class _Unloaded:
    """What `load` raised, in words."""

    text: str


_process: Process | _Unloaded = _Unloaded("the worker did not start")


def _start(load: Callable[[], Process], memory_mib: int) -> None:
    """Prepare a worker process: its limits, then the step with the values it needs.

    Its words go nowhere: what libraries print there is other people's text, and what matters is in the outcome.
    """
    global _process  # noqa: PLW0603 - a worker process is for one step; pebble's initializer can leave it nowhere else
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    limit = memory_mib * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        _process = load()
    except Exception as error:  # noqa: BLE001 - told to the host, which stops
        _process = _Unloaded(f"{type(error).__name__}: {error}")


def _ready() -> _Unloaded | None:
    return _process if isinstance(_process, _Unloaded) else None


def _work(record: Any, wall_seconds: float) -> Outcome | _Raised | _Unloaded:
    """Run the step on one record, in a worker.

    The kernel's own timer ends the process when the wall is reached: no
    library can catch it, it does not follow the wall clock, and it works where
    the host has died meanwhile.
    """
    if isinstance(_process, _Unloaded):
        return _process
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, wall_seconds)
    try:
        return _process(record)
    except MemoryError:
        os._exit(_GREW)  # what is left of this process is not to be trusted
    except ChangehandsError as error:
        return _Raised(f"{type(error).__name__}: {error}")
    except BaseException:  # noqa: BLE001 - whatever it is (a library's SystemExit too), it is this record's end
        return _Raised(traceback.format_exc())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _work_several(records: Sequence[Any], wall_seconds: float) -> list[Outcome | _Raised | _Unloaded]:
    """Run the step on several records, each within a wall of its own."""
    return [_work(record, wall_seconds) for record in records]


class Workers:
    """Processes that run one step's function, `settings.count` records at a time.

    A worker that ends is replaced. `load` is called once in each worker.
    """

    def __init__(self, load: Callable[[], Process], settings: WorkerSettings) -> None:
        self._load = load
        self._settings = settings
        self._free = asyncio.Semaphore(settings.count)
        self._pool = self._new_pool()

    async def start(self) -> None:
        """Return when a worker is ready for its first record; raises ConfigError where `load` fails."""
        try:
            await asyncio.to_thread(
                self._pool.schedule, _ready
            )  # the first call starts the processes, which takes time
            _refuse_unloaded(await self._schedule(_ready))
        except StepFailed as error:
            limit = f"their memory limit is {self._settings.memory_mib} MiB"
            raise ConfigError(f"the worker processes end before they are ready ({limit}): {error}") from error

    async def run(self, record: Any) -> Outcome:
        """Return the record's outcome; raises StepFailed with cause raised, wall, memory or died."""
        async with self._free:
            answer = await self._schedule(_work, record, self._settings.wall_seconds)
        if isinstance(answer, Passed | Dropped):
            return answer
        if isinstance(answer, _Raised):
            raise StepFailed(answer.text, cause="raised")
        _refuse_unloaded(answer)
        raise StepFailed(f"the step returned {type(answer).__name__}, not an outcome", cause="raised")

    async def run_several(self, records: Sequence[Any]) -> list[Outcome | None]:
        """Return the outcomes of some records that go to one worker together.

        None of one that raised, and of all where one of them ended its worker: these are to be run alone.
        """
        try:
            async with self._free:
                wall = self._settings.wall_seconds
                answers = await self._schedule(_work_several, records, wall, many=len(records))
        except StepFailed:
            return [None] * len(records)
        for answer in answers:
            _refuse_unloaded(answer)
        return [answer if isinstance(answer, Passed | Dropped) else None for answer in answers]

    async def close(self) -> None:
        """End the workers, whatever they are at."""
        await asyncio.to_thread(_end, self._pool)

    async def _schedule(self, function: Callable[..., T], *args: object, many: int = 1) -> T:
        patience = _START_SECONDS + self._settings.wall_seconds * many
        for _ in range(_TRIES):
            pool = self._pool
            try:
                async with asyncio.timeout(patience):
                    return await asyncio.wrap_future(pool.schedule(function, args=args))
            except ProcessExpired as error:
                if error.exitcode != _ASKED:
                    raise self._failure(error) from None
            except (BrokenProcessPool, RuntimeError, TimeoutError):
                await self._replace(pool)
        raise StepFailed("the worker processes were ended from outside twice", cause="died")

    def _failure(self, error: ProcessExpired) -> StepFailed:
        settings = self._settings
        if error.exitcode == -signal.SIGALRM:
            return StepFailed(f"took longer than the wall of {settings.wall_seconds} s", cause="wall")
        if error.exitcode == _GREW:
            return StepFailed(f"needed more than the limit of {settings.memory_mib} MiB", cause="memory")
        return StepFailed(f"the worker process died with exit status {error.exitcode}", cause="died")

    def _new_pool(self) -> ProcessPool:
        context = multiprocessing.get_context("forkserver")
        arguments = (self._load, self._settings.memory_mib)
        return ProcessPool(self._settings.count, initializer=_start, initargs=arguments, context=context)

    async def _replace(self, broken: ProcessPool) -> None:
        if self._pool is broken:
            self._pool = self._new_pool()
            await asyncio.to_thread(_end, broken)


def _refuse_unloaded(answer: object) -> None:
    if isinstance(answer, _Unloaded):
        raise ConfigError(f"a step cannot load what it needs: {answer.text}")


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
