"""The documents of one saved file, one after the other, in memory that no file makes grow.

A document is known by its number in its file, from 1: a line's number, a
record's, that of a row behind the header. An Anchor says from where on the file need be read to come to it
again. Between documents, and while more is passed over than one may hold,
nothing (None) is yielded, so that the reader can pause.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BufferedIOBase, BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct, json

from connectors.archives import cells
from connectors.archives.columns import chosen, told
from connectors.archives.crawls import Record, records
from connectors.archives.pairs import joined
from connectors.archives.shelf import opened
from connectors.archives.unpacking import HEAD, Form, form_of, unpacked
from connectors.connector import FEED_LIMIT, MIB
from streams.errors import BadRecord, SourceUnreadable
from streams.items import RawItem

LIMIT = FEED_LIMIT
PIECE = MIB
# No line is so long; a file that goes on without one is a bomb or no lines at all.
BOMB = 1024 * MIB
# What reading a damaged file raises: gzip an OSError or EOFError, zlib its own.
DAMAGED = (OSError, EOFError, zlib.error)


class Anchor(Struct, frozen=True, array_like=True):
    """At `offset` bytes into the file begins the document after `number`."""

    offset: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One document as it lies in its file.

    `record` is what a crawl says of it, `item` the raw item that it is; `torn` why it cannot be read, with
    what there is of its `size` bytes; `ending` is the word for what is none.
    `changed` is when a file that is one document was changed last (UTC).
    """

    number: int
    anchor: Anchor
    form: Form
    data: bytes = b""
    size: int = 0
    record: Record | None = None
    item: RawItem | None = None
    torn: str = ""
    ending: str = ""
    changed: datetime | None = None


def _lines(stream: BufferedIOBase, anchor: Anchor, *, is_packed: bool) -> Iterator[Found | None]:
    number, offset = anchor.number, anchor.offset
    while True:
        at = anchor if is_packed else Anchor(offset, number)
        number += 1
        one = Found(number=number, anchor=at, form=Form.LINES)
        try:
            data = stream.readline(LIMIT)
            size = len(data)
            while data and not data.endswith(b"\n") and size < BOMB and (more := stream.readline(PIECE)):
                size += len(more)
                data = data if not more.endswith(b"\n") else data[: LIMIT - 1] + b"\n"
                yield None
        except DAMAGED as error:
            yield replace(one, torn=f"the file is torn here, nothing behind it can be read: {error}")
            return
        if not data:
            return
        offset += size
        yield _line(one, data, size)
        if size >= BOMB:
            return


def _line(one: Found, data: bytes, size: int) -> Found | None:
    """Return a line as a document; an empty one is none."""
    if size >= BOMB:
        return replace(
            one, data=data[:PIECE], size=size, torn=f"a line of more than {BOMB} bytes: the rest is not read"
        )
    if size > LIMIT:
        return replace(one, data=data[:PIECE], size=size, torn=f"a line of {size} bytes, {LIMIT} are read")
    return replace(one, data=data, size=size) if data.strip() else None


def _whole(stream: BufferedIOBase, changed: datetime) -> Iterator[Found]:
    one = Found(number=1, anchor=Anchor(), form=Form.WHOLE, changed=changed)
    try:
        data = stream.read(LIMIT + 1)
    except DAMAGED as error:
        yield replace(one, torn=f"the file is torn: {error}")
        return
    torn = f"the file has more than {LIMIT} bytes" if len(data) > LIMIT else ""
    yield replace(one, data=data[:PIECE] if torn else data, size=len(data), torn=torn)


def _records(file: BinaryIO, anchor: Anchor) -> Iterator[Found]:
    number, at = anchor.number, anchor
    for record in joined(records(file, anchor.offset, LIMIT)):
        at = Anchor(record.offset, number) if record.is_start else at
        number += 1
        yield Found(
            number=number,
            anchor=at,
            form=Form.WARC,
            data=record.data,
            size=record.size,
            record=record,
            item=record.item,
            torn=record.torn,
            ending=record.ending,
        )


def _cells(stream: BufferedIOBase, head: bytes, columns: Mapping[str, str]) -> Iterator[Found | None]:
    """Yield the rows of a CSV file, each as the line of JSON that would tell the same."""
    try:
        sheet = cells.opened(stream, head)
        ours = chosen(sheet.names, columns)
    except SourceUnreadable as error:
        yield replace(_torn(str(error)), form=Form.CSV)
        return
    rows, number = sheet.rows(), 0
    while True:
        number += 1
        one = Found(number=number, anchor=Anchor(), form=Form.CSV)
        try:
            row = next(rows, None)
        except DAMAGED as error:
            yield replace(one, torn=f"the file is torn here, nothing behind it can be read: {error}")
            return
        if row is None:
            return
        if isinstance(row, cells.Torn):
            data = row.text.encode("utf-8", "replace")
            yield replace(one, torn=row.why, data=data[:PIECE], size=len(data))
        else:
            yield replace(one, data=json.encode(told(row, ours))) if any(row.values()) else None


def _table(file: BufferedReader, anchor: Anchor, columns: Mapping[str, str]) -> Iterator[Found | None]:
    """Yield the rows of a Parquet file: of an archive of ours the items, of another's lines of JSON."""
    from connectors.archives import tables  # noqa: PLC0415 (slow to import, needed for tables alone)

    try:
        table = tables.opened(file)
        is_ours = tables.is_ours(table.schema_arrow)
        names = {} if is_ours else chosen(table.schema_arrow.names, columns)
    except (*tables.UNREADABLE, SourceUnreadable) as error:
        known = isinstance(error, SourceUnreadable)
        yield replace(_torn(str(error) if known else f"the file cannot be read: {error}"), form=Form.PARQUET)
        return
    before = 0
    for group in range(table.num_row_groups):
        behind = before + table.metadata.row_group(group).num_rows
        number, at = before, Anchor(table.metadata.row_group(group).column(0).data_page_offset, before)
        try:
            for row in tables.rows(table, group, sorted(names.values()) or None) if behind > anchor.number else ():
                number += 1
                yield _row(Found(number=number, anchor=at, form=Form.PARQUET), row, None if is_ours else names)
        except tables.UNREADABLE as error:
            lost = f"this row and all to row {behind} are lost: {error}"
            yield Found(number=number + 1, anchor=at, form=Form.PARQUET, torn=lost)
        before = behind


def _row(one: Found, row: dict[str, Any], names: Mapping[str, str] | None) -> Found | None:
    """Return a row of a Parquet file as a document, an empty one as none; without names it is an item of ours."""
    from connectors.archives import tables  # noqa: PLC0415

    if names is not None:
        line = told(row, names)
        return replace(one, data=json.encode(line)) if line else None
    size = len(row.get("body") or b"")
    try:
        return replace(one, item=tables.item_of(row), size=size)
    except BadRecord as error:
        return replace(one, size=size, torn=str(error)[:300])


def _head(file: BufferedReader, name: str) -> bytes:
    """Return how a file begins, as far as it can be unpacked; raises what reading raises where nothing can."""
    stream, _ = unpacked(file, name)
    head = b""
    try:
        while len(head) < HEAD and (piece := stream.read1(HEAD - len(head))):
            head += piece
    except DAMAGED:
        if not head:
            raise
    file.seek(0)
    return head


def _torn(text: str) -> Found:
    return Found(number=1, anchor=Anchor(), form=Form.WHOLE, torn=text)


def found(
    root: Path, name: str, anchor: Anchor, columns: Mapping[str, str] | None = None
) -> Generator[Found | None, None, None]:
    """Yield the documents of a file from the anchor on; `columns` says which of a table tell what (see `columns`).

    Raises SourceUnreadable as `opened` does, and OSError where the file cannot be opened.
    """
    with opened(root, name) as file:
        try:
            head = _head(file, name)
            form = form_of(head, name)
        except DAMAGED as error:
            yield _torn(f"the file is torn: {error}")
            return
        if form is Form.WARC:
            yield from _records(file, anchor)
            return
        if form in {Form.EMPTY, Form.BINARY}:
            yield Found(number=1, anchor=Anchor(), form=form, ending=form)
            return
        if form is Form.PARQUET:
            yield from _table(file, anchor, columns or {})
            return
        if form is Form.CSV:
            yield from _cells(unpacked(file, name)[0], head, columns or {})
            return
        file.seek(anchor.offset)
        stream, is_packed = unpacked(file, name) if not anchor.offset else (file, False)
        if form is Form.LINES:
            yield from _lines(stream, anchor, is_packed=is_packed)
        else:
            yield from _whole(stream, datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC))
