"""Which files the embedded journal refuses, and what it says of them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from streams.counters import Counters
from streams.embedded.host import EmbeddedHost
from streams.embedded.journal import SqliteJournal, path_of
from streams.errors import ConfigError, JournalUnusable, SlotTaken
from streams.settings import WorkerSettings
from streams.steps import Step
from streams.topics import ENRICHED_ITEMS, RAW_ITEMS
from tests.journals import item, with_items

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("url", "path"), [("sqlite:///var/journal.db", "var/journal.db"), ("sqlite:////srv/j.db", "/srv/j.db")]
)
async def test_urls_name_files(url: str, path: str) -> None:
    """Three slashes lead to a relative path, four to an absolute one."""
    assert path_of(url) == Path(path)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "journal.db", "sqlite:///folder/"])
async def test_a_url_without_a_file_is_refused(url: str) -> None:
    """What names no file is an error of configuration that shows the right form."""
    with pytest.raises(ConfigError, match=r"sqlite:///folder/journal\.db"):
        path_of(url)


async def test_a_text_file_is_refused(tmp_path: Path) -> None:
    """A file that is not SQLite's is left as it is and refused with what to do."""
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes, and many of them\n" * 100)
    before = path.read_bytes()
    with pytest.raises(JournalUnusable, match=r"notes\.txt.*not a database.*move it away"):
        SqliteJournal(f"sqlite:///{path}")
    assert path.read_bytes() == before


async def test_another_programs_file_is_refused(tmp_path: Path) -> None:
    """An SQLite file with other tables is left as it is and refused by name."""
    path = tmp_path / "bookmarks.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(JournalUnusable, match="another program's SQLite file"):
        SqliteJournal(f"sqlite:///{path}")
    assert path.read_bytes() == before


async def test_a_newer_journal_is_refused(tmp_path: Path) -> None:
    """Tables of a version to come are not touched."""
    await with_items(tmp_path / "journal.db", 1)
    database = sqlite3.connect(tmp_path / "journal.db")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(JournalUnusable, match="tables of version 99"):
        SqliteJournal(f"sqlite:///{tmp_path / 'journal.db'}")


async def test_a_truncated_journal_is_refused(tmp_path: Path) -> None:
    """A file that lost its end is refused as damaged, with what to do."""
    path = tmp_path / "journal.db"
    await with_items(path, 200)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    with pytest.raises(JournalUnusable, match=r"malformed.*restore a copy"):
        SqliteJournal(f"sqlite:///{path}")


async def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    """A folder that cannot be made is told with its path."""
    (tmp_path / "file").touch()
    with pytest.raises(JournalUnusable, match="file/journal"):
        SqliteJournal(f"sqlite:///{tmp_path / 'file' / 'journal.db'}")


async def test_a_second_host_is_refused_and_readers_are_not(tmp_path: Path) -> None:
    """One host at a time on a file, told with its process id; anybody may read; the next host may start after it."""
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    first, second = await SqliteJournal.open(url), await SqliteJournal.open(url)
    with first.slot():
        with pytest.raises(SlotTaken, match=r"process \d+ already works on"):
            await EmbeddedHost(second, (), Counters(), WorkerSettings()).run()
        await first.publish(RAW_ITEMS, [item(1)])
        assert [stored.key async for stored in second.read(RAW_ITEMS)] == ["item-1"]
    with second.slot():
        pass
    await first.close()
    await second.close()


def unloadable() -> object:
    """Fail as a step does whose files are missing."""
    raise FileNotFoundError("no lexicon at /nowhere")


async def test_a_host_whose_step_cannot_load_stops(tmp_path: Path) -> None:
    """A step without what it needs stops the host with one clear error and turns no record into a dead letter."""
    journal = await SqliteJournal.open(f"sqlite:///{tmp_path / 'journal.db'}")
    await journal.publish(RAW_ITEMS, [item(1)])
    step = Step(name="enrich", source=RAW_ITEMS, targets=(ENRICHED_ITEMS,), load=unloadable)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="no lexicon at /nowhere"):
        await EmbeddedHost(journal, (step,), Counters(), WorkerSettings()).run()
    assert await journal.position("enrich") == 0
    assert await journal.endings() == Counter()
    await journal.close()
