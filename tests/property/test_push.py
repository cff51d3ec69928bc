"""Whatever hubs and strangers do in whatever order: nothing unverified or unsigned is read, nothing signed is lost."""

from __future__ import annotations

import asyncio
import hmac
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.asking.gates import Gates
from connectors.connector import Response
from connectors.hubs.leases import RETRY, Lease, capability, shared_secret
from connectors.hubs.subscribing import Subscriber
from connectors.polling.means import Poller
from connectors.polling.progress import Progress, begun, loaded
from connectors.polling.rounds import Round, Standing
from connectors.polling.turn import coming, settle
from connectors.reading.readers import Readers
from streams.codec import decode
from streams.counters import Counters
from streams.embedded.journal import SqliteJournal
from streams.items import RawItem
from streams.settings import PushSettings
from streams.topics import RAW_ITEMS
from tests.feedmaker import NOW, SOURCE, URL, entry, rss

PUSH = PushSettings(callback="https://reader.example/push")
HUB = "https://hub.example/"
SOURCE = SOURCE.model_copy(update={"full_text": False})


class Here:
    """Reads in this process: what is looked for lies before the reading."""

    async def read(self, what: Callable[..., Any], _name: str, *given: Any) -> Any:
        """Read at once."""
        return what(*given)


@dataclass
class World:
    """A source's subscriber, the truth about its subscription, and what must be in the journal by now."""

    journal: SqliteJournal
    group: asyncio.TaskGroup
    now: datetime = NOW
    asked_at: datetime | None = None
    is_verified: bool = False
    is_over: bool = False
    expected: Counter[str] = field(default_factory=Counter)
    sent: list[bytes] = field(default_factory=list)
    past: list[Lease] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        gates = Gates(clock=lambda: 0.0, sleep=asyncio.sleep)
        reading = cast("Readers", Here())
        self.poller = Poller(
            journal=self.journal,
            web=cast("Any", None),
            readers=reading,
            gates=gates,
            counters=Counters(),
            now=lambda: self.now,
            chance=lambda: 0.0,
        )
        self.begin(replace(begun(NOW, URL), hub=(HUB, URL)))

    def begin(self, progress: Progress) -> None:
        """Let the process begin with this progress."""
        turns = Round(poller=self.poller)
        self.one = Standing(self.poller, SOURCE, progress)
        turns.add(self.one)
        self.subscriber = Subscriber(turns=turns, settings=PUSH, group=self.group)
        self.subscriber.know(self.one)

    def body(self) -> tuple[bytes, str]:
        """Return a body with an entry that never was before, and its title."""
        made = entry(next(self.numbers))
        return rss(made).encode(), made["title"]

    def signed(self, body: bytes, lease: Lease, method: str = "sha256") -> str:
        return f"{method}={hmac.new(shared_secret(lease).encode(), body, method).hexdigest()}"

    async def bring(self, lease: Lease, body: bytes, signature: str) -> int:
        """Deliver as the listener does."""
        door = capability(lease)
        refused = self.subscriber.takes(door)
        return (refused or await self.subscriber.brings(door, body, signature, "text/xml")).status

    async def titles(self) -> Counter[str]:
        items = [decode(stored.value) async for stored in self.journal.read(RAW_ITEMS)]
        return Counter(str(item.title) for item in items if isinstance(item, RawItem))


async def waits(world: World, hours: int) -> None:
    """Let time pass, and ask hubs for what is due."""
    world.now += timedelta(hours=hours)
    before = world.one.progress.lease
    for asking in await world.subscriber.prepare(world.one):
        if asking.mode == "subscribe":
            world.asked_at = world.now
            if before is None or asking.lease.key != before.key:
                world.past += [before] if before else []
                world.is_verified = False


async def asks(world: World, what: str) -> None:
    """Ask as a hub does, or a stranger who knows the callback, whether we meant it."""
    lease = world.one.progress.lease
    if lease is None or world.asked_at is None:
        return
    said = {"hub.mode": "subscribe", "hub.topic": URL, "hub.challenge": "c", "hub.lease_seconds": "864000"}
    wrong: dict[str, dict[str, str]] = {
        "topic": {"hub.topic": "http://x/"},
        "unsubscribe": {"hub.mode": "unsubscribe"},
        "none": {"hub.lease_seconds": "0"},
        "huge": {"hub.lease_seconds": "9" * 30},
        "denied": {"hub.mode": "denied"},
    }
    done = await world.subscriber.asks(capability(lease), said | wrong.get(what, {}))
    is_open = world.now - world.asked_at < RETRY
    is_welcome = what == "denied" or (what in {"right", "huge"} and is_open)
    assert (done.status == 200) is is_welcome
    world.is_verified = what != "denied" and (world.is_verified or is_welcome)
    after = world.one.progress.lease
    assert after
    if after.until:
        assert after.until <= after.asked_at + timedelta(seconds=PUSH.lease_seconds) or after.until == lease.until


async def delivers(world: World, what: str) -> None:
    """Deliver a body: signed as agreed or in one of the ways that are not."""
    lease = world.one.progress.lease
    if lease is None:
        return
    body, title = world.body()
    if what == "old" and world.sent:
        body, title = world.sent[-1], ""
    if what == "empty":
        body, title = b"", ""
    signer = world.past[-1] if what == "past" and world.past else lease
    signatures = {
        "unsigned": "",
        "md5": "md5=" + hmac.new(shared_secret(lease).encode(), body, "md5").hexdigest(),
        "other": world.signed(body + b" ", lease),
        "capability": "sha256=" + hmac.new(capability(lease).encode(), body, "sha256").hexdigest(),
    }
    status = await world.bring(lease, body, signatures.get(what, world.signed(body, signer)))
    assert status == (202 if world.is_verified else 404)
    is_good = what in {"good", "old", "empty"} or (what == "past" and signer is lease)
    if world.is_verified and is_good and title:
        world.expected[title] += 1
        world.sent.append(body)


async def storms(world: World) -> None:
    """Let bodies come at once while the source is being polled: all that were taken are read, none twice."""
    lease = world.one.progress.lease
    (polled, news), (first, one), (second, two) = world.body(), world.body(), world.body()
    request = coming(world.poller, SOURCE, world.one.progress)[0]

    async def poll() -> None:
        async with world.one.lock:
            named = Response(url=URL, status=200, headers={"link": f"<{HUB}>; rel=hub"}, body=polled)
            world.one.progress = await settle(world.poller, SOURCE, world.one.progress, request, named)

    pushes = [world.bring(lease, body, world.signed(body, lease)) for body in (first, second)] if lease else []
    _, *statuses = await asyncio.gather(poll(), *pushes)
    world.expected[news] += 1
    for status, body, title in zip(statuses, (first, second), (one, two), strict=False):
        world.expected[title] += status == 202
        world.sent += [body] if status == 202 else []
        assert status in ({202, 503} if world.is_verified else {404})
    if lease is None or 503 in statuses:
        return
    for body in (polled, first, second):
        again = body + b" "  # another body with the same entry: what one has read the others have not forgotten
        await world.bring(lease, again, world.signed(again, lease))


async def restarts(world: World) -> None:
    """End the process and begin again with what the journal holds."""
    cursors = await world.journal.cursors()
    if SOURCE.id in cursors:
        world.begin(loaded(cursors[SOURCE.id]))


async def moves(world: World) -> None:
    """Let the source name another hub from now on."""
    hub = world.one.progress.hub
    world.one.progress = replace(world.one.progress, hub=(f"{HUB}{next(world.numbers)}", hub[1] if hub else URL))


async def play(acts: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        journal = SqliteJournal(f"sqlite:///{Path(folder)}/journal.db")
        async with asyncio.TaskGroup() as group:
            world = World(journal, group)
            for act, *given_to in acts:
                await act(world, *given_to)
                assert await world.titles() == +world.expected
        await journal.close()


ACTS = st.one_of(
    st.tuples(st.just(waits), st.sampled_from([0, 1, 20, 23, 24, 200, 300])),
    st.tuples(st.just(asks), st.sampled_from(["right", "right", "huge", "topic", "unsubscribe", "none", "denied"])),
    st.tuples(
        st.just(delivers),
        st.sampled_from(["good", "good", "good", "old", "empty", "unsigned", "md5", "other", "capability", "past"]),
    ),
    st.tuples(st.just(storms)),
    st.tuples(st.just(restarts)),
    st.tuples(st.just(moves)),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACTS, max_size=25))
def test_any_order(acts: list[tuple[Any, ...]]) -> None:
    """In any order of askings, questions, deliveries, polls and restarts the journal holds what was signed, once."""
    asyncio.run(play([(waits, 0), (asks, "right"), *acts]))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACTS, max_size=25))
def test_any_order_from_nothing(acts: list[tuple[Any, ...]]) -> None:
    """The same without a subscription to begin with."""
    asyncio.run(play(acts))
