"""Rows out of the pages of an SQLite file, whatever has become of its trees.

SQL finds a row by the tree above it: one lost page near the root hides
thousands of whole ones. Here each page is looked at by itself, by SQLite's
file format (https://www.sqlite.org/fileformat2.html). Pages on the free list
hold rows that were deleted, and are left out as far as that list can be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from struct import unpack_from
from typing import NamedTuple, TypeAlias

Value: TypeAlias = int | float | str | bytes | None
_HEADER = 100  # bytes of the first page that come before its tree
_SIZES = frozenset(1 << power for power in range(9, 17))
_USUAL_SIZE = 4096
_MOST_PAYLOAD = 16 * 1024 * 1024  # the largest record has 12 MiB; a damaged length may say anything
_WIDTHS = (0, 1, 2, 3, 4, 6, 8)  # bytes of the integers of serial types 0 to 6
_REAL, _ZERO, _ONE, _BLOB = 7, 8, 9, 12


class Kind(IntEnum):
    """The pages that hold rows, by their first byte: inner and outer ones of an index, outer ones of a table."""

    INNER = 2
    INDEX = 10
    TABLE = 13


class Row(NamedTuple):
    """What a cell holds, and on which kind of page; `values` is None where it cannot be read."""

    kind: Kind
    values: tuple[Value, ...] | None


def rows(file: bytes) -> Iterator[Row]:
    """Yield what the pages of a file hold, page by page; a row may come twice, and one that was deleted may come."""
    size = _page_size(file)
    count = len(file) // size
    free = _free(file, size, count)
    for number in range(1, count + 1):
        start = (number - 1) * size
        kind = file[start + _first(number)]
        if number not in free and kind in Kind.__members__.values():
            yield from _cells(file, size, number, Kind(kind))


def _first(number: int) -> int:
    return _HEADER if number == 1 else 0


def _page_size(file: bytes) -> int:
    """Return the bytes of a page, which the first page tells; what it is usually where that is damaged."""
    said = unpack_from(">H", file, 16)[0] if len(file) >= _HEADER else 0
    size = 65536 if said == 1 else said
    return size if size in _SIZES else _USUAL_SIZE


def _free(file: bytes, size: int, count: int) -> set[int]:
    """Return the pages on the free list, as far as it can be followed."""
    free: set[int] = set()
    trunk = unpack_from(">I", file, 32)[0] if len(file) >= _HEADER else 0
    while 0 < trunk <= count and trunk not in free:
        free.add(trunk)
        start = (trunk - 1) * size
        following, leaves = unpack_from(">II", file, start)
        free.update(unpack_from(f">{min(leaves, size // 4 - 2)}I", file, start + 8))
        trunk = following
    return free


def _cells(file: bytes, size: int, number: int, kind: Kind) -> Iterator[Row]:
    start, first = (number - 1) * size, _first(number)
    count = unpack_from(">H", file, start + first + 3)[0]
    pointers = first + (12 if kind is Kind.INNER else 8)
    if pointers + 2 * count > size:
        yield Row(kind, None)
        return
    for place in unpack_from(f">{count}H", file, start + pointers):
        try:
            values = _record(_payload(file, size, start + place, kind))
        except (IndexError, ValueError):
            values = None
        yield Row(kind, values)


def _payload(file: bytes, size: int, at: int, kind: Kind) -> bytes:
    """Return the bytes of a cell with those that overflow its page; raises ValueError where they cannot be whole."""
    length, at = _varint(file, at + 4 if kind is Kind.INNER else at)
    if kind is Kind.TABLE:
        _, at = _varint(file, at)  # the row's number
    if length > _MOST_PAYLOAD:
        raise ValueError(length)
    local = _local(length, size, kind)
    if local == length:
        return _exactly(file, at, length)
    return _exactly(file, at, local) + _overflow(file, size, _word(file, at + local), length - local)


def _local(length: int, size: int, kind: Kind) -> int:
    """Return how much of a payload lies on the page itself."""
    most = size - 35 if kind is Kind.TABLE else (size - 12) * 64 // 255 - 23
    least = (size - 12) * 32 // 255 - 23
    if length <= most:
        return length
    fitting = least + (length - least) % (size - 4)
    return fitting if fitting <= most else least


def _overflow(file: bytes, size: int, page: int, length: int) -> bytes:
    parts: list[bytes] = []
    while length > 0:
        if page < 1:
            raise ValueError(page)
        start = (page - 1) * size
        parts.append(_exactly(file, start + 4, min(length, size - 4)))
        length -= len(parts[-1])
        page = _word(file, start)
    return b"".join(parts)


def _word(file: bytes, at: int) -> int:
    return int.from_bytes(_exactly(file, at, 4), "big")


def _exactly(data: bytes, at: int, length: int) -> bytes:
    found = data[at : at + length]
    if len(found) != length:
        raise ValueError(length)
    return bytes(found)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of one to nine bytes and where the next thing begins; raises IndexError at the end."""
    value = 0
    for place in range(at, at + 8):
        value = value << 7 | data[place] & 0x7F
        if data[place] < 0x80:  # noqa: PLR2004 - the highest bit says that more follows
            return value, place + 1
    return value << 8 | data[at + 8], at + 9


def _record(payload: bytes) -> tuple[Value, ...]:
    """Return the values of a row; raises ValueError or IndexError where they are none."""
    end, at = _varint(payload, 0)
    serials: list[int] = []
    while at < end:
        serial, at = _varint(payload, at)
        serials.append(serial)
    values: list[Value] = []
    for serial in serials:
        width = _width(serial)
        values.append(_value(serial, _exactly(payload, at, width)))
        at += width
    return tuple(values)


def _width(serial: int) -> int:
    if serial >= _BLOB:
        return (serial - _BLOB) // 2
    return _WIDTHS[serial] if serial < _REAL else 8 if serial == _REAL else 0


def _value(serial: int, data: bytes) -> Value:
    if serial >= _BLOB:
        return data.decode() if serial % 2 else data
    if serial == 0:
        return None
    if serial == _REAL:
        return float(unpack_from(">d", data)[0])
    return serial - _ZERO if serial in {_ZERO, _ONE} else int.from_bytes(data, "big", signed=True)
