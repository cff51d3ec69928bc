"""The words beside a place's name."""

import pytest

from processors.detect.beside import geo_precision, goes_on, has_place_noun
from processors.gazetteer import Entry, PlaceMatch
from processors.normalise import fold

TOWN = Entry(
    id="test:1",
    name="X",
    name_ar=None,
    lat=0.0,
    lon=0.0,
    country="SY",
    admin1=None,
    population=1,
    feature="town",
    seat="1",
)


def beside(text: str, name: str) -> tuple[PlaceMatch, str]:
    folded = fold(text).text
    start = folded.index(fold(name).text)
    return PlaceMatch(start, start + len(fold(name).text), (0,)), folded


@pytest.mark.parametrize(
    "text", ["في بلدة الباب", "وبمدينة الباب", "بلدتي الباب", 'قرية "الباب"', "the town of الباب", "الباب district"]
)
def test_a_noun_says_that_a_name_is_a_place(text: str) -> None:
    """A place-noun before or after the name is seen, with its proclitics and quotes."""
    assert has_place_noun(*beside(text, "الباب"))


@pytest.mark.parametrize("text", ["فتح الباب", "قتل الباب", "opened الباب", "statesman الباب"])
def test_the_end_of_a_word_is_no_noun(text: str) -> None:
    """تل within قتل is no hill."""
    assert not has_place_noun(*beside(text, "الباب"))


@pytest.mark.parametrize("text", ["They reached the town.\n\nالباب", "الباب\n \nDistrict officials"])
def test_another_paragraph_says_nothing_of_a_name(text: str) -> None:
    """A noun beyond a blank line says nothing of the name."""
    assert not has_place_noun(*beside(text, "الباب"))


@pytest.mark.parametrize(
    ("text", "precision"), [("in Hama", 1), ("near Hama", 2), ("ريف Hama", 2), ("أطراف Hama", 2), ("north of Hama", 2)]
)
def test_near_a_town_is_less_exact_than_the_town(text: str, precision: int) -> None:
    """ACLED codes the surroundings of a town 2."""
    assert geo_precision(TOWN, *beside(text, "Hama")) == precision


@pytest.mark.parametrize(
    ("text", "carried_on"),
    [
        ("Aden Osman came home late", True),
        ("Aden, Osman came home late", False),
        ("Aden Governorate came second", False),
        ("Aden fell", False),
        ("Troops Leave Aden After Three Months Of Heavy Fighting", False),
    ],
)
def test_a_capital_may_carry_a_name_on(text: str, carried_on: object) -> None:
    """A capital right after a name is part of a longer one, but for place-nouns and headlines."""
    match, _ = beside(text, "Aden")
    assert goes_on(fold(text), match) is carried_on
