"""The embedded host with far more to do than it can hold: items wait in the journal, not in memory."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from streams.embedded.journal import SqliteJournal
from streams.topics import RAW_ITEMS
from tests.contract.small_flow import item
from tests.e2e.slow_flow import FLOW

pytestmark = pytest.mark.asyncio
COUNT, SIZE = 1500, 100_000
MEBIBYTE = 1024 * 1024
STEP = FLOW[0].name


async def _highest(folder: Path, count: int) -> tuple[int, list[int]]:
    """Run the host on so many large items; return the most memory it held, in bytes, and the lags seen on the way."""
    journal = await SqliteJournal.open(f"sqlite:///{folder}/journal.db")
    chance = Random(1)
    for start in range(0, count, 100):
        some = range(start, min(start + 100, count))
        await journal.publish(RAW_ITEMS, [replace(item(n, "words"), body=chance.randbytes(SIZE)) for n in some])
    runner = Path(__file__).with_name("embedded_runner.py")
    host = subprocess.Popen([sys.executable, runner, f"sqlite:///{folder}/journal.db", "tests.e2e.slow_flow"])
    lags = [count]
    try:
        async with asyncio.timeout(120):
            while lags[-1]:
                assert host.poll() is None
                await asyncio.sleep(0.05)
                lags.append((await journal.lags(FLOW))[STEP])
        status = Path(f"/proc/{host.pid}/status").read_text(encoding="ascii")
    finally:
        host.kill()
        host.wait()
        await journal.close()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0]), lags


async def test_memory_does_not_grow_with_what_waits(tmp_path: Path) -> None:
    """With 150 MB before a slow step the host holds little more than with one item; its lag is seen, and falls to 0."""
    few, _ = await _highest(tmp_path, 1)
    (tmp_path / "many").mkdir()
    many, lags = await _highest(tmp_path / "many", COUNT)
    assert lags == sorted(lags, reverse=True)
    assert len(set(lags)) > 10
    assert many - few < 48 * MEBIBYTE
