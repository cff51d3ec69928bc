"""What an archive of ours says of itself: its files with their checksums, by day. Times are UTC."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Struct

from streams.errors import SourceUnreadable

MANIFEST = "manifest.json"
FORMAT = 1


class Form(StrEnum):
    """How the items of a day are written."""

    WARC = "warc"
    PARQUET = "parquet"


SUFFIXES = {Form.WARC: ".warc.gz", Form.PARQUET: ".parquet"}


# An archive may be anybody's: what its manifest names lies in its folder and nowhere else.
Name = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d-\d{3,9}\.(warc\.gz|parquet)$")]


class File(Struct, frozen=True, kw_only=True):
    """One file: a part of a day, whole; the next part holds what came into the journal later.

    `day` is that on which its items were fetched, `first` and `last` the
    earliest and the latest of them. `sha256` is over the file, in hex.
    """

    name: Name
    form: Form
    day: date
    part: int
    items: int
    bytes: int
    sha256: str
    first: datetime
    last: datetime


class Manifest(Struct, frozen=True, kw_only=True, tag_field="kind", tag="changehands-archive"):
    """An archive: what is in it, and by which program it was written last. `items` counts each once."""

    format: int = FORMAT
    program: str
    written_at: datetime
    items: int
    first: datetime | None
    last: datetime | None
    files: tuple[File, ...]


def manifest_in(folder: Path) -> Manifest | None:
    """Return the manifest in a folder, None where there is none or one of somebody else's.

    Raises SourceUnreadable for one of ours that cannot be read, and OSError.
    """
    try:
        data = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        return None
    if b'"changehands-archive"' not in data[:1000]:
        return None
    try:
        found = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceUnreadable(f"{folder / MANIFEST} cannot be read: {error}") from error
    if found.format != FORMAT:
        raise SourceUnreadable(f"{folder / MANIFEST} is of format {found.format}, {FORMAT} is known here; upgrade")
    return found


def manifest_of(files: Iterable[File], program: str, now: datetime) -> Manifest:
    """Return the manifest that tells of these files."""
    told = tuple(sorted(files, key=lambda file: file.name))
    return Manifest(
        program=program,
        written_at=now,
        items=sum({(file.day, file.part): file.items for file in told}.values()),
        first=min((file.first for file in told), default=None),
        last=max((file.last for file in told), default=None),
        files=told,
    )


def put(folder: Path, manifest: Manifest, beside: Path) -> None:
    """Write the manifest by way of a file `beside` it: there is the old one or the new one, whole. Raises OSError."""
    with beside.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / MANIFEST)
    settle(folder)


def settle(folder: Path) -> None:
    """Let the names in a folder be durable. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def holes(manifest: Manifest) -> list[date]:
    """Return the days between the first and the last of an archive of which it has nothing."""
    days = {file.day for file in manifest.files}
    if not days:
        return []
    first = min(days)
    span = (first + timedelta(days=number) for number in range((max(days) - first).days))
    return [day for day in span if day not in days]


def passed_over(folder: Path) -> frozenset[str]:
    """Return the names in an archive of ours that are not to be read: the manifest, and tables that a crawl tells too.

    Nothing where the manifest is not ours or cannot be read.
    """
    try:
        manifest = manifest_in(folder)
    except (SourceUnreadable, OSError):
        return frozenset()
    if manifest is None:
        return frozenset()
    crawls = {
        (file.day, file.part) for file in manifest.files if file.form is Form.WARC and (folder / file.name).exists()
    }
    twins = {file.name for file in manifest.files if file.form is Form.PARQUET and (file.day, file.part) in crawls}
    return frozenset({MANIFEST} | twins)
