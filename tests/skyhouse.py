"""A Jetstream on loopback, in both of its forms. Source: bluesky-social/jetstream, docs/README.md 5.1 and 5.2."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest_asyncio
from aiohttp import WSMsgType, web

from streams.sources import SourceSettings
from tests.loopback import on_loopback

FIRST, SECOND = "/subscribe", "/xrpc/network.bsky.jetstream.subscribeEvents"
TYPE = "network.bsky.jetstream.subscribeEvents#"
POSTS = "app.bsky.feed.post"
AMAL, BADR = "did:plc:amalamalamalamalamalamal", "did:plc:badrbadrbadrbadrbadrbadr"
EPOCH = 1_000_000_000_000_000


@dataclass(frozen=True)
class Told:
    """One event: `kind` is commit, account or identity, `inside` what stands under that name."""

    seq: int
    micros: int
    did: str
    kind: str
    inside: dict[str, Any]

    def first(self) -> str:
        """Return the event in the first form."""
        outer = {"did": self.did, "time_us": self.micros, "cursor": self.seq, "kind": self.kind}
        return json.dumps({**outer, self.kind: self.inside})

    def second(self) -> str:
        """Return the event in the second form."""
        time = datetime.fromtimestamp(self.micros // 1_000_000, UTC).replace(microsecond=self.micros % 1_000_000)
        shown = time.isoformat(timespec="microseconds").replace("+00:00", "Z")
        outer = {"$type": TYPE + self.kind, "seq": self.seq, "did": self.did, "time": shown}
        inside = self.inside if self.kind == "commit" else {self.kind: self.inside}
        return json.dumps({"$type": "message", "payload": {**outer, **inside}})


def record(text: str, **more: Any) -> dict[str, Any]:
    """Return the record of a post."""
    return {"$type": POSTS, "createdAt": "2026-11-20T12:00:00.000Z", "langs": ["en"], "text": text, **more}


@dataclass
class SkyHouse:
    """The server: `events` is all it can replay; what it does wrong is set from outside."""

    base: str = ""
    events: list[Told] = field(default_factory=list)
    floor: int = 0
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    refuses: list[web.Response] = field(default_factory=list)
    handles: dict[str, str] = field(default_factory=dict)
    pings: bool = True
    open: list[tuple[web.WebSocketResponse, asyncio.Event]] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    data_frames: int = 0
    revision: int = 0
    clamped: bool = False

    def tell(self, did: str, kind: str, inside: dict[str, Any]) -> Told:
        """Add an event and send it to whoever listens."""
        last = self.events[-1] if self.events else None
        micros = max(int(datetime.now(UTC).timestamp() * 1e6), last.micros + 1 if last else 0)
        told = Told(last.seq + 1 if last else 1, micros, did, kind, inside)
        self.events.append(told)
        for _, news in self.open:
            news.set()
        return told

    def commit(
        self, operation: str, key: str, shown: dict[str, Any] | None = None, *, did: str = AMAL, **more: str
    ) -> Told:
        """Tell of a record that is new, changed or gone."""
        self.revision += 1
        inside: dict[str, Any] = {
            "rev": f"3k{self.revision:011d}",
            "operation": operation,
            "collection": POSTS,
            "rkey": key,
        }
        if shown is not None:
            inside |= {"record": shown, "cid": "bafyreiguce4jh7kcbmof3pmcvasifqtw24b6isakj5ve5ga2b4z4alpc4i"}
        return self.tell(did, "commit", {**inside, **more})

    def send(self, text: str) -> None:
        """Send this frame as it is to whoever listens."""
        self.raw.append(text)
        for _, news in self.open:
            news.set()

    async def cut(self, code: int = 1001) -> None:
        """End all connections, as a restart does."""
        for socket, _ in list(self.open):
            await socket.close(code=code)

    async def heard(self) -> None:
        """Wait until somebody listens."""
        async with asyncio.timeout(20):
            while not self.open:
                await asyncio.sleep(0.01)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Answer one subscription: what the cursor asks for, then what comes."""
        second = request.path == SECOND
        self.asked.append({name: request.query.getall(name) for name in request.query})
        if self.refuses:
            return self.refuses.pop(0)
        position, refusal = self._position(request.query.get("cursor"), second=second)
        if refusal is not None:
            return refusal
        socket = web.WebSocketResponse(protocols=("xrpc.v1.json",) if second else (), compress=False)
        await socket.prepare(request)
        news = asyncio.Event()
        self.open.append((socket, news))
        reader = asyncio.create_task(self._read(socket))
        try:
            await self._send(socket, news, position, request)
        finally:
            reader.cancel()
            self.open.remove((socket, news))
        return socket

    def _position(self, cursor: str | None, *, second: bool) -> tuple[int, web.Response | None]:
        tip = self.events[-1].seq + 1 if self.events else 1
        if cursor is None:
            return tip, None
        wanted = int(cursor)
        if wanted >= EPOCH:
            wanted = next((told.seq for told in self.events if told.micros >= wanted), tip)
            self.clamped = wanted < self.floor
            return max(wanted, self.floor), None
        if wanted < self.floor and second:
            body = {"error": "CursorTooOld", "message": f"cursor is below the floor {self.floor}"}
            return 0, web.json_response(body, status=400)
        return min(max(wanted, self.floor), tip), None

    async def _read(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                self.data_frames += 1

    async def _send(
        self, socket: web.WebSocketResponse, news: asyncio.Event, position: int, request: web.Request
    ) -> None:
        second = request.path == SECOND
        dids = request.query.getall("dids" if second else "wantedDids", [])
        raw = len(self.raw)
        if second and self.clamped:
            inside = {"$type": f"{TYPE}info", "name": "OutdatedCursor", "message": f"starting at seq {self.floor}"}
            await socket.send_str(json.dumps({"$type": "message", "payload": inside}))
        while not socket.closed:
            news.clear()
            for told in [told for told in self.events if told.seq >= position]:
                if not dids or told.did in dids:
                    await socket.send_str(told.second() if second else told.first())
                position = told.seq + 1
            for text in self.raw[raw:]:
                await socket.send_str(text)
            raw = len(self.raw)
            try:
                async with asyncio.timeout(0.05):
                    await news.wait()
            except TimeoutError:
                if self.pings and not socket.closed:
                    await socket.ping()

    async def resolve(self, request: web.Request) -> web.Response:
        """Say whose name that is."""
        did = self.handles.get(request.query["handle"])
        if did is None:
            return web.json_response({"error": "InvalidRequest", "message": "Unable to resolve handle"}, status=400)
        return web.json_response({"did": did})


@asynccontextmanager
async def skyhouse() -> AsyncIterator[SkyHouse]:
    """Run a Jetstream on a free port of 127.0.0.1."""
    server = SkyHouse()
    app = web.Application()
    app.router.add_get(FIRST, server.stream)
    app.router.add_get(SECOND, server.stream)
    app.router.add_get("/xrpc/com.atproto.identity.resolveHandle", server.resolve)
    async with on_loopback(app) as server.base:
        try:
            yield server
        finally:
            await server.cut()


def days_ago(days: float) -> int:
    """Return that moment in microseconds since 1970."""
    return int((datetime.now(UTC) - timedelta(days=days)).timestamp() * 1e6)


@pytest_asyncio.fixture(loop_scope="module")
async def sky() -> AsyncIterator[SkyHouse]:
    """Run a Jetstream."""
    async with skyhouse() as running:
        yield running


def source(sky: SkyHouse, path: str = SECOND, **more: object) -> SourceSettings:
    """Return a source that streams from the server."""
    return SourceSettings(id="sky", kind="bluesky", url=sky.base + path, names_url=sky.base, allow_private=True, **more)
