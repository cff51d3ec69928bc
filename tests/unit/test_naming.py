"""Places and actors as analysts name them: by id or by a name in any script, never guessed."""

from __future__ import annotations

import pytest

from processors.naming import actor_named, place_named
from streams.errors import VerdictRefused
from tests.analysts import names


@pytest.mark.parametrize(
    ("words", "id_"),
    [
        ("geonames:167357", "geonames:167357"),
        ("Manbij", "geonames:167357"),
        ("منبج", "geonames:167357"),
        ("Донецк, Украина", "geonames:709717"),
        ("Homs, SY", "geonames:169577"),
        ("Homs (Syria)", "geonames:169577"),
        ("Palmyra, Homs", "geonames:163808"),
        ("تدمر، سوريا", "geonames:163808"),
        ("Deir ez-Zor", "geonames:170794"),
        ("Deir ez-Zor Governorate", "changehands:SY-DY"),
        ("محافظة دير الزور", "changehands:SY-DY"),
        ("changehands:SY-DY", "changehands:SY-DY"),
    ],
)
def test_a_place_is_known_by_id_or_name_in_any_script(words: str, id_: str) -> None:
    """An id, or a name with its area or country where need be, is one place, with all that the gazetteer knows."""
    place = place_named(words, names().gazetteer)
    assert (place.id, place.text, place.start, place.end) == (id_, words, 0, len(words))
    assert None not in (place.name, place.lat, place.lon, place.country, place.seat, place.geo_precision)


def test_a_name_of_several_places_is_refused_with_all_of_them() -> None:
    """Where a name alone does not say which place is meant, each is listed with name, area, country and id."""
    with pytest.raises(VerdictRefused) as refused:
        place_named("Tripoli", names().gazetteer)
    text = str(refused.value)
    assert "the name of 4 places" in text
    assert "geonames:2210247 (Tripoli, Tripoli, LY)" in text
    assert "geonames:266826 (Tripoli, LB)" in text


def test_a_name_of_very_many_places_lists_the_largest() -> None:
    """Of many namesakes the largest are listed, and the rest counted."""
    with pytest.raises(VerdictRefused, match=r"geonames:163808 \(Palmyra, Homs, SY\).*and \d+ more$"):
        place_named("Palmyra", names().gazetteer)


@pytest.mark.parametrize("words", ["", " ", ",,", "nowhere at all", "geonames:0", "Manbij, Germany", "\x1b[2J", "و"])
def test_what_is_no_place_is_refused(words: str) -> None:
    """Words that are no place, or no place there, are refused, with controls written out."""
    with pytest.raises(VerdictRefused, match=r"no place .* is in the gazetteer") as refused:
        place_named(words, names().gazetteer)
    assert str(refused.value).isprintable()


def test_a_country_is_no_place_that_changes_hands() -> None:
    """A whole country is refused: no alert is told of one."""
    with pytest.raises(VerdictRefused, match="'Syria' is a country"):
        place_named("Syria", names().gazetteer)


@pytest.mark.parametrize(
    ("words", "id_"),
    [
        ("islamic-state", "islamic-state"),
        ("داعش", "islamic-state"),
        ("SDF", "syrian-democratic-forces"),
        ("القوات العراقية", "state:IQ"),
        ("state:UA", "state:UA"),
        ("Ukraine", "state:UA"),
    ],
)
def test_an_actor_is_known_by_id_or_name_in_any_script(words: str, id_: str) -> None:
    """An actor's id, any name of his and a state's forces are read as in a report."""
    actor = actor_named(words, names())
    assert (actor.id, actor.text) == (id_, words)
    assert actor.name


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Islamc State", "did you mean Islamic State"),
        ("rebels", "does not say which group"),
        ("state:ZZ", "no actor 'state:ZZ'"),
        ("SY", "no actor 'SY'"),
        ("SDF and others", "no actor 'SDF and others'"),
    ],
)
def test_what_is_no_actor_is_refused(words: str, text: str) -> None:
    """A misspelt name gets the nearest, a word for anybody armed and an unknown one are refused."""
    with pytest.raises(VerdictRefused, match=text):
        actor_named(words, names())
