"""What a stream's cursor holds, and what people see of it."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from connectors.asking.status import no_answer, refusal
from connectors.listening.standing import (
    LETTERS_AN_HOUR,
    Standing,
    broken,
    buried,
    cursor_of,
    heard,
    noted,
    standing_of,
    still,
)
from connectors.streaming import Bad, Loss, Taken, Why
from streams.items import Cursor
from streams.sources import SourceSettings
from tests.feedmaker import NOW

SOURCE = SourceSettings(id="town", kind="mastodon", url="https://social.example")
LOSS = Loss(why=Why.CLOSED, failure=no_answer("https://social.example", "it ended"), tries=3)


def bad(data: bytes) -> Bad:
    return Bad(data=data, size=len(data), text="not a status")


def test_there_and_back() -> None:
    """A cursor gives back what was put into it; none is a stream never followed."""
    standing = heard(Standing(), Taken(state=b'{"a": 1}'), NOW, "")
    assert standing_of(cursor_of(SOURCE, standing, NOW)) == standing
    assert standing_of(None) == Standing()


def test_another_make() -> None:
    """A cursor of another make is told apart."""
    with pytest.raises(msgspec.DecodeError):
        standing_of(Cursor(source="town", state=b'{"tries": "many"}', saved_at=NOW))


def test_answer_beside() -> None:
    """An answer beside the stream, as those before it is opened, does not end a row of losses; a frame does."""
    lost = broken(Standing(), LOSS, NOW, 20.0, "")
    answered = heard(lost, Taken(state=b"{}"), NOW, "", is_answer=True)
    assert answered.health
    assert (answered.tries, answered.health.failures, answered.health.outcome) == (3, 3.0, "unavailable")
    again = heard(answered, Taken(state=b"{}"), NOW, "")
    assert again.health
    assert (again.tries, again.health.failures, again.health.outcome) == (0, 0.0, "ok")


def test_loss_and_return() -> None:
    """A loss is seen with its reason and the time of the next connection, and forgotten once the stream is heard."""
    lost = broken(Standing(), LOSS, NOW, 20.0, "the token is refused")
    assert lost.health
    assert (lost.health.outcome, lost.health.failures) == ("unavailable", 3.0)
    assert lost.health.text == "the token is refused; GET https://social.example: it ended"
    assert lost.health.next_at - NOW == timedelta(seconds=20)
    back = still(lost, NOW)
    assert back.health
    assert (back.health.outcome, back.health.failures, back.health.text) == ("ok", 0.0, "")


def test_note() -> None:
    """What was lost is seen for an hour."""
    standing = noted(Standing(), "posts were left out", NOW)
    for minutes, text in ((59, "posts were left out"), (61, "")):
        shown = still(standing, NOW + timedelta(minutes=minutes)).health
        assert shown
        assert shown.text == text


def test_letters_are_bounded() -> None:
    """The same bytes have one letter, and a source has so many in an hour; the next hour has its own."""
    standing, first = buried(Standing(), SOURCE, bad(b"x"), NOW)
    assert first
    assert (first.payload, first.complete, first.key) == (b"x", True, "town https://social.example")
    assert buried(standing, SOURCE, bad(b"x"), NOW)[1] is None
    letters = 1
    for number in range(1000):
        standing, letter = buried(standing, SOURCE, bad(str(number).encode()), NOW)
        letters += letter is not None
    assert letters == LETTERS_AN_HOUR
    assert buried(standing, SOURCE, bad(b"y"), NOW + timedelta(hours=1))[1]


def test_cut_letter() -> None:
    """A frame that was cut says so in its letter."""
    _, letter = buried(Standing(), SOURCE, Bad(data=b"x", size=9, text="too large"), NOW)
    assert letter
    assert (letter.complete, letter.size) == (False, 9)


def test_what_to_see_to() -> None:
    """What was missed, and what the service refuses, stand in the words people look for; since when, too."""
    noted_ = noted(Standing(), "posts were left out", NOW)
    shown = still(noted_, NOW).health
    assert shown
    assert (shown.notes, shown.failing_since, shown.next_at) == (("may-have-missed",), None, NOW)
    refused = Loss(why=Why.ANSWERED, failure=refusal("https://social.example", 401, {}, NOW))
    lost = broken(broken(Standing(), refused, NOW, 9.0, ""), refused, NOW + timedelta(hours=1), 9.0, "").health
    assert lost
    assert (lost.notes, lost.failing_since) == (("auth",), NOW)
