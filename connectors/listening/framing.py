r"""From the bytes of a body without end to frames: lines, and server-sent events made of them.

Pure but for what is kept between two chunks. Source of the rules for events:
WHATWG HTML, 9.2.5 and 9.2.6 (line ends \r\n, \n and \r; a comment begins with
a colon; an empty line ends an event; data lines are joined by \n; one space
after the colon is dropped).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from connectors.streaming import Frame

_END = re.compile(rb"\r\n|\n|\r")
BOM = b"\xef\xbb\xbf"
# A field's name and its colon, so that a line at the limit keeps its whole data.
NAME_ROOM = 64


@dataclass(slots=True)
class Lines:
    """Cuts chunks into lines; of a line beyond `limit` bytes the beginning is kept and its size counted."""

    limit: int
    kept: bytearray = field(default_factory=bytearray)
    size: int = 0
    after_return: bool = False
    at_start: bool = True

    def feed(self, chunk: bytes) -> Iterator[tuple[bytes, int]]:
        """Yield each line that ends in this chunk, with the bytes it had."""
        if self.after_return and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        self.after_return = chunk.endswith(b"\r") if chunk else self.after_return
        begin = 0
        for end in _END.finditer(chunk):
            self._keep(chunk[begin : end.start()])
            yield self._line()
            begin = end.end()
        self._keep(chunk[begin:])

    def _keep(self, piece: bytes) -> None:
        self.kept += piece[: max(0, self.limit - len(self.kept))]
        self.size += len(piece)

    def _line(self) -> tuple[bytes, int]:
        line, size = bytes(self.kept), self.size
        self.kept, self.size = bytearray(), 0
        if self.at_start and line.startswith(BOM):
            line, size = line[len(BOM) :], size - len(BOM)
        self.at_start = False
        return line, size


@dataclass(slots=True)
class PlainLines:
    """Frames of a body whose lines are messages; an empty line is a heartbeat and no frame."""

    limit: int
    lines: Lines = field(init=False)

    def __post_init__(self) -> None:
        self.lines = Lines(self.limit)

    def feed(self, chunk: bytes, at: datetime) -> Iterator[Frame]:
        """Yield the frames that end in this chunk, which arrived at `at` (UTC)."""
        for line, size in self.lines.feed(chunk):
            if line.strip():
                yield Frame(data=line, size=size, at=at)


@dataclass(slots=True)
class Events:
    """Frames of a body of server-sent events; comments are heartbeats and no frames."""

    limit: int
    lines: Lines = field(init=False)
    name: str = ""
    data: bytearray = field(default_factory=bytearray)
    size: int = -1

    def __post_init__(self) -> None:
        self.lines = Lines(self.limit + NAME_ROOM)

    def feed(self, chunk: bytes, at: datetime) -> Iterator[Frame]:
        """Yield the events that end in this chunk, which arrived at `at` (UTC)."""
        for line, size in self.lines.feed(chunk):
            if line:
                self._field(line, size)
                continue
            if self.size > 0:
                yield Frame(event=self.name or "message", data=bytes(self.data), size=self.size, at=at)
            self.name, self.data, self.size = "", bytearray(), -1

    def _field(self, line: bytes, size: int) -> None:
        name, colon, value = line.partition(b":")
        before = len(name) + len(colon) + value.startswith(b" ")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._add(value, size - before)
        elif name == b"event":
            self.name = value[:NAME_ROOM].decode("utf-8", "replace")

    def _add(self, value: bytes, size: int) -> None:
        joined = value if self.size < 0 else b"\n" + value
        self.data += joined[: max(0, self.limit - len(self.data))]
        self.size = max(self.size, 0) + size + (len(joined) - len(value))
