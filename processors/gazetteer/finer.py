"""Makes a finer gazetteer: the product's own places and those of a user's GeoNames and OpenStreetMap files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from processors.gazetteer import geonames, openstreetmap, sources
from processors.gazetteer.build import Say, digest, finer_path, write
from processors.gazetteer.merging import merged
from processors.gazetteer.rows import BadRow, files_in
from processors.gazetteer.sources import Place

LISTED = 20  # bad rows and kinds of rows that are told one by one
STEP = 100_000  # places read between two words of progress


@dataclass(slots=True, kw_only=True)
class _Told:
    """The bad rows met so far: how many, and the first of them."""

    count: int = 0
    first: list[BadRow] = field(default_factory=list)

    def add(self, row: BadRow) -> None:
        self.count += 1
        if len(self.first) < LISTED:
            self.first.append(row)


def finer(
    geonames_paths: Sequence[Path] = (),
    osm_paths: Sequence[Path] = (),
    output: Path | None = None,
    *,
    known: Callable[[], Iterable[Place]] = sources.places,
    say: Say = lambda _: None,
) -> Path:
    """Compile the known places and those of these files and folders; return where the result stands.

    A bad row is left out, counted and told with its file and line; a file that
    is no such file at all raises ConfigError. Nothing is changed before the end.
    """
    files = geonames.sorted_out(geonames_paths)
    extracts = [path for each in osm_paths for path in files_in(each, *openstreetmap.ENDINGS)]
    target = output or finer_path()
    before = digest()
    say("reading the places that come with changehands")
    places, told = list(known()), _Told()
    places = merged(places, _counted(geonames.places_in(files, sources.provinces(), told.add), "GeoNames", say))
    for path in extracts:
        towns = openstreetmap.Towns(places)
        places = merged(places, _counted(openstreetmap.places_in(path, towns, told.add), path.name, say))
    _tell(files, told, say)
    options = [*_options("--geonames", geonames_paths), *_options("--osm", osm_paths)]
    write(places, target, read_from=before, made_from=options, say=say)
    return target


def _counted(places: Iterator[Place], source: str, say: Say) -> Iterator[Place]:
    """Pass places on and say now and then how many there were."""
    number = 0
    for number, place in enumerate(places, 1):
        yield place
        if number % STEP == 0:
            say(f"{source}: {number:,} places")
    say(f"{source}: {number:,} places read")


def _options(name: str, paths: Sequence[Path]) -> Iterator[str]:
    for path in paths:
        yield from (name, str(path.resolve()))


def _tell(files: geonames.Files, told: _Told, say: Say) -> None:
    """Say which rows were bad, and where the codes of features were given what else was left out."""
    if told.count:
        say(f"{told.count:,} bad rows left out:")
        for row in told.first:
            say(f"  {row}")
        if told.count > len(told.first):
            say(f"  and {told.count - len(told.first):,} more")
    for kind, count in list(geonames.left_out(files))[:LISTED] if files.codes else ():
        say(f"not taken: {count:,} {kind}")
