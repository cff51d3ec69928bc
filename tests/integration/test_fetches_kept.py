"""What each fetch brought lies in the embedded journal, is found by its source, and leaves when it is old."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli import main
from streams.embedded import tables
from streams.embedded.journal import SqliteJournal
from streams.embedded.pruning import prune
from streams.fetches import Came, Fetch, Way
from streams.history import fetches_of
from streams.items import Cursor, SourceHealth
from streams.retention import retention
from streams.settings import RetentionSettings
from streams.topics import CURSORS, FETCHES
from tests.journals import journal

__all__ = ["journal"]

NOW = datetime.now(UTC)


def fetch(number: int, source: str = "harbour", came: Came = Came.OK) -> Fetch:
    """Return the nth fetch of a source."""
    at = NOW + timedelta(minutes=number)
    return Fetch(source=source, at=at, way=Way.POLL, came=came, http_status=200, took=(100 + number,), new=number)


def cursor(*fetches: Fetch, source: str = "harbour", quiet: Fetch | None = None) -> Cursor:
    """Return a cursor that tells these fetches."""
    health = SourceHealth(polled_at=NOW, next_at=NOW + timedelta(minutes=5), outcome="ok")
    return Cursor(source=source, state=b"{}", own=b"1", health=health, saved_at=NOW, fetches=fetches, quiet=quiet)


@pytest.mark.asyncio
async def test_saved_with_the_cursor(journal: SqliteJournal) -> None:
    """Fetches are told once, with the cursor that tells them, and are no part of it afterwards."""
    await journal.save((), cursor(fetch(1), fetch(2)))
    await journal.save((), cursor(fetch(3)))
    assert [one.key async for one in journal.read(FETCHES)] == ["harbour"] * 3
    assert (await journal.cursors())["harbour"] == cursor()
    assert await journal.end(CURSORS) == 2


@pytest.mark.asyncio
async def test_the_last_of_a_source(journal: SqliteJournal) -> None:
    """The last fetches of one source are found among those of many, oldest first, with the polls still to be told."""
    for number in range(40):
        await journal.save((), cursor(fetch(number)))
        await journal.save((), cursor(fetch(number, "tower"), source="tower"))
    assert await fetches_of(journal, "harbour") == [fetch(number) for number in range(10, 40)]
    quiet = fetch(99, came=Came.UNCHANGED)
    await journal.save((), cursor(quiet=quiet))
    assert await fetches_of(journal, "harbour", 3) == [fetch(38), fetch(39), quiet]
    assert await fetches_of(journal, "nobody") == []
    plan = journal._writer.execute(
        "EXPLAIN QUERY PLAN SELECT value FROM records WHERE topic = ? AND key = ? ORDER BY offset DESC LIMIT ?",
        (FETCHES.name, "harbour", 30),
    )
    assert "fetches_by_key" in str(plan.fetchall())


@pytest.mark.asyncio
async def test_kept_for_a_while(journal: SqliteJournal) -> None:
    """Fetches leave the journal after `fetches_days`, and the cursors stay."""
    await journal.save((), cursor(fetch(1), fetch(2)))
    kept = retention(RetentionSettings(), ())
    assert await prune(journal, (), kept, NOW + timedelta(days=13)) == (0, 0)
    assert await prune(journal, (), kept, NOW + timedelta(days=15)) == (2, 0)
    assert list(await journal.cursors()) == ["harbour"]


@pytest.mark.asyncio
async def test_a_journal_from_before(tmp_path: Path) -> None:
    """A journal made before fetches were kept is brought up when it is opened, and keeps what it has."""
    path = tmp_path / "journal.db"
    older = SqliteJournal(f"sqlite:///{path}")
    await older.save((), cursor())
    await older.close()
    database = sqlite3.connect(path)
    database.executescript("DROP INDEX fetches_by_key; PRAGMA user_version = 3")
    database.close()
    journal = SqliteJournal(f"sqlite:///{path}")
    await journal.save((), cursor(fetch(1)))
    assert await fetches_of(journal, "harbour") == [fetch(1)]
    assert tables._version(journal._writer) == tables.SCHEMA_VERSION
    await journal.close()


CONFIG = '[[sources]]\nid = "harbour"\nurl = "https://harbour.example/feed"\nname = "ميناء"\nlanguage = "ar"\n'


def health(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run `sources health` in a folder; return its exit status and what it says."""
    (folder / "changehands.toml").write_text(CONFIG, encoding="utf-8")
    options = ["--config", str(folder / "changehands.toml"), "--journal", f"sqlite:///{folder / 'journal.db'}"]
    done = CliRunner(env={"COLUMNS": "120"}).invoke(main, [*options, "sources", "health", *arguments])
    return done.exit_code, done.output


@pytest.mark.asyncio
async def test_shown(journal: SqliteJournal, tmp_path: Path) -> None:
    """`sources health SOURCE` shows how it fares and a row for each of its last fetches; as JSON it is one line."""
    await journal.save((), cursor(fetch(1), fetch(2, came=Came.BUSY)))
    status, text = await _beside(health, tmp_path, "harbour")
    assert status == 0
    assert "none of 1 sources is failing" in text
    rows = [" ".join(line.split()) for line in text.splitlines()]
    assert f"{NOW + timedelta(minutes=2):%d %b %H:%M:%S} poll busy 200 102 ms ████████████ 2" in rows
    assert any(line.startswith("2 fetches since") for line in rows)
    status, text = await _beside(health, tmp_path, "harbour", "--json")
    found = json.loads(text)
    assert (status, found["id"], [one["new"] for one in found["fetches"]]) == (0, "harbour", [1, 2])


async def _beside(work: Callable[..., tuple[int, str]], *arguments: object) -> tuple[int, str]:
    """Run a command, which has a loop of its own, in a thread."""
    return await asyncio.to_thread(work, *arguments)


def test_unknown_source(tmp_path: Path) -> None:
    """A source that is not there is refused by name, with those like it, and no journal is made to look for it."""
    status, text = health(tmp_path, "harbor")
    assert (status, "no source 'harbor'; did you mean harbour?" in text) == (1, True)
    assert not (tmp_path / "journal.db").exists()


def test_never_fetched(tmp_path: Path) -> None:
    """A source that was never read says so."""
    status, text = health(tmp_path, "harbour")
    assert (status, "never asked: harbour" in text, "no fetch of it is kept" in text) == (0, True, True)
