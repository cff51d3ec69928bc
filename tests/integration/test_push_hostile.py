"""What strangers and accidents do to what is pushed: nothing unsigned is read, nothing signed is lost."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.hubs.call import posted
from connectors.hubs.leases import SUBSCRIBE, asked
from connectors.hubs.pushing import Asking
from connectors.polling.means import Poller
from streams.embedded.journal import SqliteJournal
from streams.items import Cursor, RawItem
from tests.desk import Desk, desk, house, linked, net, reading
from tests.feedmaker import NOW, entry, rss
from tests.rig import Rig, rig

__all__ = ["desk", "house", "net", "reading", "rig"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


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
