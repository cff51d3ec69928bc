"""The commands on real files and a real journal: what they print, and their exit status."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli import main
from streams.embedded.journal import SqliteJournal
from streams.endings import dead_letter
from streams.errors import BadRecord
from streams.journal import Stored
from streams.topics import DEAD_LETTERS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FALL = "Rebel forces captured the town of Marea from Islamic State on Monday."


def changehands(*arguments: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=given)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "changehands.toml").write_text("starter_sources = false\ndemo = false\n", encoding="utf-8")


def test_detect_goes_on_after_a_half_written_line():
    """A torn line is named with its number on stderr; the lines around it are answered, and the status is 1."""
    good = json.dumps({"id": "a", "text": FALL})
    done = changehands("detect", given=f'{good}\n{good[:30]}\n\n{{"id": 1}}\n{good}\n')
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["a", "a"]
    assert "line 2: not an item" in done.stderr
    assert "line 4: not an item" in done.stderr
    assert "text" in done.stderr
    assert done.exit_code == 1


def test_detect_prints_the_public_contract():
    """A mention carries kind, status, actors, places with coordinates, evidence and offsets of the input."""
    done = changehands("detect", given=json.dumps({"id": 7, "text": FALL, "published_at": "2015-06-02", "more": []}))
    answer = json.loads(done.stdout)
    (mention,) = answer["mentions"]
    assert (answer["id"], mention["kind"], mention["status"]) == (7, "capture", "asserted")
    (place,) = mention["places"]
    assert FALL[place["start"] : place["end"]] == place["text"] == "Marea"
    assert mention["losing"]["id"] == "islamic-state"
    assert {"from", "to", "precision", "text"} <= set(mention["event_date"])
    assert done.exit_code == 0


def test_a_date_that_is_none_is_refused_by_its_line():
    """A publication date in another form is an error that shows the forms there are."""
    done = changehands("detect", given=json.dumps({"id": 1, "text": FALL, "date_published": "last week"}))
    assert "line 1: 'last week' is no date; write 2014" in done.stderr


def test_try_says_what_became_of_each_mention(tmp_path: Path):
    """A file's text, its mention and the alert it would open are printed."""
    (tmp_path / "report.txt").write_text(FALL, encoding="utf-8")
    shown = changehands("try", "report.txt", "--published", "2015-06-02")
    assert "mention 1" in shown.stdout
    assert "ALERT" in shown.stdout
    assert "Islamic State" in shown.stdout


def test_try_says_why_there_is_no_alert():
    """A denial is shown with its status and the reason why nobody is alerted."""
    shown = changehands("try", "-", given="The army denied that rebels had captured the town of Marea.")
    assert "denied" in shown.stdout
    assert "no alert" in shown.stdout


def test_try_says_what_goes_into_the_ledger():
    """Who holds a place opens no alert and is told to the ledger; so is the new holder of one that changed hands."""
    held = changehands("try", "-", given="The town of Sinja is held by the Rapid Support Forces.")
    assert "no alert" in held.stdout
    assert "ledger  Sinja: Rapid Support Forces since" in held.stdout
    taken = changehands("try", "-", given="Rebel forces captured the town of Marea from Islamic State on Monday.")
    assert "ledger  Māri‘" in taken.stdout


def test_try_says_what_follows_from_a_pledge():
    """A group that goes over to another without a place named is told once, with what follows from it."""
    said = " ".join(
        changehands("try", "-", given="Jabhat al-Nusra pledged allegiance to Islamic State.").stdout.split()
    )
    assert said.count("a linked change for each place that the ledger says it holds") == 1


def test_try_of_a_market_report_says_that_nothing_is_claimed():
    """A text without a control change ends in that word."""
    shown = changehands("try", "-", given="Bread prices rose in the market of Marea this week.")
    assert "nothing in it says that a place changed hands" in shown.stdout


def test_try_names_a_file_that_is_not_there():
    """The file and the reason are named and the status is that of a usage error."""
    shown = changehands("try", "nowhere.html")
    assert "nowhere.html: cannot be read" in shown.stderr
    assert shown.exit_code == 2


def test_check_shows_what_would_run():
    """With everything right the status is 0 and journal, gazetteer, lexicons and page are listed."""
    done = changehands("check")
    assert done.exit_code == 0, done.stdout
    for word in ("configuration", "journal", "gazetteer", "lexicons", "page", "control-alerts", "Settings in effect"):
        assert word in done.stdout


def test_check_names_what_is_wrong(tmp_path: Path):
    """A source without an http address is WRONG, by its id, and the status is 1."""
    (tmp_path / "changehands.toml").write_text(
        "demo = false\nstarter_sources = false\n[[sources]]\nid = 'mine'\nurl = 'ftp://mine.example/feed'\n",
        encoding="utf-8",
    )
    done = changehands("check")
    assert "WRONG" in done.stdout
    assert "source mine" in done.stdout
    assert "is refused: only http" in done.stdout
    assert done.exit_code == 1


def test_a_journal_of_no_known_kind_is_refused():
    """The two forms a journal can have are named."""
    done = changehands("--journal", "redis://localhost", "watch")
    assert "is neither sqlite:///PATH nor kafka://HOST:PORT" in done.stderr
    assert done.exit_code == 2


@pytest.fixture
def letter_in_journal(tmp_path: Path) -> str:
    lying = Stored(topic="claims", partition=0, offset=4, key="k", value=b'{"v":99}\x1b[2J', stored_at=NOW)
    found = dead_letter("corroborate", lying, BadRecord("record version 99 is unknown"), at=NOW)

    async def put() -> None:
        journal = SqliteJournal(f"sqlite:///{tmp_path / 'var' / 'journal.db'}")
        await journal.publish(DEAD_LETTERS, [found])
        await journal.close()

    asyncio.run(put())
    return found.id


def test_dead_letters_are_listed_shown_and_sent_again(letter_in_journal: str):
    """A letter is found by the start of its id, shown without raw control characters, and redriven once."""
    listed = changehands("dead-letters", "list")
    assert letter_in_journal[:12] in listed.stdout
    shown = changehands("dead-letters", "show", letter_in_journal[:8])
    assert "record version 99 is unknown" in shown.stdout
    assert "\x1b[2J" not in shown.stdout
    assert "\\x1b[2J" in shown.stdout
    again = changehands("dead-letters", "redrive", letter_in_journal[:8])
    assert "1 put back" in again.stdout
    twice = changehands("dead-letters", "redrive", letter_in_journal[:8])
    assert "was redriven already" in twice.stderr
    assert twice.exit_code == 1


def test_a_letter_that_is_not_there_is_named():
    """An id nobody has is answered with how to list them."""
    done = changehands("dead-letters", "show", "ffff")
    assert "no dead letter's id begins with 'ffff'" in done.stderr
    assert done.exit_code == 1
