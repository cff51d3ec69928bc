"""Which places and actors the names in our own texts mean."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from processors.detect.actors import load_actors
from processors.detect.places import context_of, place_at
from processors.detect.resolving import resolve
from processors.gazetteer import Gazetteer, compiled
from processors.normalise import fold

TEXTS = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))["text"]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(compiled())


@pytest.mark.parametrize("case", TEXTS, ids=[case["text"][:30] for case in TEXTS])
def test_places_are_resolved_as_they_are_meant(case: dict[str, Any], gazetteer: Gazetteer) -> None:
    """Each name resolves to the place its text means, an area with its seat, or to none where it means none."""
    folded = fold(case["text"])
    context = context_of(folded, gazetteer, countries=load_actors(gazetteer).countries_in(folded.text))
    for words, identity in case.get("places", {}).items():
        match = place_at(folded.text, folded.text.rindex(fold(words).text), gazetteer)
        found = match and resolve(match, context)
        entry = found and found.entry
        assert (entry.id if entry else "") == identity, words
        assert words not in case.get("why", {}) or (found and found.why == case["why"][words]), words
        assert words not in case.get("seats", {}) or (entry and entry.seat == case["seats"][words]), words
        assert match is None or not identity or folded.span(match.start, match.end).text == words


@pytest.mark.parametrize("case", TEXTS, ids=[case["text"][:30] for case in TEXTS])
def test_actors_are_recognised_within_their_phrase(case: dict[str, Any], gazetteer: Gazetteer) -> None:
    """Each actor's name is found within its words and settles on its id."""
    folded = fold(case["text"])
    actors = load_actors(gazetteer)
    countries = context_of(folded, gazetteer, countries=actors.countries_in(folded.text)).countries
    for words, identity in case.get("actors", {}).items():
        start = folded.text.index(fold(words).text)
        within = range(start, start + len(fold(words).text))
        matches = (actors.match(folded.text, at) for at in within if at == 0 or not folded.text[at - 1].isalnum())
        match = next((match for match in matches if match), None)
        entry = actors.settle(match, countries) if match else None
        assert (entry.id if entry else "") == identity, words
        if match and identity:
            assert folded.span(match.start, match.end).text in words
