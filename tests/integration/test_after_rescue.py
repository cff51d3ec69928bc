"""A flow on a rescued journal: what was done stays done, and work goes on."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from streams.counters import Counters
from streams.embedded.host import EmbeddedHost
from streams.embedded.journal import SqliteJournal
from streams.embedded.rescue import rescue
from streams.settings import WorkerSettings
from streams.topics import CONTROL_ALERTS, RAW_ITEMS
from tests.contract.small_flow import CLAIM_WORDS, READ, TELL, item

pytestmark = pytest.mark.asyncio
SMALL = (READ, CLAIM_WORDS, TELL)


async def _worked_off(path: Path) -> Counter[str]:
    """Run the small flow until nothing is left to do; return how many records ended at each step."""
    journal = await SqliteJournal.open(f"sqlite:///{path}")
    host = asyncio.create_task(EmbeddedHost(journal, SMALL, Counters(), WorkerSettings(count=1)).run())
    async with asyncio.timeout(60):
        while any((await journal.lags(SMALL)).values()):
            assert not host.done()
            await asyncio.sleep(0.02)
    host.cancel()
    with suppress(asyncio.CancelledError):
        await host
    ended = Counter[str]()
    for ending, times in (await journal.endings()).items():
        ended[ending.step] += times
    await journal.close()
    return ended


async def test_work_goes_on_after_a_rescue(tmp_path: Path) -> None:
    """What was done before the damage is not done again, and what comes after the rescue comes to its alerts."""
    path, new = tmp_path / "journal.db", tmp_path / "new.db"
    await _published(path, range(300))
    assert (await _worked_off(path))["enrich"] == 300
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(Random(1).randbytes(80_000))
    rescued = rescue(path, new, SMALL)
    assert rescued.anew == ()
    assert rescued.lost or rescued.forgotten
    await _published(new, range(300, 320))
    assert (await _worked_off(new))["enrich"] == 320
    journal = await SqliteJournal.open(f"sqlite:///{new}")
    alerts = [stored.offset async for stored in journal.read(CONTROL_ALERTS)]
    assert alerts[-20:] == list(range(300, 320))
    await journal.close()


async def _published(path: Path, numbers: range) -> None:
    journal = await SqliteJournal.open(f"sqlite:///{path}")
    await journal.publish(RAW_ITEMS, [item(number, f"place-{number}") for number in numbers])
    await journal.close()
