"""The records that flow: what each topic carries, as frozen values.

Every datetime is aware and in UTC. Offsets (`start`, `end`) count characters
of the text the record belongs to, half open. A record never changes; a newer
fact is a newer record.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from streams.fetches import Fetch
from streams.mentions import Actor, Attribution, EventDate, Evidence, Extent, Kind, Mention, Place, Precision, Status


class Op(StrEnum):
    """What a source did to an item."""

    PUT = "put"
    DELETE = "delete"


class ItemKind(StrEnum):
    """What was read: a feed's entry, the page behind it, or a social post."""

    ENTRY = "entry"
    PAGE = "page"
    POST = "post"


class Quote(Struct, frozen=True, kw_only=True):
    """A post that another post quotes or forwards: its words, whose they are and when he wrote them (UTC)."""

    text: str
    author: str | None = None
    handle: str | None = None
    published_at: datetime | None = None
    url: str | None = None


class RawItem(Struct, frozen=True, kw_only=True, tag="RawItem"):
    """What a connector read, before anything was understood.

    `body` is zlib-compressed bytes of `content_type`; `revision` is 1 for the
    feed's own text and 2 for its page. `published_at` is the start of the
    period that `published_precision` says. `owner` is the publisher. A post
    has its author's `handle`, what it quotes and the addresses of its media.
    `stub`: the page behind the entry let nobody read on (a paywall, a consent
    wall), so this is the feed's own text; `wall` says in words why, of the page
    ("it asks for consent first").
    """

    op: Op = Op.PUT
    id: str
    revision: int = 1
    source: str
    owner: str | None = None
    side: str | None = None
    demo: bool = False
    kind: ItemKind
    url: str
    canonical_url: str
    fetched_at: datetime
    published_at: datetime | None = None
    published_precision: Precision | None = None
    published_raw: str | None = None
    title: str | None = None
    author: str | None = None
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    language: str | None = None
    handle: str | None = None
    hashtags: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    media: tuple[str, ...] = ()
    stub: bool = False
    wall: str | None = None


class Part(Struct, frozen=True, kw_only=True):
    """A stretch of an item's text that somebody else wrote: an embedded post."""

    start: int
    end: int
    author: str | None = None
    handle: str | None = None
    published_at: datetime | None = None
    url: str | None = None


class EnrichedItem(Struct, frozen=True, kw_only=True, tag="EnrichedItem"):
    """An item's clean text and what it claims.

    A post has its author's `handle`, which also stands first among the
    `handles` it names, and the addresses of its `media`. `text_hash` is
    SHA-256 in hex over title and text; `signature` is a 64-bit SimHash as 16
    hex digits; `credit` is the agency the text is taken from. `pledges` are
    mentions of allegiance that name no place. `stub`: this is the feed's own
    text, since its page let nobody read on; `wall` says why.
    """

    op: Op = Op.PUT
    id: str
    revision: int
    source: str
    owner: str | None = None
    side: str | None = None
    demo: bool = False
    kind: ItemKind
    url: str
    canonical_url: str
    fetched_at: datetime
    published_at: datetime | None = None
    published_precision: Precision | None = None
    title: str | None = None
    author: str | None = None
    handle: str | None = None
    media: tuple[str, ...] = ()
    text: str = ""
    mentions: tuple[Mention, ...] = ()
    pledges: tuple[Mention, ...] = ()
    parts: tuple[Part, ...] = ()
    language: str | None = None
    links: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    text_hash: str = ""
    signature: str | None = None
    credit: str | None = None
    stub: bool = False
    wall: str | None = None


class ItemRef(Struct, frozen=True, kw_only=True):
    """What a claim remembers of the item it stands in.

    `writer` is the account or name of who wrote a post; `passed_on` says that
    it is not the item's own, which only passes it on. `wall` says why its page
    let nobody read on, where the claim stands in the feed's own text (empty
    where the reason is not known); None elsewhere.
    """

    id: str
    revision: int
    source: str
    owner: str | None = None
    side: str | None = None
    demo: bool = False
    url: str
    title: str | None = None
    published_at: datetime | None = None
    published_precision: Precision | None = None
    fetched_at: datetime
    signature: str | None = None
    credit: str | None = None
    writer: str | None = None
    passed_on: bool = False
    wall: str | None = None


class ClaimOp(StrEnum):
    """Whether an item makes a claim or no longer makes it."""

    PUT = "put"
    WITHDRAW = "withdraw"


class Claim(Struct, frozen=True, kw_only=True, tag="Claim"):
    """One mention about one place, with all that corroboration needs.

    `place_key` groups claims: the gazetteer id of the place or its seat, or
    country and folded name where the place is unknown. `linked_to` is the id
    of the pledge or correction it follows from, in the `generation` counted
    from 0; a `silent` claim feeds the ledger and opens no alert.
    """

    op: ClaimOp = ClaimOp.PUT
    id: str
    place_key: str
    kind: Kind
    status: Status
    extent: Extent = Extent.FULL
    gaining: Actor | None = None
    losing: Actor | None = None
    place: Place
    evidence: Evidence
    event_date: EventDate | None = None
    background: bool = False
    attribution: Attribution | None = None
    confidence: float
    rule: str
    language: str
    generation: int = 0
    linked_to: str | None = None
    silent: bool = False
    item: ItemRef


class DeadLetter(Struct, frozen=True, kw_only=True, tag="DeadLetter"):
    """A record that could not be handled, whole, with what is needed to send it again.

    `payload` is the original bytes, cut to the first MiB where `size` is
    larger (`complete` says so); `sha256` is over all of them. A letter that
    was sent again is told once more under its id, with `redriven_at` and
    without its payload.
    """

    id: str
    topic: str
    partition: int
    offset: int
    key: str | None = None
    payload: bytes
    complete: bool = True
    size: int
    sha256: str
    step: str
    error: str
    text: str
    at: datetime
    tries: int = 1
    redriven_at: datetime | None = None


class SourceHealth(Struct, frozen=True, kw_only=True):
    """What the last poll of a source brought, for people to read.

    `outcome` is a short word (ok, unchanged, unreadable, unavailable, refused);
    `text` says it in a sentence. `items_total` counts over the source's life.
    Of a stream that is open, `next_at` is `polled_at`. `notes` are words for
    what somebody should see to: auth, blocked, busy, gone, may-have-missed,
    misdated, moved, network, parked, redirects, robots, security, silent,
    validators-lie, walled. `moved_to` is the address the source is read at
    since its own redirects there for good. Of `pages` behind entries that were
    read, `stubs` let nobody read on. `items_week` are the new items of the last
    seven days, and since `failing_since` no poll has brought anything, None
    where the last one did. Until `leased_until` a hub tells what is new, which
    it last did at `pushed_at`; `pushes_refused` were not signed as agreed, and
    `push_text` says why there is no subscription.
    """

    polled_at: datetime
    next_at: datetime
    outcome: str
    text: str = ""
    http_status: int | None = None
    items_new: int = 0
    items_total: int = 0
    failures: float = 0.0
    notes: tuple[str, ...] = ()
    moved_to: str | None = None
    pages: int = 0
    stubs: int = 0
    items_week: int = 0
    failing_since: datetime | None = None
    leased_until: datetime | None = None
    pushed_at: datetime | None = None
    pushes_refused: int = 0
    push_text: str = ""


class SourceState(Struct, frozen=True, kw_only=True, tag="SourceState"):
    """What a source's kind remembers of it, in its own JSON; it lies beside the cursor, which changes far oftener."""

    source: str
    state: bytes


class Cursor(Struct, frozen=True, kw_only=True, tag="Cursor"):
    """How far a source has been read; `state` is the connector's JSON.

    `own` is what the source's kind remembers of it. In a journal it lies
    apart, as a SourceState, and is written only where it has changed; so do the
    `fetches` that are told with this cursor. `quiet` are the polls since then
    that brought nothing new, told once something else comes.
    """

    source: str
    state: bytes
    own: bytes | None = None
    health: SourceHealth | None = None
    saved_at: datetime
    fetches: tuple[Fetch, ...] = ()
    quiet: Fetch | None = None
