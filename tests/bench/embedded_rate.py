"""How fast the embedded host is by itself: records a second, and the time a record takes from step to step.

    python tests/bench/embedded_rate.py

The steps do next to nothing, so what is seen is journal, host and worker
processes. Compare with the SQLite row: commits of one record a second that
this disk allows at all.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from streams.items import ItemKind
from streams.steps import Flow, Passed
from streams.topics import CONTROL_ALERTS, ENRICHED_ITEMS, RAW_ITEMS, Topic
from tests.contract.hosts import EmbeddedRig
from tests.contract.small_flow import CLAIM_WORDS, FLOW, TELL, item, read

BURST = 3_000
SINGLES = 200


@asynccontextmanager
async def fresh() -> AsyncIterator[EmbeddedRig]:
    """Give an empty journal on a temporary file."""
    with tempfile.TemporaryDirectory() as folder:
        rig = EmbeddedRig(Path(folder) / "journal.db")
        try:
            yield rig
        finally:
            await rig.journal.close()


def enriched(number: int) -> object:
    """Return an item that has been through the costly step."""
    outcome = read(item(number, f"place-{number}"))
    assert isinstance(outcome, Passed)
    return outcome.records[0]


async def burst(flow: Flow, topic: Topic, records: list) -> float:
    """Return the records a second of a flow whose input lies ready."""
    async with fresh() as rig:
        warm, rest = records[:1], records[1:]
        await rig.journal.publish(topic, warm)
        async with rig.running(flow):
            await rig.drained(flow)
            start = time.perf_counter()
            await rig.journal.publish(topic, rest)
            await rig.drained(flow)
            return len(rest) / (time.perf_counter() - start)


async def singles(flow: Flow, topic: Topic, records: list) -> list[float]:
    """Return the milliseconds from before publishing an item to reading its alert, one item at a time."""
    async with fresh() as rig:
        alerts, times = rig.journal.follow(CONTROL_ALERTS), []
        async with rig.running(flow):
            for record in records[:SINGLES]:
                start = time.perf_counter()
                await rig.journal.publish(topic, [record])
                await anext(alerts)
                times.append((time.perf_counter() - start) * 1000)
        return times[5:]


def bare_commits() -> float:
    """Return the commits of one record a second that SQLite makes here, as durable as ours."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE records (value BLOB)")
        start = time.perf_counter()
        for _ in range(500):
            database.execute("INSERT INTO records VALUES (?)", (b"x" * 1500,))
        return 500 / (time.perf_counter() - start)


async def main() -> None:
    """Measure and print."""
    raw = [item(number, f"place-{number}") for number in range(BURST)]
    assert raw[0].kind == ItemKind.ENTRY
    light = (CLAIM_WORDS, TELL)
    ready = [enriched(number) for number in range(BURST)]
    print(f"bare SQLite, one record a commit       {bare_commits():8.0f} commits/s")
    print(f"two remembering steps, burst           {await burst(light, ENRICHED_ITEMS, ready):8.0f} items/s")
    print(f"whole flow with two workers, burst     {await burst(FLOW, RAW_ITEMS, raw):8.0f} items/s")
    for name, flow, topic, records in (
        ("two remembering steps", light, ENRICHED_ITEMS, ready),
        ("whole flow", FLOW, RAW_ITEMS, raw),
    ):
        times = await singles(flow, topic, records)
        median, late = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        print(f"{name}, one at a time: median {median:.1f} ms, 95th percentile {late:.1f} ms over {len(flow)} hops")


if __name__ == "__main__":
    asyncio.run(main())
