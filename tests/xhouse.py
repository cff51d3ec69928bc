"""X on loopback: the filtered stream, its rules, recent search and look-up, as docs.x.com describes them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from connectors import x
from connectors.listening import engine
from connectors.posts.x.rules import rules_of
from connectors.posts.x.sieve import id_at
from streams.items import RawItem
from streams.sources import SourceSettings
from tests.ear import Ear
from tests.loopback import Listeners, on_loopback

TOKEN = "an-apps-bearer-token"
BEGAN = datetime(2026, 11, 23, 6, tzinfo=UTC)
PROBLEMS = "https://api.x.com/2/problems/"
AMAL = {"id": "7", "username": "amal", "name": "Amal"}


def rules(settings: dict[str, Any], begin: int = 1) -> list[dict[str, str]]:
    """Return the rules of a source as X lists them."""
    source = SourceSettings(id="s", kind="x", url="https://api.x.example", **settings)
    return [
        {"id": str(number), "value": rule.value, "tag": rule.tag} for number, rule in enumerate(rules_of(source), begin)
    ]


def id_of(number: int, edits: int = 0, began: datetime = BEGAN) -> str:
    """Return the id of a version of a post; they are ten seconds apart, edits a second."""
    return id_at(began + timedelta(seconds=10 * number + edits))


def post(number: int, text: str, *, edits: int = 0, began: datetime = BEGAN, **more: Any) -> dict[str, Any]:
    """Return a post as the API shows it."""
    history = [id_of(number, edit, began) for edit in range(edits + 1)]
    at = began + timedelta(seconds=10 * number)
    return {
        "id": history[-1],
        "text": text,
        "author_id": "7",
        "created_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "lang": "en",
        "edit_history_tweet_ids": history,
        **more,
    }


def line(number: int, text: str, *, rules: Sequence[dict[str, str]] = (), **more: Any) -> dict[str, Any]:
    """Return a post as the stream tells it."""
    return {
        "data": post(number, text, **more),
        "includes": {"users": [AMAL]},
        "matching_rules": [{"id": rule["id"], "tag": rule["tag"]} for rule in rules],
    }


@dataclass
class House:
    """X; what it does wrong is set from outside."""

    base: str = ""
    rules: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    listeners: Listeners = field(default_factory=lambda: Listeners(alive=b"\r\n"))
    asked: list[str] = field(default_factory=list)
    answers: dict[str, list[web.Response]] = field(default_factory=dict)
    page: int = 100
    remaining: int = 449
    fields: str = "tweet.fields"
    next_id: int = 100

    def put(self, shown: dict[str, Any], *, tag: str | None = None) -> None:
        """Publish a post to the search and, by all rules or those with this tag, to whoever listens."""
        self.posts[shown["id"]] = shown
        told = [{"id": id_, "tag": rule.get("tag", "")} for id_, rule in self.rules.items()]
        told = [rule for rule in told if tag is None or rule["tag"] == tag]
        self.say({"data": shown, "includes": {"users": [AMAL]}, "matching_rules": told})

    def say(self, told: object) -> None:
        """Send a line to whoever listens."""
        self.listeners.send(json.dumps(told).encode() + b"\r\n")

    def count(self, what: str) -> int:
        """Return how often something was asked for."""
        return len([asked for asked in self.asked if asked.startswith(what)])

    def _refusal(self, what: str, request: web.Request) -> web.Response | None:
        self.asked.append(f"{what} {request.query_string}")
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"title": "Unauthorized", "detail": "Unauthorized", "status": 401}, status=401)
        waiting = self.answers.get(what)
        return waiting.pop(0) if waiting else None

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Stream lines with signs of life until the listener leaves or is cut off."""
        if refusal := self._refusal("stream", request):
            return refusal
        if not self.rules:
            return web.json_response({"title": "Conflict", "detail": "no rules"}, status=409)
        if self.listeners:
            return web.json_response(crowded(), status=429)
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        await self.listeners.serve(response)
        return response

    async def list_rules(self, request: web.Request) -> web.Response:
        """List the rules, in two pages where there is more than one."""
        if refusal := self._refusal("rules", request):
            return refusal
        every = [{"id": id_, **rule} for id_, rule in self.rules.items()]
        if "pagination_token" in request.query or len(every) < 2:
            return web.json_response({"data": every[1:] or every, "meta": {"result_count": len(every)}})
        return web.json_response({"data": every[:1], "meta": {"next_token": "0123456789abcdef"}})

    async def change_rules(self, request: web.Request) -> web.Response:
        """Delete rules by id, or add those that are in order."""
        body = await request.json()
        if refusal := self._refusal("delete" if "delete" in body else "add", request):
            return refusal
        if "delete" in body:
            for id_ in body["delete"]["ids"]:
                self.rules.pop(id_)
            return web.json_response({"meta": {"summary": {"deleted": len(body["delete"]["ids"])}}})
        made, errors = [], []
        for rule in body["add"]:
            same = next((id_ for id_, known in self.rules.items() if known["value"] == rule["value"]), None)
            if same:
                errors.append({"value": rule["value"], "id": same, "title": "DuplicateRule"})
            elif rule["value"] in self.refused:
                errors.append({"value": rule["value"], **self.refused[rule["value"]]})
            else:
                self.next_id += 1
                self.rules[str(self.next_id)] = rule
                made.append({"id": str(self.next_id), **rule})
        answer = {"data": made, "errors": errors} if made else {"errors": errors, "title": "Invalid Request"}
        return web.json_response(answer, status=201 if made else 400)

    async def search(self, request: web.Request) -> web.Response:
        """Answer with a page, newest first."""
        if refusal := self._refusal("search", request):
            return refusal
        if self.fields not in request.query:
            return web.json_response({"errors": [{"message": "no such parameter"}]}, status=400)
        since, begin = int(request.query["since_id"]), int(request.query.get("next_token", "0"))
        found = sorted((int(id_) for id_ in self.posts if int(id_) > since), reverse=True)
        shown = [self._new(self.posts[str(id_)]) for id_ in found[begin : begin + self.page]]
        more = {"next_token": str(begin + self.page)} if begin + self.page < len(found) else {}
        return self._answer({"data": shown, "includes": {"users": [AMAL]}, "meta": more})

    async def look_up(self, request: web.Request) -> web.Response:
        """Answer with the posts asked for, and which of them are no more."""
        if refusal := self._refusal("look", request):
            return refusal
        ids = request.query["ids"].split(",")
        gone = [
            {"resource_id": id_, "resource_type": "tweet", "type": f"{PROBLEMS}resource-not-found", "value": id_}
            for id_ in ids
            if id_ not in self.posts
        ]
        shown = [self._new(self.posts[id_]) for id_ in ids if id_ in self.posts]
        return self._answer({"data": shown, "includes": {"users": [AMAL]}, "errors": gone})

    def _new(self, shown: dict[str, Any]) -> dict[str, Any]:
        """Return a post with the names that its fields have here."""
        if self.fields == "tweet.fields":
            return shown
        return {name.replace("tweet", "post"): value for name, value in shown.items()}

    def _answer(self, told: dict[str, Any]) -> web.Response:
        self.remaining -= 1
        reset = int((datetime.now(UTC) + timedelta(seconds=60)).timestamp())
        headers = {"x-rate-limit-remaining": str(self.remaining), "x-rate-limit-reset": str(reset)}
        return web.json_response(told, headers=headers)


def crowded() -> dict[str, str]:
    """Return what X says where its one connection is taken."""
    return {
        "title": "ConnectionException",
        "detail": "This stream is currently at the maximum allowed connection limit.",
        "connection_issue": "TooManyConnections",
        "type": f"{PROBLEMS}streaming-connection",
    }


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    """Run X on a free port of 127.0.0.1."""
    server = House()
    app = web.Application()
    app.router.add_get("/2/tweets/search/stream", server.stream)
    app.router.add_get("/2/tweets/search/stream/rules", server.list_rules)
    app.router.add_post("/2/tweets/search/stream/rules", server.change_rules)
    app.router.add_get("/2/tweets/search/recent", server.search)
    app.router.add_get("/2/tweets", server.look_up)
    async with on_loopback(app) as server.base:
        try:
            yield server
        finally:
            server.listeners.cut()


# When each test began; the last is the one that runs.
BEGUN: list[datetime] = []


@pytest_asyncio.fixture(loop_scope="module")
async def there(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """Run X; what X needs a minute for is there at once."""
    BEGUN.append(datetime.now(UTC))  # a search goes back a minute only, and this file was read long before its turn
    monkeypatch.setattr(x, "SETTLED", timedelta(0))
    monkeypatch.setattr(x, "HTTP_FIRST", 0.3)
    monkeypatch.setattr(engine, "STILL_SECONDS", 0.2)
    async with house() as running:
        yield running


def source(there: House, folder: Path, **more: Any) -> SourceSettings:
    """Return a source that is sent posts about a bridge."""
    token = folder / "token"
    token.write_text(f"{TOKEN}\n")
    given = {"words": ("bridge",), "token_file": token, "allow_private": True, **more}
    return SourceSettings(id="birds", kind="x", url=f"{there.base}/2/tweets/search/stream", **given)


def fresh(number: int, text: str = "The bridge is open", **more: Any) -> dict[str, Any]:
    """Return a post of these minutes."""
    return post(number, text, began=BEGUN[-1], **more)


async def until(condition: Any) -> None:
    """Wait until this holds."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.02)


async def whole(ear: Ear, count: int) -> list[RawItem]:
    """Return the items once there are so many, and see that no more come."""
    await ear.items(count)
    await asyncio.sleep(0.5)
    items = await ear.items()
    assert len(items) == count
    return items
