"""The web application: the page, the live stream, the API, health and metrics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
from aiohttp import web
from prometheus_client import Gauge

from streams.counters import Counters, Ending
from streams.errors import BadRecord, ChangehandsError
from streams.journal import Journal
from streams.panel import MEANINGS, by_step, panel
from streams.settings import WebSettings
from streams.sources import SourceSettings
from streams.view import middle_and_tail
from streams.web.board import Board
from streams.web.guard import clear_errors, harden, is_loopback, loopback_only, own_origin_only
from streams.web.ledger import SURVEY, notices, place, standings, surveying
from streams.web.reel import position_of
from streams.web.signs import SIGNS, Signs
from streams.web.survey import Fold, Survey
from streams.web.verdicts import BOARD, JUDGE, MOST_BYTES, Judge, give_verdict, one_alert
from streams.web.vitals import metrics

STATIC = Path(__file__).parent / "static"
READERS = Gauge("changehands_stream_readers", "Readers of the live stream connected now")

_MOST_READERS = 500
_MOST_LISTED = 500
_STUCK_SECONDS = 30.0

Endings = Callable[[], Awaitable[Mapping[Ending, int]]]

SOURCES: web.AppKey[tuple[SourceSettings, ...]] = web.AppKey("sources", tuple)
ENDINGS: web.AppKey[Endings] = web.AppKey("endings", Callable)  # type: ignore[arg-type]  # a key is named by a class
FOLLOWER: web.AppKey[asyncio.Task[None]] = web.AppKey("follower", asyncio.Task)


def build_app(
    journal: Journal,
    counters: Counters,
    settings: WebSettings,
    *,
    sources: Sequence[SourceSettings] = (),
    endings: Endings | None = None,
    judge: Judge | None = None,
    signs: Signs | None = None,
    speakers: Mapping[str, str] = MappingProxyType({}),
    fold: Fold = str.casefold,
) -> web.Application:
    """Build the application on a journal that is open.

    `endings` gives the counts of how records ended where the journal keeps them
    over restarts; without it those of this process (`counters`) are shown.
    `judge` takes verdicts of analysts, those of this machine unless configured
    otherwise; without it none are taken. `signs` tells how the journal fares
    where its own process can say so. `speakers` gives those who are quoted
    their names by their ids; `fold` is how names are compared where the ledger
    is asked.
    """
    names = {**speakers, **{source.id: source.name or source.owner or source.id for source in sources}}
    guards = [own_origin_only, clear_errors]
    guards = [loopback_only, *guards] if is_loopback(settings.host) else guards
    app = web.Application(middlewares=guards, client_max_size=MOST_BYTES)
    app[JUDGE] = judge if is_loopback(settings.host) or settings.open_feedback else None
    app[BOARD] = Board(journal, names)
    app[SURVEY] = Survey(journal, names, fold)
    app[SIGNS] = signs or Signs()
    app[SOURCES] = tuple(sources)
    app[ENDINGS] = endings or partial(_of_this_process, counters)
    app.on_response_prepare.append(harden)
    app.on_shutdown.append(_end_streams)
    app.cleanup_ctx.extend((_following, surveying))
    app.add_routes(_routes())
    return app


def _routes() -> list[web.AbstractRouteDef]:
    """Return what the application answers to."""
    return [
        web.get("/", page),
        web.get("/stream", stream),
        web.get("/api/alerts", alerts),
        web.get("/api/alerts/{id}", one_alert),
        web.post("/api/alerts/{id}/feedback", give_verdict),
        web.get("/api/ledger", standings),
        web.get("/api/ledger/{key:[^/]+}", place),
        web.get("/api/notices", notices),
        web.get("/api/sources", status),
        web.get("/health", health),
        web.get("/metrics", metrics),
        web.static("/static", STATIC),
    ]


async def _of_this_process(counters: Counters) -> Mapping[Ending, int]:
    return counters.endings


async def _following(app: web.Application) -> AsyncIterator[None]:
    app[FOLLOWER] = asyncio.create_task(app[BOARD].run(), name="board")
    yield
    app[FOLLOWER].cancel()
    with suppress(asyncio.CancelledError):
        await app[FOLLOWER]


async def _end_streams(app: web.Application) -> None:
    app[BOARD].close()


async def page(_request: web.Request) -> web.StreamResponse:
    """Give the page itself; all it shows comes from the stream and the API."""
    return web.FileResponse(STATIC / "index.html")


async def stream(request: web.Request) -> web.StreamResponse:
    """Send each alert revision as it becomes readable, as Server-Sent Events.

    An event's id is its position. Last-Event-ID (or `?after=` at first) resumes
    behind it and misses nothing; without either the stream starts with the first alert.
    """
    board = request.app[BOARD]
    if board.readers >= _MOST_READERS:
        raise web.HTTPServiceUnavailable(text="too many readers of the stream; try again later\n")
    after = _position(request.headers.get("Last-Event-ID") or request.query.get("after", ""))
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    with _counted(board), suppress(ConnectionError, TimeoutError, ChangehandsError):
        await response.write(b"retry: 1000\n\n")
        async for told in board.since(after):
            await _send(request, response, _event(told))
    return response


async def _send(request: web.Request, response: web.StreamResponse, event: bytes) -> None:
    """Send an event; raises TimeoutError where the reader does not take it, whose connection is then dropped at once.

    A connection that is closed would first wait for the reader to take what the kernel holds for him.
    """
    try:
        async with asyncio.timeout(_STUCK_SECONDS):
            await response.write(event)
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
        raise


@contextmanager
def _counted(board: Board) -> Iterator[None]:
    board.readers += 1
    with READERS.track_inprogress():
        try:
            yield
        finally:
            board.readers -= 1


def _position(text: str) -> Mapping[int, int]:
    try:
        return position_of(text)
    except BadRecord as error:
        raise web.HTTPBadRequest(text=f"{error}\n") from error


def _event(told: tuple[str, bytes] | None) -> bytes:
    if told is None:
        return b"event: alive\ndata: {}\n\n"
    position, data = told
    return b"id: %s\nevent: alert\ndata: %s\n\n" % (position.encode(), data)


async def alerts(request: web.Request) -> web.Response:
    """List the latest alerts, newest first; `?limit=` up to 500, 100 unless told."""
    board = request.app[BOARD]
    limit = _limit(request.query.get("limit", "100"))
    return _json({"position": board.position_text, "ready": board.ready.is_set(), "alerts": board.cards[:limit]})


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > len(str(_MOST_LISTED)):
        raise web.HTTPBadRequest(text=f"limit is a number from 0 to {_MOST_LISTED}\n")
    return min(int(text), _MOST_LISTED)


async def status(request: web.Request) -> web.Response:
    """List the sources, what became of what they brought, the dead letters and the delays."""
    board, sources, endings = request.app[BOARD], request.app[SOURCES], await request.app[ENDINGS]()
    shown = panel(sources, await board.cursors(), endings)
    dead = {"total": board.letters_total, "latest": list(reversed(board.letters))}
    body = {"now": datetime.now(UTC), "sources": shown, "steps": by_step(endings.items()), "meanings": MEANINGS}
    return _json(body | {"dead_letters": dead} | await _state(request.app))


async def health(request: web.Request) -> web.Response:
    """Say whether the journal is being followed: 200, or 503 with what is wrong."""
    state = await _state(request.app)
    return _json(state, status=200 if state["status"] == "ok" else 503)


async def _state(app: web.Application) -> dict[str, Any]:
    board = app[BOARD]
    delays = middle_and_tail(list(board.delays))
    troubles = board.troubles | app[SURVEY].troubles | app[SIGNS].troubles()
    running = board.ready.is_set() and not app[FOLLOWER].done()
    return {
        "status": "ok" if running and not troubles else "starting" if not troubles else "trouble",
        "troubles": troubles,
        "position": board.position_text,
        "alerts": len(board.reel.cards),
        "unreadable": board.unreadable,
        "readers": board.readers,
        "lag": await app[SIGNS].lag(),
        "delay": dict(zip(("median", "p95"), delays, strict=True)) if delays else None,
    }


def _json(body: object, *, status: int = 200) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=msgspec.json.encode(body), content_type="application/json", status=status, headers=headers)
