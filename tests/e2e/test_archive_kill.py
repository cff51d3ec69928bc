"""An archive read by a process of its own that is killed at random moments: each document ends in the journal, once."""

from __future__ import annotations

import asyncio
import gzip
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from streams.codec import decode
from streams.items import RawItem
from streams.services import opened
from streams.topics import CURSORS, DEAD_LETTERS, RAW_ITEMS
from tests.archives import answer, crawl, line, page, put

HEAVY = os.environ.get("TORTURE") == "1"
LINES, RECORDS, KILLS = (20_000, 5_000, 30) if HEAVY else (3_000, 800, 5)
PATIENCE_SECONDS = 240

pytestmark = pytest.mark.asyncio


def saved(folder: Path, count: int, records: int) -> int:
    """Fill an archive with lines, crawls and pages, some of them torn, and return how many items it holds."""
    lines = [line(number) for number in range(count)]
    put(folder / "a.jsonl", b"".join(lines[: count // 2]) + b"{torn\n")
    put(folder / "b.jsonl.gz", gzip.compress(b"".join(lines[count // 2 :])))
    answers = [answer(number) for number in range(records)]
    half = records // 2
    put(folder / "c.warc.gz", crawl(*answers[:half]))
    put(folder / "d.warc", crawl(*answers[half:], is_packed=False) + answer(records)[:-60])
    for number in range(20):
        put(folder / "pages" / f"{number}.html", page(10_000 + number))
    return count + records + 20


class Reader:
    """The process that reads, and the one that reads for it."""

    def __init__(self, url: str, archive: Path, log: Path) -> None:
        runner = Path(__file__).parent / "archive_runner.py"
        command = [sys.executable, str(runner), url, str(archive)]
        with log.open("ab") as said:
            self.process = subprocess.Popen(command, start_new_session=True, stdout=said, stderr=said)

    def kill(self) -> None:
        """End both without a word of warning."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


async def items(url: str) -> list[RawItem]:
    """Return what the journal holds."""
    async with opened(url) as journal:
        return [decode(stored.value) async for stored in journal.read(RAW_ITEMS)]  # type: ignore[misc]


async def grown(url: str, least: int, log: Path) -> int:
    """Return how many items the journal holds as soon as there are so many."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (count := len(await items(url))) < least:
        assert time.monotonic() < deadline, f"{count} of {least}; {log.read_text(errors='replace')[-3000:]}"
        await asyncio.sleep(0.1)
    return count


async def read_through_kills(url: str, folder: Path, count: int, records: int, kills: int) -> None:
    """Kill the reader again and again; nothing is lost, nothing comes twice, and each tear is one dead letter."""
    chance, log = random.Random(5), folder / "log"
    whole = saved(folder / "archive", count, records)
    before = 0
    for kill in range(kills):
        reader = Reader(url, folder / "archive", log)
        try:
            before = await grown(url, min(before + 1, whole), log)
            await asyncio.sleep(chance.uniform(0, 0.5))
        finally:
            reader.kill()
        print(f"kill {kill + 1} after {before} of {whole} items")
    reader = Reader(url, folder / "archive", log)
    try:
        await grown(url, whole, log)
        await asyncio.sleep(3)  # another look, in which nothing may come twice
    finally:
        reader.kill()
    found = await items(url)
    assert [name for name, times in Counter(item.id for item in found).items() if times > 1] == []
    assert len(found) == whole
    async with opened(url) as journal:
        letters = {decode(stored.value).text async for stored in journal.read(DEAD_LETTERS)}  # type: ignore[union-attr]
    assert sorted(text.partition(", from byte")[0] for text in letters) == [
        f"a.jsonl, line {count // 2 + 1}",
        f"d.warc, record {records - records // 2 + 1}",
    ]


async def test_killed(tmp_path: Path) -> None:
    """An archive is read whole and once through kills."""
    await read_through_kills(f"sqlite:///{tmp_path}/journal.db", tmp_path, LINES, RECORDS, KILLS)


async def test_killed_on_kafka(url: str, tmp_path: Path) -> None:
    """The same holds where a killed reader's share is fenced and read on by the next one on Kafka."""
    await read_through_kills(url, tmp_path, LINES // 3, RECORDS // 3, max(2, KILLS // 3))


async def test_finished_costs_nothing(tmp_path: Path) -> None:
    """An archive that was read to its end is looked at again, and nothing is written as long as nothing is new."""
    url, log = f"sqlite:///{tmp_path}/journal.db", tmp_path / "log"
    put(tmp_path / "archive" / "a.jsonl", line(1))
    reader = Reader(url, tmp_path / "archive", log)
    try:
        await grown(url, 1, log)
        await asyncio.sleep(2)
        async with opened(url) as journal:
            first = [stored.stored_at async for stored in journal.read(CURSORS)]
            await asyncio.sleep(4)
            assert [stored.stored_at async for stored in journal.read(CURSORS)] == first
        put(tmp_path / "archive" / "b.jsonl", line(2))
        await grown(url, 2, log)
    finally:
        reader.kill()
