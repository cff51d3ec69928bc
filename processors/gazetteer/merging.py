"""Adds places to those that are known: what is one place under one of its names stays one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import cos, hypot, inf, radians

from processors.gazetteer.names import key_of
from processors.gazetteer.sources import Place
from processors.gazetteer.table import Feature
from processors.normalise import fold

_KM = 111.2  # a degree of latitude
# How far apart two places of one name and kind can be and still be one; an area's middle is anybody's choice.
_APART_KM = {Feature.TOWN: 6.0, Feature.QUARTER: 3.0, Feature.AREA: 80.0}
_SITE_KM = 12.0


def merged(known: list[Place], more: Iterable[Place]) -> list[Place]:
    """Return the known places with the names that others give them, then those that are new.

    A place is known by its id, or by one of its names if it is of the same kind
    and country and lies where the known one lies.
    """
    places = [*known]
    more = list(more)
    countries = {place.country for place in more}
    index: dict[tuple[str, Feature, str], list[int]] = defaultdict(list)
    rows = {place.id: row for row, place in enumerate(places)}
    for row, place in enumerate(places):
        if place.country in countries:
            _enter(index, place, row)
    for place in more:
        row = rows.get(place.id, -1)
        row = row if row >= 0 else _same(place, places, index)
        if row < 0:
            row = len(places)
            places.append(place)
        else:
            places[row] = _both(places[row], place)
        rows[place.id] = row
        _enter(index, place, row)
    return places


def _same(place: Place, places: list[Place], index: dict[tuple[str, Feature, str], list[int]]) -> int:
    """Return the row of the nearest known place that this one is, -1 if it is new."""
    rows = {row for key in _keys(place) for row in index.get((place.country, place.feature, key), ())}
    near = min(rows, key=lambda row: (_apart_km(place, places[row]), row), default=-1)
    return near if near >= 0 and _apart_km(place, places[near]) <= _limit(place.feature) else -1


def _both(known: Place, other: Place) -> Place:
    """Return the known place with the other's names; its population where it has none."""
    names = {*known.names, other.name, *other.names} - {known.name}
    return replace(
        known,
        name_ar=known.name_ar or other.name_ar,
        names=tuple(sorted(names)),
        admin1=known.admin1 or other.admin1,
        population=known.population or other.population,
        doubtful=known.doubtful | (other.doubtful - {known.name, *known.names}),
    )


def _enter(index: dict[tuple[str, Feature, str], list[int]], place: Place, row: int) -> None:
    for key in _keys(place):
        rows = index[place.country, place.feature, key]
        if row not in rows[-1:]:
            rows.append(row)


def _keys(place: Place) -> Iterator[str]:
    for name in {place.name, place.name_ar or place.name, *place.names}:
        reading = key_of(fold(" ".join(name.split())).text)
        if reading is not None:
            yield reading.key


def _limit(feature: Feature) -> float:
    return inf if Feature.DISTRICT <= feature <= Feature.COUNTRY else _APART_KM.get(feature, _SITE_KM)


def _apart_km(one: Place, other: Place) -> float:
    return _KM * hypot(one.lat - other.lat, (one.lon - other.lon) * cos(radians(one.lat)))
