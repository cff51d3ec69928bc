"""What the service of each kind of stream says: the material of what holds for all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.connector import Response
from connectors.streaming import Ask, Frame, Stream, Streaming, Taken
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
