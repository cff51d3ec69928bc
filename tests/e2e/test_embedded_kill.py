"""The embedded host under kill -9: what comes out is what would have come out."""

from __future__ import annotations

import asyncio
import importlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from streams.codec import decode
from streams.embedded.journal import SqliteJournal
from streams.items import DeadLetter, RawItem
from streams.records import Record
from streams.steps import Flow
from streams.topics import CONTROL_ALERTS, DEAD_LETTERS, RAW_ITEMS

HERE = Path(__file__).parent
TIMES = 10 if os.environ.get("TORTURE") else 1
PATIENCE_SECONDS = 120.0

pytestmark = pytest.mark.asyncio


class Run:
    """A journal with items in it, and the host's process on it."""

    def __init__(self, path: Path, module: str) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"
        self.module = module
        self.flow: Flow = importlib.import_module(module).FLOW

    def start(self) -> subprocess.Popen[bytes]:
        """Start the host in a session of its own."""
        command = [sys.executable, str(HERE / "embedded_runner.py"), self.url, self.module]
        with (self.path.parent / "host.log").open("ab") as log:
            return subprocess.Popen(command, start_new_session=True, stdout=log, stderr=log)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[SqliteJournal]:
        """Open the journal beside the host, as a page or a command does."""
        journal = await SqliteJournal.open(self.url)
        try:
            yield journal
        finally:
            await journal.close()

    async def reach(self, process: subprocess.Popen[bytes], step: str, position: int) -> None:
        """Return when the step has come to `position`."""
        async with asyncio.timeout(PATIENCE_SECONDS), self.open() as journal:
            while await journal.position(step) < position:
                assert process.poll() is None, (self.path.parent / "host.log").read_text()
                await asyncio.sleep(0.01)

    async def feed(self, items: Sequence[RawItem]) -> None:
        """Put items into the journal while no host runs."""
        async with self.open() as journal:
            await journal.publish(RAW_ITEMS, items)

    async def finish(self) -> None:
        """Run the host until nothing is left to do, then stop it."""
        process = self.start()
        async with self.open() as journal:
            for step in (*self.flow, *self.flow):  # a step may lead back to one that is through
                await self.reach(process, step.name, await journal.end(step.source))
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_SECONDS)

    def everything(self) -> dict[str, list[Any]]:
        """Return all that the journal holds except the moments at which it was written."""
        database = sqlite3.connect(self.path)
        held: dict[str, list[Any]] = {
            table: database.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2, 3").fetchall()  # noqa: S608 - our own names
            for table, columns in (("positions", "*"), ("memory", "step, key, value"), ("endings", "*"))
        }
        rows = database.execute("SELECT topic, offset, key, value FROM records ORDER BY topic, offset").fetchall()
        database.close()
        held["records"] = [(topic, offset, key, _timeless(topic, value)) for topic, offset, key, value in rows]
        return held


def _timeless(topic: str, value: bytes) -> bytes | Record:
    if topic != DEAD_LETTERS.name:
        return value
    letter = decode(value)
    assert isinstance(letter, DeadLetter)
    return replace(letter, at=letter.at.min, text="")


async def fed(folder: Path, module: str, items: Sequence[RawItem]) -> Run:
    """Return a run whose items are all there before the host starts."""
    folder.mkdir()
    run = Run(folder / "journal.db", module)
    await run.feed(items)
    return run


async def gone(session: int) -> None:
    """Return when no process of a session is left; a worker may finish the record it is at."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while any(_session_of(entry) == session for entry in Path("/proc").iterdir() if entry.name.isdigit()):
            await asyncio.sleep(0.02)


def _session_of(entry: Path) -> int | None:
    try:
        state, _, _, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
    except OSError:
        return None
    return None if state == "Z" else int(session)


@pytest.mark.parametrize(
    ("module", "count", "kills"), [("tests.e2e.busy_flow", 300, 8), ("tests.e2e.real_flow", 200, 10)]
)
async def test_kills_change_nothing(tmp_path: Path, module: str, count: int, kills: int) -> None:
    """Killed again and again at random moments, the host leaves the journal of an undisturbed run, byte for byte.

    More items come before each start, so that a fast machine too has work left at each kill.
    """
    count, kills = count * TIMES, kills * TIMES
    chance = random.Random(20)
    items = importlib.import_module(module).items(count)
    share = count // (kills + 1)
    quiet, killed = await fed(tmp_path / "quiet", module, items), await fed(tmp_path / "killed", module, items[:0])
    await quiet.finish()
    assert any(topic == CONTROL_ALERTS.name for topic, *_ in quiet.everything()["records"])
    first = killed.flow[0].name
    for kill in range(kills):
        await killed.feed(items[kill * share : (kill + 1) * share])
        process = killed.start()
        if kill % 2:  # at work, by its progress
            await killed.reach(process, first, kill * share + share // 2)
            await asyncio.sleep(chance.uniform(0, 0.05))
        else:  # while starting, or shortly after
            await asyncio.sleep(chance.uniform(0, 1.5))
        assert process.poll() is None, "the host ended by itself"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        await gone(process.pid)
    await killed.feed(items[kills * share :])
    await killed.finish()
    assert killed.everything() == quiet.everything()
    async with killed.open() as journal:
        endings = await journal.endings()
        for step in killed.flow:
            counted = sum(times for ending, times in endings.items() if ending.step == step.name)
            assert counted == await journal.end(step.source)
