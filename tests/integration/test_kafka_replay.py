"""A replay of what lies on a real Kafka tells what a replay of the same items in a file tells."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from streams.cli import main
from streams.kafka.journal import KafkaJournal
from streams.runsview import run_of
from streams.topics import ENRICHED_ITEMS
from tests.past import ready, shuffled, written


async def published(url: str) -> None:
    """Put the reports on Kafka in two goes, each in an order of its own."""
    journal = await KafkaJournal.open(url)
    items: list[Any] = shuffled(ready(), 4)
    await journal.publish(ENRICHED_ITEMS, items[:6])
    await journal.publish(ENRICHED_ITEMS, items[6:])
    await journal.close()


def replayed(folder: Path, journal: str, source: str, name: str) -> str:
    """Return the digest of a replay."""
    words = ("--journal", journal, "replay", source, "--as", name, "--as-detected")
    done = CliRunner().invoke(main, words, env={"CHANGEHANDS_RUNS": str(folder)})
    assert done.exit_code == 0, done.output
    run = run_of(folder, name)
    assert run.told.items == len(ready())
    return run.told.digest


def test_from_all_partitions(url: str, tmp_path: Path) -> None:
    """Items of all partitions, in whatever order they come, tell the same to the byte."""
    asyncio.run(published(url))
    file = written(tmp_path / "a.jsonl", ready())
    live = f"sqlite:///{tmp_path / 'live.db'}"
    digest = replayed(tmp_path, live, str(file), "file")
    assert replayed(tmp_path, url, "enriched", "live") == digest
    assert replayed(tmp_path, live, f"enriched:{url}", "named") == digest
