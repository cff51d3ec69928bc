"""What each fetch of a source brought: a record of its own, kept for a bounded time; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

# Unchanged polls told as one, at most, and from the first to the last of them.
MOST, LONGEST = 32, timedelta(days=1)


class Way(StrEnum):
    """How it was fetched.

    A poll, more of the same list, the page behind an entry, what a hub
    pushed, a stretch of a stream, a handful of documents of an archive.
    """

    POLL = "poll"
    MORE = "more"
    PAGE = "page"
    PUSH = "push"
    STREAM = "stream"
    ARCHIVE = "archive"


class Came(StrEnum):
    """What came of it: few words, so that they can be counted.

    `OK` brought something to read, `UNCHANGED` what was known, `STUB` a page
    that lets nobody read on, `UNREADABLE` something that could not be read.
    Nothing came at all where the address is `MISSING` (404) or `GONE` (410),
    asks for a password (`AUTH`), asks for patience (`BUSY`), takes us for a
    robot (`BLOCKED`), refuses otherwise (`REFUSED`) or is broken (`BROKEN`,
    5xx); where `ROBOTS` forbids it; where we do not go (`BARRED`); where no
    whole answer came (`SILENT`), perhaps by our own `NETWORK`. `ENDED`: a
    stream was ended by its service or by the network.
    """

    OK = "ok"
    UNCHANGED = "unchanged"
    STUB = "stub"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    GONE = "gone"
    AUTH = "auth"
    BUSY = "busy"
    BLOCKED = "blocked"
    REFUSED = "refused"
    BROKEN = "broken"
    ROBOTS = "robots"
    BARRED = "barred"
    SILENT = "silent"
    NETWORK = "network"
    ENDED = "ended"


WELL = frozenset({Came.OK, Came.UNCHANGED})


class Fetch(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="Fetch"):
    """One fetch, or several polls in a row that brought nothing new (`times`, the first of them at `since`).

    `at` is when its answer had been read (UTC). `took` holds for each the
    milliseconds from the first byte asked to the last received, through its
    redirects and without waiting for our turn; empty where nobody was asked.
    Of a stream it is how long that stretch lasted. `wire` are the bytes of the
    answers' bodies as they came, `size` the same after decompression; sums
    where there are several. `new` entries were never seen before, `known` were
    listed again; `published` items went out, updates among them.
    """

    source: str
    at: datetime
    way: Way
    came: Came
    http_status: int | None = None
    took: tuple[int, ...] = ()
    wire: int = 0
    size: int = 0
    new: int = 0
    known: int = 0
    published: int = 0
    times: int = 1
    since: datetime | None = None

    @property
    def began(self) -> datetime:
        """When the first of them was read."""
        return self.since or self.at


def told(quiet: Fetch | None, fetch: Fetch) -> tuple[Fetch | None, tuple[Fetch, ...]]:
    """Return the quiet polls that are still to be told, and what is told now.

    Polls that brought nothing new, one after the other, are told as one once
    something else comes, or they are many, or a day long. All else is told at once.
    """
    before = (quiet,) if quiet else ()
    if fetch.came is not Came.UNCHANGED or fetch.published:
        return None, (*before, fetch)
    if quiet is None or not _is_like(quiet, fetch):
        return fetch, before
    return _joined(quiet, fetch), ()


def _is_like(quiet: Fetch, fetch: Fetch) -> bool:
    same = (quiet.way, quiet.http_status) == (fetch.way, fetch.http_status)
    return same and quiet.times < MOST and fetch.at - quiet.began < LONGEST


def _joined(quiet: Fetch, fetch: Fetch) -> Fetch:
    return replace(
        quiet,
        at=fetch.at,
        since=quiet.began,
        times=quiet.times + fetch.times,
        took=quiet.took + fetch.took,
        wire=quiet.wire + fetch.wire,
        size=quiet.size + fetch.size,
        known=quiet.known + fetch.known,
    )


def middle(numbers: Iterable[int]) -> int | None:
    """Return the median (the lower of two in the middle), None of nothing."""
    return within(numbers, 50)


def within(numbers: Iterable[int], hundredths: int) -> int | None:
    """Return the percentile by nearest rank: so many in a hundred are this or less; None of nothing."""
    ranked = sorted(numbers)
    return ranked[-(-hundredths * len(ranked) // 100) - 1] if ranked else None
