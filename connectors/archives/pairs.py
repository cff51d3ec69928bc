"""A raw item as a pair of WARC records: one describes it, the other is what its source sent, for any tool to read.

The first (metadata) holds every field but the body as the JSON of our codec.
The second (resource, ISO 28500) holds the body, unpacked where packing it
again gives the very same bytes, and as it is where not.
"""

from __future__ import annotations

import zlib
from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha1, sha256
from typing import BinaryIO
from urllib.parse import quote
from uuid import UUID

from fastwarc import ArchiveIterator, GzipWriter, WarcRecord, WarcRecordType
from msgspec.structs import replace as with_

from connectors.archives.crawls import FIELDS, OURS, PACKED_BODY, PLAIN_BODY, Record
from connectors.connector import FEED_LIMIT
from streams.codec import decode, encode
from streams.errors import BadRecord
from streams.items import RawItem

# What stands in a record's headers may be cut: the item itself is told whole in the block.
_LONGEST = 2000
# Of WARC's fields none may hold a control character; addresses are written as RFC 3986 asks.
_SAFE = "!#$%&'()*+,/:;=?@[]~"
ABOUT = "application/vnd.changehands.raw-item+json"


def body_of(item: RawItem) -> tuple[bytes, bool]:
    """Return an item's body unpacked, and that it is so; as it is where packing it again would give other bytes."""
    member = zlib.decompressobj()
    try:
        body = member.decompress(item.body, FEED_LIMIT)
    except zlib.error:
        return item.body, False
    is_same = member.eof and zlib.compress(body) == item.body
    return (body, True) if is_same else (item.body, False)


def with_body(item: RawItem, body: bytes, *, is_plain: bool) -> RawItem:
    """Return the item with its body, packed as it was."""
    return with_(item, body=zlib.compress(body) if is_plain else body)


def digest_of(value: bytes) -> bytes:
    """Return the 16 bytes by which a record is known, from its bytes in the journal."""
    return sha256(value).digest()[:16]


def digests(file: BinaryIO) -> Iterator[bytes]:
    """Yield the digest of each item in a file, without reading what it holds; raises OSError where it is damaged."""
    for record in ArchiveIterator(file, record_types=WarcRecordType.metadata, parse_http=False):
        if record.record_id and record.headers.get(OURS) == FIELDS:
            yield UUID(record.record_id.strip("<>")).bytes


def write(file: BinaryIO, item: RawItem, digest: bytes) -> None:
    """Append an item to a file, each record packed by itself, so that one that is torn leaves the others whole."""
    body, is_plain = body_of(item)
    about = UUID(bytes=digest).urn
    fields = encode(with_(item, body=b""))
    _append(file, WarcRecordType.metadata, fields, _headers(item, about, {"Content-Type": ABOUT, OURS: FIELDS}))
    told = {
        "Content-Type": _line(item.content_type) if is_plain else "application/octet-stream",
        "WARC-Concurrent-To": f"<{about}>",
        OURS: PLAIN_BODY if is_plain else PACKED_BODY,
    }
    resource = UUID(bytes=sha256(about.encode()).digest()[:16]).urn
    _append(file, WarcRecordType.resource, body, _headers(item, resource, told))


def _headers(item: RawItem, urn: str, more: Mapping[str, str]) -> dict[str, str]:
    return {
        "WARC-Record-ID": f"<{urn}>",
        "WARC-Date": item.fetched_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "WARC-Target-URI": quote(item.url[:_LONGEST], safe=_SAFE) or "about:blank",
        **more,
    }


def _line(text: str) -> str:
    return quote(text[:_LONGEST], safe=" " + _SAFE + '"') or "application/octet-stream"


def _append(file: BinaryIO, kind: WarcRecordType, block: bytes, headers: Mapping[str, str]) -> None:
    record = WarcRecord()
    record.init_headers(kind, content_length=len(block))
    for name, value in {**headers, "WARC-Block-Digest": sha1_of(block)}.items():
        record.headers[name] = value
    record.set_bytes_content(block)
    packer = GzipWriter(file)
    record.write(packer)
    packer.finish()


def sha1_of(block: bytes) -> str:
    """Return a block's digest as WARC writes it."""
    return f"sha1:{b32encode(sha1(block, usedforsecurity=False).digest()).decode()}"


def joined(records: Iterable[Record]) -> Iterator[Record]:
    """Yield records, of ours each pair as one with its item; half a pair is torn."""
    held: Record | None = None
    for one in records:
        if held is not None:
            if one.torn or one.about == held.id:
                yield replace(held, torn=one.torn, size=one.size) if one.torn else _item(held, one)
                held = None
                continue
            yield replace(held, torn="the record with its body is not behind it")
            held = None
        if one.ours == FIELDS and not one.torn:
            held = one
        elif one.ours and not one.torn:
            yield replace(one, torn="the record that describes it is not before it")
        else:
            yield one
    if held is not None:
        yield replace(held, torn="the record with its body is not behind it")


def _item(fields: Record, body: Record) -> Record:
    """Return a pair as one record."""
    whole = replace(fields, data=body.data, size=fields.size + body.size)
    damaged = [one for one in (fields, body) if one.digest and one.digest != sha1_of(one.data)]
    if damaged:
        return replace(whole, torn="its bytes are not those that were written: the digest is another")
    try:
        item = decode(fields.data)
    except BadRecord as error:
        return replace(whole, torn=f"it is no raw item: {str(error)[:300]}")
    if not isinstance(item, RawItem):
        return replace(whole, torn=f"it describes a {type(item).__name__}, and no raw item")
    return replace(whole, item=with_body(item, body.data, is_plain=body.ours == PLAIN_BODY))
