"""What one fetch brought, as a record for its source's history: pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from msgspec.structs import replace

from connectors.connector import Failure, Purpose, Reading, Response
from streams.fetches import Came, Fetch, Way

WAYS: Mapping[Purpose, Way] = {Purpose.POLL: Way.POLL, Purpose.MORE: Way.MORE, Purpose.PAGE: Way.PAGE}
# What a reading may end as, and what is said of a failure that an operator should know at a glance.
READ: Mapping[str, Came] = {
    "ok": Came.OK,
    "unchanged": Came.UNCHANGED,
    "stub": Came.STUB,
    "unreadable": Came.UNREADABLE,
    "unavailable": Came.BROKEN,
    "refused": Came.REFUSED,
}
ABOUT: Mapping[str, Came] = {
    "auth": Came.AUTH,
    "blocked": Came.BLOCKED,
    "busy": Came.BUSY,
    "gone": Came.GONE,
    "network": Came.NETWORK,
    "redirects": Came.BARRED,
    "robots": Came.ROBOTS,
    "security": Came.BARRED,
}


def came_of(fruit: Reading | Failure) -> Came:
    """Return in one of few words how a fetch ended."""
    if isinstance(fruit, Reading):
        return READ.get(fruit.outcome, Came.REFUSED)
    return ABOUT.get(fruit.about) or _failed(fruit)


def _failed(failure: Failure) -> Came:
    if failure.outcome == "unreadable":
        return Came.UNREADABLE
    if failure.status is None:
        return Came.SILENT if failure.outcome == "unavailable" else Came.REFUSED
    if failure.status == HTTPStatus.NOT_FOUND:
        return Came.MISSING
    return Came.BROKEN if failure.outcome == "unavailable" else Came.REFUSED


def fetch_of(
    source: str,
    way: Way,
    answer: Response | Failure,
    fruit: Reading | Failure,
    now: datetime,
    *,
    published: int = 0,
) -> Fetch:
    """Return the record of one fetch; what a hub pushed took no time, and nor did what nobody was asked for."""
    body = answer if isinstance(answer, Response) else None
    fetch = Fetch(
        source=source,
        at=now,
        way=way,
        came=came_of(fruit),
        http_status=answer.status if way is not Way.PUSH else None,
        took=(round(answer.seconds * 1000),) if answer.seconds else (),
        wire=body.wire if body else 0,
        size=len(body.body) if body else 0,
        published=published,
    )
    return replace(fetch, new=fruit.fresh, known=fruit.known) if isinstance(fruit, Reading) else fetch
