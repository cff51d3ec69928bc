"""A page still to fetch: what is asked for, and what its answer, or its absence, makes of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from connectors.asking.validators import NOT_MODIFIED
from connectors.connector import PAGE_LIMIT, Failure, Purpose, Request, Response
from connectors.following.behind import Behind, behind
from connectors.pages import ACCEPT
from streams.items import Op, RawItem

MAX_TRIES = 4
# An update waits a minute for its page, not twenty.
MAX_TRIES_HELD = 2
# A report is taken back where its page says so often enough apart that it is no slip of the server's.
ASSURED = timedelta(hours=6)
ASSURED_AGAIN = timedelta(hours=1)


class Todo(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A page still to fetch.

    `item` is the entry it inherits from, with the feed's own text where that
    is short, and `own` is how many characters that text has. Where `is_held`,
    the item is an update whose text waits for its page: published alone it
    would seem to take back what only the page tells. `again`: the page was
    read before, and `etag` and `last_modified` are of that answer; `hinted`:
    because its list says that it changed. `rereads` are the minutes to the
    readings still to come. `amp` is the address to read in the page's stead.
    `gone` is when a page that was read said that it is gone for good (410).
    """

    key: str
    item: RawItem
    not_before: datetime
    tries: int = 0
    is_held: bool = False
    own: int = 0
    again: bool = False
    hinted: bool = False
    rereads: tuple[float, ...] = ()
    amp: str | None = None
    gone: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of a page: an item to publish as the entry's next revision, what is still to do, what people see.

    `content` is the hash of the page that was read, None where none was.
    `is_false_hint`: the list said that the page had changed, and it had not.
    """

    item: RawItem | None = None
    after: Todo | None = None
    content: str | None = None
    is_false_hint: bool = False
    outcome: str = "ok"
    text: str = ""


def request_of(todo: Todo) -> Request:
    """Return the request for the page."""
    return Request(
        purpose=Purpose.PAGE,
        url=todo.amp or todo.item.url,
        accept=ACCEPT,
        limit=PAGE_LIMIT,
        etag=todo.etag,
        last_modified=todo.last_modified,
        key=todo.key,
        not_before=todo.not_before,
    )


def _later(todo: Todo, now: datetime, response: Response | None = None) -> Todo | None:
    """Return the next reading of a page, or None after the last."""
    if not todo.rereads:
        return None
    return replace(
        todo,
        item=replace(todo.item, body=b""),
        not_before=now + timedelta(minutes=todo.rereads[0]),
        rereads=todo.rereads[1:],
        tries=0,
        is_held=False,
        again=True,
        hinted=False,
        gone=None,
        etag=response.headers.get("etag") if response else todo.etag,
        last_modified=response.headers.get("last-modified") if response else todo.last_modified,
    )


def _walled(todo: Todo, stub: str, wall: str, now: datetime, amp: str | None = None) -> Came:
    """Return what follows from a page that lets nobody read on: its AMP page is tried, else the feed's text stands."""
    if amp and todo.amp is None and not todo.again:
        return Came(after=replace(todo, amp=amp, tries=0, not_before=now), text=f"{stub}; its AMP page is asked")
    told = f"{stub}; the feed's own text stands"
    has_words = bool(todo.item.body) and not todo.again
    item = replace(todo.item, stub=True, wall=wall, fetched_at=now) if has_words else None
    return Came(item=item, outcome="stub", text=told)


def _told(todo: Todo, page: Behind, known: str, response: Response, now: datetime) -> Came:
    is_same = todo.again and page.content == known
    return Came(
        item=None if is_same else page.item,
        after=_later(todo, now, response),
        content=page.content,
        is_false_hint=is_same and todo.hinted,
    )


def after_answer(todo: Todo, response: Response, *, known: str, now: datetime) -> Came:
    """Return what a page's answer makes; `known` is the hash of the page as it was last read, or empty.

    Raises SourceUnreadable for what is no page.
    """
    if response.status == NOT_MODIFIED:
        return Came(after=_later(todo, now), outcome="unchanged")
    page = behind(todo.item, response, asked=todo.amp or todo.item.url, own=todo.own, now=now)
    if page.stub:
        return _walled(todo, page.stub, page.wall or "", now, page.amp)
    return _told(todo, page, known, response, now)


def _given_up(todo: Todo, failure: Failure, now: datetime) -> Came:
    if todo.amp:
        stub = f"{todo.item.url} cannot be read, nor its AMP page ({failure.text})"
        return _walled(todo, stub, "it cannot be read, nor its AMP page", now)
    item = replace(todo.item, fetched_at=now) if todo.is_held else None
    return Came(item=item, outcome=failure.outcome, text=failure.text)


def _gone(todo: Todo, failure: Failure, now: datetime) -> Came:
    """Return what follows from a page that is said to be gone: hours later still so, its report was taken down."""
    since = todo.gone or now
    if now - since < ASSURED:
        after = replace(todo, gone=since, tries=0, not_before=since + ASSURED)
        return Came(after=after, outcome=failure.outcome, text=failure.text)
    item = replace(todo.item, op=Op.DELETE, body=b"", fetched_at=now)
    return Came(item=item, outcome=failure.outcome, text=f"{failure.text}, as hours ago: its report was taken down")


def _not_again(todo: Todo, failure: Failure, now: datetime) -> Came:
    """Return what follows from a page that was read and cannot be had now: what it said stands, for all we know."""
    if failure.gone:
        return _gone(todo, failure, now)
    if todo.gone and not failure.final and todo.tries + 1 < MAX_TRIES:
        after: Todo | None = replace(todo, tries=todo.tries + 1, not_before=now + ASSURED_AGAIN)
    else:
        after = _later(todo, now)
    return Came(after=after, outcome=failure.outcome, text=failure.text)


def after_failure(todo: Todo, failure: Failure, now: datetime) -> Came:
    """Return what a page that could not be had makes.

    It is put off (a minute, 4, 16) or given up; a held update then goes out
    with the feed's own text. A page read before keeps what it said, unless it
    says twice, hours apart, that it is gone for good.
    """
    if todo.again:
        return _not_again(todo, failure, now)
    if failure.final or todo.tries + 1 >= (MAX_TRIES_HELD if todo.is_held else MAX_TRIES):
        return _given_up(todo, failure, now)
    wait = max(timedelta(minutes=4**todo.tries), timedelta(seconds=failure.retry_after or 0))
    later = replace(todo, tries=todo.tries + 1, not_before=now + wait)
    return Came(after=later, outcome=failure.outcome, text=failure.text)
