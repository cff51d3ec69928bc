"""The contract of a source kind that lies on this machine: nothing is dialled, the kind itself opens files.

A kind is one file with two functions and one line in `kinds.LOCALS`. `read`
runs in the worker process, behind its wall and memory limit, and takes the
next handful of documents; the engine in `leafing` saves what it brought, items
before cursor, and asks again. Where `read` does not come back from a single
document, `past` says, without opening anything, how to go on behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from streams.items import EnrichedItem, RawItem
from streams.sources import SourceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Torn:
    """A document that cannot be read: `place` names it for good, `data` is what there is of its `size` bytes."""

    place: str
    data: bytes
    size: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handful:
    """What some documents brought.

    `items` and `state` are saved together; `enriched` are what a replay alone
    takes, items that were understood before. `endings` counts documents by the
    word of their end, exactly one each: ok, dead-letter, or why they were
    passed over. Of those that ended as dead letters, `torn` are to be kept.
    `is_all` says that there is nothing more for now; then the next look is in
    `again_seconds`, None for the source's own interval. `outcome` and `text`
    are for people (see SourceHealth).
    """

    state: bytes
    items: tuple[RawItem, ...] = ()
    enriched: tuple[EnrichedItem, ...] = ()
    endings: Mapping[str, int] = field(default_factory=dict)
    torn: tuple[Torn, ...] = ()
    is_all: bool = False
    again_seconds: float | None = None
    outcome: str = "ok"
    text: str = ""


# The source, the state, the time (UTC), and how many documents to take at most.
Read = Callable[[SourceSettings, bytes, datetime, int], Handful]
# The source, the state before the document at fault, what went wrong.
Past = Callable[[SourceSettings, bytes, str], Handful]


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """One source kind that lies on this machine.

    `read` brings every document once, in the same order whatever the size of
    the handfuls; an empty state is that of a source never read. With one
    document at most it names in its state the file it is about to open before
    it takes anything out of it, so that `past` knows what is at fault.
    """

    kind: str
    read: Read
    past: Past
