"""What is remembered of a stream of X, made level and lost, for tests of its rules."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from connectors.posts.x.rules import rules_of
from connectors.posts.x.sieve import Streamed, streamed
from connectors.streaming import Frame, Stream
from connectors.x import X
from streams.sources import SourceSettings

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://api.x.example/2/tweets/search/stream"
MINUTE = timedelta(minutes=1)


def source(**more: Any) -> SourceSettings:
    """Return a source of X."""
    return SourceSettings(**{"id": "s", "kind": "x", "url": URL, "token_file": "/no", "words": ("bridge",), **more})


RULES = [{"id": "1", "tag": rules_of(source())[0].tag}]


def known(**more: Any) -> Streamed:
    """Return what is remembered of a stream whose rules are in order."""
    return Streamed(rules={"1": RULES[0]["tag"]}, listed_at=NOW, **more)


def packed(state: Streamed) -> bytes:
    """Return the state as it is kept."""
    return msgspec.json.encode(state)


def opened(state: Streamed, at: datetime = NOW, **more: Any) -> tuple[Stream, Streamed]:
    """Open the stream."""
    stream = X.dial(source(**more), packed(replaced(state, listed_at=at)), at)
    assert isinstance(stream, Stream)
    return stream, streamed(stream.state)


def replaced(state: Streamed, **more: Any) -> Streamed:
    """Return the state with other facts."""
    return msgspec.structs.replace(state, **more)


def query(url: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def framed(told: object, at: datetime = NOW) -> Frame:
    """Return a line of the stream."""
    data = json.dumps(told).encode()
    return Frame(data=data, size=len(data), at=at)
