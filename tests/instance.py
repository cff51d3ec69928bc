"""A Mastodon instance on loopback: streams, timelines and statuses as docs.joinmastodon.org describes them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp import web

from streams.sources import SourceSettings
from tests.loopback import Listeners, on_loopback

TOKEN = "a-users-token"
BEGAN = datetime(2026, 11, 20, 12, tzinfo=UTC)


def status(number: int, text: str, **more: Any) -> dict[str, Any]:
    """Return a status as the API shows it; ids ascend with the number."""
    at = BEGAN + timedelta(minutes=number)
    return {
        "id": str(115_000_000_000_000_000 + number),
        "created_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "in_reply_to_id": None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": "en",
        "uri": f"https://social.example/users/amal/statuses/{number}",
        "url": f"https://social.example/@amal/{number}",
        "edited_at": None,
        "content": f"<p>{text}</p>",
        "reblog": None,
        "account": {
            "id": "7",
            "username": "amal",
            "acct": "amal",
            "display_name": "Amal",
            "url": "https://social.example/@amal",
        },
        "media_attachments": [],
        "mentions": [],
        "tags": [],
        "card": None,
        **more,
    }


@dataclass
class Instance:
    """The instance; what it does wrong is set from outside."""

    base: str = ""
    streaming: str | None = None
    statuses: dict[str, dict[str, Any]] = field(default_factory=dict)
    listeners: Listeners = field(default_factory=lambda: Listeners(alive=b":thump\n"))
    asked: list[str] = field(default_factory=list)
    refuses: list[web.Response] = field(default_factory=list)
    refuses_timeline: list[web.Response] = field(default_factory=list)
    page: int = 40
    remaining: int = 299
    can_look_up: bool = True

    def put(self, shown: dict[str, Any]) -> None:
        """Publish a status to the timeline and to whoever listens."""
        self.statuses[shown["id"]] = shown
        self.say("update", json.dumps(shown))

    def edit(self, shown: dict[str, Any], text: str, *, minutes: int = 5) -> None:
        """Let an author edit a status."""
        at = datetime.fromisoformat(shown["created_at"]) + timedelta(minutes=minutes)
        edited = {
            **shown,
            "content": f"<p>{text}</p>",
            "edited_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        self.statuses[shown["id"]] = edited
        self.say("status.update", json.dumps(edited))

    def delete(self, shown: dict[str, Any]) -> None:
        """Let an author delete a status."""
        self.statuses.pop(shown["id"], None)
        self.say("delete", shown["id"])

    def say(self, event: str, data: str) -> None:
        """Send an event to whoever listens."""
        self.listeners.send(f"event: {event}\ndata: {data}\n\n".encode())

    async def level(self) -> None:
        """Wait until somebody listens and has read the timeline."""
        await self.listeners.heard()
        async with asyncio.timeout(20):
            while not any("timelines" in asked for asked in self.asked):
                await asyncio.sleep(0.01)

    async def instance(self, _request: web.Request) -> web.Response:
        """Say where the streams are."""
        self.asked.append("instance")
        return web.json_response({"domain": "social.example", "configuration": {"urls": {"streaming": self.streaming}}})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Stream events with heartbeats until the listener leaves or is cut off."""
        self.asked.append(request.path_qs)
        if self.refuses:
            return self.refuses.pop(0)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": "Missing access token"}, status=401)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b":)\n")
        await self.listeners.serve(response)
        return response

    async def timeline(self, request: web.Request) -> web.Response:
        """Answer with a page: forwards from min_id, else the newest; newest first."""
        self.asked.append(request.path_qs)
        if self.refuses_timeline:
            return self.refuses_timeline.pop(0)
        limit, since = min(int(request.query.get("limit", 20)), self.page), request.query.get("min_id")
        ids = sorted(self.statuses, key=int)
        shown = [id_ for id_ in ids if int(id_) > int(since)][:limit] if since else ids[-limit:]
        return self._listed(shown)

    async def several(self, request: web.Request) -> web.Response:
        """Answer with the statuses asked for that are still there."""
        self.asked.append(request.path_qs)
        if not self.can_look_up:
            return web.json_response({"error": "Record not found"}, status=404)
        return self._listed([id_ for id_ in request.query.getall("id[]") if id_ in self.statuses])

    def _listed(self, ids: list[str]) -> web.Response:
        self.remaining -= 1
        headers = {
            "X-RateLimit-Limit": "300",
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": (datetime.now(UTC) + timedelta(seconds=60)).isoformat(),
        }
        return web.json_response([self.statuses[id_] for id_ in reversed(ids)], headers=headers)


@asynccontextmanager
async def instance() -> AsyncIterator[Instance]:
    """Run an instance on a free port of 127.0.0.1."""
    server = Instance()
    app = web.Application()
    app.router.add_get("/api/v2/instance", server.instance)
    app.router.add_get("/api/v1/streaming/{tail:.*}", server.stream)
    app.router.add_get("/api/v1/timelines/{tail:.*}", server.timeline)
    app.router.add_get("/api/v1/statuses", server.several)
    async with on_loopback(app) as server.base:
        try:
            yield server
        finally:
            server.listeners.cut()


@pytest_asyncio.fixture(loop_scope="module")
async def town() -> AsyncIterator[Instance]:
    """Run an instance."""
    async with instance() as running:
        yield running


def source(town: Instance, folder: Path, path: str = "/public", **more: object) -> SourceSettings:
    """Return a source that streams from the instance with the user's token."""
    token = folder / "token"
    token.write_text(f"{TOKEN}\n")
    return SourceSettings(
        id="town", kind="mastodon", url=town.base + path, token_file=token, allow_private=True, **more
    )
