"""Archives: JSON Lines, WARC, Parquet, CSV, folders of saved feeds, pages and texts, read once from end to end.

Files are taken by name; what changes after a look (by the file system's own
clock) is the next look's. A file is read on in the worker process where it was
left; a worker that does not know the place finds it again from the bookmark.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from connectors.archives.bookmark import (
    HEAD,
    Bookmark,
    Read,
    began,
    behind,
    bookmark_of,
    head_of,
    is_touched,
    over,
    state_of,
)
from connectors.archives.documents import Found, found
from connectors.archives.saved import Saved, made
from connectors.archives.shelf import NS, Listing, address_of, listed, opened
from connectors.archives.unpacking import Form
from connectors.local import Handful, Local, Torn
from connectors.reading.entries import Seen
from streams.errors import SourceUnreadable
from streams.items import EnrichedItem, RawItem
from streams.sources import SourceSettings

# A file that changed a moment ago may be half written.
SETTLED = timedelta(seconds=2)
SECONDS, MAX_BYTES = 0.5, 8 * 1024 * 1024
# Of one file so many dead letters are kept, the rest are counted.
MAX_TORN = 1000
# Documents in a row that end their reader: the file is given up.
MAX_FATAL = 3
WORDS = {Form.LINES: "line", Form.WARC: "record", Form.CSV: "row", Form.PARQUET: "row"}


@dataclass(slots=True, kw_only=True)
class _Place:
    """Where this process stands in an archive: the listing, and the file that it has open."""

    listing: Listing
    file: str = ""
    number: int = 0
    form: Form | None = None
    documents: Generator[Found | None, None, None] | None = None

    def close(self) -> None:
        if self.documents is not None:
            self.documents.close()
        self.documents, self.form = None, None


# By the source's id: what lies before a place in a packed file need not be unpacked for each handful.
_PLACES: dict[str, _Place] = {}


@dataclass(slots=True, kw_only=True)
class _Taking:
    """One handful as it grows; `ends` is when it has taken long enough (seconds of a clock that only grows)."""

    source: SourceSettings
    place: _Place
    mark: Bookmark
    seen: dict[str, Seen]
    now: datetime
    most: int
    ends: float
    size: int = 0
    items: list[RawItem] = field(default_factory=list)
    enriched: list[EnrichedItem] = field(default_factory=list)
    endings: Counter[str] = field(default_factory=Counter)
    torn: list[Torn] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        is_late = time.monotonic() >= self.ends
        return self.endings.total() >= self.most or self.size >= MAX_BYTES or is_late

    def handful(self, *, is_all: bool = False, again_seconds: float | None = None) -> Handful:
        left = max(0, self.mark.torn - MAX_TORN)
        said = f"{self.mark.file}: {left} dead letters beyond the first {MAX_TORN} are not kept" if left else ""
        return Handful(
            state=state_of(self.mark, self.seen),
            items=tuple(self.items),
            enriched=tuple(self.enriched),
            endings=self.endings,
            torn=tuple(self.torn),
            is_all=is_all,
            again_seconds=again_seconds,
            text=said or ("" if is_all else f"reads {self.mark.file}"),
        )


def _place(source: SourceSettings, mark: Bookmark) -> _Place:
    """Return where this process stands, with the listing of what is being read; raises OSError."""
    known = _PLACES.get(source.id)
    if known is not None and (known.listing.url, known.listing.since, known.listing.until) == (
        source.url,
        mark.since,
        mark.until,
    ):
        return known
    if known is not None:
        known.close()
    place = _PLACES[source.id] = _Place(listing=listed(source.url, mark.since, mark.until))
    return place


def _bury(taking: _Taking, one: Found, error: str) -> None:
    mark, word = taking.mark, WORDS.get(one.form, "document")
    taking.endings["dead-letter"] += 1
    taking.mark = replace(mark, torn=mark.torn + 1)
    if mark.torn < MAX_TORN:
        place = f"{mark.file}, {word} {one.number}" + (f", from byte {one.anchor.offset}" if one.anchor.offset else "")
        text = f"{place}: {error}"[:1000]
        taking.torn.append(Torn(place=place, data=one.data, size=max(one.size, len(one.data)), text=text))


def _take(taking: _Taking, one: Found) -> None:
    """Give one document its one ending."""
    taking.mark = behind(taking.mark, one)
    taking.size += len(one.data)
    if one.torn or one.ending:
        if one.torn:
            _bury(taking, one, one.torn)
        else:
            taking.endings[one.ending] += 1
        return
    name = taking.mark.file
    address = address_of(taking.place.listing.root, name)
    with_enriched = taking.mark.with_enriched
    saved = Saved(
        source=taking.source, name=name, address=address, found=one, now=taking.now, with_enriched=with_enriched
    )
    try:
        result = made(saved, taking.seen)
    except Exception as error:  # noqa: BLE001 (whatever a document does to its reader is its own fault, by its place)
        known = isinstance(error, SourceUnreadable)
        _bury(taking, one, str(error) if known else f"{type(error).__name__}: {str(error)[:300]}")
        return
    taking.items += result.items
    taking.enriched += result.enriched
    taking.endings[result.ending] += 1
    for key, memory in result.seen.items():
        taking.seen.pop(key, None)
        taking.seen[key] = memory


def _continue(taking: _Taking) -> None:
    """Take the next document of the open file, or close it behind the last."""
    place, mark = taking.place, taking.mark
    if place.documents is None or place.file != mark.file or place.number > mark.number:
        place.close()
        place.documents = found(place.listing.root, mark.file, mark.anchor, taking.source.columns)
        place.file, place.number = mark.file, mark.anchor.number
    try:
        one = next(place.documents)
    except StopIteration:
        taking.mark = over(mark, place.form)
        place.close()
        return
    except (OSError, SourceUnreadable) as error:
        _bury(taking, Found(number=mark.number + 1, anchor=mark.anchor, form=Form.WHOLE), f"cannot be read on: {error}")
        taking.mark = over(taking.mark, None)
        place.close()
        return
    if one is not None:
        place.number, place.form = one.number, one.form
        if one.number > mark.number:
            _take(taking, one)


def _begin(taking: _Taking, name: str) -> None:
    """Open the next file, unless it is none of ours to read or was read as it is."""
    mark = taking.mark
    taking.mark = replace(mark, file=name, is_open=False, number=0, torn=0)
    try:
        with opened(taking.place.listing.root, name) as file:
            facts = os.fstat(file.fileno())
            known = mark.read.get(name)
            head = file.read(HEAD)
    except SourceUnreadable as error:
        taking.endings[str(error)] += 1
        return
    except OSError as error:
        _bury(
            taking, Found(number=1, anchor=taking.mark.anchor, form=Form.WHOLE), f"cannot be opened: {error.strerror}"
        )
        return
    if is_touched(mark, name, size=facts.st_size, changed=facts.st_mtime_ns):
        return
    now = Read(size=facts.st_size, changed=facts.st_mtime_ns, head=head_of(head))
    is_grown = known is not None and known.size < facts.st_size and head_of(head[: known.size]) == known.head
    taking.mark = began(mark, name, now, is_grown=is_grown)


def _started(mark: Bookmark, now: datetime) -> Bookmark:
    """Return the bookmark with what is to be read now: what has changed since the last look and is settled."""
    until = int((now - SETTLED).timestamp() * NS)
    return mark if mark.until or until <= mark.since else replace(mark, until=until)


def read(source: SourceSettings, state: bytes, now: datetime, most: int) -> Handful:
    """Return what the next documents brought, `most` at most; raises nothing it foresees."""
    mark = _started(bookmark_of(state), now)
    try:
        place = _place(source, mark)
    except OSError as error:
        text = f"{source.url} cannot be read: {error.strerror}"
        return Handful(state=state, is_all=True, outcome="unavailable", text=text)
    again = SETTLED.total_seconds() if place.listing.is_more else None
    if not (place.listing.names or mark.is_open or mark.file):
        return Handful(state=state, is_all=True, again_seconds=again)
    taking = _Taking(
        source=source, place=place, mark=mark, seen=dict(mark.seen), now=now, most=most, ends=time.monotonic() + SECONDS
    )
    while not taking.is_full:
        if taking.mark.is_open:
            _continue(taking)
        elif (name := place.listing.after(taking.mark.file)) is None:
            taking.mark = replace(taking.mark, since=mark.until, until=0, file="", torn=0)
            return taking.handful(is_all=True, again_seconds=again)
        else:
            _begin(taking, name)
            if most == 1:
                break
    return taking.handful()


def past(source: SourceSettings, state: bytes, error: str) -> Handful:
    """Return how to go on behind a document that ended its reader; a file that does so again and again is given up."""
    mark = bookmark_of(state)
    if not mark.is_open:
        return Handful(state=state, is_all=True, outcome="unavailable", text=f"{source.url} cannot be read: {error}")
    mark = replace(mark, number=mark.number + 1, fatal=mark.fatal + 1)
    is_lost = mark.fatal >= MAX_FATAL
    place = f"{mark.file}, document {mark.number}"
    text = f"{place}: {error}" + ("; the rest of the file is given up" if is_lost else "")
    after = over(mark, None) if is_lost else mark
    torn = (Torn(place=place, data=b"", size=0, text=text),)
    return Handful(state=state_of(after, mark.seen), endings={"dead-letter": 1}, torn=torn, text=text)


ARCHIVE = Local(kind="archive", read=read, past=past)
