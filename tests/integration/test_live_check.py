"""`check --live` on a real journal: alarms that last, sources that do not answer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli import main
from streams.embedded.journal import SqliteJournal
from streams.items import Cursor, SourceHealth
from streams.liveness import live
from streams.notices import Level, Notice, Subject
from streams.settings import Settings
from streams.sources import SourceSettings
from streams.topics import CURSORS, NOTICES
from tests.stories import START

SOURCES = tuple(SourceSettings(id=name, url=f"https://{name}.example/rss") for name in ("herald", "courier", "post"))


def notice(name: str, level: Level, *, demo: bool = False) -> Notice:
    """Return a notice about the silence of a source."""
    return Notice(
        id=name,
        level=level,
        subject=Subject.SOURCE,
        key=f"source|{name}",
        name=name,
        text=f"{name} brought nothing for 9 hours",
        last_heard=START,
        habit_seconds=3600.0,
        demo=demo,
        at=START + timedelta(hours=9),
    )


def polled(source: str, *, failures: float = 0.0) -> Cursor:
    """Return the cursor of a source after a poll."""
    outcome = "unavailable" if failures else "ok"
    health = SourceHealth(polled_at=START, next_at=START, outcome=outcome, text="timed out", failures=failures)
    return Cursor(source=source, state=b"{}", health=health, saved_at=START)


async def settings_with(path: Path, notices: list[Notice], cursors: list[Cursor]) -> Settings:
    """Return settings whose journal holds these records."""
    url = f"sqlite:///{path / 'journal.db'}"
    journal = SqliteJournal(url)
    await journal.publish(NOTICES, notices)
    await journal.publish(CURSORS, cursors)
    await journal.close()
    return Settings(journal=url, sources=SOURCES, starter_sources=False, demo=False)


@pytest.mark.asyncio
async def test_only_alarms_that_last_are_told(tmp_path: Path) -> None:
    """A cleared alarm and one of the demonstration are not told, a raised one is, with when it was heard last."""
    told = [notice("herald", Level.RAISED), notice("courier", Level.RAISED), notice("demo", Level.RAISED, demo=True)]
    cursors = [polled(source.id) for source in SOURCES]
    found = await live(await settings_with(tmp_path, [*told, notice("courier", Level.CLEARED)], cursors))
    wrong = [(finding.what, finding.text) for finding in found if not finding.right]
    assert wrong == [("silent source", "herald brought nothing for 9 hours (last heard 2031-05-01 09:00 UTC)")]


@pytest.mark.asyncio
async def test_sources_that_were_never_polled_or_do_not_answer_are_told(tmp_path: Path) -> None:
    """One that failed is told with its outcome, those never read in one line."""
    found = await live(await settings_with(tmp_path, [], [polled("herald", failures=2.0)]))
    assert [finding.what for finding in found if not finding.right] == ["sources", "source herald"]
    assert "courier, post" in found[0].text
    assert "unavailable at 2031-05-01 09:00 UTC: timed out" in found[1].text


@pytest.mark.asyncio
async def test_all_well_is_said(tmp_path: Path) -> None:
    """With every source answering and no alarm nothing is wrong."""
    found = await live(await settings_with(tmp_path, [], [polled(source.id) for source in SOURCES]))
    assert all(finding.right for finding in found)
    assert found[-1].text == "nobody who is usually heard is silent"


def test_the_command_ends_with_one_where_somebody_is_silent(tmp_path: Path) -> None:
    """`check --live` says never polled and ends with 1 on a fresh journal."""
    run = CliRunner().invoke(main, ["--journal", f"sqlite:///{tmp_path / 'journal.db'}", "check", "--live"])
    assert run.exit_code == 1
    assert "never polled" in run.output
