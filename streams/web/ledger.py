"""What the page asks of the ledger: how places stood on a day, a place's whole page, and the alarms that last."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, date, datetime

import msgspec
from aiohttp import web

from streams.highlight import printable
from streams.notices import Notice
from streams.web.survey import Asked, Survey

SURVEY: web.AppKey[Survey] = web.AppKey("survey", Survey)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YES, _NO = frozenset({"true", "1"}), frozenset({"", "false", "0"})
_MOST_LISTED = 500
_USUAL = 200
_LONGEST = 200
_NO_STORE = {"Cache-Control": "no-store"}
# A restarted server counts its versions anew: what it said before is not what it says now.
_STARTED = f"{datetime.now(UTC):%y%m%d%H%M%S%f}"


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm as people see it; times are UTC, `habit_seconds` is the longest gap usual for its subject."""

    id: str
    subject: str
    name: str
    text: str
    last_heard: datetime
    raised_at: datetime
    habit_seconds: float
    demo: bool


async def surveying(app: web.Application) -> AsyncIterator[None]:
    """Follow the ledger while the application runs."""
    task = asyncio.create_task(app[SURVEY].run(), name="survey")
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def standings(request: web.Request) -> web.Response:
    """List how places stood at the end of a day: `?at=YYYY-MM-DD&place=&actor=&demo=&limit=`.

    Answers 304 where `If-None-Match` names what would be told again.
    """
    survey, today = request.app[SURVEY], datetime.now(UTC).date()
    asked = Asked(
        day=_day(request.query.get("at", ""), today),
        place=_words(request, "place"),
        actor=_words(request, "actor"),
        demo=_yes(request.query.get("demo", "")),
        limit=_limit(request.query.get("limit", str(_USUAL))),
    )
    answer = await survey.find(asked)
    tag = f'"{_STARTED}-{answer.version}-{today:%Y%m%d}-{int(survey.ready.is_set())}"'
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=_NO_STORE | {"ETag": tag})
    known = {"real": len(survey.places(demo=False)), "demo": len(survey.places(demo=True))}
    state = {"ready": survey.ready.is_set(), "complete": survey.complete, "known": known}
    body = {"at": asked.day, "today": today, "demo": asked.demo, **state, **msgspec.structs.asdict(answer.found)}
    return _json(body, headers={"ETag": tag})


async def place(request: web.Request) -> web.Response:
    """Give the whole page of a place by its key: all stretches, sieges and fighting; 404 where the ledger has none."""
    key = request.match_info["key"]
    page = await request.app[SURVEY].page(key, demo=_yes(request.query.get("demo", "")))
    if page is None:
        raise web.HTTPNotFound(text=f"the ledger knows no place with the key {printable(key[:_LONGEST])}\n")
    return _json(page)


async def notices(request: web.Request) -> web.Response:
    """List the alarms that were raised and not cleared, the latest first; with `?demo=true` the fictional ones."""
    demo = _yes(request.query.get("demo", ""))
    lasting = [notice for notice in reversed(request.app[SURVEY].alarms.values()) if notice.demo == demo]
    return _json({"total": len(lasting), "notices": [_alarm(notice) for notice in lasting[:_MOST_LISTED]]})


def _alarm(notice: Notice) -> Alarm:
    return Alarm(
        id=printable(notice.id),
        subject=notice.subject,
        name=printable(notice.name),
        text=printable(notice.text),
        last_heard=notice.last_heard,
        raised_at=notice.at,
        habit_seconds=notice.habit_seconds,
        demo=notice.demo,
    )


def _day(text: str, today: date) -> date:
    if not text:
        return today
    with suppress(ValueError):
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    raise web.HTTPBadRequest(text="at is a day such as 2014-07-01 (UTC)\n")


def _words(request: web.Request, name: str) -> str:
    words = request.query.get(name, "").strip()
    if len(words) > _LONGEST:
        raise web.HTTPBadRequest(text=f"{name} is a name or an id of at most {_LONGEST} characters\n")
    return words


def _yes(text: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise web.HTTPBadRequest(text="demo is true or false\n")
    return text.lower() in _YES


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > len(str(_MOST_LISTED)):
        raise web.HTTPBadRequest(text=f"limit is a number from 0 to {_MOST_LISTED}\n")
    return min(int(text), _MOST_LISTED)


def _json(body: object, *, headers: dict[str, str] | None = None) -> web.Response:
    encoded = msgspec.json.encode(body)
    return web.Response(body=encoded, content_type="application/json", headers=_NO_STORE | (headers or {}))
