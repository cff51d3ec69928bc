"""What is told is news of war: no drill, no film, no battle of long ago."""

from __future__ import annotations

import datetime as dt

import pytest

from processors.detect import detect
from processors.detect.times import NEWS, is_history
from streams.mentions import EventDate, Mention
from tests.known import knowledge

DAY = dt.date(2025, 5, 1)


def told(text: str, published: dt.date | None = None) -> tuple[Mention, ...]:
    """Return the mentions of an English text."""
    return detect(text, knowledge=knowledge(), language="en", published=published)


@pytest.mark.parametrize(
    "staged",
    [
        "During the drill the marines recaptured the airfield of Orsha from the rebels.",
        "In the movie the rebels capture the city of Mosul.",
        "The novel ends when the army takes Aleppo from the rebels.",
    ],
)
def test_what_is_only_staged_is_not_told(staged: str) -> None:
    """A sentence that speaks of a drill, a film or a novel tells no change."""
    assert told(staged) == ()
    assert told("On Sunday the marines recaptured the airfield of Orsha from the rebels.")


@pytest.mark.parametrize(
    "text",
    [
        "The army seized the town of Sarab in the 1967 war.",
        "On October 12, 1859 the army seized the town of Sarab.",
        "The army seized the town of Sarab in 1696.",
    ],
)
def test_what_happened_before_2000_is_history(text: str) -> None:
    """A change of an earlier century is history even where nobody knows the day of the text."""
    (mention,) = told(text)
    assert mention.background


def test_what_happened_more_than_a_year_before_the_text_is_history() -> None:
    """A capture of 2022 is history in a text of 2025, and news where the day of the text is unknown."""
    text = "The army seized the town of Sarab on 3 March 2022."
    assert [mention.background for mention in told(text, DAY)] == [True]
    assert [mention.background for mention in told(text)] == [False]


def test_a_count_of_men_is_no_year() -> None:
    """A force of 1500 men that takes a town is no news of the year 1500."""
    (mention,) = told("A force of 1500 soldiers seized the town of Sarab.", DAY)
    assert not mention.background


def test_a_year_is_news_up_to_its_last_day() -> None:
    """Exactly a year before the text is news still; a date that is not known is never history."""
    assert not is_history(EventDate(text="", from_=DAY - NEWS, to=DAY - NEWS), DAY)
    assert is_history(EventDate(text="", from_=None, to=DAY - NEWS - dt.timedelta(days=1)), DAY)
    assert not is_history(EventDate(text="long ago"), DAY)
    assert not is_history(None, DAY)


def test_an_unnamed_place_that_nobody_takes_is_not_told_in_a_longer_text() -> None:
    """Recaptured areas tell nothing where neither they nor who took them is named; a named town or a taker does."""
    around = "The army and the rebels met in heavy fighting on the hills, and the weather stayed cold and dry. " * 4
    assert told(around + "Trade came back to the recaptured areas.") == ()
    assert told(around + "Trade came back to the recaptured town of Taftanaz.")
    assert told(around + "The army recaptured the areas.")
