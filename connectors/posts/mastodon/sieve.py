"""Which statuses of Mastodon become items: what was seen, what we hold, what the source wants. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from connectors.posts.catch import Catch
from connectors.posts.held import Book, Post, next_revision, remembered
from connectors.posts.mastodon.statuses import PUBLIC, Status, deletion, item_of, names_of, status_in, words_of
from connectors.posts.moments import instant
from connectors.posts.wanted import is_filtered, is_wanted
from connectors.streaming import Frame, Taken
from streams.errors import SourceUnreadable
from streams.sources import SourceSettings

SEEN = 400
# The newest posts held that are looked up after a gap.
LOOKED_UP = 80
POSTS = frozenset({"update", "status.update"})


class Phase(StrEnum):
    """What is left to do about the time before this connection."""

    GAP = "gap"
    LOOK = "look"
    LEVEL = "level"


class Followed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of a stream.

    `streaming` is where the instance streams; `seen` are the last ids in the
    order they came; `held` are the posts we passed on. `after` is the newest
    id of the gap's `pages`, `look` the ids still to be looked up;
    `not_before` is when the instance may be asked again.
    """

    origin: str
    streaming: str = ""
    seen: tuple[str, ...] = ()
    held: dict[str, Post] = {}
    phase: Phase = Phase.LEVEL
    after: str = ""
    pages: int = 0
    look: tuple[str, ...] = ()
    not_before: datetime | None = None


def followed(state: bytes, origin: str) -> Followed:
    """Return what the state holds; ids of another instance mean nothing here, so a new address starts anew.

    Raises msgspec.DecodeError for a state of another make.
    """
    known = msgspec.json.decode(state, type=Followed) if state else Followed(origin=origin)
    return known if known.origin == origin else Followed(origin=origin)


def known_from(known: Followed, back: int) -> str:
    """Return the lowest of the last ids seen: where the timeline is read from."""
    return min(known.seen[-back:], key=lambda id_: (len(id_), id_), default="")


def newest_held(known: Followed) -> tuple[str, ...]:
    """Return the ids to look up after a gap: the newest posts we hold."""
    return tuple([id_ for id_, post in known.held.items() if not post.is_gone][-LOOKED_UP:])


@dataclass(slots=True, kw_only=True)
class Sieve:
    """Takes statuses one by one and gives back what they made; `now` is when the next one arrived (UTC)."""

    source: SourceSettings
    known: Followed
    now: datetime
    book: Book = field(init=False)
    fresh: list[str] = field(default_factory=list)
    seen: set[str] = field(init=False)
    catch: Catch = field(default_factory=Catch)

    def __post_init__(self) -> None:
        self.book = Book(self.known.held)
        self.seen = set(self.known.seen)

    def event(self, frame: Frame) -> None:
        """Take one event of the stream."""
        if not frame.is_whole:
            text = f"an event of {frame.size} bytes is larger than is read"
            self.catch.unread(frame.data, text, size=frame.size)
        elif frame.event in POSTS:
            self.statuses([frame.data])
        elif frame.event == "delete":
            self._deleted(frame.data)
        else:
            self.catch.endings["other"] += 1

    def statuses(self, listed: Sequence[bytes]) -> list[str]:
        """Take statuses in the order of their ids and return these."""
        statuses: list[Status] = []
        for data in listed:
            try:
                statuses.append(status_in(data))
            except SourceUnreadable as error:
                self.catch.unread(data, error)
        for status in sorted(statuses, key=lambda one: (len(one.id), one.id)):
            self._status(status)
        return [status.id for status in statuses]

    def _status(self, status: Status) -> None:
        known, was_seen = self.book.get(status.id), status.id in self.seen
        self.fresh.append(status.id)
        self.seen.add(status.id)
        if status.visibility not in PUBLIC:
            self.catch.endings["private"] += 1
        elif known is None and was_seen and not status.mark:
            self.catch.endings["repeated"] += 1
        elif known is None and not self._is_wanted(status):
            self.catch.endings["filtered"] += 1
        else:
            self._put(status, known)

    def _is_wanted(self, status: Status) -> bool:
        names, tags = names_of(status, self.known.origin), [tag.name for tag in status.tags]
        if status.reblog:
            tags += [tag.name for tag in status.reblog.tags]
        return is_wanted(self.source, words_of(status), tags=tags, names=names)

    def _put(self, status: Status, known: Post | None) -> None:
        written, edited = instant(status.created_at, self.now), instant(status.edited_at, self.now)
        revision = next_revision(known, status.mark, written=written, edited=edited)
        if revision is None or (known and known.is_gone):
            self.catch.endings["repeated"] += 1
            return
        try:
            item = item_of(status, self.source, self.known.origin, revision=revision, now=self.now)
        except SourceUnreadable as error:
            data = msgspec.json.encode(status)
            self.catch.unread(data, error)
            return
        self.catch.items.append(item)
        self.book.put(status.id, Post(status.mark, revision))

    def _deleted(self, data: bytes) -> None:
        id_ = data.decode("ascii", "replace").strip().strip('"')
        if not id_.isalnum() or not id_.isascii() or len(id_) > 64:  # noqa: PLR2004 (as in an item's id)
            self.catch.unread(data, f"{id_[:80]!r} is no id of a status")
        else:
            self.delete(id_)

    def delete(self, id_: str) -> None:
        """Take back a post; of one we do not hold only where every post of the stream was taken."""
        known = self.book.get(id_)
        if known is None and is_filtered(self.source):
            self.catch.endings["unknown"] += 1
        elif known is not None and known.is_gone:
            self.catch.endings["repeated"] += 1
        else:
            revision = known.revision + 1 if known else 2
            self.catch.items.append(deletion(id_, self.source, self.known.origin, revision=revision, now=self.now))
            self.book.put(id_, Post(known.mark if known else "", revision, is_gone=True))

    def taken(self, *, text: str = "", **progress: Any) -> Taken:
        """Return what was taken, with the state that follows; `progress` are fields of Followed."""
        state = replace(
            self.known,
            seen=remembered(self.known.seen, self.fresh, room=SEEN),
            held=self.book.kept(),
            **progress,
        )
        return self.catch.taken(state, text=text)
