"""`changehands run` while its disk is full: it says so, holds its memory, and goes on by itself where it stood."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from resource import RLIM_INFINITY

import pytest

from tests.house import House, house

pytestmark = pytest.mark.asyncio
MEBIBYTE = 1024 * 1024


async def _fill(one: House) -> None:
    """Start, let ten entries through, and let the disk be full while more come."""
    one.bring(*range(10))
    one.start()
    await one.until_through(10)
    one.room(1)
    one.bring(*range(10, 60), words="rain" * 12_000)
    await one.until("/health", lambda told: "full" in str(told["troubles"]) or "room" in str(told["troubles"]))


async def test_a_full_disk_is_waited_out(tmp_path: Path, unused_tcp_port: int) -> None:
    """While it is full health and metrics say so and memory stays; with room all comes in, each entry once."""
    async with house(tmp_path, unused_tcp_port) as one:
        await _fill(one)
        before, asked = one.memory(), len(one.asked)
        told = await one.until("/health", lambda told: told["status"] == "trouble")
        assert "nothing committed is lost" in told["troubles"]["journal"] or "has room" in told["troubles"]["journal"]
        await one.until("/metrics", lambda text: "\nchangehands_journal_waiting 0.0" not in text)
        await one.until("/api/alerts", lambda told: told["ready"])
        one.bring(*range(60, 100), words="rain" * 12_000)
        await one.until("/metrics", lambda text: "\nchangehands_journal_waiting 1.0" in text)
        assert one.memory() - before < 64 * MEBIBYTE
        assert len(one.asked) - asked <= 1
        one.room(RLIM_INFINITY)
        await one.until_through(100)
        told = await one.until("/health", lambda told: told["status"] == "ok" and not any(told["lag"].values()))
        assert await one.stopped() == 0, one.said()
        assert await one.items() == Counter(f"Ship {number} arrives" for number in range(100))


async def test_a_full_disk_does_not_keep_it_from_ending(tmp_path: Path, unused_tcp_port: int) -> None:
    """Asked to stop while it waits for room, it stops; started again with room, it reads what it could not save."""
    async with house(tmp_path, unused_tcp_port) as one:
        await _fill(one)
        assert await one.stopped() == 0, one.said()
        assert "Traceback" not in one.said()
        one.start()
        await one.until_through(60)
        assert await one.stopped() == 0, one.said()
        assert await one.items() == Counter(f"Ship {number} arrives" for number in range(60))
