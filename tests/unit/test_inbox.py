"""The queue between a stream and its reader."""

from __future__ import annotations

import asyncio

import pytest

from connectors.listening.inbox import Inbox
from connectors.streaming import Frame
from tests.feedmaker import NOW

pytestmark = pytest.mark.asyncio


def frame(size: int = 1, name: str = "") -> Frame:
    return Frame(data=b"x" * size, event=name, size=size, at=NOW)


async def test_order() -> None:
    """First in, first out; after the last frame there is an end."""
    inbox = Inbox()
    for number in range(5):
        await inbox.put(frame(name=str(number)))
    inbox.close()
    assert [one.event for one in await inbox.batch(1) or ()] == list("01234")
    assert await inbox.batch(1) is None


async def test_quiet() -> None:
    """A batch is empty when nothing came for so long."""
    assert await Inbox().batch(0.01) == ()


@pytest.mark.parametrize(("frames", "size"), [(3, 1), (100, 40)])
async def test_full(frames: int, size: int) -> None:
    """A queue that is full by count or by bytes holds whoever puts until something is taken."""
    inbox = Inbox(max_frames=frames, max_bytes=100)
    for _ in range(3):
        await inbox.put(frame(size))
    assert inbox.is_full
    waiting = asyncio.create_task(inbox.put(frame(size)))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    assert len(await inbox.batch(1) or ()) == 3
    await waiting
    assert (inbox.size, inbox.stops) == (size, 1)


async def test_batch_is_bounded() -> None:
    """A batch has so many frames and bytes at most, but one frame at least."""
    inbox = Inbox()
    for _ in range(450):
        await inbox.put(frame())
    await inbox.put(frame(10 * 1024 * 1024))
    await inbox.put(frame())
    inbox.close()
    sizes = []
    while batch := await inbox.batch(1):
        sizes.append(len(batch))
    assert sizes == [200, 200, 50, 1, 1]
