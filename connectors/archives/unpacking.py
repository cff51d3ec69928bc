"""The bytes of a saved file, unpacked as they are read and never as a whole, and what kind of file they make.

By content; the name decides only what content cannot: Brotli has no mark of
its own, and a first line that is torn is no JSON.
"""

from __future__ import annotations

import gzip
import io
import re
from enum import StrEnum
from typing import Any

import msgspec
from fastwarc import ZstdReader
from fastwarc.stream_io import BrotliReader

GZIP, ZSTD, WARC, PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"WARC/", b"PAR1"
HEAD = 256 * 1024
_LINES = re.compile(r"\.(?:jsonl|ndjson)(?:\.|$)", re.IGNORECASE)
_CSV = re.compile(r"\.(?:csv|tsv)(?:\.|$)", re.IGNORECASE)
_BROTLI = re.compile(r"\.br$", re.IGNORECASE)


class Form(StrEnum):
    """How documents lie in a file: as records of a crawl, one a line, one a row, or the file is one document."""

    WARC = "warc"
    LINES = "lines"
    CSV = "csv"
    PARQUET = "parquet"
    WHOLE = "whole"
    EMPTY = "empty"
    BINARY = "binary"


class _Unpacked(io.RawIOBase):
    """A reader of fastwarc as a raw stream of Python's."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found: bytes = self._reader.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def unpacked(file: io.BufferedReader, name: str) -> tuple[io.BufferedIOBase, bool]:
    """Return the file's unpacked bytes as a stream, and whether they were packed; reading may raise OSError, EOFError.

    zlib.error, too, may be raised by reading what is damaged.
    """
    mark = file.read(len(ZSTD))
    file.seek(0)
    if mark.startswith(GZIP):
        # No buffer around its own: at a tear it would lose what was unpacked before.
        return gzip.GzipFile(fileobj=file), True
    if mark == ZSTD:
        return io.BufferedReader(_Unpacked(ZstdReader(file))), True
    if _BROTLI.search(name):
        return io.BufferedReader(_Unpacked(BrotliReader(file))), True
    return file, False


def _is_object(line: bytes) -> bool:
    """Whether this is a whole JSON object that is no JSON Feed."""
    try:
        known = msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return "jsonfeed.org" not in str(known.get("version"))


def form_of(head: bytes, name: str) -> Form:
    """Return how documents lie in a file that begins like this."""
    if not head.strip():
        return Form.EMPTY
    if head.startswith(WARC):
        return Form.WARC
    if head.startswith(PARQUET):
        return Form.PARQUET
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _LINES.search(name) or (first.startswith(b"{") and _is_object(first.partition(b"\n")[0])):
        return Form.LINES
    # Two in a row stand in pictures and programs, and in no text, not in UTF-16 either.
    is_text = b"\x00\x00" not in head or head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"))
    if is_text and _CSV.search(name):
        return Form.CSV
    return Form.WHOLE if is_text or head.startswith(b"%PDF-") else Form.BINARY
