"""A Telegram channel read by the real poller from a server that behaves as the preview does."""

from __future__ import annotations

import random
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from connectors.polling.progress import begun, loaded
from connectors.polling.turn import coming
from connectors.telegram import LOOK_BACK_EVERY
from streams.items import ItemKind, Op
from streams.sources import SourceSettings
from tests.channelmaker import Served
from tests.desk import Desk, desk, house, net, reading
from tests.feedmaker import NOW
from tests.unruly import Unruly

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["desk", "house", "net", "reading"]


@pytest_asyncio.fixture(loop_scope="module")
async def channel(desk: Desk, house: Unruly) -> AsyncIterator[Served]:
    """Put a channel on the server and let the desk read it, a minute from poll to poll."""
    served = Served()
    house.says = {"/s/harbour": served.answer, "/harbour": served.account}
    desk.source = SourceSettings(
        id="tg", kind="telegram", url=house.url("/s/harbour"), allow_private=True, min_interval_seconds=60
    )
    desk.progress = begun(NOW, desk.source.url)
    yield served


async def poll(desk: Desk) -> str:
    """Make the next poll and all that it leads to; returns the outcome people see."""
    desk.now = desk.progress.schedule.next_at
    outcome = await desk.turn()
    while coming(desk.poller, desk.source, desk.progress)[1] <= desk.now:
        outcome = await desk.turn()
    return outcome


async def standing(desk: Desk) -> dict[int, str]:
    """Return the channel as the journal tells it: the words of each post that was not deleted, by number."""
    posts: dict[int, str] = {}
    revisions: dict[str, int] = {}
    for item in await desk.items():
        number = int(item.id.rpartition("/")[2])
        assert item.kind is ItemKind.POST
        assert item.revision == revisions.get(item.id, 0) + 1
        revisions[item.id] = item.revision
        posts[number] = zlib.decompress(item.body).decode() if item.op is Op.PUT else ""
    return {number: words for number, words in sorted(posts.items()) if words}


def written(channel: Served) -> dict[int, str]:
    """Return the words of the channel's messages, by number."""
    return {number: str(message.words) for number, message in sorted(channel.messages.items())}


async def test_posts_edits_and_deletions(desk: Desk, channel: Served) -> None:
    """Posts, their edits and their deletions come into the journal as revisions."""
    channel.write(1, 10)
    assert await poll(desk) == "ok"
    channel.edit(3, "No ship.")
    del channel.messages[5]
    channel.write(11, 12)
    await poll(desk)
    assert await standing(desk) == written(channel)
    assert [(item.revision, item.op) for item in await desk.items() if item.revision > 1] == [
        (2, Op.PUT),
        (2, Op.DELETE),
    ]


async def test_pause(desk: Desk, channel: Served) -> None:
    """After a pause of many pages everything between is read, by paging back politely."""
    channel.write(1, 20)
    await poll(desk)
    channel.write(21, 130)
    await poll(desk)
    assert await standing(desk) == written(channel)
    assert channel.asked == ["", "", "111", "91", "71", "51", "31"]


async def test_restart_in_a_gap(desk: Desk, channel: Served) -> None:
    """A poller that ends in the middle of a gap goes on where it was, and asks for no page twice."""
    channel.write(1, 20)
    await poll(desk)
    channel.write(21, 130)
    desk.now = desk.progress.schedule.next_at
    for _ in range(3):
        await desk.turn()
    desk.progress = loaded((await desk.journal.cursors())["tg"])
    while coming(desk.poller, desk.source, desk.progress)[1] <= desk.now:
        await desk.turn()
    assert await standing(desk) == written(channel)
    assert channel.asked == ["", "", "111", "91", "71", "51", "31"]


async def test_throttled(desk: Desk, channel: Served) -> None:
    """A channel that shows no posts for a while is asked more seldom, leaves no dead letter, and nothing is lost."""
    channel.write(1, 20)
    await poll(desk)
    channel.write(21, 70)
    channel.throttled = 3
    assert await poll(desk) == "unavailable"
    assert "patience" in desk.text()
    assert desk.progress.schedule.failures == 0.25
    await poll(desk)
    await poll(desk)
    assert await poll(desk) == "ok"
    assert desk.progress.schedule.failures == 0
    assert await standing(desk) == written(channel)
    assert await desk.letters() == []


async def test_throttled_in_a_gap(desk: Desk, channel: Served) -> None:
    """A page of a gap that is refused is asked for again a minute later."""
    channel.write(1, 20)
    await poll(desk)
    channel.write(21, 70)
    desk.now = desk.progress.schedule.next_at
    await desk.turn()
    channel.throttled = 1
    await desk.turn()
    assert "patience" in desk.text()
    _, due = coming(desk.poller, desk.source, desk.progress)
    assert due - desk.now == timedelta(minutes=1)
    while len(await standing(desk)) < 70:
        await desk.turn()
    assert await standing(desk) == written(channel)


async def test_preview_switched_off(desk: Desk, channel: Served, house: Unruly) -> None:
    """A channel that switches its preview off says so in words; when it is back it is read on without a gap."""
    channel.write(1, 20)
    await poll(desk)
    channel.closed = "1 204 subscribers"
    assert await poll(desk) == "refused"
    assert "https://t.me/harbour has no public preview" in desk.text()
    assert "/harbour" in house.paths()
    channel.closed = None
    channel.write(21, 60)
    assert await poll(desk) == "ok"
    assert await standing(desk) == written(channel)
    assert await desk.letters() == []


async def test_long_life(desk: Desk, channel: Served) -> None:
    """A channel that grows by bursts, is edited and deleted from, throttles and is restarted upon is told exactly."""
    chance, last = random.Random(7), 20
    desk.source = desk.source.model_copy(update={"look_back_pages": 20})
    channel.write(1, last)
    await poll(desk)
    for _ in range(40):
        channel.write(last + 1, last + (burst := chance.choice((0, 1, 3, 19, 45))))
        last += burst
        trouble(channel, chance, [number for number in channel.messages if number > last - 50])
        desk.now = max(desk.now, desk.progress.schedule.next_at)
        for _ in range(chance.choice((1, 2, 9))):
            await desk.turn()
        if chance.random() < 0.3:
            desk.progress = loaded((await desk.journal.cursors())["tg"])
    end = desk.now + 2 * LOOK_BACK_EVERY
    while desk.now < end:
        await desk.turn()
    assert await standing(desk) == written(channel)
    assert len(channel.messages) > 400


def trouble(channel: Served, chance: random.Random, recent: list[int]) -> None:
    """Edit and delete among these messages, and refuse to show any for a moment."""
    if chance.random() < 0.7:
        channel.edit(chance.choice(recent), f"Edited {chance.random()}.")
    if len(recent) > 3 and chance.random() < 0.5:
        del channel.messages[chance.choice(recent[1:-1])]
    channel.throttled = chance.choice((0, 0, 0, 1))
