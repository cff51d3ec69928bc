"""Keys say when two places or two actors are the same, whatever their spelling and spacing."""

from __future__ import annotations

import pytest

from processors.generic import names_a_place, names_an_actor
from processors.identity import actor_key, digest, letters, place_key
from streams.mentions import Actor, Extent, Place
from tests.stories import AREA, RED, TOWN


def place(text: str, country: str | None = None) -> Place:
    """Return a place no table knows."""
    return Place(text=text, start=0, end=len(text), country=country)


def actor(text: str) -> Actor:
    """Return an actor no table knows."""
    return Actor(text=text, start=0, end=len(text))


def test_a_governorate_goes_under_its_seat() -> None:
    """Claims about an area and about its capital share a key."""
    assert place_key(AREA) == place_key(TOWN) == "test:1"


def test_parts_of_an_area_are_a_place_of_their_own() -> None:
    """Some villages of a governorate are neither it nor its capital; a part of a town goes under the town."""
    assert place_key(AREA, Extent.PARTIAL) == "test:1:parts"
    assert place_key(TOWN, Extent.PARTIAL) == "test:1"


@pytest.mark.parametrize("text", ["قرية الشوحة", "الشوحة", "الشـــوحة", "شوحة", "بلدة  الشُّوحة"])
def test_one_village_one_key(text: str) -> None:
    """A village keeps its key with and without article, "village", vowel marks and stretching."""
    assert place_key(place(text)) == "xx:شوحه"


def test_villages_of_two_countries_are_two() -> None:
    """The same name in another country is another place."""
    assert place_key(place("Shuha", "SY")) == "sy:shuha"
    assert place_key(place("Shuha", "IQ")) == "iq:shuha"


@pytest.mark.parametrize(
    "text",
    [
        "several villages",
        "the city",
        "عدة قرى",
        "ثلاث قرى أخرى",
        "المدينة",
        "مناطق واسعة",
        "12 towns",
        "the surrounding hills",
        "their political context",
        "dizaines de localités",
    ],
)
def test_kinds_of_places_are_no_names(text: str) -> None:
    """A word for a kind, a number or a size of places names none."""
    assert not names_a_place(text)


@pytest.mark.parametrize(
    "text", ["Shuha", "قرية الشوحة", "the village of Shuha", "حقل العمر", "تل رفعت", "Camp Speicher"]
)
def test_names_of_places(text: str) -> None:
    """One word more than a kind makes a name."""
    assert names_a_place(text)


@pytest.mark.parametrize("text", ["gunmen", "the rebels", "المسلحين", "عناصر التنظيم", "قوات", "مقاتلو المعارضة"])
def test_kinds_of_armed_people_are_nobody(text: str) -> None:
    """Words for armed people agree with anybody, so they have no key."""
    assert not names_an_actor(text)
    assert actor_key(actor(text)) is None


def test_an_actor_is_its_id_else_its_letters() -> None:
    """An actor of the table is its id whatever the words; another is its folded letters."""
    assert actor_key(RED) == "red"
    assert actor_key(actor("لواء  الصَّقر")) == actor_key(actor("لواء الصقر")) == letters("لواءالصقر")
    assert actor_key(None) is None


def test_digests_keep_their_parts_apart() -> None:
    """Parts that read the same run together give other digests, and half a character does no harm."""
    assert digest("ab", "c") != digest("a", "bc")
    assert len(digest("\ud800")) == 32
