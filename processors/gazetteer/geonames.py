"""Reads GeoNames' files: the places of a country, their alternate names, the names of provinces.

A file is known by its columns, as GeoNames' readme.txt (export/dump) gives them:
19 are places (XX.txt, allCountries.txt), 10 alternate names (alternateNamesV2),
4 provinces (admin1CodesASCII.txt), 3 the codes of features (featureCodes_en.txt).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from processors.gazetteer.names import is_arabic
from processors.gazetteer.rows import Bad, BadRow, files_in, rows_of
from processors.gazetteer.sources import Place, is_name
from processors.gazetteer.table import Feature
from streams.errors import ConfigError

PLACES, ALTERNATES, PROVINCES, CODES = 19, 10, 4, 3
FEATURES: Mapping[str, Feature] = {
    **dict.fromkeys(("A.ADM1",), Feature.GOVERNORATE),
    **dict.fromkeys(("A.ADM2", "A.ADM3"), Feature.DISTRICT),
    **dict.fromkeys(("P.PPLX", "S.CMPRF", "L.CMPRF"), Feature.QUARTER),
    **dict.fromkeys(
        ("S.AIRB", "S.AIRF", "S.AIRP", "S.INSM", "S.FT", "L.MILB", "L.NVB", "L.PRT", "S.PRT"), Feature.BASE
    ),
    **dict.fromkeys(("L.OILF", "L.GASF", "S.OILR", "S.OILP", "S.MNGS"), Feature.FIELD),
    **dict.fromkeys(("S.PSTB", "S.CSTM", "S.BDG", "S.FRMT"), Feature.CROSSING),
    **dict.fromkeys(("S.DAM", "S.DAMSB"), Feature.DAM),
    **dict.fromkeys(("L.RGN", "L.AREA", "T.ISL", "T.MT", "T.MTS", "T.HLL", "T.HLLS"), Feature.AREA),
}
# Columns of `isolanguage` that hold no names.
_NO_LANGUAGE = frozenset({"link", "post", "iata", "icao", "faac", "wkdt", "unlc", "abbr", "phon", "tcid"})
_MOST_DEGREES = (90.0, 180.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """GeoNames' files by what they hold."""

    places: Sequence[Path] = ()
    alternates: Sequence[Path] = ()
    provinces: Sequence[Path] = ()
    codes: Sequence[Path] = ()


def sorted_out(paths: Sequence[Path]) -> Files:
    """Tell the files apart by their columns; raises ConfigError for one that is none of them, or without places."""
    kinds: dict[int, list[Path]] = defaultdict(list)
    for path in (file for each in paths for file in files_in(each, ".txt", ".zip")):
        columns = next((len(cells) for _, cells in rows_of(path, lambda _: None)), 0)
        if columns not in {PLACES, ALTERNATES, PROVINCES, CODES}:
            raise ConfigError(
                f"{path}: its first line has {columns} columns between tabs; GeoNames' files have 19 (places),"
                " 10 (alternateNamesV2), 4 (admin1CodesASCII) or 3 (featureCodes)"
            )
        kinds[columns].append(path)
    if paths and not kinds[PLACES]:
        raise ConfigError(f"{paths[0]}: no file of places (XX.txt with 19 columns) is among the files given")
    return Files(places=kinds[PLACES], alternates=kinds[ALTERNATES], provinces=kinds[PROVINCES], codes=kinds[CODES])


def places_in(files: Files, regions: Mapping[tuple[str, str], str], bad: Bad) -> Iterator[Place]:
    """Yield the places of the files; `regions` are the names under which provinces are known already."""
    regions = {**_provinces(files.provinces, bad), **regions}
    names = _alternates(files.alternates, bad)
    for path in files.places:
        for number, cells in rows_of(path, bad):
            try:
                place = _place(cells, names, regions)
            except ValueError as error:
                bad(BadRow(file=path, where=str(number), why=str(error)))
                continue
            if place is not None:
                yield place


def left_out(files: Files) -> Iterator[tuple[str, int]]:
    """Yield what kinds of rows have no use here and how many there are, most first, in the words of featureCodes."""
    words = {cells[0]: cells[1] for path in files.codes for _, cells in rows_of(path, lambda _: None)}
    rows = (cells for path in files.places for _, cells in rows_of(path, lambda _: None) if len(cells) == PLACES)
    counts = Counter(f"{cells[6]}.{cells[7]}" for cells in rows if _feature(cells) is None)
    yield from ((f"{code} {words.get(code, '')}".strip(), count) for code, count in counts.most_common())


def _place(
    cells: Sequence[str], names: Mapping[str, Sequence[str]], regions: Mapping[tuple[str, str], str]
) -> Place | None:
    """Make a place of a row, none of one that is no place here; raises ValueError for what cannot be read."""
    if len(cells) != PLACES:
        raise ValueError(f"has {len(cells)} columns; places have {PLACES}")
    feature = _feature(cells)
    if feature is None:
        return None
    if not cells[0].isdigit() or not cells[1] or len(cells[8]) != 2:  # noqa: PLR2004 - ISO 3166 alpha-2
        raise ValueError("has no number, no name or no country; columns 1, 2 and 9 must have them")
    known = {name for name in (cells[2], *cells[3].split(","), *names.get(cells[0], ())) if name and is_name(name)}
    written = tuple(sorted(known - {cells[1]}))
    identity = f"geonames:{cells[0]}"
    return Place(
        id=identity,
        name=cells[1],
        name_ar=next((name for name in written if is_arabic(name)), None),
        names=written,
        lat=_degrees(cells[4], 0),
        lon=_degrees(cells[5], 1),
        country=cells[8],
        admin1=regions.get((cells[8], cells[10])),
        population=_number(cells[14]),
        feature=feature,
        seat=identity,
        doubtful=frozenset((cells[1], *written)) if feature in (Feature.DISTRICT, Feature.AREA) else frozenset(),
    )


def _feature(cells: Sequence[str]) -> Feature | None:
    code = f"{cells[6]}.{cells[7]}"
    return FEATURES.get(code, Feature.TOWN if cells[6] == "P" else None)


def _degrees(cell: str, axis: int) -> float:
    try:
        degrees = float(cell)
    except ValueError:
        raise ValueError(f"{cell!r} in column {5 + axis} is no number of degrees") from None
    if not abs(degrees) <= _MOST_DEGREES[axis]:
        raise ValueError(f"{cell} in column {5 + axis} is beyond {_MOST_DEGREES[axis]:.0f} degrees")
    return degrees


def _number(cell: str) -> int:
    if cell and not cell.isdigit():
        raise ValueError(f"{cell!r} in column 15 is no number of people")
    return int(cell or 0)


def _alternates(paths: Sequence[Path], bad: Bad) -> Mapping[str, Sequence[str]]:
    """Return the alternate names by the number of their place."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        for number, cells in rows_of(path, bad):
            if len(cells) < PROVINCES or not cells[1].isdigit():
                bad(BadRow(file=path, where=str(number), why="is no alternate name; columns 2 to 4 must have one"))
            elif cells[2] not in _NO_LANGUAGE:
                found[cells[1]].append(cells[3])
    return found


def _provinces(paths: Sequence[Path], bad: Bad) -> dict[tuple[str, str], str]:
    """Return the names of provinces by country and code."""
    found: dict[tuple[str, str], str] = {}
    for path in paths:
        for number, cells in rows_of(path, bad):
            country, _, code = cells[0].partition(".")
            if len(cells) != PROVINCES or not code:
                bad(BadRow(file=path, where=str(number), why="is no province; column 1 must be as SY.09"))
            else:
                found[country, code] = cells[1]
    return found
