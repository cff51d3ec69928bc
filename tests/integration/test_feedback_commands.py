"""`changehands feedback` on a real journal, from detected reports to an evaluation file that is scored."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from processors.flow import flow
from processors.gazetteer import compiled
from streams.alerts import Alert
from streams.cli import main
from streams.codec import decode
from streams.embedded.journal import SqliteJournal
from streams.settings import Settings
from streams.topics import CLAIMS, CONTROL_ALERTS, FEEDBACK, RAW_ITEMS
from tests.analysts import HOSTILE_NOTE
from tests.bareflow import BareFlow
from tests.raw import raw_item

AT = datetime(2025, 11, 20, 8, tzinfo=UTC)
REPORTS = (
    ("herald", "Islamic State fighters captured the town of Palmyra from the Syrian army on Monday."),
    ("courier", "The Syrian army withdrew from Palmyra on Monday as Islamic State fighters entered the town."),
    ("times", "The Free Syrian Army captured the town of Saraqib from the Syrian army on Tuesday."),
    ("nadir", "سيطر تنظيم الدولة الإسلامية على مدينة منبج بعد انسحاب الجيش السوري الحر منها."),
)


@pytest.fixture(scope="module")
def told() -> BareFlow:
    """Return the whole flow after the reports."""
    compiled()
    bare = BareFlow(flow(Settings()))
    for number, (source, words) in enumerate(REPORTS):
        at = AT + timedelta(hours=number)
        known = {"id": f"item-{number}", "source": source, "published_at": at, "fetched_at": at + timedelta(minutes=1)}
        bare.give(RAW_ITEMS, [raw_item(f"<p>{words}</p>", **known)])
    return bare


@pytest.fixture
def journal(told: BareFlow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URL of a journal with what the flow told."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'journal.db'}"

    async def fill() -> None:
        opened = SqliteJournal(url)
        await opened.publish(CLAIMS, told.told(CLAIMS))
        await opened.publish(CONTROL_ALERTS, told.told(CONTROL_ALERTS))
        await opened.close()

    asyncio.run(fill())
    return url


def changehands(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--journal", url, *arguments], env={"COLUMNS": "200"})


def feedback(url: str, *arguments: str) -> Result:
    return changehands(url, "feedback", *arguments)


def last(told: BareFlow, place: str) -> Alert:
    return [alert for alert in told.told(CONTROL_ALERTS) if alert.place.name == place][-1]


def verdicts(url: str) -> list[object]:
    async def read() -> list[object]:
        opened = SqliteJournal(url)
        found = [decode(stored.value) async for stored in opened.read(FEEDBACK)]
        await opened.close()
        return found

    return asyncio.run(read())


@pytest.fixture
def judged(journal: str, told: BareFlow) -> str:
    """Return the journal after one verdict of each kind."""
    for verdict, place, *said in (
        ("confirm", "Palmyra"),
        ("reject", "Manbij", "--note", HOSTILE_NOTE, "--analyst", "ليلى\x1b[1m"),
        ("correct", "Saraqib", "--place", "Homs, SY", "--to", "قسد"),
    ):
        done = feedback(journal, verdict, last(told, place).id[:10], *said)
        assert done.exit_code == 0, done.output
    return journal


def test_a_verdict_says_how_it_was_understood(journal: str, told: BareFlow) -> None:
    """Correcting prints alert, revision and each name with its id, and puts the record on the topic."""
    alert = last(told, "Saraqib")
    done = feedback(
        journal, "correct", alert.id[:10], "--place", "حمص، سوريا", "--kind", "handover", "--analyst", "Layla"
    )
    assert done.exit_code == 0, done.output
    assert "Homs, Homs, SY  geonames:169577" in done.output
    (verdict,) = verdicts(journal)
    assert (verdict.alert_id, verdict.revision, verdict.analyst) == (alert.id, alert.revision, "Layla")
    assert [claim.place.id for claim in verdict.claims] == ["geonames:169577"]


def test_corrections_add_up_before_the_alert_shows_them(journal: str, told: BareFlow) -> None:
    """A second correction, given while nothing hears verdicts, keeps what the first put right; a rejection drops it."""
    id_ = last(told, "Saraqib").id
    for said in (("correct", id_, "--place", "Homs, SY"), ("correct", id_, "--kind", "handover"), ("confirm", id_)):
        assert feedback(journal, *said).exit_code == 0
    assert [(one.place.name, one.kind) for one in verdicts(journal)[1:]] == [("Homs", "handover")] * 2
    assert len({claim.id for one in verdicts(journal) for claim in one.claims}) == 1
    feedback(journal, "reject", id_)
    feedback(journal, "confirm", id_)
    assert [one.place for one in verdicts(journal)[3:]] == [None, None]


def test_the_login_name_signs(journal: str, told: BareFlow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --analyst the verdict is signed with the login name."""
    monkeypatch.setenv("LOGNAME", "omar")
    assert feedback(journal, "confirm", last(told, "Manbij").id).exit_code == 0
    assert [verdict.analyst for verdict in verdicts(journal)] == ["omar"]


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (("confirm", "zz"), 1, "no alert has an id that starts with 'zz'"),
        (("confirm", ""), 1, "no alert has an id that starts with ''"),
        (("correct", "SARAQIB"), 1, "say what is right instead"),
        (("correct", "SARAQIB", "--place", "Tripoli"), 1, "geonames:266826 (Tripoli, LB)"),
        (("correct", "SARAQIB", "--to", "Islamc State"), 1, "did you mean Islamic State"),
        (("correct", "SARAQIB", "--kind", "handovr"), 1, "did you mean handover?"),
        (("reject", "SARAQIB", "--note", "x" * 2001), 1, "note has 2001 characters"),
        (("reject", "SARAQIB", "--place", "Homs"), 2, "No such option"),
    ],
)
def test_what_cannot_be_taken_exits_with_words(
    journal: str, told: BareFlow, arguments: tuple[str, ...], status: int, text: str
) -> None:
    """A refused verdict exits 1, a wrong option 2, each with what would be right, and nothing is recorded."""
    id_ = last(told, "Saraqib").id
    done = feedback(journal, *(id_ if word == "SARAQIB" else word for word in arguments))
    assert (done.exit_code, text in done.output) == (status, True), done.output
    assert verdicts(journal) == []


def test_the_list_is_printable_and_says_what_was_overtaken(judged: str, told: BareFlow) -> None:
    """Verdicts are listed by time with notes made harmless; one that was followed by another is marked."""
    feedback(judged, "reject", last(told, "Palmyra").id, "--note", "no")
    shown = feedback(judged, "list").output
    lines = [line for line in shown.splitlines() if line.startswith("20")]
    assert [line.split()[2] for line in lines] == ["confirm", "reject", "correct", "reject"]
    assert [line.endswith("overtaken") for line in lines] == [True, False, False, False]
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "فيديو قديم" in shown
    assert "Syrian Democratic Forces  syrian-democratic-forces" in shown


def test_the_queue_has_what_nobody_judged(journal: str, told: BareFlow) -> None:
    """Alerts are listed by their ids until somebody judges them."""
    waiting = feedback(journal, "queue").output
    assert [line.split()[0] for line in waiting.splitlines()] == [
        last(told, place).id[:12] for place in ("Palmyra", "Saraqib", "Manbij")
    ]
    assert feedback(journal, "queue", "--last", "1").output == waiting.splitlines(keepends=True)[-1]
    for place in ("Palmyra", "Saraqib", "Manbij"):
        feedback(journal, "confirm", last(told, place).id)
    assert feedback(journal, "queue").output == "no alert waits for a verdict\n"


def test_evaluate_reads_and_scores_the_exported_file(judged: str, tmp_path: Path) -> None:
    """Of what stands the confirmed is found, the corrected missed, and the rejected is excess."""
    path = tmp_path / "judged.jsonl"
    done = feedback(judged, "export", "--output", str(path))
    assert (done.exit_code, done.output) == (0, f"4 sentences in {path}\n")
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert {line["source"]: [event["places"] for event in line["events"]] for line in lines} == {
        "herald": [["Palmyra"]],
        "courier": [["Palmyra"], ["Palmyra"]],
        "nadir": [],
        "times": [["geonames:169577"]],
    }
    scored = changehands(judged, "evaluate", "--json", str(path))
    assert scored.exit_code == 0, scored.output
    found = json.loads(scored.output)
    every = next(line["figures"] for line in found["languages"] if line["name"] == "all")
    assert (every["precision"], every["recall"]) == (0.75, 1.0)
    assert any(line.startswith("missed en") and "geonames:169577" in line for line in found["misses"])
    assert any(line.startswith("excess ar") for line in found["misses"])
    assert feedback(judged, "export").output == path.read_text("utf-8")


def test_scores_by_rule_and_source(judged: str) -> None:
    """Each rule and source has its judged alerts, its precision and the interval it lies in."""
    found = json.loads(feedback(judged, "scores", "--json").output)
    by_source = {one["name"]: (one["judged"], one["right"], one["precision"]) for one in found["sources"]}
    assert by_source == {"courier": (1, 1, 1.0), "herald": (1, 1, 1.0), "nadir": (1, 0, 0.0), "times": (1, 0, 0.0)}
    assert (found["all"]["judged"], found["all"]["low"], found["all"]["high"]) == (3, 0.0615, 0.7923)
    shown = feedback(judged, "scores").output
    assert "0.06 to 0.79" in shown
    assert "en.take.past" in shown


def test_without_verdicts_there_is_nothing_to_show(journal: str) -> None:
    """A journal on which nobody judged says so, and exports nothing; so do the DEMO alerts of this one."""
    assert feedback(journal, "list").output == "no verdicts\n"
    assert feedback(journal, "scores").output == "no verdicts\n"
    assert feedback(journal, "export").output == ""
    assert feedback(journal, "export", "--demo").output == ""


def test_a_file_that_cannot_be_written_is_named(judged: str, tmp_path: Path) -> None:
    """Writing where nothing can be written exits 2 with the path."""
    done = feedback(judged, "export", "--output", str(tmp_path / "none" / "x.jsonl"))
    assert (done.exit_code, "x.jsonl cannot be written" in done.output) == (2, True)
