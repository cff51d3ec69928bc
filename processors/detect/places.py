"""Finds the names of places in a text, and what a document says about where it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from math import asin, cos, radians, sin, sqrt

from processors.detect.beside import goes_on
from processors.gazetteer import Entry, Feature, Gazetteer, PlaceMatch
from processors.normalise import Folded

MOST_WORDS = 600  # words of a document looked at for its country; more cost time and add nothing
PLACE_WEIGHT = 2  # a place says more of where a text is than a nationality, which armies abroad have too

LEAST_PEOPLE = 5_000  # of a place whose name speaks for its country
SPOKEN_OF_ANYWHERE = 300_000  # people of a place that speaks for a country whose wars are not followed
LEAST_LARGE, TIMES_LARGER = 20_000, 3  # people of a town, and times larger than its namesakes in its country
TIMES_RIVAL = 20  # larger than its namesakes abroad must such a place be
AREA_COUNTS = 5_000  # people: an area has none in the tables, and counts for a town
POINTS = 64

_AREA = frozenset(feature.name.lower() for feature in Feature if Feature.DISTRICT <= feature < Feature.COUNTRY)
_WORD = re.compile(r"[^\W\d_][^\W_]*(?:'[^\W_]+)*")
_PROCLITICS = frozenset("وفبلك")
_SELDOM_OFF = frozenset("فك")
_ARABIC_ARTICLE = "ال"
_PREPOSED = re.compile(r"(?<!\w)[وف]?(?:في|علي|من|الي|عن|مدينه|بلده|قريه)\s+$")
_PREPOSITION = 9  # characters looked back for it
_LEAST_BARE = 3  # letters of a name that may follow a proclitic without an article
_LATIN_ARTICLE = re.compile(r"(?:al|el|ad|an|ar|as|at|az|ash|ath|adh|es|ez)[- ](?=\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceContext:
    """What a document says about where it is: countries by share of evidence, and what is sure of its places.

    `lone` are the countries for which one place's name only speaks, with that
    name; `acting` those for which only words for their people and forces do;
    `areas` the provinces that are named, `points` coordinates in degrees.
    """

    folded: Folded
    gazetteer: Gazetteer
    countries: Mapping[str, float]
    lone: Mapping[str, str] = field(default_factory=dict)
    acting: frozenset[str] = frozenset()
    areas: frozenset[tuple[str, str]] = frozenset()
    points: tuple[tuple[float, float], ...] = ()

    @property
    def text(self) -> str:
        """Return the document's folded text."""
        return self.folded.text


def place_at(folded: str, start: int, gazetteer: Gazetteer) -> PlaceMatch | None:
    """Return the name that the word at `start` begins, without the proclitics written onto it (و ف ب ل ك لل).

    A whole word that is a name is not taken apart: in لبنان there is no بنان.
    Behind a preposition, or a noun that a name follows, nothing is taken off: what
    begins with ب there is a name of its own.
    Where للرقة hides the article of الرقة the match keeps both lams, as no
    shorter words of the source are that name.
    """
    match = gazetteer.match(folded, start)
    if match is not None or folded[start : start + 1] not in _PROCLITICS:
        return match
    preposed = _PREPOSED.search(folded, max(0, start - _PREPOSITION), start)
    for after in () if preposed else _after_clitics(folded, start):
        found = gazetteer.match(folded, after)
        if found is not None and found.end - after >= _LEAST_BARE and _may_follow(folded[after - 1], found, gazetteer):
            return found
    return _behind_two_lams(folded, start, gazetteer)


def _may_follow(proclitic: str, match: PlaceMatch, gazetteer: Gazetteer) -> bool:
    """Say whether a name may stand behind this letter; in كشفت and فرانس it is far more often a part of the word."""
    return proclitic not in _SELDOM_OFF or any(gazetteer.entry(row).country in gazetteer.watched for row in match.rows)


def names_in(folded: Folded, gazetteer: Gazetteer) -> Iterator[PlaceMatch]:
    """Yield the names of places in a text, left to right; outside Arabic script only words with a capital."""
    done = 0
    for word in _WORD.finditer(folded.text):
        start = word.start()
        if start < done or not may_be_name(folded, start):
            continue
        match = place_at(folded.text, start, gazetteer)
        if match is not None:
            done = match.end
            yield match


def may_be_name(folded: Folded, start: int) -> bool:
    """Say whether the word is written as names are: with a capital, or in a script that has none.

    An article before the capital is part of the name ("al-Bab", "el Obeid").
    """
    text, source = folded.text, folded.source
    first = source[folded.origin[start]]
    if not first.islower():
        return True
    article = _LATIN_ARTICLE.match(text, start)
    return article is not None and source[folded.origin[article.end()]].isupper()


def context_of(folded: Folded, gazetteer: Gazetteer, *, countries: Iterable[str] = ()) -> PlaceContext:
    """Gather a document's evidence of where it is; `countries` are hints from elsewhere (its actors, its source)."""
    counts: Counter[str] = Counter(countries)
    counts.update(_nations(folded.text, gazetteer))
    placed = Counter(_sure(folded, gazetteer))
    acting = frozenset(counts) - {entry.country for _, entry, _ in placed}
    exact = [entry for _, entry, exact in placed if exact]
    lone: dict[str, str] = {}
    for (name, entry, _), times in placed.items():
        lone[entry.country] = name if lone.get(entry.country, name) == name and not counts[entry.country] else ""
        counts[entry.country] += PLACE_WEIGHT * times
    total = counts.total()
    return PlaceContext(
        folded=folded,
        gazetteer=gazetteer,
        countries={code: count / total for code, count in counts.items() if count},
        lone={code: name for code, name in lone.items() if name},
        acting=acting,
        areas=frozenset((entry.country, entry.admin1) for entry in exact if entry.feature in _AREA and entry.admin1),
        points=tuple((entry.lat, entry.lon) for entry in exact if entry.geo_precision == 1)[:POINTS],
    )


def _nations(text: str, gazetteer: Gazetteer) -> Iterator[str]:
    """Yield the country of each word for a nation."""
    nations = gazetteer.nations
    for word in islice(_WORD.finditer(text), MOST_WORDS):
        nation = nations.get(word[0]) or nations.get(word[0].lstrip("وف"))
        if nation:
            yield nation


def _sure(folded: Folded, gazetteer: Gazetteer) -> Iterator[tuple[str, Entry, bool]]:
    """Yield the names that mean one country wherever they stand, with their largest place there.

    The last value says that it is that very place, as it has no namesake near its size.
    """
    end = folded.text.find(" ", MOST_WORDS * 8)
    opening = folded if end < 0 else replace(folded, text=folded.text[:end])
    for match in names_in(opening, gazetteer):
        doubtful = match.common or goes_on(folded, match)
        entry = None if doubtful else _only(match, gazetteer)
        if entry is not None and (entry.country in gazetteer.watched or _weight(entry) >= SPOKEN_OF_ANYWHERE):
            second = gazetteer.entry(match.rows[:2][-1])
            exact = second is entry or entry.feature in _AREA or _far_larger(entry, second)
            yield folded.text[match.start : match.end], entry, exact


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the great-circle distance between two points in degrees (haversine, mean radius 6,371 km)."""
    lat, lon, to_lat, to_lon = map(radians, (*one, *other))
    half = sin((to_lat - lat) / 2) ** 2 + cos(lat) * cos(to_lat) * sin((to_lon - lon) / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(half))


def _after_clitics(folded: str, start: int) -> Iterator[int]:
    """Yield the offsets after one and two proclitic letters: after the و of وبحلب, then after its ب."""
    first = folded[start : start + 1]
    if first in ("و", "ف"):
        yield start + 1
        if folded[start + 1 : start + 2] in ("ب", "ل", "ك"):
            yield start + 2
    elif first in ("ب", "ل", "ك"):
        yield start + 1


def _behind_two_lams(folded: str, start: int, gazetteer: Gazetteer) -> PlaceMatch | None:
    """Find الرقة in للرقة: the article loses its alef behind ل."""
    lams = start + 1 if folded[start : start + 1] in ("و", "ف") else start
    if folded[lams : lams + 2] != "لل":
        return None
    match = gazetteer.match(_ARABIC_ARTICLE + folded[lams + 2 : lams + 64], 0)
    return match and replace(match, start=lams, end=lams + match.end)


def _only(match: PlaceMatch, gazetteer: Gazetteer) -> Entry | None:
    """Return the one place of any size that bears the name, or the one far larger than the rest."""
    first, second = (gazetteer.entry(row) for row in (match.rows[0], match.rows[:2][-1]))
    rival = max(
        (_weight(gazetteer.entry(row)) for row in match.rows if gazetteer.entry(row).country != first.country),
        default=0,
    )
    alone = second.country == first.country or rival * TIMES_RIVAL < first.population
    return first if alone and _weight(first) >= LEAST_PEOPLE else None


def _far_larger(entry: Entry, second: Entry) -> bool:
    """Say whether a place is a town that its namesakes are villages beside, or only its district bears its name."""
    large = entry.population >= LEAST_LARGE and entry.population >= TIMES_LARGER * second.population
    return large or second.seat == entry.id


def _weight(entry: Entry) -> int:
    return max(entry.population, AREA_COUNTS if entry.feature in _AREA else 0)
