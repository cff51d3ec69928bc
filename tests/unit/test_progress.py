"""What each answer makes of a source's progress."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from connectors.connector import Reading
from connectors.progress import FIRST_MIB, MAX_DEAD, begun, buried, cursor_of, failed, loaded, paged, polled
from connectors.status import refusal
from streams.errors import SourceUnreadable
from streams.items import Cursor
from tests.feedmaker import NOW, SOURCE, URL, answer

READ = Reading(state=b'{"a": 1}', fresh=3, weekly=3, has_validators=True)
ERROR = SourceUnreadable("no feed")


def test_cursor() -> None:
    """Progress and health come back from the cursor as they were saved."""
    progress = polled(begun(NOW, URL), SOURCE, answer("x"), READ, now=NOW, chance=0).progress
    cursor = cursor_of(SOURCE, progress, NOW)
    assert loaded(cursor) == progress
    assert cursor.health
    assert (cursor.source, cursor.health.outcome, cursor.health.items_new) == ("harbour", "ok", 3)


def test_foreign_cursor() -> None:
    """A cursor of another make is told from ours."""
    with pytest.raises(msgspec.DecodeError):
        loaded(Cursor(source="harbour", state=b'{"else": 1}', saved_at=NOW))


def test_failure_keeps_what_is_known() -> None:
    """A failed poll keeps the state and the total, and shows the failure with its status."""
    before = polled(begun(NOW, URL), SOURCE, answer("x"), READ, now=NOW, chance=0).progress
    after = failed(before, SOURCE, refusal(URL, 404, {}, NOW), now=NOW, chance=0).progress
    assert bytes(after.own) == b'{"a": 1}'
    assert after.health
    assert (after.health.outcome, after.health.http_status) == ("unavailable", 404)
    assert (after.health.items_new, after.health.items_total) == (0, 3)


def test_hints() -> None:
    """Freshness is waited out always, a feed's own ttl only where it gives no validators."""
    fresh = answer("x", cache_control="max-age=7200")
    with_hint = Reading(state=b"{}", hint=9000, weekly=5000, has_validators=True)
    without = Reading(state=b"{}", hint=9000, weekly=5000, has_validators=False)

    def wait(reading: Reading, response: object = answer("x")) -> timedelta:
        return polled(begun(NOW, URL), SOURCE, response, reading, now=NOW, chance=0).progress.schedule.next_at - NOW  # type: ignore[arg-type]

    assert wait(READ, fresh) == timedelta(seconds=7200)
    assert wait(with_hint) == timedelta(seconds=300)
    assert wait(without) == timedelta(seconds=9000)


def test_page_leaves_the_schedule() -> None:
    """A page moves the state on and leaves the schedule as it was; a page that failed is told to people."""
    before = polled(begun(NOW, URL), SOURCE, answer("x"), READ, now=NOW, chance=0).progress
    after = paged(before, Reading(state=b'{"a": 2}', outcome="refused", text="GET x: too large")).progress
    assert (bytes(after.own), after.schedule) == (b'{"a": 2}', before.schedule)
    assert after.health
    assert (after.health.outcome, after.health.text) == ("ok", "a page could not be read: GET x: too large")


def test_dead_letter() -> None:
    """A large body's letter holds its first MiB and says so; the same body has no second letter."""
    body = b"x" * (FIRST_MIB + 1)
    progress, letter = buried(begun(NOW, URL), SOURCE, answer(body), ERROR, NOW)
    assert letter
    assert (len(letter.payload), letter.size, letter.complete) == (FIRST_MIB, FIRST_MIB + 1, False)
    assert (letter.error, letter.text, URL in (letter.key or "")) == ("SourceUnreadable", "no feed", True)
    assert buried(progress, SOURCE, answer(body), ERROR, NOW) == (progress, None)


def test_letter_ids() -> None:
    """A letter's id comes from source and bytes, so that a second telling is no second letter."""
    one, two = (buried(begun(NOW, URL), SOURCE, answer("x"), ERROR, NOW + timedelta(n))[1] for n in range(2))
    other = buried(begun(NOW, URL), SOURCE, answer("y"), ERROR, NOW)[1]
    assert one
    assert two
    assert other
    assert one.id == two.id != other.id


def test_letters_remembered() -> None:
    """The memory of dead bodies is bounded."""
    progress = begun(NOW, URL)
    for number in range(MAX_DEAD + 5):
        progress, _ = buried(progress, SOURCE, answer(str(number)), ERROR, NOW)
    assert len(progress.dead) == MAX_DEAD
