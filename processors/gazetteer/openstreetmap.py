"""Reads OpenStreetMap extracts (.osm.pbf, .osm, .osm.bz2): places, bases, bridges, dams, crossings, oil fields.

Tags as the OpenStreetMap wiki has them. An object's country and province are not
among them: they are those of the nearest town that is known already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import cos, hypot, radians
from pathlib import Path
from typing import TYPE_CHECKING, Any

from processors.gazetteer.names import is_arabic
from processors.gazetteer.rows import Bad, BadRow
from processors.gazetteer.sources import Place, is_name
from processors.gazetteer.table import Feature
from streams.errors import ConfigError

if TYPE_CHECKING:
    from osmium.osm import Node, Way

ENDINGS = (".osm.pbf", ".osm", ".osm.bz2")
# Key, value and what it is; an empty value stands for any.
FEATURES = (
    ("place", "city", Feature.TOWN), ("place", "town", Feature.TOWN), ("place", "village", Feature.TOWN),
    ("place", "hamlet", Feature.TOWN), ("place", "suburb", Feature.QUARTER), ("place", "quarter", Feature.QUARTER),
    ("place", "neighbourhood", Feature.QUARTER), ("place", "region", Feature.AREA), ("place", "island", Feature.AREA),
    ("military", "airfield", Feature.BASE), ("military", "base", Feature.BASE), ("military", "barracks", Feature.BASE),
    ("military", "naval_base", Feature.BASE), ("landuse", "military", Feature.BASE),
    ("aeroway", "aerodrome", Feature.BASE), ("man_made", "bridge", Feature.CROSSING),
    ("barrier", "border_control", Feature.CROSSING), ("waterway", "dam", Feature.DAM), ("man_made", "dam", Feature.DAM),
    ("industrial", "oil", Feature.FIELD), ("industrial", "oil_field", Feature.FIELD),
    ("industrial", "gas", Feature.FIELD), ("industrial", "gas_field", Feature.FIELD),
)  # fmt: skip
_BY_TAG = {(key, value): feature for key, value, feature in FEATURES}
_KEYS = tuple(dict.fromkeys(key for key, _, _ in FEATURES))
_NAMES = ("name", "int_name", "alt_name", "official_name", "old_name", "loc_name", "short_name")
_CELL = 0.5  # degrees of the grid in which the nearest town is looked for
_RINGS = 4  # cells around looked through: two degrees, some 220 km


class Towns:
    """Known towns in a grid, to find the one nearest to a point."""

    def __init__(self, places: Iterable[Place]) -> None:
        """Put the towns into cells."""
        self._cells: dict[tuple[int, int], list[Place]] = defaultdict(list)
        for place in places:
            if place.feature is Feature.TOWN:
                self._cells[_cell(place.lat, place.lon)].append(place)

    def nearest(self, lat: float, lon: float) -> Place | None:
        """Return the town nearest to a point in degrees, none where there is none in two degrees around."""
        row, column = _cell(lat, lon)
        for ring in range(1, _RINGS + 1):
            around = product(range(row - ring, row + ring + 1), range(column - ring, column + ring + 1))
            towns = [town for cell in around for town in self._cells.get(cell, ())]
            if towns:
                return min(towns, key=lambda town: (_apart(lat, lon, town), town.id))
        return None


def places_in(path: Path, towns: Towns, bad: Bad) -> Iterator[Place]:
    """Yield the named places of an extract; raises ConfigError where the file is none."""
    try:
        import osmium  # noqa: PLC0415 - only who builds from an extract needs it
    except ImportError as error:
        raise ConfigError("reading OpenStreetMap extracts needs the package osmium; install it") from error
    try:
        wanted = osmium.FileProcessor(str(path)).with_locations().with_filter(osmium.filter.KeyFilter(*_KEYS))
        for element in wanted:
            if isinstance(element, (osmium.osm.Node, osmium.osm.Way)):
                yield from _place(path, element, towns, bad)
    except (RuntimeError, OSError) as error:
        raise ConfigError(f"{path} cannot be read as an OpenStreetMap extract: {error}") from error


def _place(path: Path, element: Node | Way, towns: Towns, bad: Bad) -> Iterator[Place]:
    """Yield the place that a tagged object is, if it has a name and its kind is one of ours."""
    tags = {tag.k: tag.v for tag in element.tags}
    feature = next((_BY_TAG[key, tags[key]] for key in _KEYS if (key, tags.get(key)) in _BY_TAG), None)
    names = tuple(dict.fromkeys(_names(tags)))
    if feature is None or not names:
        return
    where = f"{element.type_str()}{element.id}"
    point = _point(element)
    town = towns.nearest(*point) if point else None
    if point is None or town is None:
        why = "has no valid location" if point is None else "lies near no known town, so its country is not known"
        bad(BadRow(file=path, where=where, why=why))
        return
    yield Place(
        id=f"osm:{where}",
        name=tags.get("name:en") or tags.get("int_name") or tags.get("name") or names[0],
        name_ar=tags.get("name:ar") or next((name for name in names if is_arabic(name)), None),
        names=names,
        lat=point[0],
        lon=point[1],
        country=town.country,
        admin1=town.admin1,
        population=_people(tags.get("population", "")),
        feature=feature,
        seat=f"osm:{where}",
        doubtful=frozenset(names) if feature in (Feature.AREA, Feature.QUARTER) else frozenset(),
    )


def _names(tags: Mapping[str, str]) -> Iterator[str]:
    """Yield the names of an object in all languages; several in one tag are parted by semicolons."""
    for key, value in tags.items():
        if key in _NAMES or key.startswith(("name:", "alt_name:", "old_name:")):
            yield from (name for each in value.split(";") if (name := each.strip()) and is_name(name))


def _point(element: Any) -> tuple[float, float] | None:
    """Return latitude and longitude: a node's own, the mean of a way's nodes, none where they are not valid."""
    way = getattr(element, "nodes", None)
    places = [node.location for node in way] if way is not None else [element.location]
    points = [place for place in places if place.valid()]
    if not points:
        return None
    return sum(point.lat for point in points) / len(points), sum(point.lon for point in points) / len(points)


def _people(tag: str) -> int:
    digits = tag.replace(" ", "").replace(",", "")
    return int(digits) if digits.isdecimal() and digits.isascii() else 0


def _cell(lat: float, lon: float) -> tuple[int, int]:
    return int(lat // _CELL), int(lon // _CELL)


def _apart(lat: float, lon: float, town: Place) -> float:
    return hypot(lat - town.lat, (lon - town.lon) * cos(radians(lat)))
