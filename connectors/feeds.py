"""Feeds of any format: each entry an item at once, its page the item's next revision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from connectors.asking.validators import DELTA, conditions, is_unchanged, learned
from connectors.connector import FEED_LIMIT, Connector, Purpose, Reading, Request, Response
from connectors.following.lists import glance_of, known_of, missed, page_requests, read_entries, read_page, unchanged
from connectors.reading.charset import decode
from connectors.reading.entries import Document, content_of, digest
from connectors.reading.formats import document
from connectors.reading.hubs import linked_hub
from streams.sources import SourceSettings

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)


def plan(source: SourceSettings, state: bytes, now: datetime) -> tuple[Request, ...]:
    """Return the poll of the feed, then the pages still to fetch."""
    known = glance_of(state)
    etag, last_modified = conditions(known.validators, now)
    poll = Request(
        purpose=Purpose.POLL,
        url=source.url,
        accept=ACCEPT,
        limit=FEED_LIMIT,
        etag=etag,
        last_modified=last_modified,
        delta=etag is not None,
    )
    return (poll, *page_requests(known))


def _document(source: SourceSettings, response: Response, now: datetime) -> Document:
    decoded = decode(response.body, content_type=response.headers.get("content-type", ""), language=source.language)
    found = document(decoded.text, url=response.url, now=now)
    hub = linked_hub(response.headers.get("link", ""), response.url) or found.hub
    return replace(found, hub=hub, is_part=response.status == DELTA)


def read_feed(
    source: SourceSettings,
    state: bytes,
    request: Request,
    response: Response,
    now: datetime,
    *,
    shaped: Callable[[Document], Document] = lambda found: found,
) -> Reading:
    """Return what a feed brought; `shaped` is what a kind makes of its document before entries are compared."""
    known = glance_of(state)
    if is_unchanged(known.validators, request, response):
        return unchanged(known, learned(known.validators, request, response, now), now)
    found = shaped(_document(source, response, now))
    content = digest(*map(content_of, found.entries))
    validators = learned(known.validators, request, response, now, content=content)
    return read_entries(source, known_of(state), validators, found, now)


def read(source: SourceSettings, state: bytes, request: Request, response: Response, now: datetime) -> Reading:
    """Return what a poll or a page brought; raises SourceUnreadable and nothing else."""
    if request.purpose is Purpose.PAGE:
        return read_page(known_of(state), request, response, now)
    return read_feed(source, state, request, response, now)


FEEDS = Connector(kind="feed", plan=plan, read=read, missed=missed)
