"""`changehands compare` on real journals: what it prints, writes and returns, and how it refuses."""

import asyncio
import io
import json

import pytest
from click.testing import CliRunner
from msgspec.structs import replace
from rich.cells import cell_len
from rich.console import Console

from streams import comparing, comparisonforms
from streams.agenda import RunTurn
from streams.alerts import AlertState
from streams.cli import main
from streams.embedded.agenda import RunFile
from streams.embedded.journal import SqliteJournal
from streams.replay.comparison import EVERYTHING
from streams.replay.notes import MADE, READ, TOLD, Made, Read, noted
from streams.replay.notes import Told as Progress
from streams.replay.runs import path_of
from streams.settings import Settings
from streams.topics import CONTROL_ALERTS, LEDGER
from tests.alerts import ARABIC, HOSTILE, NOON, alert, arabic, telling
from tests.ledgers import NORTH, RIVER, WADI, page, stretch

BEFORE = [alert("a", telling()), alert("b", arabic(), headline="Tal az-Zaytun changes hands")]
AFTER = [
    replace(alert("a", telling(), telling(source="courier"), sources=2, revision=2), state=AlertState.CORROBORATED),
    alert("c", telling(source="radio"), headline="Marsa Nahr once more"),
]


async def written(url, alerts, pages=()):
    journal = SqliteJournal(url)
    await journal.publish(CONTROL_ALERTS, alerts)
    await journal.publish(LEDGER, pages)
    await journal.close()


@pytest.fixture
def runs(tmp_path):
    """Give the settings of a folder with two runs, `before` and `after`."""
    settings = Settings(runs=tmp_path, journal=f"sqlite:///{tmp_path / 'live-journal.db'}")
    pages = [[page("Marsa Nahr", stretch("2014-06-01", holder))] for holder in (RIVER, WADI)]
    asyncio.run(written(comparing.address(settings, "before"), BEFORE, pages[0]))
    asyncio.run(written(comparing.address(settings, "after"), AFTER, pages[1]))
    asyncio.run(written(settings.journal, BEFORE, pages[0]))
    return settings


def asked(settings, *arguments):
    environment = {"CHANGEHANDS_RUNS": str(settings.runs), "CHANGEHANDS_JOURNAL": settings.journal, "COLUMNS": "100"}
    return CliRunner().invoke(main, ["compare", *arguments], env=environment)


def shown(found, *, width=100, reorder=False):
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None)
    comparing.show(found, "before", "after", console, names={}, reorder=reorder)
    return out.getvalue()


def test_status_says_whether_they_differ(runs):
    """Exit status is 0 for runs alike, 1 for others unless zero is asked for; the last line has the counts."""
    alike = asked(runs, "live", "before")
    assert alike.exit_code == 0, alike.output
    assert alike.output.splitlines()[-1] == "live → before: no difference: 2 alerts alike, and so are the ledgers"
    other = asked(runs, "before", "after")
    assert other.exit_code == 1
    counts = "before → after: alerts: 1 gained, 1 lost, 1 changed, 0 alike; ledger: 1 place told otherwise"
    assert other.output.splitlines()[-1] == counts
    assert asked(runs, "before", runs.journal, "--exit-zero").exit_code == 0
    assert asked(runs, "before", "after", "--exit-zero").exit_code == 0


def test_each_alert_stands_with_its_sentence_and_rule(runs):
    """The terminal shows what is gained, lost and changed with the sentence, the rule and the address."""
    said = asked(runs, "before", "after").output
    assert "+ gained  2026-03-01  Marsa Nahr once more" in said
    assert "− lost  2026-03-01  Tal az-Zaytun changes hands" in said
    assert "state: reported → corroborated" in said
    assert "independent sources: 1 → 2" in said
    assert "told in after alone:" in said
    assert "rule capture.active (0.82)" in said
    assert ARABIC in said
    assert "− 2014-06-01 to …  River Guard  (change)" in said
    assert f"+ \u200e2014-06-01 to …  \u200e{WADI.text}\u200e  (change)\u200e" in said


def test_json_has_the_alerts_whole(runs):
    """The JSON names the runs, counts, and gives whole alerts with the evidence behind each."""
    found = json.loads(asked(runs, "before", "after", "--json").output)
    assert (found["before"], found["after"], found["equal"]) == ("before", "after", False)
    assert found["counts"] == {"gained": 1, "lost": 1, "changed": 1, "same": 0, "places": 1}
    assert found["lost"][0]["evidence"][0]["evidence"]["sentence"] == ARABIC
    assert found["changed"][0]["new"][0]["rule"] == "capture.active"
    assert {one["name"] for one in found["changed"][0]["fields"]} == {"state", "independent sources"}
    assert found["ledger"][0]["new"][0]["holders"][0]["key"] == WADI.key


def test_markdown_for_a_review(runs):
    """The Markdown has a heading for each sort of difference, sentences as quotations, the ledger as a diff."""
    said = asked(runs, "before", "after", "--markdown").output
    heads = [line for line in said.splitlines() if line.startswith("#")]
    assert heads == ["# What after tells otherwise than before", "## Gained", "## Lost", "## Changed", "## Ledger"]
    assert f"  > \u200f{ARABIC}" in said
    assert "- 2014-06-01 to …  River Guard  (change)" in said


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_stay_words(runs, hostile):
    """What a source writes gives no order to a terminal and no markup to a review."""
    evil = replace(telling(), rule=hostile, evidence=replace(telling().evidence, sentence=f"{hostile} @team #1 ```"))
    asyncio.run(written(comparing.address(runs, "evil"), [alert("z", evil, headline=hostile)]))
    found = asyncio.run(comparing.compare(runs, "after", "evil", EVERYTHING))
    assert not set(shown(found)) & {"\x1b", "\x07", "\u202e", "\u200b"}
    said = comparisonforms.markdown(found, "after", "evil", {})
    assert not set(said) & {"\x1b", "\x07", "\u202e", "\u200b"}
    assert "<script" not in said
    assert "<img" not in said
    assert "@team" not in said
    assert "#1" not in said
    assert said.count("```") == 2 * len(found.ledger)


def test_arabic_names_turn_nothing_around_them(runs):
    """Two Arabic names beside an arrow keep their order, since each stands between marks of its own."""
    its = replace(BEFORE[1], to_holder=BEFORE[1].from_holder, from_holder=None)
    asyncio.run(written(comparing.address(runs, "turned"), [BEFORE[0], its]))
    found = asyncio.run(comparing.compare(runs, "before", "turned", EVERYTHING))
    assert "to: \u200eقوات الشمال\u200e → \u200eكتائب الوادي\u200e" in shown(found)


@pytest.mark.parametrize("reorder", [False, True])
def test_lines_fit_and_arabic_keeps_its_direction(runs, reorder):
    """No sentence is wider than the terminal; Arabic stands in isolates, or in visual order at the right edge."""
    found = asyncio.run(comparing.compare(runs, "before", "after", EVERYTHING))
    said = shown(found, width=70, reorder=reorder).splitlines()
    arabic_lines = [line for line in said if "الشمال" in line or "الشمال"[::-1] in line]
    assert arabic_lines
    assert all(cell_len(line) <= 70 for line in arabic_lines)
    assert any("\u2067" in line for line in arabic_lines) is not reorder


@pytest.mark.parametrize(
    ("names", "status", "words"),
    [
        (("before", "nothere"), 3, "there is no journal of 'nothere'"),
        (("before", "Not A Name"), 2, "is no name of a run"),
        (("before", "ftp://x"), 2, "neither sqlite:///PATH nor kafka://HOST:PORT"),
    ],
)
def test_what_is_no_run_is_refused(runs, names, status, words):
    """A run that is not there, and what is no name, are told apart from a difference, and no file is made."""
    result = asked(runs, *names)
    assert (result.exit_code, words in result.output) == (status, True), result.output
    assert not (runs.runs / "nothere.db").exists()


def test_a_record_that_cannot_be_read_is_no_difference(runs):
    """A journal with a record of another program ends the comparison with its place, and with status 3."""

    async def spoilt():
        journal = SqliteJournal(comparing.address(runs, "before"))
        await journal.publish_bytes(CONTROL_ALERTS, partition=0, key="a", value=b'{"v":99}')
        await journal.close()

    asyncio.run(spoilt())
    result = asked(runs, "before", "after")
    assert result.exit_code == 3
    assert "control-alerts/0 offset 2 of 'before'" in result.output


def test_a_run_that_was_left_before_its_end_is_named(runs):
    """What a run has not told yet is not lost: whoever compares it is told on standard error how to go on with it."""
    made = Made(name="before", made_at=NOON, source="x.jsonl", state="")
    store = RunFile(path_of(runs.runs, "before"), ())
    store.commit(RunTurn(notes={MADE: noted(made), READ: noted(Read(is_all=True)), TOLD: noted(Progress(items=7))}))
    store.close()
    result = asked(runs, "before", "after", "--json")
    assert "run before was not told to its end (telling: 7 items)" in result.stderr
    assert json.loads(result.stdout)["counts"]["gained"] == 1
    assert "told to its end" not in asked(runs, "live", "after").stderr


def test_an_address_keeps_its_secrets(runs):
    """What an address holds of keys is shown nowhere, be it in words, JSON or Markdown."""
    secret = f"{runs.journal}?token=hunter2"
    asyncio.run(written(secret, BEFORE))
    for form in ((), ("--json",), ("--markdown",)):
        result = asked(runs, secret, "after", *form)
        assert (result.exit_code, "hunter2" in result.output) == (1, False), result.output


def test_days_that_run_backwards_are_refused(runs):
    """The last day may not lie before the first."""
    result = asked(runs, "before", "after", "--from", "2026-03-02", "--to", "2026-03-01")
    assert result.exit_code == 2
    assert "lies before" in result.output


def test_a_comparison_of_days_leaves_out_the_rest(runs):
    """Alerts that opened, and stretches that ended, before the first day asked for are not compared."""
    result = asked(runs, "before", "after", "--to", "2013-01-01")
    assert result.exit_code == 0, result.output


def test_more_than_one_holder_and_none(runs):
    """Holders stand together with `and`; a stretch nobody is known to hold says so."""
    pages = [page("Marsa Nahr", stretch("2014-06-01", NORTH, RIVER), stretch("2015-01-01"))]
    asyncio.run(written(comparing.address(runs, "held"), [], pages))
    found = asyncio.run(comparing.compare(runs, "before", "held", EVERYTHING))
    assert "Northern Forces and River Guard" in shown(found)
    assert "nobody known" in shown(found)
