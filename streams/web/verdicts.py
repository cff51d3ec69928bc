"""One alert with the verdicts on it, and an analyst's verdict taken in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

import msgspec
from aiohttp import web

from streams import docket
from streams.alerts import Alert
from streams.errors import BadRecord, NotKnown, VerdictLate, VerdictRefused
from streams.highlight import printable
from streams.mentions import Actor, Place
from streams.topics import CONTROL_ALERTS
from streams.verdicts import Feedback, Opinion
from streams.view import Card
from streams.web.board import Board
from streams.web.reel import Reel

Judge = Callable[[Alert, Opinion], Awaitable[Feedback]]

BOARD: web.AppKey[Board] = web.AppKey("board", Board)
JUDGE: web.AppKey[Judge | None] = web.AppKey("judge", Callable)  # type: ignore[arg-type]  # a key is named by a class
# A note of 2,000 characters in four bytes each, twice escaped, and names: nothing that is asked of us is longer.
MOST_BYTES = 32 * 1024
_SLOWEST_SECONDS = 10.0
_FORM = 'say {"verdict", "revision", "analyst", "note"} and, to correct, "place", "from", "to" or "kind"'
_CLOSED = (
    "This page takes no verdicts, as others than its own machine reach it. Use `changehands feedback`, or set "
    "web.open_feedback and put a proxy with a login before it.\n"
)
_opinions = msgspec.json.Decoder(Opinion)


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict as people see it; what is null was left as it stands, times are UTC."""

    id: str
    alert_id: str
    revision: int
    verdict: str
    analyst: str
    note: str
    place: str | None
    place_id: str | None
    from_: str | None = msgspec.field(name="from")
    from_id: str | None
    to: str | None
    to_id: str | None
    kind: str | None
    at: datetime


async def one_alert(request: web.Request) -> web.Response:
    """Give one alert as the list gives it, and the verdicts on it, oldest first."""
    board, id_ = request.app[BOARD], request.match_info["id"]
    card = board.reel.cards.get(id_) or await _from_journal(board, id_)
    if card is None:
        raise web.HTTPNotFound(text=f"no alert has the id {printable(id_)}\n")
    rulings = [_ruling(verdict) for verdict in await docket.verdicts(board.journal, id_)]
    return _json({"alert": card, "verdicts": rulings})


async def _from_journal(board: Board, id_: str) -> Card | None:
    """Return the card of an alert that is too old for the list."""
    reel = Reel(board.names)
    async for stored in board.journal.read(CONTROL_ALERTS):
        if stored.key == id_:
            with suppress(BadRecord):
                reel.add(stored)
    return reel.cards.get(id_)


async def give_verdict(request: web.Request) -> web.Response:
    """Take a verdict: 201 with what was understood, 400 with what would be right, 404 or 409 for the alert."""
    judge, id_ = request.app[JUDGE], request.match_info["id"]
    if judge is None:
        raise web.HTTPForbidden(text=_CLOSED)
    opinion = await _opinion(request)
    try:
        alert = await docket.one(request.app[BOARD].journal, id_, whole=True)
        verdict = await judge(alert, opinion)
    except NotKnown as error:
        raise web.HTTPNotFound(text=f"{error}\n") from error
    except VerdictLate as error:
        raise web.HTTPConflict(text=f"{error}\n") from error
    except VerdictRefused as error:
        raise web.HTTPBadRequest(text=f"{error}\n") from error
    return _json(_ruling(verdict), status=201)


async def _opinion(request: web.Request) -> Opinion:
    """Read what is said; only JSON, which no form of another site can send without asking first."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="say it as application/json\n")
    try:
        async with asyncio.timeout(_SLOWEST_SECONDS):
            opinion = _opinions.decode(await request.read())
    except TimeoutError as error:
        raise web.HTTPRequestTimeout(text="what was said took too long to arrive\n") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise web.HTTPBadRequest(text=f"{printable(str(error))}; {_FORM}\n") from error
    if opinion.revision is None:
        raise web.HTTPBadRequest(text="say which revision of the alert was looked at\n")
    return opinion


def _ruling(verdict: Feedback) -> Ruling:
    place, loser, gainer = verdict.place, verdict.from_holder, verdict.to_holder
    return Ruling(
        id=verdict.id,
        alert_id=verdict.alert_id,
        revision=verdict.revision,
        verdict=verdict.verdict.value,
        analyst=printable(verdict.analyst),
        note=printable(verdict.note),
        place=_name(place),
        place_id=place.id if place else None,
        from_=_name(loser),
        from_id=loser.id if loser else None,
        to=_name(gainer),
        to_id=gainer.id if gainer else None,
        kind=verdict.kind.value if verdict.kind else None,
        at=verdict.at,
    )


def _name(named: Place | Actor | None) -> str | None:
    return printable(named.name or named.text) if named else None


def _json(body: object, *, status: int = 200) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=msgspec.json.encode(body), content_type="application/json", status=status, headers=headers)
