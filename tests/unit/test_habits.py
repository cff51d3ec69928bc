"""How a list of entries usually behaves, and what people are told where it does not."""

from __future__ import annotations

from datetime import timedelta

from connectors.following.habits import Habit, after_document, overlap, remarks, silent_since
from connectors.reading.entries import Entry
from tests.feedmaker import NOW

DAY = timedelta(days=1)


def entries(*ages: float) -> list[Entry]:
    """Return entries published so many days ago."""
    return [Entry(guid=str(age), published_at=NOW - age * DAY, published_raw="x") for age in ages]


def read(known: Habit | None = None, *listed: Entry, fresh: int = 0, first: bool = False, part: bool = False) -> Habit:
    """Return the habit after a document of these entries."""
    return after_document(known or Habit(), listed, fresh=fresh, is_first=first, is_part=part, now=NOW)


def test_silent_after_a_week() -> None:
    """A list that tells twice a day is silent after a week without news, though its server answers."""
    habit = read(None, *entries(8, 8.5, 9), first=True)
    assert silent_since(habit, NOW) == NOW - 8 * DAY
    assert silent_since(habit, NOW - 2 * DAY) is None
    assert "2026-03-02" in remarks(habit, NOW, lies=False)["silent"]


def test_silent_after_ten_gaps() -> None:
    """A list that tells monthly is silent after ten months."""
    habit = read(None, *entries(100, 130, 160), first=True)
    assert silent_since(habit, NOW) is None
    assert silent_since(habit, NOW + 201 * DAY) == NOW - 100 * DAY


def test_news_without_dates() -> None:
    """Undated entries count from when they were first seen."""
    first = read(None, Entry(guid="a"), first=True)
    assert first.last == NOW
    later = after_document(first, [Entry(guid="b")], fresh=1, is_first=False, is_part=False, now=NOW + 6 * DAY)
    assert silent_since(later, NOW + 12 * DAY) is None
    assert silent_since(later, NOW + 14 * DAY) == NOW + 6 * DAY


def test_old_dates_on_new_entries() -> None:
    """An entry that is new to us is news, whatever date it carries."""
    first = read(None, *entries(30, 31), first=True)
    assert silent_since(first, NOW)
    assert silent_since(read(first, *entries(29, 30, 31), fresh=1), NOW) is None


def test_scrolled() -> None:
    """A document without a known entry says that items may have been missed, and people are told for a day."""
    habit = read(read(None, *entries(3, 2), first=True), *entries(1, 0.5), fresh=2)
    said = remarks(habit, NOW + timedelta(hours=23), lies=False)
    assert said["may-have-missed"] == "items may have been missed before 2026-03-10 12:00 UTC: all 2 entries were new"
    assert "may-have-missed" not in remarks(habit, NOW + timedelta(hours=25), lies=False)


def test_not_scrolled() -> None:
    """One known entry is enough to know that nothing lies between; a first reading and a delta say nothing."""
    first = read(None, *entries(3, 2), first=True)
    for habit in (first, read(first, *entries(2, 1), fresh=1), read(first, *entries(1), fresh=1, part=True)):
        assert habit.scrolled_at is None


def test_overlap() -> None:
    """The overlap is the share of known entries; an empty document has none."""
    assert overlap(1, 4, says_nothing=False) == 0.75
    assert overlap(4, 4, says_nothing=False) == 0
    assert overlap(0, 0, says_nothing=False) is None
    assert overlap(4, 4, says_nothing=True) is None


def test_largest() -> None:
    """The largest document is remembered when the list gets shorter."""
    assert read(read(None, *entries(1, 2, 3), first=True), *entries(1)).largest == 3


def test_misdated() -> None:
    """Dates that cannot be read or lie ahead are counted, missing ones are not; they are no news for ever."""
    habit = read(None, Entry(guid="a", published_raw="2036"), Entry(guid="b"), *entries(1), first=True)
    assert habit.misdated == 1
    assert habit.last == NOW - DAY
    assert remarks(habit, NOW, lies=False)["misdated"].endswith("more than a day ahead: 1")


def test_liar() -> None:
    """A server whose validators lie is told of by name."""
    assert set(remarks(Habit(), NOW, lies=True)) == {"validators-lie"}
    assert remarks(Habit(), NOW, lies=False) == {}
