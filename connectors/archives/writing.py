"""Writes an archive: raw items by the day they were fetched (UTC), as WARC, as Parquet, or as both.

A file has its final name only once it is whole; the manifest tells of it only
once it has that name. What a day had before is never touched: what came later
is the day's next part.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

from connectors.archives import pairs
from connectors.archives.manifest import SUFFIXES, File, Form, Manifest, manifest_in, manifest_of, put, settle
from connectors.archives.spool import Spool, Spooled, spool
from streams.codec import decode
from streams.errors import BadRecord, ConfigError, SlotTaken, SourceUnreadable
from streams.items import RawItem

_WRITING, _LOCK, _SPOOL, _NEXT = ".writing", "lock", "spool.db", "manifest.next"


@dataclass(slots=True, kw_only=True)
class Writing:
    """An archive that is being added to; `program` is what its manifest names as its writer."""

    folder: Path
    forms: Sequence[Form]
    program: str
    files: list[File]
    spool: Spool
    known: set[date] = field(default_factory=set)

    def take(self, item: RawItem, value: bytes) -> bool:
        """Take an item of the journal, with its bytes there; say whether the archive does not have it.

        Raises SourceUnreadable where what the archive has of its day cannot be read.
        """
        day = item.fetched_at.astimezone(UTC).date()
        if day not in self.known:
            self.known.add(day)
            self.spool.know(day.isoformat(), self._digests(day))
        return self.spool.add(day.isoformat(), Spooled(value, pairs.digest_of(value)))

    def _digests(self, day: date) -> Iterator[bytes]:
        """Yield what is known of a day, of each part from one of its files."""
        # A table's column is read much sooner than a crawl: it comes last and counts.
        ordered = sorted(self.files, key=lambda file: file.form is Form.PARQUET)
        parts = {file.part: file for file in ordered if file.day == day and (self.folder / file.name).exists()}
        lost = {file.part: file for file in self.files if file.day == day and file.part not in parts}
        if lost:
            names = ", ".join(file.name for file in lost.values())
            raise SourceUnreadable(
                f"{self.folder}: {names} is in the manifest and not in the folder; see archive verify"
            )
        for file in parts.values():
            yield from _digests_in(self.folder / file.name, file.form)

    def finish(self, now: datetime) -> Iterator[tuple[File, ...]]:
        """Write what was taken, day by day; yield the files of each day once they are there for good."""
        for day in self.spool.days():
            part = 1 + max((file.part for file in self.files if file.day.isoformat() == day), default=0)
            made = tuple(self._written(form, day, part) for form in self.forms)
            for file in made:
                (self.folder / _WRITING / file.name).replace(self.folder / file.name)
            settle(self.folder)
            self.files += made
            put(self.folder, manifest_of(self.files, self.program, now), self.folder / _WRITING / _NEXT)
            yield made

    def _written(self, form: Form, day: str, part: int) -> File:
        name = f"{day}-{part:03}{SUFFIXES[form]}"
        path = self.folder / _WRITING / name
        items = _Items(self.spool.records(day))
        with path.open("wb") as file:
            _WRITERS[form](file, items)
            file.flush()
            os.fsync(file.fileno())
        return File(
            name=name,
            form=form,
            day=date.fromisoformat(day),
            part=part,
            items=items.count,
            bytes=path.stat().st_size,
            sha256=sha256_of(path),
            first=items.first,
            last=items.last,
        )


class _Items:
    """The items of a day, one after the other; at the end, how many there were and from when to when."""

    def __init__(self, records: Iterator[Spooled]) -> None:
        self._records = records
        self.count = 0
        self.first, self.last = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)

    def __iter__(self) -> Iterator[tuple[RawItem, bytes]]:
        for value, digest in self._records:
            item = item_of(value)
            self.count += 1
            self.first, self.last = min(self.first, item.fetched_at), max(self.last, item.fetched_at)
            yield item, digest


def _write_warc(file: BinaryIO, items: _Items) -> None:
    for item, digest in items:
        pairs.write(file, item, digest)


def _write_parquet(file: BinaryIO, items: _Items) -> None:
    from connectors.archives import tables  # noqa: PLC0415 (slow to import, needed for tables alone)

    tables.write(file, items)


_WRITERS = {Form.WARC: _write_warc, Form.PARQUET: _write_parquet}


def _digests_in(path: Path, form: Form) -> Iterator[bytes]:
    from connectors.archives import tables  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            yield from pairs.digests(file) if form is Form.WARC else tables.digests(file)
    except (*tables.UNREADABLE, ValueError, KeyError) as error:
        raise SourceUnreadable(f"{path} cannot be read: {error}; see archive verify") from error


def sha256_of(path: Path) -> str:
    """Return the checksum of a file in hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def writing(folder: Path, forms: Sequence[Form], program: str) -> Iterator[Writing]:
    """Open an archive to add to it; a folder that is not there is made.

    Raises SlotTaken where another process adds to it, SourceUnreadable where
    its manifest cannot be read, ConfigError where it cannot be written.
    """
    own = folder / _WRITING
    try:
        own.mkdir(parents=True, exist_ok=True)
        with _locked(own / _LOCK, folder):
            for left in own.iterdir():
                if left.name != _LOCK:
                    left.unlink()
            manifest: Manifest | None = manifest_in(folder)
            with spool(own / _SPOOL) as spooled:
                files = list(manifest.files) if manifest else []
                yield Writing(folder=folder, forms=forms, program=program, files=files, spool=spooled)
    except (OSError, sqlite3.Error) as error:
        raise ConfigError(f"{folder} cannot be written: {error}") from error


@contextmanager
def _locked(path: Path, folder: Path) -> Iterator[None]:
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SlotTaken(f"another process adds to the archive {folder}; wait until it is done") from error
        yield


def item_of(value: bytes) -> RawItem:
    """Return the raw item that lies in the journal; raises BadRecord for what is none."""
    item = decode(value)
    if not isinstance(item, RawItem):
        raise BadRecord(f"it is a {type(item).__name__} and no raw item")
    return item
