"""`changehands archive` killed at random moments: no half file has a final name, and in the end all is there once."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
import zlib
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.archives.documents import Anchor, found
from connectors.archives.manifest import Form, manifest_in
from connectors.archives.verifying import checked, strangers, told_of
from streams.embedded.journal import SqliteJournal
from streams.items import RawItem
from streams.topics import RAW_ITEMS
from tests.archives import WHEN
from tests.integration.test_archiving import item

HEAVY = os.environ.get("TORTURE") == "1"
ITEMS, KILLS = (60_000, 40) if HEAVY else (1_200, 3)
DAYS = 5
PATIENCE_SECONDS = 120
COMMAND = "from streams.cli import main; main()"


def heavy(number: int, chance: random.Random) -> RawItem:
    """Return an item of some kB, one of these days."""
    at = WHEN + timedelta(days=number % DAYS, seconds=number)
    return item(number, fetched_at=at, body=zlib.compress(chance.randbytes(1000).hex().encode()))


def started(url: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start the command."""
    command = [sys.executable, "-c", COMMAND, "--journal", url, "archive", "--to", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def is_begun(folder: Path, least: int) -> bool:
    """Whether so many days have their final names."""
    return len(list(folder.glob("2014-*"))) >= least


def test_killed(tmp_path: Path) -> None:
    """Whenever it is killed, what has a final name is whole, and another run adds what is missing and nothing else."""
    url, folder, chance = f"sqlite:///{tmp_path / 'journal.db'}", tmp_path / "archive", random.Random(7)
    given = [heavy(number, chance) for number in range(ITEMS)]

    async def fill() -> None:
        journal = SqliteJournal(url)
        await journal.publish(RAW_ITEMS, given)
        await journal.close()

    asyncio.run(fill())
    for kill in range(KILLS):
        process, deadline = started(url, folder), time.monotonic() + PATIENCE_SECONDS
        while process.poll() is None and not is_begun(folder, 1 + 2 * kill):
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        process.wait()
        _is_whole(folder)
    assert started(url, folder).wait(PATIENCE_SECONDS) == 0
    manifest = told_of(folder)
    assert [str(flaw) for _, flaws in checked(folder, manifest) for flaw in flaws] == []
    assert strangers(folder, manifest) == []
    for form in Form:
        names = [file.name for file in manifest.files if file.form is form]
        read = [one.item for name in names for one in found(folder, name, Anchor()) if one]
        assert sorted(read, key=lambda one: one.id) == sorted(given, key=lambda one: one.id)  # type: ignore[union-attr]


def _is_whole(folder: Path) -> None:
    """Every file under a final name can be read to its end, and all that the manifest tells of is as told."""
    for path in folder.glob("2014-*"):
        assert all(one.item for one in found(folder, path.name, Anchor()) if one), path
    manifest = manifest_in(folder)
    if manifest:
        assert [str(flaw) for _, flaws in checked(folder, manifest) for flaw in flaws] == []
        assert len(strangers(folder, manifest)) <= len(Form)


@pytest.mark.parametrize("form", Form)
def test_what_a_killed_run_left_is_written_anew(tmp_path: Path, form: Form) -> None:
    """Files that a killed run named but no manifest tells of are replaced by whole ones that it does tell of."""
    url, folder = f"sqlite:///{tmp_path / 'journal.db'}", tmp_path / "archive"
    asyncio.run(_put(url))
    folder.mkdir()
    left = folder / ("2014-07-14-001" + (".parquet" if form is Form.PARQUET else ".warc.gz"))
    left.write_bytes(b"left")
    assert started(url, folder).wait(PATIENCE_SECONDS) == 0
    manifest = told_of(folder)
    assert [flaw for _, flaws in checked(folder, manifest) for flaw in flaws] == []
    assert left.name in {file.name for file in manifest.files}


async def _put(url: str) -> None:
    journal = SqliteJournal(url)
    await journal.publish(RAW_ITEMS, [item(1, fetched_at=WHEN)])
    await journal.close()
