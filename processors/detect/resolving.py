"""Says which place a name means; wrong is worse than none.

A name is taken for a place by what the document says around it: an area named
beside it ("in Donetsk region", بريف حلب), the countries the document speaks of,
the other places it names, and only then how large the place is. `Why` tells
which of these settled it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from processors.detect.beside import goes_on, has_place_noun, linked_end, wide
from processors.detect.places import SPOKEN_OF_ANYWHERE, PlaceContext, distance_km, may_be_name, place_at
from processors.detect.wide import Wide, fitting
from processors.gazetteer import Entry, Feature, PlaceMatch

FAR_KM = 150.0
TIMES_NEARER = 2.5
SAME_KM = 25.0
SIZEABLE = 20_000  # people; places larger than this are named in the news without a noun
SHARE_OF_SUBJECT = 0.3  # of a document's evidence, from which on it is about a country
SHARE_OF_ASIDE = 0.2
KNOWN = 50_000
FAMOUS = 100_000
KNOWN_ANYWHERE = 1_000_000  # people of a place that is meant in a document about other countries
LONG = 4  # letters; a shorter name is too easily something else
TIMES_LARGER = 3  # than its namesakes: then a place is meant without further evidence
TIMES_VILLAGE = 10  # the same for a small one
TIMES_ELSEWHERE = 5

_DISTRICT = Feature.DISTRICT.name.lower()
_AREAS = frozenset(
    feature.name.lower() for feature in (Feature.AREA, Feature.GOVERNORATE, Feature.REGION, Feature.COUNTRY)
)
_LOCAL = frozenset(feature.name.lower() for feature in (Feature.TOWN, Feature.DISTRICT))
_COUNTRY = Feature.COUNTRY.name.lower()

# What may stand between a place and the area it lies in, in the languages that are read; the last group is empty
# where only a comma or a bracket parts them, which a list does as well.
_LINK = re.compile(
    r"[\s\"]*(?P<sign>[,،(])?[\s\"]*"
    r"(?P<words>(?:(?:in|of|the|city|town|village|area|dans|en|au|aux|du|de|des|del|la|le|les|el|province|provincia|region|rural|countryside"
    r"|territoire|territorio|departement|departamento|district|state|oblast|cercle|(?:north|south|east|west)\w*|central"
    r"|nord|sud|est|ouest|norte|sur|este|oeste"
    r"|в|во|у|на|північ\w+|південн\w+|східн\w+|західн\w+|северн\w+|южн\w+|восточн\w+|западн\w+"
    r"|في|من|التابع\w*|الواقع\w*|[بل]?(?:محافظه|ولايه|ريف|اقليم|قضاء|منطقه|مديريه|باديه)|بريفي"
    r"|(?:ال)?(?:شمال|جنوب|شرق|غرب)\w*|در|استان|ولايت|ولسوالي|شهرستان)[\s\"]+|[dl]'){0,8})"
)


_DIRECTION = re.compile(
    r"\b(?:north|south|east|west|nord|sud|est|ouest|norte|sur|este|oeste|північ|південн|східн|західн|северн|южн|восточн"
    r"|западн|(?:ال)?(?:شمال|جنوب|شرق|غرب))"
)
_INVADING = frozenset({"RU"})  # its war is followed, and fought in another country
_LINK_WORD = re.compile(r"[dl]'|[^\s\"]+[\s\"]+")


class Why(StrEnum):
    """What settled which place a name means."""

    BESIDE = "beside"  # an area named beside it
    COUNTRY = "country"  # the document speaks of its country
    NEAR = "near"  # the document names places or areas around it
    SIZE = "size"  # it is far larger than its namesakes
    WATCHED = "watched"  # it is the only one in a country whose provinces the tables have
    ONLY = "only"  # no other place bears the name


@dataclass(frozen=True, slots=True)
class Resolution:
    """The place that a name means, and what settled it."""

    entry: Entry
    why: Why


def resolve(match: PlaceMatch, context: PlaceContext, *, listed: bool = False, area: bool = False) -> Resolution | None:
    """Return the place that a name means here, or None where that is not clear.

    A name that is also an everyday word needs a place-noun beside it, or to
    stand in a list with other places (`listed`), or to be a sizeable town of
    the country the document is about; a noun such as المدينة needs the former.
    `area` says that the list it stands in is one of provinces.
    """
    doubtful = match.common and not listed and not has_place_noun(match, context.text)
    if doubtful and match.noun:
        return None
    chosen = _chosen(match, context, Wide.AREA if area else wide(match, context.text))
    if chosen is None or chosen.why is Why.BESIDE:
        return chosen
    if goes_on(context.folded, match) and chosen.entry.country not in _spoken_for(match, context):
        return None
    return None if doubtful and not _expected(chosen.entry, context) else chosen


def _chosen(match: PlaceMatch, context: PlaceContext, told: Wide | None) -> Resolution | None:
    candidates = fitting(_spoken_of(match, context), told)
    country = next((entry for entry in candidates if entry.feature == _COUNTRY), None)
    if country is not None:
        return Resolution(country, Why.COUNTRY)
    around, sure = _areas_beside(match, context)
    inside = _inside(candidates, around, context) if around else None
    if inside or (around and sure):
        return inside
    countries = _spoken_for(match, context)
    local = [entry for entry in candidates if entry.country in countries]
    if not local:
        return _elsewhere(candidates, match, context) if candidates else None
    best = max(countries[entry.country] for entry in local)
    chosen = _settled([entry for entry in local if countries[entry.country] == best], context)
    if chosen is not None and _fights_abroad(chosen.entry, context):
        watched = context.gazetteer.watched - _INVADING - {chosen.entry.country}
        abroad = [entry for entry in candidates if entry.country in watched]
        chosen = _in_war(abroad, chosen, context) if abroad else chosen
    return None if chosen is not None and _outshone(chosen.entry, best, candidates) else chosen


def _spoken_of(match: PlaceMatch, context: PlaceContext) -> list[Entry]:
    """Return the places of the name, districts only where the document speaks of their country.

    "The Zahra district" of a city must not become a district of that name abroad.
    """
    entries = [context.gazetteer.entry(row) for row in match.rows]
    return [entry for entry in entries if entry.feature != _DISTRICT or entry.country in context.countries]


def _areas_beside(match: PlaceMatch, context: PlaceContext) -> tuple[frozenset[tuple[str, str | None]], bool]:
    """Return the areas that the words behind a name say it lies in: country, and province where it is one.

    A word such as "South" may lead to the area's name or begin it: the first name that is an area counts.
    The second value is false where a place is only said to lie north of it, which may be outside.
    """
    link = _LINK.match(context.text, match.end, linked_end(match, context.text))
    if link is None or link.end() == match.end:
        return frozenset(), True
    first = link.start("words")
    if not (link["words"] or link["sign"]) and "\n" in link[0]:  # the next line begins with a name of its own
        return frozenset(), True
    for start in (first, *(word.end() for word in _LINK_WORD.finditer(context.text, first, link.end()))):
        wanted = _AREAS if start > first or link["sign"] == "(" else {_COUNTRY}
        areas = _areas_at(start, wanted, context)
        if areas:
            return areas, _DIRECTION.search(context.text, first, start) is None
    return frozenset(), True


def _areas_at(start: int, wanted: AbstractSet[str], context: PlaceContext) -> frozenset[tuple[str, str | None]]:
    """Return the areas of these kinds that a name beginning here means."""
    if start >= len(context.text) or not may_be_name(context.folded, start):
        return frozenset()
    area = place_at(context.text, start, context.gazetteer)
    entries = (context.gazetteer.entry(row) for row in (area.rows if area else ()))
    return frozenset(
        (entry.country, None if entry.feature == _COUNTRY else entry.admin1)
        for entry in entries
        if entry.feature in wanted
    )


def _inside(
    candidates: Sequence[Entry], areas: frozenset[tuple[str, str | None]], context: PlaceContext
) -> Resolution | None:
    """Choose among the places that lie in these areas; one that lies in none of them is not meant."""
    inside = [entry for entry in candidates if _lies_in(entry, areas)]
    chosen = _settled(inside, context) if inside else None
    return chosen and Resolution(chosen.entry, Why.BESIDE)


def _lies_in(entry: Entry, areas: frozenset[tuple[str, str | None]]) -> bool:
    """Say whether a place lies in one of these areas; of some places only the country is known."""
    known = entry.admin1 is not None
    return any(country == entry.country and (admin1 in (None, entry.admin1) or not known) for country, admin1 in areas)


def _settled(entries: list[Entry], context: PlaceContext) -> Resolution | None:
    """Choose among places of one country by size and by nearness to the document's other places."""
    entries = sorted(entries, key=lambda entry: (-entry.population, entry.id))
    first, *rest = entries
    if not rest or all(_km(first, entry) <= SAME_KM for entry in rest):
        return Resolution(first, Why.COUNTRY)
    larger = first.population >= TIMES_LARGER * rest[0].population > 0
    if larger and first.population >= SIZEABLE:
        return Resolution(first, Why.COUNTRY)
    near = _nearest(entries, context)
    if near is not None:
        return Resolution(near, Why.NEAR)
    alone = first.population >= TIMES_VILLAGE * rest[0].population > 0 and not context.points and not context.areas
    return Resolution(first, Why.COUNTRY) if alone else None


def _nearest(entries: Sequence[Entry], context: PlaceContext) -> Entry | None:
    """Return the only place in a province that the document names, or one far nearer than others to what it names."""
    named = [entry for entry in entries if (entry.country, entry.admin1 or "") in context.areas]
    if len(named) == 1:
        return named[0]
    apart = sorted((_from_points(entry, context), entry.id, entry) for entry in (named or entries))
    if apart[0][0] > FAR_KM:
        return None
    clear = len(apart) == 1 or apart[1][0] > max(TIMES_NEARER * apart[0][0], SAME_KM)
    return apart[0][2] if clear else None


def _from_points(entry: Entry, context: PlaceContext) -> float:
    """Return how far a place is from the nearest that the document names for sure, in kilometres."""
    return min((distance_km((entry.lat, entry.lon), point) for point in context.points), default=inf)


def _outshone(chosen: Entry, share: float, candidates: list[Entry]) -> bool:
    """Say whether a far larger place of the name elsewhere makes a weakly supported one doubtful."""
    return share < SHARE_OF_ASIDE and any(entry.population > 50 * max(chosen.population, 1_000) for entry in candidates)


def _elsewhere(candidates: list[Entry], match: PlaceMatch, context: PlaceContext) -> Resolution | None:
    """Choose a place of no country that the document speaks of: one far larger than its namesakes, or one at war."""
    first, *rest = sorted(candidates, key=lambda entry: (-_people(entry), entry.id))
    least = FAMOUS if first.country in context.gazetteer.watched or not _spoken_for(match, context) else KNOWN_ANYWHERE
    if _people(first) >= max(least, TIMES_LARGER * _people(rest[0]) if rest else 0):
        return Resolution(first, Why.SIZE if rest else Why.ONLY)
    return _at_war(candidates, match, context)


def _at_war(candidates: list[Entry], match: PlaceMatch, context: PlaceContext) -> Resolution | None:
    """Choose the place of the one watched country where the name is known.

    Where the document speaks of other countries, it must have no namesakes elsewhere
    and be sizeable, or the document names them only for their forces, which are abroad;
    else no namesake may be far larger.
    """
    watched = [entry for entry in candidates if entry.country in context.gazetteer.watched]
    chosen = _settled(watched, context) if len({entry.country for entry in watched}) == 1 else None
    short = match.end - match.start <= LONG and not has_place_noun(match, context.text)
    if chosen is None or (short and chosen.entry.population < KNOWN):
        return None
    others = _spoken_for(match, context)
    if others:
        likely = _people(chosen.entry) >= SIZEABLE or all(_sends_forces(code, context) for code in others)
        sure = likely and len(watched) == len(candidates)
    else:
        sure = max(map(_people, candidates)) <= TIMES_ELSEWHERE * max(_people(chosen.entry), SIZEABLE)
    why = Why.ONLY if len(watched) == len(candidates) else Why.WATCHED
    return Resolution(chosen.entry, why) if sure else None


def _fights_abroad(entry: Entry, context: PlaceContext) -> bool:
    """Say whether a document names a country only for its forces, which take few places at home."""
    return _sends_forces(entry.country, context) and entry.population < SPOKEN_OF_ANYWHERE


def _sends_forces(country: str, context: PlaceContext) -> bool:
    """Say whether a document names a country without a war of its own, or one that fights its war abroad, as acting."""
    return country in context.acting and (country not in context.gazetteer.watched or country in _INVADING)


def _in_war(entries: list[Entry], home: Resolution, context: PlaceContext) -> Resolution | None:
    """Choose among the places of the one watched country that has the name; of several none beside a larger at home."""
    if len({entry.country for entry in entries}) > 1:
        return home if home.entry.population > max(entry.population for entry in entries) else None
    settled = _settled(entries, context)
    return settled and Resolution(settled.entry, Why.WATCHED)


def _people(entry: Entry) -> int:
    """Return a place's people; areas, bases and fields have none in the tables and count for a sizeable town."""
    return entry.population if entry.feature in _LOCAL else max(entry.population, SIZEABLE)


def _expected(entry: Entry, context: PlaceContext) -> bool:
    """Say whether a document about this country may name the place without saying that it is one."""
    return entry.population >= SIZEABLE and context.countries.get(entry.country, 0) >= SHARE_OF_SUBJECT


def _spoken_for(match: PlaceMatch, context: PlaceContext) -> Mapping[str, float]:
    """Return the document's countries by share, without one that nothing but this very name speaks for."""
    name = context.text[match.start : match.end]
    return {code: share for code, share in context.countries.items() if context.lone.get(code) != name}


def _km(one: Entry, other: Entry) -> float:
    return distance_km((one.lat, one.lon), (other.lat, other.lon))
