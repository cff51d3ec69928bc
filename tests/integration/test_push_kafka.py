"""Two processes that share the sources on Kafka, each with an address of its own for hubs."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable

import pytest

from connectors.poller import poll_forever
from streams.codec import decode
from streams.items import RawItem
from streams.pulse import Pulse
from streams.services import opened, sharing_of
from streams.settings import PushSettings
from streams.sources import SourceSettings
from streams.topics import RAW_ITEMS
from tests.desk import XML, feed
from tests.feedmaker import entry, rss
from tests.hub import hub
from tests.unruly import unruly

PATIENCE_SECONDS = 60
pytestmark = pytest.mark.asyncio


def ears() -> PushSettings:
    """Return where one process is reached."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    return PushSettings(callback=f"http://127.0.0.1:{port}", port=port)


async def until(fact: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that must happen."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not await fact():
        assert time.monotonic() < end, "it never came"
        await asyncio.sleep(0.1)


async def test_handed_over(url: str) -> None:
    """A source's owner is told of news; when it ends, the next subscribes at its own address and is told on."""
    async with unruly() as house, hub() as hubs, opened(url) as journal:
        hubs.tries = 10_000
        topic = house.url("/feed.xml")
        links = f'<{hubs.base}>; rel="hub", <{topic}>; rel="self"'
        house.says["/feed.xml"] = feed(entry(1), Link=links)
        source = SourceSettings(
            id="harbour", url=topic, allow_private=True, full_text=False, min_interval_seconds=21_600
        )

        def reads(slot: str, push: PushSettings) -> asyncio.Task[None]:
            return asyncio.create_task(
                poll_forever([source], journal, push=push, sharing=sharing_of(url, slot, Pulse()))
            )

        async def has(count: int) -> bool:
            items = [decode(stored.value) async for stored in journal.read(RAW_ITEMS)]
            return len({item.title for item in items if isinstance(item, RawItem)}) >= count

        async def has_hub(count: int) -> bool:
            return len(hubs.subscriptions) >= count

        first, second = ears(), ears()
        owner = reads("1", first)
        await until(lambda: has_hub(1))
        assert hubs.only().callback.startswith(first.callback)
        await hubs.publish(topic, rss(entry(2)).encode(), XML["Content-Type"])
        await until(lambda: has(2))
        owner.cancel()
        await asyncio.wait([owner])
        heir = reads("2", second)
        await until(lambda: has_hub(2))
        assert hubs.asked[-1]["hub.callback"].startswith(second.callback)
        await hubs.publish(topic, rss(entry(3)).encode(), XML["Content-Type"])
        await until(lambda: has(3))
        heir.cancel()
        await asyncio.wait([heir])
        items = [decode(stored.value) async for stored in journal.read(RAW_ITEMS)]
    assert [item.title for item in items if isinstance(item, RawItem)] == [f"Ship {n} arrives" for n in (1, 2, 3)]
