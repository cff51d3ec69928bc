"""An analyst's verdict is shown on the card, whatever his name and note hold."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from rich.console import Console
from rich.text import Text

from streams.alerts import AlertState, Judged
from streams.mentions import Actor, Kind, Place
from streams.terminal import lines
from streams.verdicts import Verdict
from streams.view import Card, card
from tests.alerts import HOSTILE, NOON, alert

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def ruled(verdict: Verdict, analyst: str = "Layla", note: str = "", **right: object) -> Card:
    judged = Judged(feedback_id="f", verdict=verdict, analyst=analyst, note=note, at=AT)
    state = AlertState.REJECTED if verdict is Verdict.REJECT else AlertState.CONFIRMED
    return card(replace(alert(state=state), judged=judged, **right), alerted_at=NOON, names={})


def written(shown: Card, *, width: int = 100, reorder: bool = False) -> list[str]:
    """Return the lines between the state and the sentence."""
    found = [line.plain.strip() for line in lines(shown, width=width, reorder=reorder)]
    return [line for line in found if " by " in line or "فيلم" in line or line.startswith("word")]


@pytest.mark.parametrize(
    ("verdict", "word"), [(Verdict.CONFIRM, "confirmed"), (Verdict.REJECT, "rejected"), (Verdict.CORRECT, "corrected")]
)
def test_the_card_says_who_ruled_what_and_when(verdict: Verdict, word: str) -> None:
    """A card has the verdict in the past tense, the analyst, his note and the time."""
    found = ruled(verdict, note="seen").judged
    assert (found.verdict, found.analyst, found.note, found.at) == (word, "Layla", "seen", AT)


def test_a_correction_says_what_it_puts_right() -> None:
    """What is not as first told is named beside what was told, in lines that fit; of a confirmation nothing is."""
    told = ruled(Verdict.CORRECT)
    assert told.judged.right == ()
    right = {
        "place": Place(text="Homs", start=0, end=4, id="test:2", name="Homs"),
        "to_holder": Actor(text="x", start=0, end=1, id="sea", name="Sea Guard\x1b[2J"),
        "kind": Kind.HANDOVER,
    }
    said = (
        "Homs instead of Marsa Nahr",
        "Sea Guard␛[2J instead of Northern Forces",
        "handover instead of capture",
    )
    assert ruled(Verdict.CORRECT, note="so", **right).judged.right == said
    assert ruled(Verdict.CONFIRM, **right).judged.right == ()
    found = [line.plain.strip() for line in lines(ruled(Verdict.CORRECT, note="so", **right), width=70)]
    assert f"corrected by Layla, {', '.join(said)}: so" in " ".join(found)
    assert all(len(line) < 70 for line in found if "instead" in line)


def test_an_alert_nobody_judged_has_no_verdict() -> None:
    """Without a verdict nothing is shown."""
    shown = card(alert(), alerted_at=NOON, names={})
    assert (shown.judged, written(shown)) == (None, [])


def test_the_terminal_writes_the_verdict_in_a_line() -> None:
    """Who ruled and why stand in one line where they fit, and the note has its own lines where it is long."""
    assert written(ruled(Verdict.REJECT, note="an old film")) == ["rejected by Layla: an old film"]
    assert written(ruled(Verdict.CONFIRM)) == ["confirmed by Layla"]
    long = written(ruled(Verdict.REJECT, note="word " * 40), width=60)
    assert long[0] == "rejected by Layla:"
    assert " ".join(long[1:]).split() == ["word"] * 40


def test_an_arabic_note_keeps_its_direction() -> None:
    """A note that runs from the right is kept apart from the English before it."""
    (line,) = written(ruled(Verdict.REJECT, note="فيلم قديم"))
    assert line == "rejected by Layla: \u2067فيلم قديم\u2069"
    (line,) = written(ruled(Verdict.REJECT, note="فيلم قديم"), reorder=True)
    assert line == "rejected by Layla: ميدق مليف"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_and_notes_order_nothing(hostile: str) -> None:
    """No control character and nothing that turns the direction of text comes through, on card or terminal."""
    shown = ruled(Verdict.CORRECT, analyst=hostile, note=f"{hostile}\n{hostile}")
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100)
    for line in lines(shown, width=100):
        console.print(Text(line.plain), highlight=False)
    for text in (shown.judged.analyst, shown.judged.note, out.getvalue()):
        assert "\x1b]" not in text
        assert "\x1b[2J" not in text
        assert "\u202e" not in text
    assert "\n" not in shown.judged.note
