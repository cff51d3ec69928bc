"""Forces take places where their war is: a country named for its army alone speaks for no place at home."""

from __future__ import annotations

import pytest

from processors.detect import detect
from tests.known import knowledge


def countries(text: str) -> set[str | None]:
    """Return the countries of the places that a text tells of."""
    return {place.country for mention in detect(text, knowledge=knowledge()) for place in mention.places}


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Russian forces took Pokrovsk on Sunday.", "UA"),
        ("Российские войска взяли Покровск.", "UA"),
        ("Turkish-backed forces captured Resulayn.", "SY"),
        ("Russian forces retook Sudzha on Sunday.", "RU"),
        ("Azerbaycan ordusu Şuşa'yı kurtardı.", "AZ"),
    ],
)
def test_an_army_takes_the_place_of_that_name_where_a_war_is(text: str, country: str) -> None:
    """Of two places with a name the one in the country at war is meant; what has no namesake there is at home."""
    assert countries(text) == {country}


def test_a_name_in_two_countries_at_war_is_left_open() -> None:
    """Beside a smaller place of the name at home nobody knows which of two abroad an army took."""
    assert countries("Turkish forces took Ras al-Ain.") == {None}


def test_another_place_of_the_country_speaks_for_it() -> None:
    """A text that names Saratov is about Russia, where a town was called Pokrovsk."""
    assert countries("Russian troops left Saratov and entered Pokrovsk.") == {"RU"}


def test_a_village_abroad_is_not_meant_where_the_text_is_about_home() -> None:
    """A text that names Ankara is about Turkey, and a village of Syria is too small to be meant in it."""
    assert countries("Shooting was heard in Ankara. Turkish forces captured Resulayn.") == {None}
