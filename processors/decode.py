"""From the stored body of an item to its characters: unpacked, decoded, refused where it is no text."""

from __future__ import annotations

import re
import zlib
from contextlib import suppress
from email.message import Message

import cchardet

from streams.errors import SourceUnreadable
from streams.items import RawItem

# The poller reads at most 15 MiB after decompression; the rest is head room.
# A body that unpacks to more was not made by it.
MAX_BODY = 16 * 1024 * 1024

TEXT_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain"})

# Servers declare these by default, over Arabic and Cyrillic bytes too, and
# they decode anything: the declaration says nothing, so the bytes are asked.
_SAYS_NOTHING = frozenset(
    {"iso-8859-1", "iso8859-1", "latin-1", "latin1", "windows-1252", "cp1252", "us-ascii", "ascii"}
)

_DECLARED_INSIDE = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,40})""", re.IGNORECASE)
# Control characters but tab and line ends; direction overrides, which can make
# words read as others; zero-width and soft-hyphen characters, which tear words;
# lone surrogates, which no encoder takes. Joiners stay: Persian needs them.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]+"
)
_HEAD = 65_536
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x80-\x9f]")


def media_type(item: RawItem) -> str:
    """Return the item's media type in lower case, without parameters."""
    return item.content_type.partition(";")[0].strip().lower()


def characters(item: RawItem) -> str:
    """Return the body's characters; raises SourceUnreadable for what is damaged, too large or no text."""
    if media_type(item) not in TEXT_TYPES:
        raise SourceUnreadable(f"{_what(item)} is {media_type(item)!r}; only HTML and plain text can be read")
    return _decoded(item, _unpacked(item))


def clean(text: str) -> str:
    """Return text without control characters, lone surrogates, direction overrides and zero-width marks."""
    return _INVISIBLE.sub("", text)


def _what(item: RawItem) -> str:
    return f"item {item.id!r} of source {item.source!r}"


def _unpacked(item: RawItem) -> bytes:
    if not item.body:
        return b""
    unpacker = zlib.decompressobj()
    try:
        body = unpacker.decompress(item.body, MAX_BODY)
    except zlib.error as error:
        raise SourceUnreadable(f"the body of {_what(item)} is not zlib data: {error}") from error
    if unpacker.unconsumed_tail:
        raise SourceUnreadable(f"the body of {_what(item)} unpacks to more than {MAX_BODY} bytes")
    if not unpacker.eof:
        raise SourceUnreadable(f"the body of {_what(item)} ends too early: {len(item.body)} packed bytes")
    return body


def _decoded(item: RawItem, body: bytes) -> str:
    for charset in _charsets(item, body):
        try:
            text = body.decode(charset)
        except (LookupError, UnicodeError):
            text = _nearly_utf8(body) if charset == "utf-8-sig" else ""
        if _is_text(text) and bool(text) == bool(body):
            return text
    raise SourceUnreadable(f"the body of {_what(item)} is not text in any known encoding; it starts {body[:24]!r}")


def _charsets(item: RawItem, body: bytes) -> list[str]:
    # Valid UTF-8 wins over any declaration: declarations lie, and no other
    # encoding's Arabic happens to be valid UTF-8.
    marked = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}.get(body[:2], "utf-8-sig")
    declared = [name for name in (_outer_charset(item), _inner_charset(body)) if name and name not in _SAYS_NOTHING]
    return [marked, *declared, *_guessed(item, body)]


def _guessed(item: RawItem, body: bytes) -> list[str]:
    with suppress(UnicodeDecodeError):
        body.decode()
        return []
    # Stretched letters mislead the detector: a source known to be Arabic is believed first.
    hinted = ["windows-1256"] if (item.language or "").startswith("ar") else []
    return [*hinted, str(cchardet.detect(body)["encoding"] or "windows-1252"), "windows-1252"]


def _nearly_utf8(body: bytes) -> str:
    # A letter cut in two by a length limit, or one broken byte, is no reason to read all the rest as Latin.
    text = body.decode("utf-8-sig", "replace")
    foreign = sum(1 for letter in text if letter > "\x7f")
    return text if 20 * text.count("\ufffd") < foreign else ""


def _outer_charset(item: RawItem) -> str | None:
    header = Message()
    header["content-type"] = item.content_type.replace("\n", " ").replace("\r", " ")
    return header.get_content_charset()


def _inner_charset(body: bytes) -> str | None:
    found = _DECLARED_INSIDE.search(body[:2048])
    return found[1].decode("ascii").lower() if found else None


def _is_text(text: str) -> bool:
    # One stray control character in a thousand is a slip; more is a picture, an archive or a PDF, and shows early.
    head = text[:_HEAD]
    return len(_CONTROL.findall(head)) <= len(head) // 1000 + 1 and not text.startswith("%PDF-")
