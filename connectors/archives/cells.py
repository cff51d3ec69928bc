"""Rows of a CSV file (RFC 4180, and what is written as such), one after the other; a torn row costs no other.

The encoding is told by the file's first bytes, the delimiter by its header.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from connectors.reading.charset import decode
from streams.errors import SourceUnreadable

# No cell is longer: an open quote would take in the rest of the file.
LONGEST = 4 * 1024 * 1024
_DELIMITERS = ",;\t|"
_BLANK = "\ufeff \t\r\n"


@dataclass(frozen=True, slots=True)
class Torn:
    """A row that cannot be read: why, and what there is of it."""

    why: str
    text: str


@dataclass(slots=True)
class _Lines:
    """The file's lines; those of the row being read can be given back but for the first."""

    file: io.TextIOBase
    left: deque[str] = field(default_factory=deque)
    taken: list[str] = field(default_factory=list)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.left.popleft() if self.left else self.file.readline(LONGEST)
        if not line:
            raise StopIteration
        self.taken.append(line)
        return line

    def back(self) -> str:
        """Give back what was taken behind the first line, and return that."""
        self.left.extendleft(reversed(self.taken[1:]))
        first = self.taken[0] if self.taken else ""
        self.taken.clear()
        return first


@dataclass(slots=True)
class Sheet:
    """A CSV file that is open: the names in its header, and the rows behind it."""

    names: list[str]
    delimiter: str
    lines: _Lines

    def rows(self) -> Iterator[dict[str, str] | Torn]:
        """Yield each row by the names of its columns; raises what reading the file raises."""
        while True:
            try:
                cells = _next(self.lines, self.delimiter)
            except csv.Error as error:
                yield Torn(str(error), self.lines.back())
                continue
            if cells is None:
                return
            if len(cells) == len(self.names):
                yield dict(zip(self.names, cells, strict=True))
            elif any(cell.strip() for cell in cells):
                why = f"it has {len(cells)} cells, the header {len(self.names)}"
                yield Torn(why, self.lines.back())


def opened(stream: io.BufferedIOBase, head: bytes) -> Sheet:
    """Open a CSV file that begins with `head`; raises SourceUnreadable where it has no header."""
    # A character may be cut where the head ends.
    charset = decode(head[: head.rfind(b"\n") + 1] or head).charset
    text = io.TextIOWrapper(cast("BinaryIO", stream), charset, errors="replace", newline="")
    lines = _Lines(text)
    first = next(lines, "").lstrip(_BLANK)
    while not first and (more := next(lines, "")):
        first = more.lstrip(_BLANK)
    lines.left.append(first)
    lines.taken.clear()
    delimiter = max(_DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))
    try:
        names = _next(lines, delimiter)
    except csv.Error as error:
        raise SourceUnreadable(f"its header cannot be read: {error}") from error
    if not names or len(set(names)) < len(names):
        raise SourceUnreadable(f"its header is {', '.join(names or ['empty'])[:300]}: each column needs its own name")
    return Sheet([name.strip() for name in names], delimiter, lines)


def _next(lines: _Lines, delimiter: str) -> list[str] | None:
    """Return the cells of the next row, None behind the last; raises csv.Error."""
    lines.taken.clear()
    csv.field_size_limit(LONGEST)
    return next(csv.reader(lines, delimiter=delimiter, strict=True), None)
