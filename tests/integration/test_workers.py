"""Worker processes, really started, hung, grown and killed."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from streams.errors import ConfigError, SourceUnreadable, StepFailed
from streams.settings import WorkerSettings
from streams.steps import Dropped, Process, Why
from streams.workers import Workers

pytestmark = pytest.mark.asyncio
SETTINGS = WorkerSettings(count=1, wall_seconds=1.0, memory_mib=512)
FINE = Dropped(Why.EMPTY)


class Untravelled(Exception):
    """An exception that can be sent but not received, as some libraries' are."""

    def __init__(self, *, needed: str) -> None:
        super().__init__()
        self.needed = needed


def _spin(_: object) -> Dropped:
    while True:
        pass


def _ask_to_end(marker: str) -> Dropped:
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(30)
    return FINE


def _hang(record: str) -> Dropped:
    if record == "hangs":
        time.sleep(3600)
    return FINE


def _noise(_: object) -> Dropped:
    print("to stdout")
    os.write(2, b"to stderr")
    return FINE


def _untravelled(_: object) -> Dropped:
    raise Untravelled(needed="x")


def _unreadable(_: object) -> Dropped:
    raise SourceUnreadable("the page of wire is not text")


def _recurse(_: object) -> Dropped:
    return _recurse(_)


def _pid(path: str) -> Dropped:
    with Path(path).open("a") as file:
        file.write(f"{os.getpid()}\n")
    return FINE


def _catch_everything(_: object) -> Dropped:
    while True:
        try:
            time.sleep(3600)
        except BaseException:  # noqa: BLE001, S112 - that is the point
            continue


def giving(process: Process) -> Process:
    """Stand for a step's load: hand back the function."""
    return process


def failing() -> Process:
    """Stand for a load whose file is not there."""
    raise FileNotFoundError("no such gazetteer: /nowhere/places.bin")


def dying() -> Process:
    """Stand for a load that crashes."""
    os.abort()


def growing() -> Process:
    """Stand for a load that needs more memory than there may be."""
    return partial(lambda _, held: held, held=bytearray(4 << 30))


@asynccontextmanager
async def workers(process: Process, settings: WorkerSettings = SETTINGS) -> AsyncIterator[Workers]:
    """Give workers for a function, and end them."""
    started = Workers(partial(giving, process), settings)
    try:
        await started.start()
        yield started
    finally:
        await started.close()


@pytest.mark.parametrize("process", [_spin, _catch_everything], ids=["spinning", "catching everything"])
async def test_the_wall_ends_what_hangs(process: Process) -> None:
    """A record that takes longer than the wall ends with cause wall, whatever it catches, and the next is taken."""
    async with workers(process) as running:
        for _ in range(2):
            with pytest.raises(StepFailed, match=r"wall of 1\.0 s") as failure:
                await running.run("a record")
            assert failure.value.cause == "wall"


@pytest.mark.parametrize(
    ("process", "says"),
    [
        (_untravelled, "Untravelled"),
        (_recurse, "RecursionError"),
        (_unreadable, r"^SourceUnreadable: the page of wire is not text$"),
    ],
    ids=["untravelled", "recursion", "foreseen"],
)
async def test_what_a_step_raises_comes_back_in_words(process: Process, says: str) -> None:
    """An exception comes back as text, also one that cannot be unpickled; a foreseen one is one line."""
    async with workers(process) as running:
        with pytest.raises(StepFailed, match=says) as failure:
            await running.run("a record")
    assert failure.value.cause == "raised"


async def test_load_is_called_once_in_a_worker(tmp_path) -> None:
    """The same process takes one record after the other."""
    path = str(tmp_path / "pids")
    async with workers(_pid) as running:
        for _ in range(5):
            await running.run(path)
    assert len(set((tmp_path / "pids").read_text().split())) == 1


async def test_an_idle_worker_killed_from_outside_costs_no_record(tmp_path) -> None:
    """When a worker is killed between two records, the second is handled by another."""
    path = tmp_path / "pids"
    async with workers(_pid) as running:
        assert await running.run(str(path)) == FINE
        os.kill(int(path.read_text()), signal.SIGKILL)
        assert await running.run(str(path)) == FINE
    assert len(set(path.read_text().split())) == 2


async def test_a_worker_asked_to_end_costs_no_record(tmp_path) -> None:
    """A supervisor that terminates every process at once does not turn a record into a dead letter."""
    async with workers(_ask_to_end) as running:
        assert await running.run(str(tmp_path / "marker")) == FINE


async def test_workers_are_silent(capfd: pytest.CaptureFixture[str]) -> None:
    """What a library prints in a worker reaches neither stdout nor stderr."""
    async with workers(_noise) as running:
        assert await running.run("a record") == FINE
    captured = capfd.readouterr()
    assert "to std" not in captured.out + captured.err


async def test_nobody_waits_for_a_record_that_was_given_up() -> None:
    """A cancelled record lets its worker go; the next one is taken long before the wall."""
    async with workers(_hang, SETTINGS.model_copy(update={"wall_seconds": 3000.0})) as running:
        task = asyncio.create_task(running.run("hangs"))
        await asyncio.wait({task}, timeout=0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await running.run("next") == FINE


@pytest.mark.parametrize(
    ("load", "says"),
    [(failing, "no such gazetteer: /nowhere/places.bin"), (growing, "MemoryError"), (dying, "512 MiB")],
    ids=["missing file", "too much memory", "crash"],
)
async def test_a_step_that_cannot_load_is_an_error_of_configuration(load, says: str) -> None:
    """Where `load` fails nothing starts, and the reason is told."""
    running = Workers(load, SETTINGS)
    try:
        with pytest.raises(ConfigError, match=says):
            await running.start()
    finally:
        await running.close()
