"""The worked example of docs/replay.md, replayed by the command line: what it tells, and what was known on a day."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli import main
from streams.codec import decode
from streams.embedded.journal import SqliteJournal
from streams.ledgers import held_by
from streams.replay.runs import url_of
from streams.shelves import whole_pages
from streams.topics import CONTROL_ALERTS, LEDGER
from tests.play import alert_line, ledger_line

DOCS = Path(__file__).parents[2] / "docs"
PAGE, STORY = DOCS / "replay.md", DOCS / "example" / "deir-ez-zor-2014.jsonl"
ALERTS = """
Deir ez-Zor: Islamic State > Jabhat al-Nusra, capture, confirmed, 3
Markadah: Jabhat al-Nusra > Islamic State, capture, reported, 1
Al-Bukamal: ? > Islamic State, capture, reversed, 1
Al-Bukamal: Islamic State > Jabhat al-Nusra, expulsion, corroborated, 2
Al Buşayrah: Jabhat al-Nusra > Islamic State, capture, confirmed, 3, against-interest
Al-Bukamal: Jabhat al-Nusra > Islamic State, allegiance, confirmed, 3, against-interest
الشحيل: Jabhat al-Nusra > Islamic State, handover, reported, 1
Mayadin: Jabhat al-Nusra > Islamic State, capture, reported, 1
al-Omar oil field: Jabhat al-Nusra > Islamic State, capture, corroborated, 2
Al ‘Ashārah: Jabhat al-Nusra > Islamic State, capture, reported, 1
القورية: Jabhat al-Nusra > Islamic State, capture, reported, 1
Deir ez-Zor: Jabhat al-Nusra > Islamic State, expulsion, confirmed, 3, against-interest
"""
APRIL = """
Al-Bukamal: Islamic State since 2014-04-10
Deir ez-Zor: Jabhat al-Nusra since 2014-02-10
Markadah: Islamic State since 2014-03-29
"""
JUNE = """
Al Buşayrah: Islamic State since 2014-06-14
Al-Bukamal: Jabhat al-Nusra since 2014-04-11
Deir ez-Zor: Jabhat al-Nusra since 2014-02-10
Markadah: Islamic State since 2014-03-29
Mayadin: Jabhat al-Nusra since 2014-06-05, holds
"""
JULY = """
Al Buşayrah: Islamic State since 2014-06-14
Al ‘Ashārah: Islamic State since 2014-07-04
Al-Bukamal: Islamic State since 2014-06-25
Deir ez-Zor: Islamic State since 2014-07-14
Markadah: Islamic State since 2014-03-29
Mayadin: Islamic State since 2014-07-03
al-Omar oil field: Islamic State since 2014-07-03
الشحيل: Islamic State since 2014-07-03
القورية: Islamic State since 2014-07-04
"""


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


def call(runs: Path, *words: str, columns: str = "120") -> Result:
    """Run a command with its runs in the folder and no live journal."""
    environment = {"CHANGEHANDS_RUNS": str(runs), "COLUMNS": columns}
    return CliRunner().invoke(main, ["--journal", f"sqlite:///{runs / 'none.db'}", *words], env=environment)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two runs: the whole story, and what was out by 20 June."""
    folder = tmp_path_factory.mktemp("runs")
    for name, more in (("story", ()), ("known-then", ("--to", "2014-06-20"))):
        done = call(folder, "replay", str(STORY), "--as", name, "--as-of-publication", *more)
        assert done.exit_code == 0, done.output
    return folder


def records(runs: Path, name: str, topic):
    async def read():
        journal = await SqliteJournal.open(url_of(runs, name))
        try:
            return [decode(stored.value) async for stored in journal.read(topic)]
        finally:
            await journal.close()

    return asyncio.run(read())


def held_on(runs: Path, name: str, day: str) -> list[str]:
    pages = whole_pages(records(runs, name, LEDGER)).values()
    told = held_by(pages, date.fromisoformat(day))
    return sorted(ledger_line(one) for one in told if one.holders)


def test_the_story_gives_its_alerts(runs: Path) -> None:
    """Twelve changes of control are told, each as it stands at last, and none of plans, seized trucks or history."""
    last = {alert.id: alert for alert in records(runs, "story", CONTROL_ALERTS)}
    assert [alert_line(alert) for alert in last.values()] == lines(ALERTS)


@pytest.mark.parametrize(("day", "told"), [("2014-04-10", APRIL), ("2014-06-20", JUNE), ("2014-07-20", JULY)])
def test_the_ledger_at_three_moments(runs: Path, day: str, told: str) -> None:
    """The ledger of a past day names who held each place then."""
    assert held_on(runs, "story", day) == lines(told)


@pytest.mark.parametrize("day", ["2014-04-10", "2014-06-20", "2014-07-20"])
def test_the_page_of_the_docs_shows_what_is_printed(runs: Path, day: str) -> None:
    """The ledgers that the docs show are those that the command prints."""
    printed = call(runs, "--journal", url_of(runs, "story"), "ledger", "show", "--at", day, columns="96").output
    assert "\n".join(line.rstrip() for line in printed.rstrip().splitlines()) in PAGE.read_text("utf-8")


def test_what_was_known_then(runs: Path) -> None:
    """A replay up to a day tells that day's ledger as the whole story does, and its alerts as they stood on it."""
    assert held_on(runs, "known-then", "2014-06-20") == lines(JUNE)
    found = call(runs, "compare", "known-then", "story", "--json")
    assert found.exit_code == 1
    told = json.loads(found.output)
    assert told["counts"] == {"gained": 7, "lost": 0, "changed": 0, "same": 5, "places": 7}
    assert min(alert["opened_at"] for alert in told["gained"]) > "2014-06-20"
    assert call(runs, "compare", "story", "story").exit_code == 0


def test_people_are_told_when_it_happened(runs: Path) -> None:
    """The journal of a run is stamped with event time: nothing of 2014 was told late in it."""
    shown = call(runs, "--journal", url_of(runs, "story"), "delays", "--json")
    assert json.loads(shown.output)["all sources"]["fetched_to_alerted"]["p99"] == 0.0
