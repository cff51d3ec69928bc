"""A stretch of a stream, from its dialling to its end or a few hours long: what its source's history tells. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.polling.brought import came_of
from connectors.streaming import Frame, Loss, Taken
from streams.fetches import Came, Fetch, Way
from streams.items import Op

# A stream that never ends is told of as often, so that what it brought is not only told after weeks.
LONGEST = timedelta(hours=6)
REPEATED = "repeated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What came since a moment (UTC): bytes of frames, posts never told before, those told again, items published.

    `is_open` says that the service let us listen.
    """

    since: datetime
    is_open: bool = False
    size: int = 0
    new: int = 0
    known: int = 0
    published: int = 0


def framed(stretch: Stretch, frames: Sequence[Frame]) -> Stretch:
    """Return the stretch with frames that were read."""
    return replace(stretch, size=stretch.size + sum(frame.size for frame in frames))


def brought(stretch: Stretch, taken: Taken) -> Stretch:
    """Return the stretch with what was made of frames or answers."""
    new = sum(item.op is Op.PUT and item.revision == 1 for item in taken.items)
    return replace(
        stretch,
        new=stretch.new + new,
        known=stretch.known + taken.endings.get(REPEATED, 0),
        published=stretch.published + len(taken.items),
    )


def is_long(stretch: Stretch, now: datetime) -> bool:
    """Whether it is time to tell of a stretch although it goes on."""
    return now - stretch.since >= LONGEST


def fetch_of(stretch: Stretch, source: str, now: datetime, loss: Loss | None = None) -> Fetch:
    """Return the record of a stretch that was lost, or of one that goes on."""
    failure = loss.failure if loss else None
    came = Came.OK if failure is None else Came.ENDED if stretch.is_open else came_of(failure)
    return Fetch(
        source=source,
        at=now,
        way=Way.STREAM,
        came=came,
        http_status=failure.status if failure else None,
        took=(max(0, round((now - stretch.since).total_seconds() * 1000)),),
        wire=stretch.size,
        size=stretch.size,
        new=stretch.new,
        known=stretch.known,
        published=stretch.published,
    )
