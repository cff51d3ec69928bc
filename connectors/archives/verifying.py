"""Whether an archive is whole: every file against its checksum, every record read, counts and days as told."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote_to_bytes

from connectors.archives.documents import Anchor, Found, found
from connectors.archives.manifest import MANIFEST, File, Form, Manifest, holes, manifest_in
from connectors.archives.shelf import listed, place_of
from connectors.archives.writing import sha256_of
from streams.errors import ConfigError, SourceUnreadable

_FOREVER = 2**63
_WORDS = {Form.WARC: "record", Form.PARQUET: "row"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something wrong with a file, by its name (percent-encoded), or with one record or row in it, from 1."""

    file: str
    text: str
    record: str = ""

    def __str__(self) -> str:
        return f"{self.file}{f', {self.record}' if self.record else ''}: {self.text}"


def told_of(folder: Path) -> Manifest:
    """Return the manifest of an archive; raises ConfigError where there is none, or none that can be read."""
    try:
        manifest = manifest_in(folder)
    except SourceUnreadable as error:
        raise ConfigError(str(error)) from error
    except OSError as error:
        raise ConfigError(f"{folder} cannot be read: {error.strerror}") from error
    if manifest is None:
        raise ConfigError(f"{folder} has no {MANIFEST} of ours: changehands archive --to FOLDER makes one")
    return manifest


def checked(folder: Path, manifest: Manifest) -> Iterator[tuple[File, list[Flaw]]]:
    """Yield each file of an archive with what is wrong with it. Pages through all of it."""
    for file in manifest.files:
        try:
            yield file, list(_flaws(folder, file))
        except SourceUnreadable as error:
            yield file, [Flaw(file=file.name, text=f"is no file of this folder: {error}")]
        except OSError as error:
            yield file, [Flaw(file=file.name, text=f"cannot be read: {error.strerror or error}")]


def _flaws(folder: Path, file: File) -> Iterator[Flaw]:
    path = folder / file.name
    if not path.is_file():
        yield Flaw(file=file.name, text=f"is not there; it held {file.items} items of {file.day}")
        return
    if path.stat().st_size != file.bytes:
        yield Flaw(file=file.name, text=f"has {path.stat().st_size} bytes, and had {file.bytes}")
    elif sha256_of(path) != file.sha256:
        yield Flaw(file=file.name, text="its bytes are not those that were written: the checksum is another")
    yield from _records(folder, file)


def _records(folder: Path, file: File) -> Iterator[Flaw]:
    count = 0
    times: list[datetime] = []
    for one in found(folder, file.name, Anchor()):
        flaw = one and _flaw(one, file)
        if flaw:
            yield flaw
        elif one and one.item:
            count += 1
            times = [min([*times[:1], one.item.fetched_at]), max([*times[1:], one.item.fetched_at])]
    if count != file.items:
        yield Flaw(file=file.name, text=f"{count} items can be read of it, and it had {file.items}")
    elif times and times != [file.first, file.last]:
        yield Flaw(file=file.name, text=f"its items are from {times[0]} to {times[1]}, not {file.first} to {file.last}")


def _flaw(one: Found, file: File) -> Flaw | None:
    record = f"{_WORDS[file.form]} {one.number}" + (f", from byte {one.anchor.offset}" if one.anchor.offset else "")
    if one.torn:
        return Flaw(file=file.name, record=record, text=one.torn)
    if one.item is None:
        return Flaw(file=file.name, record=record, text="it is no item of ours")
    day = one.item.fetched_at.astimezone(UTC).date()
    return None if day == file.day else Flaw(file=file.name, record=record, text=f"it was fetched on {day}")


def strangers(folder: Path, manifest: Manifest) -> list[Flaw]:
    """Return the files that lie in an archive and are not in its manifest. Raises OSError."""
    known = {file.name for file in manifest.files}
    names = listed(str(folder), -1, _FOREVER).names
    return [Flaw(file=name, text="is not in the manifest") for name in names if name not in known]


def odd(url: str) -> list[Flaw]:
    """Return what is odd about an archive before its documents are read: files there twice, missing files and days.

    Whoever reads it tells it to people; what is torn is told as it is read.
    Raises ConfigError where the archive is not there.
    """
    try:
        root, only = place_of(url)
        names = listed(url, -1, _FOREVER).names
        manifest = None if only else manifest_in(root)
        return [*_twins(root, names), *(_gaps(root, manifest) if manifest else ())]
    except SourceUnreadable as error:
        return [Flaw(file=MANIFEST, text=str(error))]
    except OSError as error:
        raise ConfigError(f"{url} cannot be read: {error.strerror}; name a file or a folder") from error


def _gaps(root: Path, manifest: Manifest) -> Iterator[Flaw]:
    for file in manifest.files:
        if not (root / file.name).is_file():
            yield Flaw(file=file.name, text=f"is not there; it held {file.items} items of {file.day}")
    for day in holes(manifest):
        yield Flaw(file=MANIFEST, text=f"there is nothing of {day}, a day between the first and the last")
    yield from strangers(root, manifest)


def _twins(root: Path, names: Sequence[str]) -> Iterator[Flaw]:
    """Yield the files whose very bytes another file has: their items come twice, and count once."""
    sizes: dict[int, list[str]] = defaultdict(list)
    for name in names:
        path = _path(root, name)
        if path.is_file() and not path.is_symlink() and path.stat().st_size:
            sizes[path.stat().st_size].append(name)
    for alike in sizes.values():
        known: dict[str, str] = {}
        for name in alike if len(alike) > 1 else ():
            first = known.setdefault(sha256_of(_path(root, name)), name)
            if first != name:
                yield Flaw(file=name, text=f"is {first} once more")


def _path(root: Path, name: str) -> Path:
    return Path(root, os.fsdecode(unquote_to_bytes(name)))
