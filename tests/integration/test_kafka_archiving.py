"""`changehands archive` on a real Kafka: the same files hold what its partitions hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from connectors.archives.documents import Anchor, found
from connectors.archives.verifying import told_of
from streams.archiving import Wanted, archive
from streams.codec import encode
from streams.kafka.journal import KafkaJournal
from streams.topics import RAW_ITEMS
from tests.integration.test_archiving import item


@pytest.mark.asyncio
async def test_there_and_back(url: str, tmp_path: Path) -> None:
    """What lies in all partitions is archived once, and once more only what is new."""
    journal = await KafkaJournal.open(url)
    given = [item(number) for number in range(40)]
    await journal.publish(RAW_ITEMS, given[:30])
    assert await archive(url, tmp_path, Wanted(), Console(quiet=True))
    await journal.publish(RAW_ITEMS, given)
    await journal.close()
    assert await archive(url, tmp_path, Wanted(), Console(quiet=True))
    manifest = told_of(tmp_path)
    names = [file.name for file in manifest.files]
    read = [one.item for name in names for one in found(tmp_path, name, Anchor()) if one and one.item]
    assert sorted(map(encode, read)) == sorted(encode(one) for one in given for _ in manifest.files[:2])
