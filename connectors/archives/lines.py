"""One line of a JSON Lines file: a raw item as we write them, or a plain account of a text. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from connectors.archives.columns import told
from connectors.reading.dates import iso_date
from connectors.reading.entries import digest
from connectors.reading.urls import canonical, resolved
from streams.codec import decode as record_of
from streams.errors import BadRecord, SourceUnreadable
from streams.items import EnrichedItem, ItemKind, RawItem
from streams.mentions import Precision

MAX_LINE = 1000
_OURS = re.compile(rb'^\s*\{\s*"(?:v"\s*:|record"\s*:\s*\{)')
_WHOLE_PAGE = re.compile(r"<html[\s>]|<body[\s>]|<!doctype html", re.IGNORECASE)
_CODE = re.compile(r"[a-z]{2,3}")


class _Plain(Struct, frozen=True, kw_only=True):
    id: str | int | float | None = None
    text: str | None = None
    html: str | None = None
    title: str | None = None
    url: str | None = None
    author: str | None = None
    publisher: str | None = None
    published_at: str | int | float | None = None
    fetched_at: str | int | float | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a plain line tells; `key` is its identity within the archive, `url` None where it names no web address.

    `publisher` is who brought it out, where an archive gathers what several did.
    """

    key: str
    kind: ItemKind
    body: str
    content_type: str
    title: str | None
    author: str | None
    publisher: str | None
    url: str | None
    published_at: datetime | None
    published_precision: Precision | None
    published_raw: str | None
    fetched_at: datetime | None
    language: str | None


def item_of(data: bytes, *, with_enriched: bool) -> RawItem | EnrichedItem | None:
    """Return the item in a line, None where it is no record of ours; raises SourceUnreadable for other records."""
    if not _OURS.match(data):
        return None
    try:
        record = record_of(data)
    except BadRecord as error:
        raise SourceUnreadable(f"it is no raw item: {str(error)[:300]}") from error
    if isinstance(record, RawItem) or (with_enriched and isinstance(record, EnrichedItem)):
        return record
    wanted = "raw and enriched items" if with_enriched else "only raw items"
    raise SourceUnreadable(f"it is a record of another kind: {type(record).__name__}, {wanted} are read")


def _date(raw: str | float | None, now: datetime) -> tuple[datetime | None, Precision | None]:
    # Seconds since 1970, as programs write them, are as exact as any.
    return iso_date(str(raw), now) if isinstance(raw, str) else (None, None) if raw is None else _since_1970(raw, now)


def _since_1970(seconds: float, now: datetime) -> tuple[datetime | None, Precision | None]:
    try:
        moment = datetime.fromtimestamp(seconds, now.tzinfo)
    except (ValueError, OverflowError, OSError):
        return None, None
    return (moment, Precision.INSTANT) if moment <= now else (None, None)


def _one_line(text: str | None) -> str | None:
    return " ".join((text or "").split())[:MAX_LINE] or None


def _plain(data: bytes, columns: Mapping[str, str]) -> _Plain:
    if not columns:
        return msgspec.json.decode(data, type=_Plain)
    row = msgspec.json.decode(data, type=dict[str, Any])
    return msgspec.convert({**row, **told(row, columns)}, _Plain)


def line_of(data: bytes, where: str, now: datetime, columns: Mapping[str, str]) -> Line:
    """Return what a plain line tells, under names of its own where `columns` says so.

    Raises SourceUnreadable naming what it lacks.
    """
    try:
        plain = _plain(data, columns)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceUnreadable(f"it is no line of {{id, text or html, title, url …}}: {error}") from error
    body, title = plain.html or plain.text or "", _one_line(plain.title)
    if not body.strip() and not title:
        raise SourceUnreadable(f"it has neither text nor html nor title; its names are {_names(data)}")
    url = resolved(plain.url, where) if plain.url else None
    published_at, precision = _date(plain.published_at, now)
    identity = str(plain.id) if plain.id not in {None, ""} else canonical(url) if url else digest(title, body)
    code = (plain.language or "").lower()
    return Line(
        key=digest(identity),
        kind=ItemKind.PAGE if plain.html and _WHOLE_PAGE.search(plain.html[:4096]) else ItemKind.ENTRY,
        body=body,
        content_type="text/html" if plain.html else "text/plain",
        title=title,
        author=_one_line(plain.author),
        publisher=_one_line(plain.publisher),
        url=url,
        published_at=published_at,
        published_precision=precision,
        published_raw=None if plain.published_at is None else str(plain.published_at)[:MAX_LINE],
        fetched_at=_date(plain.fetched_at, now)[0],
        language=code if _CODE.fullmatch(code) else None,
    )


def _names(data: bytes) -> str:
    names = msgspec.json.decode(data, type=dict[str, Any])
    return ", ".join(repr(name[:40]) for name in list(names)[:8]) or "none"
