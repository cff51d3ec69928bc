"""The contract of a source kind: plan and read are pure, get fetches.

A kind is one file with three functions and one line in `kinds.py`. It keeps
its own state as JSON in the source's cursor and never sees network or clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from streams.items import RawItem
from streams.sources import SourceSettings

MIB = 1024 * 1024
FEED_LIMIT = 15 * MIB
PAGE_LIMIT = 10 * MIB


class Purpose(StrEnum):
    """Why something is fetched: the source on its schedule, more of it (paging back), or a page it led to."""

    POLL = "poll"
    MORE = "more"
    PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One GET that a source needs.

    `limit` is bytes after decompression; `is_cut` says that of more the
    beginning is enough. `not_before` is None for a poll (the
    schedule decides) and a moment in UTC for a page. `key` names the entry
    whose page this is. `delta` says that the server may answer with nothing
    but what is new since the ETag (RFC 3229, status 226). `secret` is the end
    of the address that is put to it where it is dialled and stands nowhere else.
    """

    purpose: Purpose
    url: str
    accept: str
    limit: int
    etag: str | None = None
    last_modified: str | None = None
    key: str | None = None
    not_before: datetime | None = None
    delta: bool = False
    is_cut: bool = False
    secret: str = field(default="", repr=False)

    @property
    def is_conditional(self) -> bool:
        """Whether the server may answer that nothing changed."""
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a server answered: status 200, 226 or 304, header names in lower case, `url` after redirects.

    `moved_to` is where permanent redirects alone led from the address asked,
    None where there were none. `seconds` is how long it took, redirects
    included, without waiting for our turn; `wire` are the body's bytes as they
    came, before decompression.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    moved_to: str | None = None
    seconds: float = 0.0
    wire: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A GET or a reading that brought nothing, as a value.

    `outcome` is a word of SourceHealth; `weight` is what it adds to the
    source's failures; `retry_after` is in seconds; `host_wide` shuts the whole
    host for that time; `ours` says that our own network may be the reason;
    `final` that asking again brings the same; `guessed` that the server named
    no time, so that the wait grows with each such answer. `about` is one of
    auth, blocked, busy, gone, network, redirects, robots, security, or empty: what an operator
    should know at a glance. `host` is who refused, where a redirect led to
    another. `said` is the beginning of what a service answered to an ask beside its stream.
    `seconds` is how long it took, 0 where nobody was asked.
    `unheard` is the robots.txt that did not answer, where that is the reason.
    """

    outcome: str
    text: str
    weight: float
    status: int | None = None
    retry_after: float | None = None
    host_wide: bool = False
    gone: bool = False
    ours: bool = False
    final: bool = False
    guessed: bool = False
    about: str = ""
    host: str = ""
    said: str = ""
    seconds: float = 0.0
    unheard: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one response brought.

    `state` is the kind's next own state; `fresh` counts items never seen
    before, `known` those that were listed again; `weekly` how many of the new
    are of the last seven days; `hint` is how long the source asks to be left alone, in seconds. `overlap` is the share
    of the entries that were known before, None where that says nothing (a
    first reading); `notes` are words for what people should see to (see
    SourceHealth), `hub` is the WebSub hub and topic the source names.
    """

    items: tuple[RawItem, ...] = ()
    state: bytes
    outcome: str = "ok"
    text: str = ""
    fresh: int = 0
    known: int = 0
    weekly: int = 0
    hint: float = 0.0
    has_validators: bool = False
    overlap: float | None = None
    notes: tuple[str, ...] = ()
    hub: tuple[str, str] | None = None


Plan = Callable[[SourceSettings, bytes, datetime], tuple[Request, ...]]
Read = Callable[[SourceSettings, bytes, Request, Response, datetime], Reading | Failure]
Missed = Callable[[SourceSettings, bytes, Request, Failure, datetime], Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """One source kind.

    `plan` lists the requests still to make, the poll first. `read` turns a 200
    or 304 into a Reading, or into a Failure where the answer says in its words
    that there is nothing to be had, and raises SourceUnreadable for anything else.
    `missed` is told of a page that could not be had and says what follows.
    An empty state is that of a source never read. `asks_robots` says that
    robots.txt is asked about the source's own address too; of feeds it is not,
    which are there to be read by programs.
    """

    kind: str
    plan: Plan
    read: Read
    missed: Missed
    asks_robots: bool = False
