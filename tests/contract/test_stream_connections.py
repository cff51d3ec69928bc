"""What holds for how every kind in the table of streams connects, and connects again."""

from __future__ import annotations

import pickle
import re

import msgspec
import pytest

from connectors.asking.status import barred, no_answer, refusal
from connectors.connector import Failure
from connectors.kinds import STREAMS
from connectors.streaming import Ask, Loss, Stream, Streaming, Why
from streams.codec import encode
from streams.errors import SourceRefused
from tests.streamed import MATERIAL, NOW, opened, source, take

pytestmark = pytest.mark.parametrize("kind", STREAMS.values(), ids=STREAMS)


def test_dial(kind: Streaming) -> None:
    """A source never read leads to a stream that has limits of time and size, without a secret in its address."""
    stream, _ = opened(kind)
    assert stream.url.startswith("https://")
    assert 5 <= stream.idle_seconds <= 120
    assert 64 * 1024 <= stream.limit <= 8 * 1024 * 1024
    assert stream.with_token == kind.needs_token
    assert not re.search(r"(?i)token|bearer|secret", stream.url + str(stream.headers))


def test_no_stream(kind: Streaming) -> None:
    """An address that names no stream of the service is refused before anything is dialled, in words."""
    wrong = source(kind, url=MATERIAL[kind.kind].bad_url)
    with pytest.raises(SourceRefused, match=re.escape(wrong.url)):
        kind.dial(wrong, b"", NOW)


def test_reconnect(kind: Streaming) -> None:
    """What was held before a connection is held after the next: a repeated post makes no item, an edit the next one."""
    _, state = opened(kind)
    said = MATERIAL[kind.kind]
    state = take(kind, state, said.put(1)).state
    stream = kind.dial(source(kind), state, NOW)
    assert isinstance(stream, Stream)
    after = take(kind, stream.state, said.put(1), said.edit(1))
    assert [item.revision for item in after.items] == [2]


def test_same_in_same_out(kind: Streaming) -> None:
    """The same state and frames give the same items and the same state, byte for byte; the state is JSON."""
    _, state = opened(kind)
    put = MATERIAL[kind.kind].put(1)
    one, two = take(kind, state, put), take(kind, state, put)
    assert list(map(encode, one.items)) == list(map(encode, two.items))
    assert one.state == two.state
    assert isinstance(msgspec.json.decode(one.state), dict)


def test_bounded(kind: Streaming) -> None:
    """However many posts pass, the state stays below half a MiB, and the last ones are remembered."""
    _, state = opened(kind)
    said = MATERIAL[kind.kind]
    for start in range(1, 6001, 1000):
        state = take(kind, state, *map(said.put, range(start, start + 1000))).state
    assert len(state) < 512 * 1024
    assert take(kind, state, *map(said.put, range(5000, 6001))).items == ()


def losses(tries: int) -> list[Loss]:
    """Return every way in which a connection ends, for the so-manieth time."""
    url = "https://social.example/x"
    failures: list[tuple[Why, Failure]] = [(why, no_answer(url, "it ended")) for why in Why]
    failures += [(Why.ANSWERED, refusal(url, code, {}, NOW)) for code in (400, 401, 403, 404, 410, 420, 429, 500, 503)]
    failures += [(Why.REFUSED, barred(url, "private"))]
    return [Loss(why=why, failure=failure, tries=tries) for why, failure in failures]


def test_lost(kind: Streaming) -> None:
    """After every kind of loss the next connection comes, within a day, and later the more often it happened."""
    _, state = opened(kind)
    for number, loss in enumerate(losses(1)):
        first, second, tenth = (
            kind.lost(source(kind), state, losses(tries)[number], NOW).seconds for tries in (1, 2, 10)
        )
        assert 0 <= first <= second <= tenth <= 86_400
        # What is too large is passed over, so that waiting longer would change nothing.
        # X wants a quarter of a second more each time while the network is away.
        assert tenth >= 2 or loss.why is Why.OVERSIZE


def test_lost_keeps(kind: Streaming) -> None:
    """No loss forgets the posts that are held."""
    _, state = opened(kind)
    said = MATERIAL[kind.kind]
    state = take(kind, state, said.put(1)).state
    for loss in losses(3):
        after = kind.lost(source(kind), state, loss, NOW).state or state
        assert [item.revision for item in take(kind, after, said.put(1), said.edit(1)).items] == [2]


def test_worker(kind: Streaming) -> None:
    """The reading functions and their parts travel to a worker process and back."""
    _, state = opened(kind)
    put = MATERIAL[kind.kind].put(1)
    taken = take(kind, state, put)
    ask = Ask(name="x", url="https://social.example")
    for part in (kind.take, kind.told, source(kind), put, taken, ask, no_answer("x", "y")):
        assert pickle.loads(pickle.dumps(part)) == part  # noqa: S301 (our own bytes)
