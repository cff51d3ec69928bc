"""Finds the names of places in a text and says which place a name means; wrong is worse than none.

A name is taken for a place by what the document says around it: the words
next to it (محافظة, "town of"), the countries it speaks of, the other places it
names, and only then how large the place is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from math import asin, cos, radians, sin, sqrt

from processors.detect.beside import fitting, geo_precision, goes_on, has_place_noun
from processors.gazetteer import Entry, Feature, Gazetteer, PlaceMatch
from processors.normalise import Folded

__all__ = [
    "PlaceContext",
    "context_of",
    "distance_km",
    "geo_precision",
    "goes_on",
    "has_place_noun",
    "may_be_name",
    "names_in",
    "place_at",
    "resolve",
]

MOST_WORDS = 600  # words of a document looked at for its country; more cost time and add nothing
FAR_KM = 150.0
SAME_KM = 25.0
SIZEABLE = 20_000  # people; places larger than this are named in the news without a noun
SHARE_OF_SUBJECT = 0.3  # of a document's evidence, from which on it is about a country
SHARE_OF_ASIDE = 0.2
KNOWN = 50_000
PLACE_WEIGHT = 2  # a place says more of where a text is than a nationality, which armies abroad have too
LONG = 4  # letters; a shorter name is too easily something else
FAMOUS = 100_000

_DISTRICT = Feature.DISTRICT.name.lower()
_WORD = re.compile(r"[^\W\d_][^\W_]*(?:'[^\W_]+)*")
_PROCLITICS = frozenset("وفبلك")
_ARABIC_ARTICLE = "ال"
_PREPOSED = re.compile(r"(?<!\w)[وف]?(?:في|علي|من|الي|عن|مدينه|بلده|قريه)\s+$")
_PREPOSITION = 9  # characters looked back for it
_LEAST_BARE = 3  # letters of a name that may follow a proclitic without an article
_LATIN_ARTICLE = re.compile(r"(?:al|el|ad|an|ar|as|at|az|ash|ath|adh|es|ez)[- ](?=\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceContext:
    """What a document says about where it is: countries by share of evidence, and coordinates that are sure.

    `single` are the countries that one name only speaks for.
    """

    folded: Folded
    gazetteer: Gazetteer
    countries: Mapping[str, float]
    single: frozenset[str] = frozenset()
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
        if found is not None and found.end - after >= _LEAST_BARE:
            return found
    return _behind_two_lams(folded, start, gazetteer)


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
    sure: list[tuple[float, float]] = []
    nations = gazetteer.nations
    for word in islice(_WORD.finditer(folded.text), MOST_WORDS):
        nation = nations.get(word[0]) or nations.get(word[0].lstrip("وف"))
        if nation:
            counts[nation] += 1
    end = folded.text.find(" ", MOST_WORDS * 8)
    opening = folded if end < 0 else replace(folded, text=folded.text[:end])
    for match in names_in(opening, gazetteer):
        doubtful = match.common or goes_on(folded, match)
        entry = None if doubtful else _only(match, gazetteer)
        if entry is not None:
            counts[entry.country] += PLACE_WEIGHT
            if entry.geo_precision == 1:
                sure.append((entry.lat, entry.lon))
    total = counts.total()
    shares = {code: count / total for code, count in counts.items()}
    return PlaceContext(
        folded=folded,
        gazetteer=gazetteer,
        countries=shares,
        single=frozenset(code for code, count in counts.items() if count <= PLACE_WEIGHT),
        points=tuple(sure[:64]),
    )


def resolve(match: PlaceMatch, context: PlaceContext, *, listed: bool = False) -> Entry | None:
    """Return the place that a name means here, or None where that is not clear.

    A name that is also an everyday word needs a place-noun beside it, or to
    stand in a list with other places (`listed`), or to be a sizeable town of
    the country the document is about; a noun such as المدينة needs the former.
    """
    doubtful = match.common and not listed and not has_place_noun(match, context.text)
    if doubtful and match.noun:
        return None
    chosen = _chosen(match, context)
    if chosen is not None and goes_on(context.folded, match) and not _spoken_for(chosen, context):
        return None
    return None if doubtful and chosen is not None and not _expected(chosen, context) else chosen


def _chosen(match: PlaceMatch, context: PlaceContext) -> Entry | None:
    candidates = fitting(_spoken_of(match, context), match, context.text)
    local = [entry for entry in candidates if entry.country in context.countries]
    if local:
        best = max(context.countries[entry.country] for entry in local)
        chosen = _settled([entry for entry in local if context.countries[entry.country] == best], context)
        return None if chosen is not None and _outshone(chosen, best, candidates) else chosen
    return _famous(candidates, match) if candidates else None


def _spoken_of(match: PlaceMatch, context: PlaceContext) -> list[Entry]:
    """Return the places of the name, districts only where the document speaks of their country.

    "The Zahra district" of a city must not become a district of that name abroad.
    """
    entries = [context.gazetteer.entry(row) for row in match.rows]
    return [entry for entry in entries if entry.feature != _DISTRICT or entry.country in context.countries]


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
    """Return the one place of any size that bears the name, or the one far larger than the rest.

    A district has no population here, and counts for a large place.
    """
    first, second = (gazetteer.entry(row) for row in (match.rows[0], match.rows[:2][-1]))
    rival = FAMOUS / 20 if second.feature == _DISTRICT else second.population
    alone = second.country == first.country or rival * 20 < first.population
    return first if alone and first.population >= SIZEABLE / 4 else None


def _settled(entries: list[Entry], context: PlaceContext) -> Entry | None:
    """Choose among places of one country by size and by nearness to the document's other places."""
    entries = sorted(entries, key=lambda entry: (-entry.population, entry.id))
    first, *rest = entries
    if (
        not rest
        or first.population >= 3 * rest[0].population > 0
        or all(_km(first, entry) <= SAME_KM for entry in rest)
    ):
        return first
    near = [
        entry for entry in entries if any(distance_km((entry.lat, entry.lon), at) <= FAR_KM for at in context.points)
    ]
    return near[0] if len(near) == 1 else None


def _outshone(chosen: Entry, share: float, candidates: list[Entry]) -> bool:
    """Say whether a far larger place of the name elsewhere makes a weakly supported one doubtful."""
    return share < SHARE_OF_ASIDE and any(entry.population > 50 * max(chosen.population, 1_000) for entry in candidates)


def _famous(candidates: list[Entry], match: PlaceMatch) -> Entry | None:
    """Choose without any sign of a country: a place far larger than its namesakes, or the only one of a long name."""
    first, *rest = sorted(candidates, key=lambda entry: (-entry.population, entry.id))
    if not rest:
        return first if match.end - match.start > LONG or first.population >= KNOWN else None
    return first if first.population >= max(FAMOUS, 3 * rest[0].population) else None


def _expected(entry: Entry, context: PlaceContext) -> bool:
    """Say whether a document about this country may name the place without saying that it is one."""
    return entry.population >= SIZEABLE and context.countries.get(entry.country, 0) >= SHARE_OF_SUBJECT


def _spoken_for(entry: Entry, context: PlaceContext) -> bool:
    """Say whether more than one word of the document speaks for the place's country."""
    return entry.country in context.countries and entry.country not in context.single


def _km(one: Entry, other: Entry) -> float:
    return distance_km((one.lat, one.lon), (other.lat, other.lon))
