"""A publisher, a hub and our poller: what is published is in the journal at once, and nothing unsigned ever."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic

import aiohttp
import pytest
import pytest_asyncio

from connectors.hubs.call import posted
from connectors.hubs.leases import SUBSCRIBE, asked
from connectors.hubs.pushing import Asking
from connectors.poller import poll_forever
from connectors.polling.means import Poller
from connectors.polling.progress import Progress, loaded
from streams.codec import decode
from streams.counters import Counters, Ending
from streams.embedded.journal import SqliteJournal
from streams.errors import ConfigError
from streams.items import Cursor, RawItem, SourceHealth
from streams.settings import PushSettings
from streams.sources import SourceSettings
from streams.topics import DEAD_LETTERS, RAW_ITEMS
from tests.accountmaker import CHANNEL, deleted, video, video_feed
from tests.desk import PAGE, XML, Desk, desk, feed, house, linked, net, reading
from tests.feedmaker import NOW, entry, rss
from tests.hub import Hub, Subscription, hub
from tests.unruly import Unruly

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["desk", "house", "net", "reading"]
HOPELESS = 20.0
HOURS = 6 * 3600


@dataclass
class Rig:
    """A publisher with one feed, a hub, and a poller that asks it every six hours; `push` is how hubs reach it."""

    house: Unruly
    hub: Hub
    journal: SqliteJournal
    push: PushSettings
    source: SourceSettings
    counters: Counters = field(default_factory=Counters)

    def topic(self) -> str:
        return self.house.url("/feed.xml")

    def says(self, *numbers: int, hub: str | None = None, **more: str) -> None:
        """Let the publisher's feed have these entries and name a hub."""
        links = f'<{hub or self.hub.base}>; rel="hub", <{self.topic()}>; rel="self"'
        headers = {"Link": links} if hub != "" else {}
        self.house.says["/feed.xml"] = feed(*map(entry, numbers), **headers, **more)

    async def publishes(self, *numbers: int) -> None:
        """Let the hub tell its subscribers of these entries."""
        await self.hub.publish(self.topic(), rss(*map(entry, numbers)).encode(), XML["Content-Type"])

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let the poller run."""
        polling = asyncio.create_task(poll_forever([self.source], self.journal, push=self.push, counters=self.counters))
        try:
            yield
        finally:
            assert not polling.done(), polling.exception()
            polling.cancel()
            await asyncio.wait([polling])

    async def items(self) -> list[RawItem]:
        return [decode(stored.value) async for stored in self.journal.read(RAW_ITEMS)]  # type: ignore[misc]

    async def titles(self) -> list[str]:
        return [str(item.title) for item in await self.items()]

    async def progress(self) -> Progress:
        return loaded((await self.journal.cursors())["harbour"])

    async def health(self) -> SourceHealth:
        found = (await self.progress()).health
        assert found
        return found

    async def until(self, fact: Callable[[], object]) -> float:
        """Wait until something holds; returns the seconds it took."""
        begin = monotonic()
        while not ((await found) if asyncio.iscoroutine(found := fact()) else found):
            assert monotonic() - begin < HOPELESS, "it never came"
            await asyncio.sleep(0.02)
        return monotonic() - begin

    async def subscribed(self) -> None:
        await self.until(lambda: self.hub.subscriptions)

        async def is_leased() -> bool:
            return (await self.health()).leased_until is not None

        await self.until(is_leased)

    async def has(self, count: int) -> float:
        async def is_there() -> bool:
            return len(await self.items()) >= count

        return await self.until(is_there)

    def ended(self, outcome: str) -> int:
        return self.counters.endings[Ending("push", "harbour", outcome)]


def free_port() -> int:
    """Return a port nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest_asyncio.fixture(loop_scope="module")
async def rig(house: Unruly, tmp_path: Path) -> AsyncIterator[Rig]:
    """Set up publisher, hub and poller."""
    port = free_port()
    source = SourceSettings(
        id="harbour", url=house.url("/feed.xml"), allow_private=True, full_text=False, min_interval_seconds=HOURS
    )
    push = PushSettings(callback=f"http://127.0.0.1:{port}/push/", port=port)
    async with hub() as running:
        made = Rig(house, running, SqliteJournal(f"sqlite:///{tmp_path}/journal.db"), push, source)
        made.says(1)
        try:
            yield made
        finally:
            await made.journal.close()


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_published(rig: Rig, method: str) -> None:
    """What is published is in the journal within a second, though the feed is polled every six hours."""
    rig.hub.method = method
    async with rig.running():
        await rig.subscribed()
        await rig.publishes(2)
        took = await rig.has(2)
        await rig.publishes(3, 2)
        await rig.has(3)
    assert took < 1.0
    assert await rig.titles() == ["Ship 1 arrives", "Ship 2 arrives", "Ship 3 arrives"]
    assert rig.house.paths() == ["/feed.xml"]
    assert rig.hub.answers == [202, 202]
    health = await rig.health()
    assert health.pushed_at
    assert (health.items_total, health.pushes_refused, health.push_text) == (3, 0, "")


async def test_polled_after_pushed(rig: Rig) -> None:
    """An entry that was pushed is no news to the next poll, nor one that was polled to a push."""
    async with rig.running():
        await rig.subscribed()
        await rig.publishes(1)
        await rig.publishes(2)
        await rig.has(2)
    rig.says(2, 1)
    async with rig.running():
        await rig.until(lambda: rig.house.paths() == ["/feed.xml"] * 2)
        await rig.publishes(3, 2, 1)
        await rig.has(3)
    assert [(item.title, item.revision) for item in await rig.items()] == [
        ("Ship 1 arrives", 1),
        ("Ship 2 arrives", 1),
        ("Ship 3 arrives", 1),
    ]


async def test_pushed_pages(rig: Rig) -> None:
    """The page behind a pushed entry is fetched at once, hours before the next poll."""
    rig.source = rig.source.model_copy(update={"full_text": True, "reread_minutes": ()})
    rig.house.says["/1"] = rig.house.says["/2"] = feed(**{"Content-Type": "text/html"})
    rig.says()
    async with rig.running():
        await rig.subscribed()
        pushed = rss(entry(2, link=rig.house.url("/2"))).encode()
        rig.house.says["/2"] = aiohttp.web.Response(text=PAGE, content_type="text/html")
        await rig.hub.publish(rig.topic(), pushed, XML["Content-Type"])
        await rig.has(2)
    assert [item.revision for item in await rig.items()] == [1, 2]
    assert rig.house.paths() == ["/feed.xml", "/2"]


async def test_restart(rig: Rig) -> None:
    """A restart keeps the subscription: no hub is asked, its retries arrive, and what was missed is polled."""
    async with rig.running():
        await rig.subscribed()
    await rig.publishes(2)
    await asyncio.sleep(0.3)
    rig.says(3, 1)
    async with rig.running():
        await rig.has(3)
    assert sorted(await rig.titles()) == ["Ship 1 arrives", "Ship 2 arrives", "Ship 3 arrives"]
    assert len(rig.hub.asked) == 1


async def test_not_signed(rig: Rig) -> None:
    """A body with a wrong signature or none is answered with 2xx, counted, seen in the health, and never read."""
    async with rig.running():
        await rig.subscribed()
        one = rig.hub.only()
        body = rss(entry(66)).encode()
        for signature in ("", "sha256=" + "0" * 64, "md5=" + "0" * 32, "sha256"):
            assert await rig.hub.deliver(one, body, signature=signature) == 202
        forged = replace(one, secret="guessed")
        assert await rig.hub.deliver(forged, body) == 202
        assert await rig.hub.deliver(one, rss(entry(2)).encode()) == 202
        await rig.has(2)
    assert await rig.titles() == ["Ship 1 arrives", "Ship 2 arrives"]
    assert rig.ended("refused") == 5
    assert (await rig.health()).pushes_refused == 5


async def test_replayed(rig: Rig) -> None:
    """A signed body that comes again, from a hub or from whoever saw it, does not undo what is newer."""
    async with rig.running():
        await rig.subscribed()
        one = rig.hub.only()
        old, new = (rss(entry(2, title=title)).encode() for title in ("First words", "Better words"))
        for body in (old, new, old, old):
            assert await rig.hub.deliver(one, body) == 202
    assert await rig.titles() == ["Ship 1 arrives", "First words", "Better words"]
    assert rig.ended("known") == 2


async def test_ping(rig: Rig) -> None:
    """An empty body that is signed says that there is news: the feed is polled then, at its floor at the earliest."""
    rig.source = rig.source.model_copy(update={"min_interval_seconds": 2.0})
    async with rig.running():
        await rig.subscribed()
        polls = len(rig.house.paths())
        rig.says(2, 1)
        assert await rig.hub.deliver(rig.hub.only(), b"", signature="") == 202
        assert await rig.hub.deliver(rig.hub.only(), b"") == 202
        await rig.has(2)
    assert (rig.ended("refused"), rig.ended("ping")) == (1, 1)
    assert len(rig.house.paths()) > polls


async def test_unreadable(rig: Rig) -> None:
    """A signed body that is no feed is a dead letter, and the next one is read."""
    async with rig.running():
        await rig.subscribed()
        assert await rig.hub.deliver(rig.hub.only(), b"no feed at all") == 202
        await rig.publishes(2)
        await rig.has(2)
    letters = [decode(stored.value) async for stored in rig.journal.read(DEAD_LETTERS)]
    assert [letter.payload for letter in letters] == [b"no feed at all"]  # type: ignore[union-attr]
    assert rig.ended("unreadable") == 1


async def test_unfit(rig: Rig) -> None:
    """A packed body, a body too large, a method we do not know, and a door that is nobody's: each is turned away."""
    async with rig.running():
        await rig.subscribed()
        one, session = rig.hub.only(), rig.hub.session
        assert session
        packed = gzip.compress(rss(entry(66)).encode())
        assert await rig.hub.deliver(one, packed, **{"Content-Encoding": "gzip"}) == 415
        assert await rig.hub.deliver(one, b" " * (15 * 1024 * 1024 + 1)) == 413
        assert await rig.hub.deliver(replace(one, callback=f"{rig.push.callback}/{'0' * 64}"), b"x") == 404
        async with session.put(one.callback, data=b"x") as answer:
            assert answer.status == 405
        async with session.get(rig.push.callback.rpartition("/")[0]) as answer:
            assert (answer.status, await answer.text()) == (404, "")
    assert await rig.titles() == ["Ship 1 arrives"]


async def test_questions(rig: Rig) -> None:
    """Questions of strangers are answered with 404, repeated ones change nothing, a storm of them included."""
    rig.hub.grants = 10**12
    async with rig.running():
        await rig.subscribed()
        one, lease = rig.hub.only(), (await rig.progress()).lease
        assert lease
        assert lease.until
        assert (lease.until - lease.asked_at).total_seconds() <= rig.push.lease_seconds
        said = {"hub.mode": "subscribe", "hub.topic": rig.topic(), "hub.challenge": "<b>x</b>"}
        guess = f"{rig.push.callback}/{'0' * 64}"
        assert (await rig.hub.get(guess, said))[0] == 404
        for wrong in (
            {"hub.topic": "http://x/"},
            {"hub.mode": "unsubscribe"},
            {"hub.mode": "x"},
            {"hub.challenge": ""},
        ):
            assert await rig.hub.get(one.callback, said | wrong) == (404, "")
        for _ in range(20):
            storm = [rig.hub.get(one.callback, said | {"hub.lease_seconds": "1"}) for _ in range(10)]
            assert set(await asyncio.gather(*storm)) == {(200, "<b>x</b>")}
        assert rig.hub.session
        async with rig.hub.session.get(one.callback, params=said) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert (await rig.progress()).lease == lease
        await rig.publishes(2)
        await rig.has(2)


async def test_before_verified(rig: Rig) -> None:
    """What is pushed before the hub has asked is not taken, signed though it is; asked before its 202, it is."""
    rig.hub.verifies = False
    async with rig.running():
        await rig.until(lambda: rig.hub.asked)
        form = rig.hub.asked[0]
        early = Subscription(rig.topic(), form["hub.callback"], form["hub.secret"], 1, 0.0)
        assert await rig.hub.deliver(early, rss(entry(2)).encode()) == 404
        assert await rig.hub.verify(form)
        assert await rig.hub.deliver(early, rss(entry(3)).encode()) == 202
    assert await rig.titles() == ["Ship 1 arrives", "Ship 3 arrives"]


async def test_verified_at_once(rig: Rig) -> None:
    """A hub that asks before it has answered our asking gets its answer."""
    rig.hub.at_once = True
    async with rig.running():
        await rig.subscribed()
    assert rig.hub.verifications == [200]


async def test_denied(rig: Rig) -> None:
    """A denial is told with its reason; the source is polled on, and what is pushed all the same is not taken."""
    async with rig.running():
        await rig.subscribed()
        said = {"hub.mode": "denied", "hub.topic": rig.topic(), "hub.reason": "no \x1b[31mrobots"}
        assert await rig.hub.get(rig.hub.only().callback, said) == (200, "")
        assert await rig.hub.deliver(rig.hub.only(), rss(entry(2)).encode()) == 404
    health = await rig.health()
    assert health.leased_until is None
    assert health.push_text.startswith("the hub denied the subscription: no")
    assert await rig.titles() == ["Ship 1 arrives"]


async def test_refused(rig: Rig) -> None:
    """A hub that does not take us is told with its reason, and asked again after 23 hours."""
    rig.hub.status = 500
    async with rig.running():

        async def is_told() -> bool:
            return "(not today)" in (await rig.health()).push_text

        await rig.until(lambda: rig.hub.asked)
        await rig.until(is_told)
        await asyncio.sleep(1.2)
    lease = (await rig.progress()).lease
    assert lease
    assert (lease.ask_at - lease.asked_at).total_seconds() == pytest.approx(23 * 3600, abs=5)
    assert len(rig.hub.asked) == 1


async def test_led_elsewhere(rig: Rig) -> None:
    """A hub may lead to another with 307 (5.1.2), which is then asked with the same form."""
    async with hub() as other:
        rig.hub.leads_to = other.base
        async with rig.running():
            await rig.until(lambda: other.subscriptions)
        assert other.asked == rig.hub.asked


@pytest.mark.parametrize("place", ["http://169.254.169.254/latest", "ftp://x/", "/hub"])
async def test_led_astray(rig: Rig, desk: Desk, place: str) -> None:
    """A hub that leads to what may not be dialled, to no web address or in a circle has not taken us."""
    rig.hub.leads_to = place
    lease = asked((rig.hub.base, rig.topic()), "https://reader.example", "key", 3600, NOW)
    failure = await posted(desk.poller, rig.source, Asking(mode=SUBSCRIBE, lease=lease))
    assert failure
    assert failure.status is None
    assert len(rig.hub.asked) <= 4


@pytest.mark.parametrize("status", [301, 302, 303, 404, 410, 429, 503])
async def test_not_taken(rig: Rig, desk: Desk, status: int) -> None:
    """Anything but a success is no subscription, redirects that would make a GET of it among them."""
    rig.hub.status = status
    lease = asked((rig.hub.base, rig.topic()), "https://reader.example", "key", 3600, NOW)
    failure = await posted(desk.poller, rig.source, Asking(mode=SUBSCRIBE, lease=lease))
    assert failure
    assert failure.text.startswith(f"POST {rig.hub.base}: HTTP {status}")


async def test_other_address(rig: Rig) -> None:
    """Started at another public address the process subscribes there; without one it polls and trusts no lease."""
    async with rig.running():
        await rig.subscribed()
        first = rig.hub.only().callback
    port = free_port()
    rig.push = PushSettings(callback=f"http://127.0.0.1:{port}", port=port)
    async with rig.running():
        await rig.until(lambda: len(rig.hub.subscriptions) == 2)
    assert first not in [form["hub.callback"] for form in rig.hub.asked[1:]]
    rig.push = PushSettings()
    polls = len(rig.house.paths())

    async def is_forgotten() -> bool:
        return (await rig.health()).leased_until is None

    async with rig.running():
        await rig.until(lambda: len(rig.house.paths()) > polls)
        await rig.until(is_forgotten)


async def test_port_taken(rig: Rig) -> None:
    """A port that somebody has is named together with the setting."""
    async with rig.running():
        await rig.subscribed()
        with pytest.raises(ConfigError, match=r"set another push\.port"):
            await asyncio.wait_for(poll_forever([], rig.journal, push=rig.push), 10)


async def test_at_once(rig: Rig) -> None:
    """Of many bodies at once some are told to come again, none is lost, and each is read once."""
    async with rig.running():
        await rig.subscribed()
        for number in range(2, 42):
            await rig.publishes(number)
        await rig.has(41)
        await rig.until(lambda: rig.hub.answers.count(202) == 40)
    assert sorted(await rig.titles()) == sorted(f"Ship {number} arrives" for number in range(1, 42))
    assert set(rig.hub.answers) == {202, 503}


async def test_video(rig: Rig) -> None:
    """A channel's video that is pushed is in the journal at once, and one that was deleted is withdrawn."""
    path = "/feeds/videos.xml"
    rig.source = rig.source.model_copy(update={"kind": "youtube", "url": rig.house.url(f"/channel/{CHANNEL}")})
    topic = rig.house.url(f"/xml{path}?channel_id={CHANNEL}")
    links = f'<{rig.hub.base}>; rel="hub", <{topic}>; rel="self"'
    rig.house.says[path] = aiohttp.web.Response(text=video_feed(video(1)), headers={**XML, "Link": links})
    async with rig.running():
        await rig.subscribed()
        await rig.hub.publish(topic, video_feed(video(2)).encode())
        await rig.has(2)
        await rig.hub.publish(topic, video_feed(deleted(2)).encode())
        await rig.has(3)
    first, second, gone = await rig.items()
    assert [(item.title, item.op) for item in (first, second)] == [("Ship 1 arrives", "put"), ("Ship 2 arrives", "put")]
    assert (gone.id, gone.op, gone.revision) == (second.id, "delete", 2)
    assert rig.house.paths() == [path]


async def test_hostile_hub(desk: Desk, rig: Rig) -> None:
    """A public feed that names a hub at a private address does not make us knock there, by number or by name."""
    public = desk.source.model_copy(update={"allow_private": False})
    poller: Poller = desk.poller
    for address in (rig.hub.base, rig.hub.base.replace("127.0.0.1", "localhost"), "ftp://x/", "http://[", "http://"):
        lease = asked((address, rig.topic()), "https://reader.example", "key", 3600, NOW)
        failure = await posted(poller, public, Asking(mode=SUBSCRIBE, lease=lease))
        assert failure, address
    assert rig.hub.asked == []


async def test_linked_pages_unused(rig: Rig) -> None:
    """Links in the headers of a push are a stranger's word: they move neither the source nor its hub."""
    async with rig.running():
        await rig.subscribed()
        before = await rig.progress()
        elsewhere = {"Link": '<http://127.0.0.1:9/>; rel="hub", <http://127.0.0.1:9/x>; rel="self"'}
        assert await rig.hub.deliver(rig.hub.only(), rss(linked(rig.house)).encode(), **elsewhere) == 202
        await rig.has(2)
        after = await rig.progress()
    assert (after.hub, after.url, after.move) == (before.hub, before.url, before.move)


class Stumbling(SqliteJournal):
    """A journal that cannot save the second ship, once, and no refusal, ever."""

    stumbles = 1

    async def save(self, items: Sequence[RawItem], cursor: Cursor) -> None:
        """Save, but not always."""
        is_second = any(item.title == "Ship 2 arrives" for item in items)
        if is_second and self.stumbles:
            self.stumbles -= 1
            raise ZeroDivisionError
        if cursor.health and cursor.health.pushes_refused:
            raise ZeroDivisionError
        await super().save(items, cursor)


async def test_accident(rig: Rig, tmp_path: Path) -> None:
    """An error nobody foresaw ends nothing: the hub is told to send it again, and what it sends again is read."""
    await rig.journal.close()
    rig.journal = Stumbling(f"sqlite:///{tmp_path}/journal.db")
    async with rig.running():
        await rig.subscribed()
        assert await rig.hub.deliver(rig.hub.only(), b"x", signature="") == 500
        await rig.publishes(2)
        await rig.has(2)
        await rig.publishes(3)
        await rig.has(3)
    assert rig.hub.answers == [500, 500, 202, 202]
    assert await rig.titles() == ["Ship 1 arrives", "Ship 2 arrives", "Ship 3 arrives"]
