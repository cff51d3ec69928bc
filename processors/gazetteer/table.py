"""The compiled gazetteer as it is read: a trie of names and a table of places in one memory-mapped file.

The file is: trie, sections, directory (JSON), the directory's length as four
bytes, and MAGIC. Numbers are little endian. Opening reads the directory only;
the pages of the rest are shared by every process that maps the file.
"""

from __future__ import annotations

import mmap
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path

import marisa_trie  # type: ignore[import-not-found]  # it ships no types
import msgspec

from processors.gazetteer.names import ARABIC_STEP, is_arabic, readings
from streams.errors import ConfigError

MAGIC = b"chgaz006"
ROW = struct.Struct("<IIIIIiiI2sBB")  # id, name, name_ar, admin1, seat; degrees; population; country, feature, spare
DEGREE = 100_000  # coordinates are whole hundred-thousandths of a degree
NO_ROW = 0xFFFFFFFF
COMMON, NOUN = 1, 2
MOST_KNOWN = 1 << 16  # keys remembered in a process
_NOTHING: tuple[int | None, bool] = (None, False)  # what most words are: no name, and no name begins with them
LEAST_TORN = 6  # letters a name needs before a space in the middle of its word is read over


class Feature(IntEnum):
    """What kind of place a row is, from a point to a country."""

    TOWN = 1
    QUARTER = 2
    FIELD = 3
    BASE = 4
    CROSSING = 5
    DAM = 6
    ROAD = 7
    AREA = 8
    DISTRICT = 9
    GOVERNORATE = 10
    REGION = 11
    COUNTRY = 12


class Directory(msgspec.Struct, frozen=True, kw_only=True):
    """Where the sections stand: first byte and length of each; how many rows and names there are; words for nations.

    `watched` are the countries whose provinces are known, `made_from` the options of a build from a user's files.
    """

    digest: str
    names: int
    rows: int
    sections: dict[str, tuple[int, int]]
    nations: dict[str, str]
    peoples: dict[str, tuple[str, str]]
    countries: dict[str, str]
    watched: tuple[str, ...]
    made_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One place; `seat` is the id of the town that stands for an area, its own id for a town."""

    id: str
    name: str
    name_ar: str | None
    lat: float
    lon: float
    country: str
    admin1: str | None
    population: int
    feature: str
    seat: str

    @property
    def geo_precision(self) -> int:
        """Return ACLED's code: 1 the place itself, 2 a part of a region, 3 a region."""
        kind = Feature[self.feature.upper()]
        return 1 if kind < Feature.AREA else 2 if kind < Feature.GOVERNORATE else 3


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A name found in a folded text, and the places that bear it, largest first.

    `common` says that the words are also everyday words, so that the name
    needs more evidence than itself; `noun`, that they are words such as
    المدينة which mean a place without being its name. `proper` is where the
    name itself ends if a noun behind it was taken with it ("Raqqa province").
    """

    start: int
    end: int
    rows: tuple[int, ...]
    common: bool = False
    noun: bool = False
    proper: int | None = None


class Gazetteer:
    """All places and their names; immutable, safe to share, picklable by its path."""

    def __init__(self, path: Path) -> None:
        """Map the file; raises ConfigError where it is not a compiled gazetteer of this version."""
        self.path = path
        self._map, self.directory = _opened(path)
        self._trie = marisa_trie.Trie().mmap(str(path))
        self._watched = frozenset(self.directory.watched)
        self._known: dict[str, tuple[int | None, bool]] = {}
        self._starts = self._bytes("starts").cast("I")
        self._lists = self._bytes("lists").cast("I")
        self._breaks = self._bytes("breaks").cast("Q")
        self._flags = self._bytes("flags")
        self._table = self._bytes("table")
        self._strings = self._bytes("strings")

    def __reduce__(self) -> tuple[type[Gazetteer], tuple[Path]]:
        return Gazetteer, (self.path,)

    def __len__(self) -> int:
        return self.directory.rows

    @property
    def nations(self) -> Mapping[str, str]:
        """Return folded words for a country's people and things ("syrian", السوريه) with the country's code."""
        return self.directory.nations

    @property
    def peoples(self) -> Mapping[str, tuple[str, str]]:
        """Return for each country's code the English word for its people and its Arabic name."""
        return self.directory.peoples

    @property
    def countries(self) -> Mapping[str, str]:
        """Return folded country names with their codes."""
        return self.directory.countries

    @property
    def watched(self) -> frozenset[str]:
        """Return the countries whose provinces are in the tables: those of the wars that are followed."""
        return self._watched

    def match(self, folded: str, start: int) -> PlaceMatch | None:
        """Return the longest known name that begins at `start` and ends where a word ends, or None."""
        if start and folded[start : start + 1].isascii() and folded[start - 1].isalnum():
            return None
        best = self._arabic(folded, start) if is_arabic(folded, start) else self._other(folded, start)
        if best is None:
            return None
        number, end = best
        rows = tuple(self._lists[self._starts[number] : self._starts[number + 1]])
        flags = self._flags[number]
        return PlaceMatch(start, end, rows, common=bool(flags & (COMMON | NOUN)), noun=bool(flags & NOUN))

    def entry(self, row: int) -> Entry:
        """Return the place in this row."""
        return _entry(self, row)

    def row_of(self, identity: str) -> int | None:
        """Return the row of the place with this id, None where there is none; reads every row, in a quarter second."""
        ids = self._table.cast("I")[:: ROW.size // 4]
        return next((row for row, at in enumerate(ids) if self._string(at) == identity), None)

    def read(self, row: int) -> Entry:
        """Read the place in this row from the file."""
        (identity, name, name_ar, admin1, seat, lat, lon, population, country, feature, _) = ROW.unpack_from(
            self._table, row * ROW.size
        )
        return Entry(
            id=self._string(identity),
            name=self._string(name),
            name_ar=self._string(name_ar) or None,
            lat=lat / DEGREE,
            lon=lon / DEGREE,
            country=country.decode().strip("\0"),
            admin1=self._string(admin1) or None,
            population=population,
            feature=Feature(feature).name.lower(),
            seat=self._string(seat),
        )

    def _arabic(self, folded: str, start: int) -> tuple[int, int] | None:
        """Return number and end of the longest Arabic name; written out, as it is asked at every word of a text."""
        best, key, breaks, at = None, "", 0, start
        while found := ARABIC_STEP.match(folded, at):
            if key:
                breaks |= 1 << len(key)
            key += found[1]
            number, longer = self._known.get(key) or self._look_up(key, "")
            if number is not None and self._is_whole(number, breaks, len(key)):
                best = (number, found.end(1))
            at = found.end()
            if not longer or at == found.end(1):
                break
        return best

    def _other(self, folded: str, start: int) -> tuple[int, int] | None:
        """Return number and end of the longest name in another script."""
        best = None
        for key, end, _ in readings(folded, start):
            number, longer = self._known.get(key) or self._look_up(key, " ")
            if number is not None:
                best = (number, end)
            if not longer:
                break
        return best

    def _look_up(self, key: str, joint: str) -> tuple[int | None, bool]:
        """Return the number of a name and whether longer names begin with its words; both are kept for the next time.

        Most words of most texts begin no name, and a language has not many of them.
        """
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        number, longer = self._trie.get(key), next(self._trie.iterkeys(key + joint), None) is not None
        found = _NOTHING if number is None and not longer else (number, longer)
        self._known[key] = found
        return found

    def _is_whole(self, number: int, breaks: int, letters: int) -> bool:
        """Say whether the text parts the name only where it is parted elsewhere, or the name is long."""
        return breaks & ~self._breaks[number] == 0 or letters >= LEAST_TORN

    def _string(self, offset: int) -> str:
        length = self._strings[offset] | self._strings[offset + 1] << 8
        return str(self._strings[offset + 2 : offset + 2 + length], "utf-8")

    def _bytes(self, section: str) -> memoryview:
        first, length = self.directory.sections[section]
        return memoryview(self._map)[first : first + length]


@lru_cache(maxsize=8192)
def _entry(gazetteer: Gazetteer, row: int) -> Entry:
    return gazetteer.read(row)


def _opened(path: Path) -> tuple[mmap.mmap, Directory]:
    """Map the file and read its directory."""
    if sys.byteorder != "little":
        raise ConfigError("the compiled gazetteer needs a little-endian machine; none other is supported yet")
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"gazetteer {path} cannot be opened: {error}; build it with `changehands gazetteer`"
        ) from error
    end = len(mapped) - len(MAGIC) - 4
    size = int.from_bytes(mapped[end : end + 4], "little")
    try:
        if end < 0 or mapped[end + 4 :] != MAGIC:
            raise ConfigError(f"{path} is not a compiled gazetteer of this version; delete it, it is built again")
        return mapped, msgspec.json.decode(mapped[end - size : end], type=Directory)
    except msgspec.DecodeError as error:
        raise ConfigError(f"gazetteer {path} is damaged: {error}; delete it, it is built again") from error
