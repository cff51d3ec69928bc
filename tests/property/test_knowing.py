"""Places, actors and dates, on any text."""

from datetime import date
from functools import cache
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from processors.detect.actors import Actors, load_actors
from processors.detect.dates import dates_in
from processors.detect.places import context_of, names_in, place_at
from processors.detect.resolving import resolve
from processors.gazetteer import Gazetteer, compiled
from processors.normalise import fold
from streams.mentions import Precision

PHRASES = """دير الزور للرقة وبحلب داعش تنظيم الدولة القوات العراقية أمس ٣ شباط ال و ل ـ منذ 999 سنة , ، # _ "
Mosul's al- Deir ez-Zor u.s. forces in March 2014 99 31/12/9999 0001-01-01"""
WORDS = st.sampled_from(sorted({*PHRASES.split(), "\n", " "}))
TEXT = st.text(max_size=200) | st.lists(WORDS, max_size=30).map(" ".join) | st.lists(WORDS, max_size=30).map("".join)


@cache
def gazetteer() -> Gazetteer:
    return Gazetteer(compiled())


@cache
def actors() -> Actors:
    return load_actors(gazetteer())


@settings(deadline=None)  # the first example may have to compile the gazetteer
@given(TEXT)
def test_places_are_found_and_weighed_in_any_text(text: str) -> None:
    """Names lie within the text, one after the other, and each means a place or none."""
    folded = fold(text)
    context = context_of(folded, gazetteer())
    matches = list(names_in(folded, gazetteer()))
    assert all(0 <= match.start < match.end <= len(folded.text) for match in matches)
    assert all(one.end <= other.start for one, other in pairwise(matches))
    assert all(resolve(match, context) is None or match.rows for match in matches)


@settings(deadline=None)  # the first example may have to compile the gazetteer
@given(TEXT)
def test_actors_are_found_in_any_text(text: str) -> None:
    """An actor's words lie within the text, from where they were looked for."""
    folded = fold(text).text
    for start in range(len(folded)):
        match = actors().match(folded, start)
        place_at(folded, start, gazetteer())
        if match is not None:
            assert start <= match.start < match.end <= len(folded)


@settings(deadline=None)  # the first example may have to compile the gazetteer
@given(TEXT, st.dates() | st.none(), st.sampled_from(Precision) | st.none())
def test_dates_are_read_from_any_text(text: str, anchor: date | None, precision: Precision | None) -> None:
    """A date's words are of the text and its days are in order."""
    for dated, _ in dates_in(fold(text), anchor=anchor, anchor_precision=precision):
        assert dated.text in text
        assert (dated.from_ is None) == (dated.to is None)
        assert dated.from_ is None or dated.to is None or dated.from_ <= dated.to
