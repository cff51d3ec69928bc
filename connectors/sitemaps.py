"""News sitemaps as sources: an index's sitemaps are read as they change, each new address is an entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace as revised
from datetime import datetime, timedelta

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from connectors.asking.validators import Validators, conditions, is_unchanged, learned
from connectors.connector import Connector, Failure, Purpose, Reading, Request, Response
from connectors.following.lists import Followed, known_of, page_requests, read_entries, read_page, unchanged
from connectors.following.lists import missed as page_missed
from connectors.reading.entries import content_of, digest
from connectors.reading.sitemapforms import MAX_BYTES, Child, Sitemap, newest, sitemap
from streams.sources import SourceSettings

ACCEPT = "application/xml, text/xml;q=0.9, application/gzip;q=0.8, */*;q=0.1"
MAX_PARTS, MAX_DEPTH = 50, 3
# What names a sitemap among the keys of entries, which are hexadecimal.
MARK = "map:"
# A sitemap without a date of change that held nothing new is asked again after this.
QUIET = timedelta(hours=24)


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A sitemap that the index at `parent` names.

    `listed` is its date of change as the index has it, `read` as it was when
    the sitemap was last read (at `read_at`), `due_at` is None where there is
    nothing to read; `quiet`: nothing in it was new. Levels count from 1.
    """

    parent: str
    depth: int
    listed: str | None = None
    read: str | None = None
    read_at: datetime | None = None
    due_at: datetime | None = None
    quiet: bool = False
    validators: Validators = Validators()


class SitemapState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of a sitemap between polls: its entries as of any list, and the parts of an index."""

    followed: Raw = Raw(b"{}")
    parts: dict[str, Part] = {}


def _state(state: bytes) -> SitemapState:
    return msgspec.json.decode(state, type=SitemapState) if state else SitemapState()


def _with(reading: Reading, parts: dict[str, Part]) -> Reading:
    return revised(reading, state=msgspec.json.encode(SitemapState(followed=Raw(reading.state), parts=parts)))


def _request(url: str, validators: Validators, now: datetime, *, key: str | None, due_at: datetime | None) -> Request:
    etag, last_modified = conditions(validators, now)
    return Request(
        purpose=Purpose.PAGE if key else Purpose.POLL,
        url=url,
        accept=ACCEPT,
        limit=MAX_BYTES,
        etag=etag,
        last_modified=last_modified,
        key=key,
        not_before=due_at,
    )


def plan(source: SourceSettings, state: bytes, now: datetime) -> tuple[Request, ...]:
    """Return the poll, then the sitemaps of the index that changed, then the pages still to fetch."""
    held = _state(state)
    known = known_of(bytes(held.followed))
    parts = (
        _request(url, part.validators, now, key=f"{MARK}{url}", due_at=part.due_at)
        for url, part in held.parts.items()
        if part.due_at
    )
    return (_request(source.url, known.validators, now, key=None, due_at=None), *parts, *page_requests(known))


def _is_due(part: Part, now: datetime) -> bool:
    if part.listed is not None or part.read_at is None:
        return part.read_at is None or part.read != part.listed
    return not part.quiet or now - part.read_at >= QUIET


def _due(parts: dict[str, Part], now: datetime) -> dict[str, Part]:
    return {url: replace(part, due_at=now) if _is_due(part, now) else part for url, part in parts.items()}


def _listed(held: SitemapState, root: str, parent: str, children: Iterable[Child], now: datetime) -> dict[str, Part]:
    """Return the parts after the index at `parent` was read: those it names now, and what stands below them.

    A sitemap that stands elsewhere already stays there, so that indexes which
    name each other come to an end.
    """
    depth = 1 if parent == root else held.parts[parent].depth + 1
    elsewhere = {root, parent, *(url for url, part in held.parts.items() if part.parent != parent)}
    named = {
        child.url: replace(held.parts.get(child.url, Part(parent=parent, depth=depth)), listed=child.stated)
        for child in newest([child for child in children if child.url not in elsewhere], now, MAX_PARTS)
    }
    others = {url: part for url, part in held.parts.items() if part.parent != parent}
    kept = {url: part for url, part in others.items() if part.parent == root or part.parent in {*named, *others}}
    return dict(list((kept | _due(named, now)).items())[:MAX_PARTS])


def _read_index(known: Followed, validators: Validators, parts: dict[str, Part], now: datetime) -> Reading:
    reading = revised(unchanged(known, validators, now), outcome="ok")
    return _with(reading, parts)


def _read_poll(
    source: SourceSettings, held: SitemapState, request: Request, response: Response, now: datetime
) -> Reading:
    known = known_of(bytes(held.followed))
    if is_unchanged(known.validators, request, response):
        reading = unchanged(known, learned(known.validators, request, response, now), now)
        return _with(reading, _due(held.parts, now))
    found = sitemap(response.body, response.url, now)
    validators = learned(known.validators, request, response, now, content=_content(found))
    if found.document is None:
        parts = _listed(held, source.url, source.url, found.children, now)
        return _read_index(known, validators, _due(parts, now), now)
    return _with(read_entries(source, known, validators, found.document, now), {})


def _content(found: Sitemap) -> str:
    """Return a hash of what a sitemap tells, whatever else its bytes say."""
    if found.document is not None:
        return digest(*map(content_of, found.document.entries))
    return digest(*(f"{child.url} {child.stated}" for child in found.children))


def _read_part(
    source: SourceSettings, held: SitemapState, request: Request, response: Response, now: datetime
) -> Reading:
    known, url = known_of(bytes(held.followed)), request.url
    part = held.parts.get(url)
    if part is None:
        return Reading(state=msgspec.json.encode(held), outcome="unchanged")
    is_same = is_unchanged(part.validators, request, response)
    validators = learned(part.validators, request, response, now)
    done = replace(part, read=part.listed, read_at=now, due_at=None, validators=validators)
    if is_same:
        return _with(unchanged(known, known.validators, now), held.parts | {url: done})
    found = sitemap(response.body, response.url, now)
    if found.document is None:
        held = replace(held, parts=held.parts | {url: done})
        if part.depth >= MAX_DEPTH:
            text = f"{url} is an index below {MAX_DEPTH - 1} others and is not followed"
            return revised(_read_index(known, known.validators, held.parts, now), outcome="refused", text=text)
        return _read_index(known, known.validators, _listed(held, source.url, url, found.children, now), now)
    quiet = replace(done, quiet=not found.document.entries)
    return _with(read_entries(source, known, known.validators, found.document, now), held.parts | {url: quiet})


def _is_part(request: Request) -> bool:
    return bool(request.key and request.key.startswith(MARK))


def read(source: SourceSettings, state: bytes, request: Request, response: Response, now: datetime) -> Reading:
    """Return what a sitemap or a page brought; raises SourceUnreadable and nothing else."""
    held = _state(state)
    if _is_part(request):
        return _read_part(source, held, request, response, now)
    if request.purpose is Purpose.PAGE:
        return _with(read_page(known_of(bytes(held.followed)), request, response, now), held.parts)
    return _read_poll(source, held, request, response, now)


def missed(source: SourceSettings, state: bytes, request: Request, failure: Failure, now: datetime) -> Reading:
    """Put off or give up what could not be had; a sitemap of an index is asked again after the next poll."""
    held = _state(state)
    if not _is_part(request):
        return _with(page_missed(source, bytes(held.followed), request, failure, now), held.parts)
    parts = dict(held.parts)
    if request.url in parts:
        parts[request.url] = replace(parts[request.url], due_at=None, read="")
    after = msgspec.json.encode(replace(held, parts=parts))
    return Reading(state=after, outcome=failure.outcome, text=failure.text)


SITEMAPS = Connector(kind="sitemap", plan=plan, read=read, missed=missed, asks_robots=True)
