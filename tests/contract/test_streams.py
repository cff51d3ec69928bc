"""What holds for what every kind in the table of streams takes: items, edits, deletions, and what is none of these."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.kinds import KINDS, STREAMS
from connectors.streaming import Streaming
from streams.codec import encode
from streams.items import Op
from tests.streamed import MATERIAL, NOW, frame, opened, source, take

pytestmark = pytest.mark.parametrize("kind", STREAMS.values(), ids=STREAMS)


def test_material(kind: Streaming) -> None:
    """Every kind of the table is tried here, and none is in both tables."""
    assert kind.kind in MATERIAL
    assert kind.kind not in KINDS


def test_item(kind: Streaming) -> None:
    """A post carries its source's id, owner, side and mark, and arrived when its frame did."""
    _, state = opened(kind)
    later = NOW + timedelta(hours=1)
    put = MATERIAL[kind.kind].put(1)
    (item,) = kind.take(source(kind), state, (put,), later).items
    assert (item.source, item.owner, item.side, item.demo, item.kind) == ("s", "Owner", "side", True, "post")
    assert (item.op, item.revision, item.fetched_at) == (Op.PUT, 1, NOW)
    assert item.id.startswith("s:")
    assert item.url.startswith("https://")
    assert item.handle
    assert item.published_at


def test_life(kind: Streaming) -> None:
    """An edit is a higher revision and a deletion the end of the same item, in one batch as in three."""
    _, state = opened(kind)
    said = MATERIAL[kind.kind]
    frames = (said.put(1), said.edit(1), *said.gone(1))
    together = take(kind, state, *frames)
    apart = []
    for one in frames:
        taken = take(kind, state, one)
        state = taken.state
        apart += taken.items
    assert [encode(item) for item in together.items] == [encode(item) for item in apart]
    assert [item.op for item in apart] == [Op.PUT, Op.PUT, Op.DELETE][: len(frames)]
    assert [item.revision for item in apart] == sorted({item.revision for item in apart})
    assert len({item.id for item in apart}) == 1


def test_repeated(kind: Streaming) -> None:
    """What comes a second time, in any order, makes no item: not even what was deleted meanwhile."""
    _, state = opened(kind)
    said = MATERIAL[kind.kind]
    frames = (said.put(1), said.put(2), said.edit(1), *said.gone(2))
    once = take(kind, state, *frames)
    again = take(kind, once.state, *frames, *reversed(frames))
    assert (len(once.items), again.items) == (len(frames), ())
    assert sum(again.endings.values()) == 2 * len(frames)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "null",
        "[]",
        "7",
        '"x"',
        "{}",
        "[" * 100_000,
        "\x00\x01",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_bad_frame(kind: Streaming, data: str) -> None:
    """What is no frame of the service is told as bad, each once, and what comes after it is taken."""
    _, state = opened(kind)
    put = MATERIAL[kind.kind].put(1)
    taken = take(kind, state, frame(data, put.event), put)
    assert (len(taken.bad), len(taken.items)) == (1, 1)
    assert taken.bad[0].data == data.encode()
    assert 0 < len(taken.bad[0].text) <= 600


def test_every_frame_ends_once(kind: Streaming) -> None:
    """Each frame is an item, a bad one, or counted under the word of its end."""
    _, state = opened(kind)
    said = MATERIAL[kind.kind]
    frames = (said.put(1), said.put(1), frame("{", said.put(1).event), *said.gone(7), said.put(3))
    taken = take(kind, state, *frames, words=("bridge",))
    assert len(taken.items) + len(taken.bad) + sum(taken.endings.values()) == len(frames)


def test_filter(kind: Streaming) -> None:
    """With words only posts that have one are taken; a deletion of what was never taken is of no concern."""
    _, state = opened(kind)
    said = MATERIAL[kind.kind]
    taken = take(kind, state, said.put(1), *said.gone(1), words=("harbour",))
    assert (taken.items, taken.endings) == ((), {"filtered": 1, **({"unknown": 1} if said.delete else {})})
    assert len(take(kind, state, said.put(1), words=("BRIDGE", "harbour")).items) == 1
