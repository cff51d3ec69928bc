"""Replays through real worker processes, by the command line, into real files."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from streams.cli import main
from streams.embedded.journal import SqliteJournal
from streams.items import EnrichedItem
from streams.topics import ENRICHED_ITEMS
from tests.past import ready, reports, shuffled, written

TORN = b'{"v":1,"record":{"type":"RawItem"\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the reports, raw and enriched, and a run of them by one worker."""
    folder = tmp_path_factory.mktemp("replays")
    written(folder / "raw.jsonl", reports())
    written(folder / "ready.jsonl", ready())
    written(folder / "torn.jsonl", ready()[:4], torn=TORN)
    written(folder / "more" / "a.jsonl", shuffled(reports(), 1)[:5])
    written(folder / "more" / "b.jsonl", [one for one in reports() if one not in shuffled(reports(), 1)[:5]])
    done = call(folder, "replay", str(folder / "raw.jsonl"), "--as", "one")
    assert done.exit_code == 0, done.output
    return folder


def call(folder: Path, *words: str, **environment: str) -> Result:
    """Run a command with its runs and its journal in the folder."""
    env = {"CHANGEHANDS_RUNS": str(folder / "runs"), "COLUMNS": "200", **environment}
    return CliRunner().invoke(main, ["--journal", f"sqlite:///{folder / 'live.db'}", *words], env=env)


def told(folder: Path, name: str) -> dict[str, Any]:
    """Return what is told of a run as JSON."""
    done = call(folder, "runs", "show", name, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    return found


def test_three_workers_on_files_in_another_order_tell_the_same(folder: Path) -> None:
    """The same items in two files, shuffled, by three workers: the digest is that of one worker on one file."""
    env = {"CHANGEHANDS_WORKERS__COUNT": "3"}
    done = call(folder, "replay", str(folder / "more"), "--as", "three", "--speed", "200000000x", **env)
    assert done.exit_code == 0, done.output
    one, three = told(folder, "one"), told(folder, "three")
    assert one["told"]["digest"] == three["told"]["digest"]
    assert one["told"]["digest"] in call(folder, "runs", "show", "one").output
    assert (three["told"]["items"], three["told"]["alerts"] > 5) == (len(reports()), True)
    assert one["read"]["content"] == three["read"]["content"]


def test_enriched_items_of_a_journal_are_detected_again(folder: Path) -> None:
    """Enriched items in a journal, stripped of their claims, tell the same as the raw ones do."""
    asyncio.run(published(folder, [replace(item, mentions=(), pledges=()) for item in ready()]))
    again = call(folder, "replay", "enriched", "--as", "again")
    assert again.exit_code == 0, again.output
    assert told(folder, "again")["told"]["digest"] == told(folder, "one")["told"]["digest"]


async def published(folder: Path, items: list[EnrichedItem]) -> None:
    """Put enriched items into the live journal."""
    journal = await SqliteJournal.open(f"sqlite:///{folder / 'live.db'}")
    await journal.publish(ENRICHED_ITEMS, items)
    await journal.close()


def test_paused_at_each_alert_and_gone_on_with(folder: Path) -> None:
    """Stopped at each alert and gone on with, a run tells what it tells in one go."""
    words = ("replay", str(folder / "ready.jsonl"), "--as", "steps", "--as-detected", "--until-alert")
    done = call(folder, *words)
    stops = 0
    while not told(folder, "steps")["told"]["is_all"]:
        assert "go on: changehands replay --resume steps" in done.output
        stops += 1
        done = call(folder, "replay", "--resume", "steps", "--until-alert")
        assert done.exit_code == 0, done.output
    assert stops >= 5
    assert told(folder, "steps")["told"]["digest"] == told(folder, "one")["told"]["digest"]


def test_a_torn_line_is_named_and_gone_past_or_stopped_at(folder: Path) -> None:
    """A torn line is a dead letter of the run with file and line; asked to stop, the command does and names it."""
    stopped = call(folder, "replay", str(folder / "torn.jsonl"), "--as", "torn", "--as-detected", "--stop-on-torn")
    assert (stopped.exit_code, "torn.jsonl, line 5" in stopped.output) == (1, True)
    done = call(folder, "replay", str(folder / "torn.jsonl"), "--as", "torn", "--as-detected")
    assert done.exit_code == 0, done.output
    read = told(folder, "torn")["read"]
    assert (read["torn"], read["taken"]) == (1, 4)
    letters = CliRunner().invoke(
        main, ["--journal", f"sqlite:///{folder / 'runs' / 'torn.db'}", "dead-letters", "list"]
    )
    assert "torn.jsonl" in letters.output


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("replay", "missing.jsonl", "--as", "x"), 2, "no file or folder"),
        (("replay", "raw:sqlite:///missing.db", "--as", "x"), 2, "there is no journal"),
        (("replay", "--resume", "x"), 2, "there is no run 'x'"),
        (("replay", "raw", "--as", "../x"), 2, "is no name of a run"),
        (("replay", "raw"), 2, "--as NAME"),
        (("replay", "raw", "--as", "x", "--speed", "fast"), 2, "as in 60x or max"),
        (("replay", "raw", "--as", "x", "--from", "July"), 2, "is no date"),
        (("runs", "show", "x"), 1, "there is no run 'x'"),
        (("runs", "delete", "x"), 1, "there is no run 'x'"),
    ],
)
def test_what_cannot_be_is_refused_in_words(folder: Path, words: tuple[str, ...], status: int, says: str) -> None:
    """A wrong source, run, name, date or speed ends with a sentence that says what is right, and makes no run."""
    done = call(folder, *words)
    assert (done.exit_code, says in " ".join(done.output.split())) == (status, True), done.output
    assert not (folder / "runs" / "x.db").exists()


def test_a_run_is_not_gone_on_with_otherwise_than_it_was_begun(folder: Path) -> None:
    """The same name with another window is refused with the word for what is different."""
    done = call(folder, "replay", str(folder / "raw.jsonl"), "--as", "one", "--from", "2013-04-03")
    assert (done.exit_code, "begun with another first" in done.output) == (2, True), done.output


def test_a_gap_of_the_live_journal_is_filled(folder: Path) -> None:
    """Items go on their live topic, those outside of the time or older than the journal remembers are counted."""
    words = ("replay", str(folder / "raw.jsonl"), "--into-live", "--to", "2013-04-04")
    live = f"sqlite:///{folder / 'gap.db'}"
    inside = sum(item.fetched_at < datetime(2013, 4, 5, tzinfo=UTC) for item in reports())
    for kept, put in (("365", 0), ("0", inside)):
        done = call(folder, *words, CHANGEHANDS_JOURNAL=live, CHANGEHANDS_RETENTION__MEMORY_DAYS=kept)
        assert (done.exit_code, f"{put} items were put into" in done.output) == (0, True), done.output
        assert f"{len(reports()) - inside} outside of the time, {inside - put} too old" in done.output
    again = call(folder, "replay", "raw", "--into-live")
    assert (again.exit_code, "itself" in again.output) == (2, True), again.output
    wrong = call(folder, *words, "--as", "x")
    assert (wrong.exit_code, "nothing else" in wrong.output) == (2, True), wrong.output


@pytest.mark.parametrize("service", ["run", "connect", "process"])
def test_services_do_not_work_on_a_run(folder: Path, service: str) -> None:
    """Whoever names a run as the journal of a service is told how to look at it instead."""
    run = f"sqlite:///{folder / 'runs' / 'one.db'}"
    done = CliRunner().invoke(main, ["--journal", run, service])
    assert (done.exit_code, f"--journal {run} serve" in done.output) == (2, True), done.output


def test_runs_are_listed_and_deleted(folder: Path) -> None:
    """A run is listed with its digest until it is deleted, with all its files."""
    before = call(folder, "runs", "list")
    assert told(folder, "one")["told"]["digest"][:12] in before.output
    assert call(folder, "runs", "delete", "one").exit_code == 0
    assert [path.name for path in (folder / "runs").glob("one.*")] == []
    names = [json.loads(line)["name"] for line in call(folder, "runs", "list", "--json").output.splitlines()]
    assert "one" not in names
