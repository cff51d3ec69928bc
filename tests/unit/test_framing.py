"""Frames from bytes: the rules of server-sent events, and lines."""

from __future__ import annotations

import pytest

from connectors.listening.framing import Events, PlainLines
from tests.feedmaker import NOW


def events(*chunks: bytes, limit: int = 1000) -> list[tuple[str, bytes, int]]:
    """Return name, data and size of each event in these chunks."""
    framing = Events(limit)
    return [(one.event, one.data, one.size) for chunk in chunks for one in framing.feed(chunk, NOW)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"event: update\ndata: 1\n\n", [("update", b"1", 1)]),
        (b"data: 1\n\n", [("message", b"1", 1)]),
        (b"data:1\r\ndata: 2\r\n\r\n", [("message", b"1\n2", 3)]),
        (b"data: 1\r\r", [("message", b"1", 1)]),
        (b":thump\n\n:thump\n", []),
        (b"event: update\n\ndata: 1\n\n", [("message", b"1", 1)]),
        (b"data:\n\n", []),
        (b"data\n\n", []),
        (b"data:  1\n\n", [("message", b" 1", 2)]),
        (b"\xef\xbb\xbfdata: 1\n\n", [("message", b"1", 1)]),
        (b"id: 7\nretry: 10\nother: x\ndata: 1\n\n", [("message", b"1", 1)]),
        (b"data: 1\n", []),
    ],
)
def test_rules(text: bytes, found: list[tuple[str, bytes, int]]) -> None:
    """Names, joined data, comments, line ends and a mark of byte order are read as the standard says."""
    assert events(text) == found


def test_cut_anywhere() -> None:
    """However the bytes are cut into chunks, the events are the same."""
    text = b"\xef\xbb\xbfevent: update\r\ndata: caf\xc3\xa9\r\ndata: 2\r\n\r\n:x\r\n\r\n"
    text += b"event: delete\rdata: 7\r\rdata: z\n\n"
    whole = events(text)
    assert len(whole) == 3
    for first in range(len(text)):
        for second in range(first, len(text), 7):
            assert events(text[:first], text[first:second], text[second:]) == whole
    assert events(*(text[at : at + 1] for at in range(len(text)))) == whole


def test_oversize() -> None:
    """Of what is beyond the limit the beginning is kept and the size counted; the next event is whole."""
    long = b"data: " + b"x" * 5000 + b"\ndata: y\n\n"
    assert events(long, b"data: 1\n\n", limit=100) == [("message", b"x" * 100, 5002), ("message", b"1", 1)]


def test_memory() -> None:
    """A line without end keeps no more than the limit."""
    framing = Events(1000)
    for _ in range(1000):
        assert not list(framing.feed(b"data: " + b"x" * 10_000, NOW))
    assert len(framing.lines.kept) < 2000


def test_lines() -> None:
    """Lines are frames, and empty ones heartbeats that are none."""
    framing = PlainLines(10)
    found = [
        one
        for chunk in (b'{"a":1}\r', b'\n\r\n\r\n{"b"', b":2}\n", b"0123456789abc\n")
        for one in framing.feed(chunk, NOW)
    ]
    assert [(one.data, one.size, one.is_whole) for one in found] == [
        (b'{"a":1}', 7, True),
        (b'{"b":2}', 7, True),
        (b"0123456789", 13, False),
    ]
