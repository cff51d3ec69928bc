"""Which events of Jetstream become items: what came before, what we hold, what the source wants. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from connectors.posts.bluesky.items import (
    POSTS,
    Record,
    deletion,
    edited,
    hashtags,
    item_of,
    record_in,
    words_of,
    written,
)
from connectors.posts.bluesky.jetstream import Event, What
from connectors.posts.catch import Catch
from connectors.posts.held import Book, Post, next_revision
from connectors.posts.wanted import is_wanted
from connectors.reading.dates import AHEAD
from connectors.streaming import Frame, Taken
from streams.errors import SourceUnreadable
from streams.sources import SourceSettings

# What the network asks to be shown no more (com.atproto.sync.subscribeRepos#account).
GONE = frozenset({"takendown", "suspended", "deleted", "deactivated"})


class Listened(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of a stream.

    `micros` is the time of the last event (microseconds since 1970), 0 where
    nothing is to be resumed. `held` are the posts we passed on, by
    account and key. `dids` are the accounts behind names, empty where nobody
    has the name when it was `looked_at` last. `stuck` is the time at which a
    message was too large.
    """

    micros: int = 0
    held: dict[str, Post] = {}
    dids: dict[str, str] = {}
    looked_at: datetime | None = None
    stuck: int = 0


def listened(state: bytes) -> Listened:
    """Return what the state holds; raises msgspec.DecodeError for one of another make."""
    return msgspec.json.decode(state, type=Listened) if state else Listened()


@dataclass(slots=True, kw_only=True)
class SkySieve:
    """Takes events one by one and gives back what they made."""

    source: SourceSettings
    known: Listened
    now: datetime
    book: Book = field(init=False)
    names: dict[str, str] = field(init=False)
    micros: int = field(init=False)
    text: str = ""
    catch: Catch = field(default_factory=Catch)

    def __post_init__(self) -> None:
        known = self.known
        self.book, self.names = Book(known.held), {did: name for name, did in known.dids.items() if did}
        self.micros = known.micros

    @staticmethod
    def accounts(source: SourceSettings, known: Listened) -> set[str]:
        """Return the accounts the source wants, those given by name among them where somebody has it."""
        given = {account.strip() for account in source.accounts if account.strip().startswith("did:")}
        return given | {did for did in known.dids.values() if did}

    def event(self, event: Event, frame: Frame) -> None:
        """Take one event; the place in the stream moves with it."""
        self.now = frame.at
        if event.what is What.INFO:
            self.text = f"the stream goes on later than it was left: {event.text}"
            self.catch.endings["other"] += 1
            return
        # A time that is not yet would have the stream resumed where nothing is.
        latest = int((self.now + AHEAD).timestamp()) * 1_000_000
        self.micros = event.micros if 0 < event.micros <= latest else self.micros
        if event.what is What.ACCOUNT:
            self._account(event)
        elif event.collection != POSTS or event.what not in {What.CREATE, What.UPDATE, What.DELETE}:
            self.catch.endings["other"] += 1
        elif event.what is What.DELETE:
            self._delete(event)
        else:
            self._put(event, frame)

    def _put(self, event: Event, frame: Frame) -> None:
        key = f"{event.did}/{event.key}"
        known = self.book.get(key)
        try:
            record = record_in(event)
            if known is None and not self._is_wanted(record, event.did):
                self.catch.endings["filtered"] += 1
                return
            at = edited(event, self.now) if event.what is What.UPDATE else None
            since = written(record, event, self.now)
            revision = next_revision(known, event.rev, written=since, edited=at)
            if revision is None:
                self.catch.endings["repeated"] += 1
                return
            handle = self.names.get(event.did, event.did)
            self.catch.items.append(item_of(record, event, self.source, handle=handle, revision=revision, now=self.now))
        except SourceUnreadable as error:
            self.catch.unread(frame.data, error, size=frame.size)
            return
        self.book.put(key, Post(event.rev, revision))

    def _is_wanted(self, record: Record, did: str) -> bool:
        names = (did, *filter(None, (self.names.get(did),)))
        return is_wanted(self.source, words_of(record), tags=hashtags(record), names=names)

    def _takes_all(self, did: str) -> bool:
        """Whether every post of this account was taken, so that one we do not remember may be ours."""
        if did in self.accounts(self.source, self.known):
            return True
        return not (self.source.words or self.source.tags or self.source.accounts)

    def _delete(self, event: Event) -> None:
        key = f"{event.did}/{event.key}"
        known = self.book.get(key)
        if known is None and not self._takes_all(event.did):
            self.catch.endings["unknown"] += 1
        elif known is not None and (known.is_gone or event.rev <= known.mark):
            self.catch.endings["repeated"] += 1
        else:
            self._gone(event.did, event.key, event.rev, known)

    def _gone(self, did: str, key: str, rev: str, known: Post | None) -> None:
        revision = known.revision + 1 if known else 2
        self.catch.items.append(deletion(did, key, self.source, revision=revision, now=self.now))
        self.book.put(f"{did}/{key}", Post(rev, revision, is_gone=True))

    def _account(self, event: Event) -> None:
        """Take back what we hold of an account that is gone, as far as it is remembered."""
        held = list(self.book.of(f"{event.did}/"))
        if event.is_active or event.status not in GONE or not held:
            self.catch.endings["other"] += 1
            return
        for key, post in held:
            self._gone(event.did, key.removeprefix(f"{event.did}/"), post.mark, post)

    def taken(self, *, over: str = "") -> Taken:
        """Return what was taken, with the state that follows."""
        state = replace(
            self.known,
            micros=self.micros,
            held=self.book.kept(),
        )
        return self.catch.taken(state, over=over, text=self.text)
