"""Which posts of X become items: those our rules let through, each version once. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from connectors.posts.catch import Catch
from connectors.posts.held import Book, Post
from connectors.posts.x.api import Includes, Matched, Message, XPost, post_in
from connectors.posts.x.items import Around, deletion, item_of
from connectors.posts.x.rules import rules_of
from connectors.streaming import Frame, Taken
from streams.errors import SourceUnreadable
from streams.sources import SourceSettings

# An id holds the milliseconds since this moment, above 22 bits (docs.x.com, resources/fundamentals/x-ids).
EPOCH_MS, BITS = 1_288_834_974_657, 22
# Ids are compared as text where posts are held, so they get one width.
WIDTH = 20


class Streamed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of the stream.

    `rules` are ours that X keeps, tag by id, `lent` rules of others
    with the words of ours, `refused` the tags of those X does not take; they
    were `listed_at`, and `rules_page` is the next page of a list begun.
    `held` are the posts we passed on, by first id. `newest` is the highest id
    seen, `heard_at` until when the stream is known to have been whole.

    `since` is the id the gap begins with, empty once it is filled; `query` and
    `page` say how far that is, after `pages` pages; `not_before` is when
    search may be asked again, `renamed` whether it knows a post's fields by
    their new names. `look` are versions still to be looked up, the last time
    was `looked_at`. `opened_at` is when the stream was opened last, `ended`
    how often in a row it ended soon after.
    """

    rules: dict[str, str] = {}
    lent: dict[str, str] = {}
    refused: tuple[str, ...] = ()
    listed_at: datetime | None = None
    rules_page: str = ""
    held: dict[str, Post] = {}
    newest: str = ""
    heard_at: datetime | None = None
    since: str = ""
    query: int = 0
    page: str = ""
    pages: int = 0
    not_before: datetime | None = None
    renamed: bool = False
    look: tuple[str, ...] = ()
    looked_at: datetime | None = None
    opened_at: datetime | None = None
    ended: int = 0


def streamed(state: bytes) -> Streamed:
    """Return what the state holds; raises msgspec.DecodeError for one of another make."""
    return msgspec.json.decode(state, type=Streamed) if state else Streamed()


def id_at(moment_: datetime) -> str:
    """Return the lowest id of posts written at this moment."""
    return str(max(0, int(moment_.timestamp() * 1000) - EPOCH_MS) << BITS)


def time_of(id_: str) -> datetime:
    """Return when the post with this id was written (UTC)."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=(int(id_) >> BITS) + EPOCH_MS)


def mark_of(id_: str) -> str:
    """Return the id of a version so that later ones are greater as text."""
    return id_.zfill(WIDTH)


@dataclass(slots=True, kw_only=True)
class XSieve:
    """Takes posts one by one and gives back what they made; `now` is when the next one arrived (UTC)."""

    source: SourceSettings
    known: Streamed
    now: datetime
    book: Book = field(init=False)
    ours: frozenset[str] = field(init=False)
    newest: str = field(init=False)
    catch: Catch = field(default_factory=Catch)

    def __post_init__(self) -> None:
        self.book, self.newest = Book(self.known.held), self.known.newest
        self.ours = frozenset(rule.tag for rule in rules_of(self.source))

    def message(self, message: Message, frame: Frame) -> None:
        """Take one message of the stream."""
        self.now = frame.at
        if message.data is None:
            # New kinds of message may come at any time.
            self.catch.endings["other"] += 1
        elif self._is_ours(message.matching_rules):
            self._put(message.data, Around(message.includes), frame.data)
        else:
            self.catch.endings["filtered"] += 1

    def _is_ours(self, matched: Iterable[Matched]) -> bool:
        """Whether a rule of the configuration let it through: one stream carries what all rules of an app match."""
        return any(rule.tag in self.ours or rule.id in self.known.lent for rule in matched)

    def posts(self, listed: Iterable[Raw], includes: Includes) -> list[XPost]:
        """Take posts that were asked for, oldest first, and return those that could be read."""
        posts, around = [], Around(includes)
        for raw in listed:
            try:
                posts.append(post_in(bytes(raw)))
            except SourceUnreadable as error:
                self.catch.unread(bytes(raw), error)
        posts.sort(key=lambda post: int(post.id))
        for post in posts:
            self._put(post, around, msgspec.json.encode(post))
        return posts

    def _put(self, post: XPost, around: Around, data: bytes) -> None:
        self.newest = max(self.newest, post.id, key=lambda id_: int(id_ or 0))
        first, known = post.versions[0], self.book.get(post.versions[0])
        mark = mark_of(post.id)
        if known and (known.is_gone or mark <= known.mark):
            self.catch.endings["repeated"] += 1
            return
        revision = max(post.versions.index(post.id) + 1, known.revision + 1 if known else 1)
        try:
            item = item_of(post, around, self.source, revision=revision, now=self.now)
        except SourceUnreadable as error:
            self.catch.unread(data, error)
            return
        self.catch.items.append(item)
        self.book.put(first, Post(mark, revision))

    def delete(self, version: str) -> None:
        """Take back the post of which this is the version we hold."""
        mark = mark_of(version)
        for first, post in self.book.of(""):
            if post.mark == mark:
                self.catch.items.append(deletion(first, self.source, revision=post.revision + 1, now=self.now))
                self.book.put(first, Post(mark, post.revision + 1, is_gone=True))
                return
        self.catch.endings["unknown"] += 1

    def taken(self, *, over: str = "", text: str = "", **progress: Any) -> Taken:
        """Return what was taken, with the state that follows; `progress` are fields of Streamed."""
        state = replace(self.known, held=self.book.kept(), newest=self.newest, **progress)
        return self.catch.taken(state, over=over, text=text)
