"""A place or an actor as an analyst names it: by id, or by a name in any script; what is not clear is refused.

A report's words are read by what stands around them. An analyst's are not
guessed at: a name that several places bear is refused with all of them
listed, and words after a comma say in which area or country it lies
("Palmyra, Homs", "تدمر، سوريا", "Tripoli, LB").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from processors.detect.actors import ActorEntry, Actors
from processors.detect.beside import has_place_noun, wide
from processors.detect.facilities import facility_of_id
from processors.detect.placing import place_of
from processors.detect.wide import fitting
from processors.gazetteer import Entry, Feature, Gazetteer, PlaceMatch
from processors.normalise import fold
from streams.errors import VerdictRefused
from streams.mentions import Actor, Place, Span

_LISTED = 12
_LIKE = 3
_COUNTRY = Feature.COUNTRY.name.lower()
_WORD = re.compile(r"[^\W_]+")
_PARTS = re.compile(r"[,،;()]")


@dataclass(frozen=True, slots=True)
class Names:
    """The tables in which an analyst's words are looked up."""

    gazetteer: Gazetteer
    actors: Actors


def place_named(words: str, gazetteer: Gazetteer) -> Place:
    """Return the place of this id or name; raises VerdictRefused where there is none, or several, with their ids."""
    known = _by_place_id(words.strip(), gazetteer) if ":" in words else None
    found = [known] if known else _by_name(words, gazetteer)
    if not found:
        raise VerdictRefused(
            f"no place {words!r} is in the gazetteer; write its name alone, or its id (such as geonames:170794)"
        )
    if all(entry.feature == _COUNTRY for entry in found):
        raise VerdictRefused(f"{words!r} is a country; a change of control is told of a place inside one")
    if len(found) > 1:
        raise VerdictRefused(
            f"{words!r} is the name of {len(found)} places; give an id, or say where it lies: {_listed(found)}"
        )
    return place_of(Span(text=words, start=0, end=len(words)), found[0])


def _by_place_id(identity: str, gazetteer: Gazetteer) -> Entry | None:
    row = gazetteer.row_of(identity)
    return gazetteer.entry(row) if row is not None else facility_of_id(identity, gazetteer)


def _by_name(words: str, gazetteer: Gazetteer) -> list[Entry]:
    """Return the places that the whole of these words names, towns before the areas called after them."""
    parts = [part.strip(" '\"") for part in _PARTS.split(fold(words).text)]
    name, *areas = [part for part in parts if part] or [""]
    match = _whole(name, gazetteer)
    entries = [gazetteer.entry(row) for row in match.rows] if match else []
    for area in areas:
        entries = [entry for entry in entries if _lies_in(entry, area, gazetteer)]
    return fitting(entries, wide(match, name)) if match and entries else []


def _whole(name: str, gazetteer: Gazetteer) -> PlaceMatch | None:
    """Return the name that these words are, a noun for a place beside it left aside ("محافظة دير الزور")."""
    for word in _WORD.finditer(name):
        match = gazetteer.match(name, word.start())
        if match and ((match.start, match.end) == (0, len(name)) or has_place_noun(match, name)):
            return match
    return None


def _lies_in(entry: Entry, area: str, gazetteer: Gazetteer) -> bool:
    if area.upper() == entry.country:
        return True
    match = _whole(area, gazetteer)
    around = [gazetteer.entry(row) for row in match.rows] if match else []
    return any(
        one.country == entry.country and (one.feature == _COUNTRY or one.admin1 == entry.admin1 is not None)
        for one in around
        if one.geo_precision > 1
    )


def _listed(found: Sequence[Entry]) -> str:
    told = [", ".join(part for part in (entry.name, entry.admin1, entry.country) if part) for entry in found]
    lines = [f"{entry.id} ({name})" for entry, name in zip(found[:_LISTED], told, strict=False)]
    more = [f"and {len(found) - _LISTED} more"] if len(found) > _LISTED else []
    return "; ".join([*lines, *more])


def actor_named(words: str, names: Names, on: date | None = None) -> Actor:
    """Return the actor of this id or name as of a day; raises VerdictRefused with the names that are like it."""
    entry = _by_id(words.strip(), names, on) or _by_alias(words, names.actors, on)
    return Actor(text=words, start=0, end=len(words), id=entry.id, name=entry.name)


def _by_id(words: str, names: Names, on: date | None) -> ActorEntry | None:
    if words in names.gazetteer.peoples:  # a country's bare code is no id; state:IQ is
        return None
    try:
        return names.actors.entry(words, on)
    except KeyError:
        return None


def _by_alias(words: str, actors: Actors, on: date | None) -> ActorEntry:
    text = fold(words).text.strip(" '\"")
    match = actors.match(text, 0)
    if match is None or match.end < len(text):
        raise VerdictRefused(f"no actor {words!r} is in the actor table{_like(text, actors)}")
    if match.id is None:
        raise VerdictRefused(f"{words!r} does not say which group; name it")
    return actors.entry(match.id, on)


def _like(text: str, actors: Actors) -> str:
    known = {fold(alias).text: alias for alias in actors.aliases}
    like = [known[key] for key in get_close_matches(text, known, n=_LIKE)]
    return f"; did you mean {', '.join(like)}?" if like else "; name it as its sources do, or by its id"
