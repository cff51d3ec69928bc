"""The records of a WARC file (ISO 28500), read by fastwarc: what was answered, and what is torn by its place.

fastwarc stops at the first damage. Here the next whole record is searched for
behind it, by the mark that records or their packed members begin with, and the
damage is told once.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, BinaryIO

from fastwarc import ArchiveIterator, WarcRecordType

from connectors.archives.answers import answered
from streams.items import RawItem

MARKS = PLAIN, PACKED, ZSTD = b"WARC/", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
STEP = 1024 * 1024
# What is kept of a torn record, and how long its headers may be.
FIRST, HEADERS = 1024 * 1024, 64 * 1024
# WARC 1.1, section 5.5: the types that are documents, by themselves or in a server's answer.
# Our own archives say with this field what a record is of an item: its fields, or its body unpacked or as it was.
OURS, FIELDS, PLAIN_BODY, PACKED_BODY = "X-Changehands-Item", "fields", "body", "packed-body"
_OURS = (OURS, "WARC-Record-ID", "WARC-Concurrent-To", "WARC-Block-Digest")
_DOCUMENTS = (WarcRecordType.response, WarcRecordType.resource, WarcRecordType.conversion)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record: the document's bytes after all encodings, and what the crawl says of it.

    `is_start` says that the file can be read from `offset` on. `at` is when it
    was fetched (UTC). `ending` is the word for what is no document; `torn` why
    one cannot be read, with what there is of it in `data`. Of an item of ours
    `ours` says what part it is, `about` which record describes it, `item` the
    whole.
    """

    offset: int
    is_start: bool
    url: str = ""
    at: datetime | None = None
    content_type: str = ""
    data: bytes = b""
    size: int = 0
    ending: str = ""
    torn: str = ""
    ours: str = ""
    id: str = ""
    about: str = ""
    digest: str = ""
    item: RawItem | None = None


def _mark_at(file: BinaryIO, offset: int) -> bytes:
    """Return the mark at a place of the file, nothing where there is none."""
    head = os.pread(file.fileno(), len(PLAIN), offset)
    return next((mark for mark in MARKS if head.startswith(mark)), b"")


def _next_mark(file: BinaryIO, mark: bytes, after: int) -> int | None:
    """Return where the mark stands next behind a place of the file."""
    at, kept = after + 1, b""
    while piece := os.pread(file.fileno(), STEP, at):
        place = (kept + piece).find(mark)
        if place >= 0:
            return at - len(kept) + place
        at += len(piece)
        kept = (kept + piece)[1 - len(mark) :]
    return None


def _iterator(file: BinaryIO, offset: int) -> Iterator[Any]:
    file.seek(offset)
    return iter(ArchiveIterator(file, parse_http=False, max_header_len=HEADERS))


def _next_whole(file: BinaryIO, mark: bytes, after: int) -> int | None:
    """Return where the next record that can be read begins."""
    place: int | None = after
    while place is not None and (place := _next_mark(file, mark, place)) is not None:
        try:
            next(_iterator(file, place))
        except (OSError, StopIteration):
            continue
        return place
    return None


def _moment(record: Any) -> datetime | None:
    try:
        at: datetime | None = record.record_date
    except ValueError:
        return None
    return at.astimezone(UTC) if at is not None else None


def _own(one: Record, record: Any) -> Record:
    """Return a record with what one of ours says of itself beyond what all do."""
    part, *told = ((record.headers.get(name) or "").strip() for name in _OURS)
    if part not in {FIELDS, PLAIN_BODY, PACKED_BODY}:
        return one
    return replace(one, ours=part, id=told[0], about=told[1], digest=told[2])


def _read(record: Any, mark_at: bytes, limit: int) -> Record:
    """Return what a record holds; raises OSError where its body is damaged."""
    stated = (record.headers.get("Content-Length") or "").strip()
    one = Record(
        offset=record.stream_pos,
        is_start=bool(mark_at),
        # WARC 0.18 and some tools of today write the address in angle brackets.
        url=(record.headers.get("WARC-Target-URI") or "").strip().strip("<>"),
        at=_moment(record),
        content_type=(record.headers.get("Content-Type") or "").strip(),
    )
    one = _own(one, record)
    if not stated.isdecimal():
        return replace(one, torn="its length is not stated")
    one = replace(one, size=int(stated))
    if record.record_type not in _DOCUMENTS and not one.ours:
        return replace(one, ending=str(record.record_type))
    block = record.reader.read(min(one.size, limit + FIRST))
    if len(block) < min(one.size, limit + FIRST):
        return replace(one, data=block[:FIRST], torn=f"it ends after {len(block)} of {one.size} bytes")
    if one.ours:
        return replace(one, data=block)
    return _document(one, block, limit)


def _document(one: Record, block: bytes, limit: int) -> Record:
    """Return the document in a record's block."""
    if not one.url.lower().startswith(("http://", "https://")):
        return replace(one, ending="address")
    try:
        answer = answered(block, one.content_type, limit)
    except (OSError, ValueError) as error:
        return replace(one, data=block[:FIRST], torn=f"the answer in it cannot be read: {error}")
    if answer.status != 200:  # noqa: PLR2004 (OK)
        return replace(one, ending="status")
    if len(answer.data) > limit:
        return replace(one, data=block[:FIRST], torn=f"it has more than {limit} bytes")
    return replace(one, data=answer.data, content_type=answer.content_type)


def _until_damage(file: BinaryIO, offset: int, limit: int) -> Iterator[Record | str]:
    """Yield the records from a place on, and at the end what damage ended them, if any."""
    try:
        for record in _iterator(file, offset):
            yield _read(record, _mark_at(file, record.stream_pos), limit)
    except OSError as error:
        yield str(error) or type(error).__name__


def _end_of(file: BinaryIO, one: Record) -> int:
    """Return where a record that lies unpacked says that it ends."""
    head = os.pread(file.fileno(), HEADERS, one.offset)
    return one.offset + head.find(b"\r\n\r\n") + 4 + one.size


def _around(file: BinaryIO, held: Record | None, damage: Record, behind: int | None) -> Iterator[Record]:
    """Yield the record before a damage and the damage itself, which are one where the next record lies within it."""
    if held is not None:
        is_plain = _mark_at(file, held.offset) == PLAIN
        if is_plain and behind is not None and behind < _end_of(file, held):
            held = replace(held, data=held.data[:FIRST], torn="the next record begins within it", ending="")
        yield held
        if held.torn:
            return
    yield damage


def _is_cut(file: BinaryIO, last: Record) -> bool:
    """Whether bytes lie behind a packed file's last record, which alone make no record."""
    if not last.is_start or _mark_at(file, last.offset) != PACKED:
        return False
    member, at = zlib.decompressobj(wbits=31), last.offset
    while not member.eof and (piece := os.pread(file.fileno(), STEP, at)):
        at += len(piece)
        while piece and not member.eof:
            member.decompress(piece, STEP)
            piece = member.unconsumed_tail
    return member.eof and at - len(member.unused_data) < os.fstat(file.fileno()).st_size


def _ending(file: BinaryIO, last: Record | None) -> tuple[int | None, Record | None]:
    """Return where to read on after the file's end, and the damage there: a record cut short may hide others."""
    if last is None:
        return None, None
    if last.torn:
        return _next_whole(file, _mark_at(file, last.offset), last.offset), None
    cut = Record(offset=last.offset, is_start=False, torn="the file ends within the record behind this place")
    return None, cut if _is_cut(file, last) else None


def _run(file: BinaryIO, begin: int, limit: int) -> Generator[Record, None, int | None]:
    """Yield the records from a place to the next damage or the end, and return where to read on."""
    held: Record | None = None
    for one in _until_damage(file, begin, limit):
        if isinstance(one, str):
            at = held.offset if held is not None else begin
            behind = _next_whole(file, _mark_at(file, begin), at)
            yield from _around(file, held, Record(offset=at, is_start=False, torn=f"damaged: {one}"), behind)
            return behind
        if held is not None:
            yield held
        held = one
    if held is not None:
        yield held
    behind, damage = _ending(file, held)
    if damage is not None:
        yield damage
    return behind


def records(file: BinaryIO, offset: int, limit: int) -> Iterator[Record]:
    """Yield the records from a place on where one begins, each once; of one beyond `limit` bytes the first MiB."""
    place: int | None = offset
    while place is not None:
        place = yield from _run(file, place, limit)
