"""A hub on loopback, written after the WebSub recommendation: verifies intent, delivers signed, retries, ends leases.

It can be told to misbehave as hubs do: deny, grant leases nobody asked for, sign wrongly, push twice.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

import aiohttp
from aiohttp import web

from tests.loopback import on_loopback

ATOM = "application/atom+xml"


@dataclass(slots=True)
class Subscription:
    """One topic and callback; `until` is of the monotonic clock."""

    topic: str
    callback: str
    secret: str
    seconds: int
    until: float


@dataclass(slots=True)
class Hub:
    """The hub: `asked` are the forms posted to it, `answers` the statuses subscribers gave to deliveries."""

    base: str = ""
    session: aiohttp.ClientSession | None = None
    subscriptions: dict[tuple[str, str], Subscription] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    verifications: list[int] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    status: int = 202
    leads_to: str = ""
    denies: str | None = None
    grants: int | None = None
    verifies: bool = True
    at_once: bool = False
    method: str = "sha256"
    patience: float = 0.1
    tries: int = 100

    async def post(self, request: web.Request) -> web.Response:
        """Take a subscription request (section 5.1)."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        if self.leads_to:
            return web.Response(status=307, headers={"Location": self.leads_to})
        if self.status != 202:
            return web.Response(status=self.status, text="not\ntoday")
        if (
            not {"hub.callback", "hub.mode", "hub.topic"} <= form.keys()
            or len(form.get("hub.secret", "").encode()) >= 200
        ):
            return web.Response(status=400, text="parameters are missing")
        if self.at_once:
            await self._answer(form)
        elif self.verifies:
            self._spawn(self._answer(form))
        return web.Response(status=202)

    async def _answer(self, form: dict[str, str]) -> None:
        if form["hub.mode"] == "subscribe" and self.denies is not None:
            said = {"hub.mode": "denied", "hub.topic": form["hub.topic"], "hub.reason": self.denies}
            await self.get(form["hub.callback"], said)
            return
        await self.verify(form)

    def _spawn(self, work) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def get(self, callback: str, said: dict[str, str]) -> tuple[int, str]:
        """Ask a subscriber."""
        assert self.session
        async with self.session.get(callback, params=said) as answer:
            self.verifications.append(answer.status)
            return answer.status, await answer.text()

    async def verify(self, form: dict[str, str]) -> bool:
        """Verify the subscriber's intent (section 5.3), and do as it wishes."""
        mode, topic, callback = (form[f"hub.{name}"] for name in ("mode", "topic", "callback"))
        seconds = self.grants or int(form.get("hub.lease_seconds", 864_000))
        challenge = secrets.token_urlsafe(24)
        said = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge}
        said |= {"hub.lease_seconds": str(seconds)} if mode == "subscribe" else {}
        status, echoed = await self.get(callback, said)
        if not (200 <= status < 300 and echoed == challenge):
            return False
        if mode == "subscribe":
            made = Subscription(topic, callback, form.get("hub.secret", ""), seconds, monotonic() + seconds)
            self.subscriptions[topic, callback] = made
        else:
            self.subscriptions.pop((topic, callback), None)
        return True

    async def publish(self, topic: str, body: bytes, kind: str = ATOM) -> None:
        """Deliver what is new to all who subscribed, each until it takes it (section 7)."""
        for one in [*self.subscriptions.values()]:
            if one.topic == topic and one.until > monotonic():
                self._spawn(self._deliver(one, body, kind))

    async def _deliver(self, one: Subscription, body: bytes, kind: str) -> None:
        for _ in range(self.tries):
            try:
                status = await self.deliver(one, body, kind)
            except aiohttp.ClientError:
                status = 0
            if status == 410:
                self.subscriptions.pop((one.topic, one.callback), None)
            if status == 410 or 200 <= status < 300:
                return
            await asyncio.sleep(self.patience)

    async def deliver(
        self, one: Subscription, body: bytes, kind: str = ATOM, *, signature: str | None = None, **headers: str
    ) -> int:
        """Deliver once; `signature` stands for the right one, "" for none at all."""
        right = f"{self.method}={hmac.new(one.secret.encode(), body, self.method).hexdigest()}"
        said = {"Content-Type": kind, "Link": f'<{self.base}>; rel="hub", <{one.topic}>; rel="self"'}
        said |= {"X-Hub-Signature": right if signature is None else signature} if signature != "" else {}
        assert self.session
        async with self.session.post(one.callback, data=body, headers=said | headers) as answer:
            self.answers.append(answer.status)
            return answer.status

    def only(self) -> Subscription:
        """Return the one subscription there is."""
        (one,) = self.subscriptions.values()
        return one


@asynccontextmanager
async def hub() -> AsyncIterator[Hub]:
    """Run a hub on a free port of 127.0.0.1."""
    running = Hub()
    app = web.Application()
    app.router.add_post("/{tail:.*}", running.post)
    async with on_loopback(app) as base, aiohttp.ClientSession(auto_decompress=False) as session:
        running.base, running.session = f"{base}/hub", session
        yield running
        for task in [*running.tasks]:
            task.cancel()
