"""A server's answer as a crawl keeps it: status, type, and the body after its encodings, of bounded size.

Crawlers keep either what came over the wire or what they made of it, often
under the headers of the former: an encoding counts only where the bytes bear
it out.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastwarc import ZstdReader
from fastwarc.stream_io import BrotliReader, GzipReader
from fastwarc.warc import HeaderMap

_HTTP = re.compile(r"^application/http\b", re.IGNORECASE)
# RFC 9112, section 7.1: a size, extensions that are to be ignored, the end of the line. fastwarc refuses extensions.
_CHUNK = re.compile(rb"(?:\r\n)?([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_READERS: dict[str, tuple[tuple[bytes, ...], Callable[[Any], Any]]] = {
    "gzip": ((b"\x1f\x8b",), GzipReader),
    "x-gzip": ((b"\x1f\x8b",), GzipReader),
    "deflate": (_ZLIB, GzipReader),
    "zstd": ((b"\x28\xb5\x2f\xfd",), ZstdReader),
    "br": ((b"",), BrotliReader),
}
# RFC 9110, section 8.4: encodings in the order they were applied; nobody applies more.
MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status (200 where the record is no answer but the document), content type as declared, and the body."""

    status: int
    content_type: str
    data: bytes


def _undone(data: bytes, coding: str, limit: int) -> bytes:
    marks, reader = _READERS.get(coding, ((), io.BytesIO))
    if not data.startswith(marks):
        return data
    try:
        found: bytes = reader(io.BytesIO(data)).read(limit + 1)
    except OSError:
        # Brotli has no mark: what is none was unpacked before.
        if coding == "br":
            return data
        raise
    return found


def _joined(data: bytes) -> bytes:
    """Return the chunks' bytes as one; what does not begin as a chunk was joined before."""
    parts, at = [], 0
    while (match := _CHUNK.match(data, at)) and (size := int(match[1], 16)):
        parts.append(data[match.end() : match.end() + size])
        at = match.end() + size
    return b"".join(parts) if parts else data


def _tokens(text: str | None) -> list[str]:
    return [token.strip().lower() for token in (text or "").split(",")]


def answered(block: bytes, content_type: str, limit: int) -> Answer:
    """Return the answer in a record's block, or the block where it is none; at most `limit` + 1 bytes of its body.

    Raises OSError for what cannot be unpacked, ValueError for a block that is no answer though its type says so.
    """
    if not _HTTP.match(content_type):
        return Answer(status=200, content_type=content_type, data=block)
    headers = HeaderMap()
    stream = io.BytesIO(block)
    data = block[headers.parse(stream) :]
    status = headers.status_code
    if status is None:
        raise ValueError("it has no status line")
    if "chunked" in _tokens(headers.get("Transfer-Encoding")):
        data = _joined(data)
    for coding in _tokens(headers.get("Content-Encoding"))[-MOST:][::-1]:
        data = _undone(data, coding, limit)
    return Answer(status=status, content_type=headers.get("Content-Type") or "", data=data)
