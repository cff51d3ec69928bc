"""What holds for every kind in the table of streams."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from connectors.asking.status import barred, no_answer, refusal
from connectors.connector import Failure, Response
from connectors.kinds import KINDS, STREAMS
from connectors.streaming import Ask, Frame, Loss, Stream, Streaming, Taken, Why
from streams.codec import encode
from streams.errors import SourceRefused
from streams.items import Op
from streams.sources import SourceSettings
from tests.instance import status
from tests.skyhouse import AMAL, SECOND, Told, record
from tests.xhouse import line, rules

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Material:
    """What a service says: `put`, `edit` and `delete` make the frames of a post with this number.

    `delete` is None where the stream tells no deletions; `settings` are what a source of the kind needs.
    """

    url: str
    answers: dict[str, bytes]
    put: Callable[[int], Frame]
    edit: Callable[[int], Frame]
    delete: Callable[[int], Frame] | None
    bad_url: str
    settings: dict[str, Any] = field(default_factory=dict)

    def gone(self, number: int) -> tuple[Frame, ...]:
        """Return the deletion of a post, nothing where none is told."""
        return (self.delete(number),) if self.delete else ()


def frame(data: str, event: str = "") -> Frame:
    """Return a frame that arrived now."""
    return Frame(data=data.encode(), event=event, size=len(data.encode()), at=NOW)


def _edited(number: int) -> str:
    return json.dumps(status(number, "The bridge is closed", edited_at="2026-11-21T12:00:00.000Z"))


def _commit(number: int, operation: str, step: int, **more: Any) -> Frame:
    inside = {"rev": f"3k{number:06d}{step}", "operation": operation, "collection": "app.bsky.feed.post"}
    told = Told(
        number * 10 + step, 1_795_000_000_000_000 + number, AMAL, "commit", {**inside, "rkey": f"3k{number}", **more}
    )
    return frame(told.second())


X_SETTINGS = {"token_file": "/no/token", "words": ("bridge",), "language": "ar"}
# The rules that X says a post about a bridge matches.
X_RULES = [*rules(X_SETTINGS), *rules({**X_SETTINGS, "words": ("BRIDGE", "harbour")}, 2)]
# For each kind: what its service says. A kind without material fails here.
MATERIAL = {
    "mastodon": Material(
        url="https://social.example/public",
        answers={
            "instance": b'{"configuration": {"urls": {"streaming": "wss://streaming.social.example"}}}',
            "timeline": b"[]",
        },
        put=lambda number: frame(json.dumps(status(number, "The bridge is open")), "update"),
        edit=lambda number: frame(_edited(number), "status.update"),
        delete=lambda number: frame(status(number, "")["id"], "delete"),
        bad_url="https://social.example/about",
    ),
    "bluesky": Material(
        url=f"https://jetstream.example{SECOND}",
        answers={},
        put=lambda number: _commit(number, "create", 1, record=record("The bridge is open")),
        edit=lambda number: _commit(number, "update", 2, record=record("The bridge is closed")),
        delete=lambda number: _commit(number, "delete", 3),
        bad_url="https://jetstream.example/xrpc/other",
    ),
    "x": Material(
        url="https://api.x.example/2/tweets/search/stream",
        answers={"rules": json.dumps({"data": rules(X_SETTINGS)}).encode()},
        put=lambda number: frame(json.dumps(line(number, "The bridge is open", rules=X_RULES))),
        edit=lambda number: frame(json.dumps(line(number, "The bridge is closed", edits=1, rules=X_RULES))),
        delete=None,
        bad_url="https://api.x.example/1.1/statuses/filter.json",
        settings=X_SETTINGS,
    ),
}
pytestmark = pytest.mark.parametrize("kind", STREAMS.values(), ids=STREAMS)


def source(kind: Streaming, **more: Any) -> SourceSettings:
    """Return a source of this kind."""
    said = MATERIAL[kind.kind]
    given = {"url": said.url, "owner": "Owner", "side": "side", "demo": True, "language": "ar", **said.settings}
    return SourceSettings(id="s", kind=kind.kind, **{**given, **more})  # type: ignore[arg-type]


def answered(kind: Streaming, ask: Ask) -> Response:
    """Return the service's answer to this ask."""
    return Response(url=ask.url, status=200, body=MATERIAL[kind.kind].answers[ask.name])


def opened(kind: Streaming, state: bytes = b"", **more: Any) -> tuple[Stream, bytes]:
    """Do what leads to the stream, and return it with the state once it is open and level."""
    for _ in range(10):
        following = kind.dial(source(kind, **more), state, NOW)
        if isinstance(following, Stream):
            return following, level(kind, following.state, **more)
        state = kind.told(source(kind, **more), state, following, answered(kind, following), NOW).state
    raise AssertionError("no stream")


def level(kind: Streaming, state: bytes, **more: Any) -> bytes:
    """Return the state when there is nothing more to ask for."""
    for _ in range(10):
        ask = kind.gap(source(kind, **more), state, NOW)
        if ask is None:
            return state
        state = kind.told(source(kind, **more), state, ask, answered(kind, ask), NOW).state
    raise AssertionError("never level")


def take(kind: Streaming, state: bytes, *frames: Frame, **more: Any) -> Taken:
    """Take these frames."""
    return kind.take(source(kind, **more), state, frames, NOW)


def test_material(kind: Streaming) -> None:
    """Every kind of the table is tried here, and none is in both tables."""
    assert kind.kind in MATERIAL
    assert kind.kind not in KINDS


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


def test_reconnect(kind: Streaming) -> None:
    """What was held before a connection is held after the next: a repeated post makes no item, an edit the next one."""
    _, state = opened(kind)
    said = MATERIAL[kind.kind]
    state = take(kind, state, said.put(1)).state
    stream = kind.dial(source(kind), state, NOW)
    assert isinstance(stream, Stream)
    after = take(kind, stream.state, said.put(1), said.edit(1))
    assert [item.revision for item in after.items] == [2]


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
