"""Records to bytes and back: versioned JSON that refuses what it does not know."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from streams.errors import BadRecord
from streams.records import Record

VERSION = 1
_LONGEST = 300
_REFUSALS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
M = TypeVar("M")


class _Envelope(msgspec.Struct, frozen=True):
    v: int
    record: msgspec.Raw


_encoder = msgspec.json.Encoder(order="deterministic")
_packer = msgspec.msgpack.Encoder(order="deterministic")
# MessagePack's maps and arrays begin with this byte or a higher one, JSON with a lower.
_PACKED = b"\x80"
_envelopes = msgspec.json.Decoder(_Envelope)
_records: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


def encode(record: Record) -> bytes:
    """Return the record as UTF-8 JSON: the same record gives the same bytes."""
    return _encoder.encode({"v": VERSION, "record": record})


def decode(data: bytes) -> Record:
    """Return the record in `data`; raises BadRecord naming what is wrong with it."""
    try:
        envelope = _envelopes.decode(data)
        if envelope.v != VERSION:
            raise BadRecord(f"record version {envelope.v} is unknown here (known: {VERSION}); upgrade this service")
        return _records.decode(envelope.record)
    except _REFUSALS as error:
        raise BadRecord(f"not a record: {_said(error)}; {len(data)} bytes starting {data[:60]!r}") from error


def _said(error: Exception) -> str:
    """Return the words of an error, the head of them where they repeat a value that is long."""
    words = str(error)
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def pack(value: Any) -> bytes:
    """Return a value as MessagePack: the same value gives the same bytes."""
    return _packer.encode(value)


def unpack(data: bytes, kind: type[M]) -> M:
    """Return what was packed; raises BadRecord where it is not of this kind."""
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except _REFUSALS as error:
        raise BadRecord(f"not a packed {kind}: {_said(error)}") from error


def encode_memory(memory: Any) -> bytes:
    """Return a step's memory as bytes: JSON, or MessagePack where its type is `packed`."""
    return pack(memory) if getattr(memory, "packed", False) else _encoder.encode(memory)


def decode_memory(data: bytes, kind: type[M]) -> M:
    """Return a step's memory, of which the first byte tells how it is written; raises BadRecord where it is no such."""
    decoded = msgspec.msgpack.decode if data[:1] >= _PACKED else msgspec.json.decode
    try:
        return decoded(data, type=kind)
    except _REFUSALS as error:
        raise BadRecord(f"memory is not a {kind.__name__}: {_said(error)}") from error
