"""Which texts and sentences stand near words of war, so that they are read for changes of control."""

from __future__ import annotations

from processors.detect import detect
from processors.detect.arms import NEAR
from tests.known import knowledge

FILLER = "The weather stayed cold and the shops in the old streets opened late. "
FAR = FILLER * (NEAR // len(FILLER) + 2)


def places_told(text: str) -> list[str]:
    """Return the places of all mentions of an English text."""
    return [place.text for mention in detect(text, knowledge=knowledge(), language="en") for place in mention.places]


def test_an_everyday_word_of_war_alone_lets_no_page_through() -> None:
    """German "war" (was) is no word of war where nothing else tells of one."""
    assert knowledge().arms.among("das haus war im sommer leer und der garten war es auch") == set()


def test_an_everyday_word_beside_another_word_of_war_counts() -> None:
    """A text that speaks of war and of soldiers has both words."""
    assert knowledge().arms.among("the war and its soldiers") == {"war", "soldiers"}


def test_a_sentence_with_an_everyday_word_is_read_beside_another_word_only() -> None:
    """A force that takes a city is read for where an army is spoken of near it, and not where the army is far off."""
    claim = "A force of 200 captured Aleppo. "
    assert places_told(FAR + claim + "The army watched. " + FAR) == ["Aleppo"]
    assert places_told("The army watched. " + FAR + claim + FAR) == []


def test_a_telling_word_lets_its_own_sentence_be_read() -> None:
    """Rebels that take a city far from any other word of war are believed."""
    assert places_told(FAR + "Rebels captured Aleppo. " + FAR) == ["Aleppo"]


def test_a_place_where_wars_are_watched_needs_one_word_of_war_in_the_sentence() -> None:
    """A city of Syria that falls is told beside one word of war, a city of Spain beside two."""
    assert places_told(FAR + "Aleppo has fallen and military life has stopped. " + FAR) == ["Aleppo"]
    assert places_told(FAR + "Valencia has fallen and military life has stopped. " + FAR) == []
