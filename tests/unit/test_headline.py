"""An alert's line says place, from, to and who says so, and hostile words cannot break it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from processors.headline import headline, shown
from processors.parties import nobody
from streams.alerts import AlertState, Headline
from streams.mentions import Actor, Extent, Place
from tests.stories import AREA, BLUE, RED, TOWN, Row, claim

TABLE = {"red": Row(name="Red Army", name_ar="الجيش الأحمر"), "blue": Row(name="Blue Front", name_ar="الجبهة الزرقاء")}


def line(**fields: object) -> Headline:
    """Return the line of a capture of the town by Red from Blue, told by the herald, but for `fields`."""
    usual: dict[str, object] = {
        "place": TOWN,
        "loser": BLUE,
        "gainer": RED,
        "extent": Extent.FULL,
        "state": AlertState.REPORTED,
        "opening": claim("herald", gaining=RED),
        "independent": 1,
        "parties": TABLE.get,
    }
    return headline(**(usual | fields))


def test_from_to_and_who_says_so() -> None:
    """The line names place, loser, gainer and publisher in both languages."""
    assert line().en == "Sindiyan: Blue Front → Red Army, says herald"
    assert line().ar == "السنديان: من الجبهة الزرقاء إلى الجيش الأحمر، بحسب \u2068herald\u2069"


def test_unknown_sides_are_worded() -> None:
    """A side nobody named is said to be unknown."""
    assert line(loser=None).en == "Sindiyan: from unknown → Red Army, says herald"
    assert line(gainer=None).en == "Sindiyan: Blue Front → unknown, says herald"
    assert line(loser=None).ar.startswith("السنديان: من جهة غير معروفة إلى الجيش الأحمر")


def test_the_speaker_goes_before_the_publisher() -> None:
    """Who is quoted says it: a party by its name, anybody else in his own words."""
    assert line(opening=claim(speaker="blue")).en.endswith("says Blue Front")
    assert line(opening=claim(speaker="blue")).ar.endswith("بحسب الجبهة الزرقاء")
    assert line(opening=claim(speaker="ناشط")).en.endswith("says \u2068ناشط\u2069")


def test_several_publishers_are_counted() -> None:
    """More than one source is a number, in the grammar of each language."""
    assert line(independent=2).en.endswith("say 2 independent sources")
    assert [line(independent=n).ar.split("بحسب ")[1] for n in (2, 3, 11)] == [
        "مصدرين مستقلين",
        "3 مصادر مستقلة",
        "11 مصدرا مستقلا",
    ]


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (AlertState.CONFIRMED, "confirmed"),
        (AlertState.DISPUTED, "disputed"),
        (AlertState.REVERSED, "since reversed"),
        (AlertState.RETRACTED, "no longer told"),
    ],
)
def test_the_state_is_worded(state: AlertState, word: str) -> None:
    """What is more or less than a report says so at the end of the line."""
    assert line(state=state).en.endswith(f", {word}")


def test_part_of_a_place() -> None:
    """A share of a place is not the place."""
    assert line(extent=Extent.PARTIAL).en.startswith("parts of Sindiyan: ")
    assert line(extent=Extent.PARTIAL).ar.startswith("أجزاء من السنديان: ")


@pytest.mark.parametrize(
    ("place", "english", "arabic"),
    [
        (replace(TOWN, geo_precision=2), "Sindiyan area: ", "منطقة السنديان: "),
        (replace(TOWN, geo_precision=3), "Sindiyan region: ", "منطقة السنديان: "),
        (AREA, "Sindiyan Governorate: ", "محافظة السنديان: "),
    ],
)
def test_an_area_is_not_its_town(place: Place, english: str, arabic: str) -> None:
    """An area that bears a town's name is called an area; one that says what it is keeps its name."""
    assert line(place=place).en.startswith(english)
    assert line(place=place, extent=Extent.PARTIAL).en.startswith(f"parts of {english}")
    assert line(place=place).ar.startswith(arabic)


def test_without_a_table_the_claims_own_names_stand() -> None:
    """Where no table is at hand, the claim's English name and its Arabic words are shown."""
    found = line(parties=nobody)
    assert found.en.startswith("Sindiyan: Blue Front → Red Army")
    assert found.ar.startswith("السنديان: من \u2068Blue Front\u2069 إلى \u2068جيش الأحمر\u2069")


def test_a_place_without_an_arabic_name_is_isolated() -> None:
    """A Latin name in the Arabic line stands in isolates."""
    assert line(place=replace(AREA, name_ar=None)).ar.startswith("\u2068Sindiyan Governorate\u2069: ")


HOSTILE = [
    "a\nb",
    "a\r\nb: Red → Blue",
    "\u202eabc",
    "x\u2069y\u2068",
    "a\x1b[31mb",
    "a\u2028b",
    "\x00",
    "w" * 900,
    "\ud800",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_one_cut_isolated_piece(words: str) -> None:
    """Words of a source bring no line break, control or direction of their own, and no more than sixty characters."""
    actor = Actor(text=words, start=0, end=len(words))
    found = line(
        place=Place(text=words, start=0, end=len(words)), loser=actor, gainer=actor, opening=claim(words, speaker=words)
    )
    for text in (found.en, found.ar):
        assert text.isprintable() or all(letter.isprintable() or letter in "\u2068\u2069" for letter in text)
        assert text.count("\u2068") == text.count("\u2069")
        assert len(text) < 330
        text.encode()


@given(st.text())
def test_shown_words_are_bounded_and_isolated_once(words: str) -> None:
    """Whatever the words, what is shown is one isolated line of sixty characters at most."""
    piece = shown(words)
    assert (piece[0], piece[-1]) == ("\u2068", "\u2069")
    assert len(piece) <= 62
    assert all(letter.isprintable() for letter in piece[1:-1])
