"""What Bluesky's Jetstream sends, in both of its forms, as one kind of event: pure.

Source: bluesky-social/jetstream, docs/README.md 5.1 and 5.2, and the lexicon
network.bsky.jetstream.subscribeEvents. Version 1 puts the kind beside the
event, version 2 frames it (proposal 0015) and numbers it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Raw, Struct, field

from connectors.streaming import Frame
from streams.errors import SourceUnreadable

PREFIX = "network.bsky.jetstream.subscribeEvents#"
_DID = re.compile(r"did:[a-z0-9]{1,32}:[A-Za-z0-9._:%-]{1,256}")
_KEY = re.compile(r"[A-Za-z0-9._:~-]{1,512}")
_REV = re.compile(r"[A-Za-z0-9]{1,64}")


class What(StrEnum):
    """What an event tells."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ACCOUNT = "account"
    IDENTITY = "identity"
    OTHER = "other"
    INFO = "info"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of either form.

    `micros` is when Jetstream saw it, in microseconds since 1970 (0 where it
    does not say). `record` is JSON.
    `status` is that of an account that is not active; `text` what an info or
    an error says.
    """

    what: What
    did: str = ""
    micros: int = 0
    collection: str = ""
    key: str = ""
    rev: str = ""
    record: bytes = b""
    is_active: bool = True
    status: str = ""
    handle: str = ""
    text: str = ""


class _Commit(Struct, frozen=True):
    rev: str
    operation: str
    collection: str
    rkey: str
    record: Raw = Raw(b"")


class _Account(Struct, frozen=True):
    active: bool
    status: str | None = None


class _Identity(Struct, frozen=True):
    handle: str | None = None


class _First(Struct, frozen=True):
    """An event of version 1."""

    did: str
    time_us: int
    kind: str
    commit: _Commit | None = None
    account: _Account | None = None
    identity: _Identity | None = None


class _Frame(Struct, frozen=True):
    """A frame of version 2."""

    type: str = field(name="$type")
    payload: Raw = Raw(b"")
    error: str = ""
    message: str = ""


class _Second(Struct, frozen=True):
    """A message of version 2."""

    type: str = field(name="$type")
    did: str = ""
    time: str = ""
    rev: str = ""
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    record: Raw = Raw(b"")
    account: _Account | None = None
    identity: _Identity | None = None
    name: str = ""
    message: str = ""


_FIRST = msgspec.json.Decoder(_First)
_FRAME = msgspec.json.Decoder(_Frame)
_SECOND = msgspec.json.Decoder(_Second)


def event_in(frame: Frame, *, is_second: bool) -> Event:
    """Return the event a frame holds; raises SourceUnreadable."""
    try:
        event = _second(frame.data) if is_second else _first(_FIRST.decode(frame.data))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError, OverflowError) as error:
        raise SourceUnreadable(f"not an event of Jetstream: {error}"[:500]) from error
    return _sound(event)


def _sound(event: Event) -> Event:
    """Return the event where its names may become part of ids and addresses."""
    if event.what in {What.INFO, What.OVER}:
        return event
    if not _DID.fullmatch(event.did):
        raise SourceUnreadable(f"not an event of Jetstream: {event.did[:80]!r} is no account")
    is_record = event.what in {What.CREATE, What.UPDATE, What.DELETE}
    if is_record and not (_KEY.fullmatch(event.key) and _REV.fullmatch(event.rev)):
        raise SourceUnreadable(f"not an event of Jetstream: {event.key[:80]!r} at {event.rev[:80]!r} is no record")
    if event.what in {What.CREATE, What.UPDATE} and not event.record:
        raise SourceUnreadable(f"a record of {event.did} is told without its content")
    return event


def _first(told: _First) -> Event:
    common: dict[str, Any] = {"did": told.did, "micros": told.time_us}
    if told.kind == "commit" and told.commit:
        return _commit(told.commit, common)
    return _other(told.kind, told.account, told.identity, common)


def _commit(told: _Commit | _Second, common: dict[str, Any]) -> Event:
    what = What(told.operation) if told.operation in {"create", "update", "delete"} else What.OTHER
    return Event(
        what=what, collection=told.collection, key=told.rkey, rev=told.rev, record=bytes(told.record), **common
    )


def _other(kind: str, account: _Account | None, identity: _Identity | None, common: dict[str, Any]) -> Event:
    if kind == "account" and account:
        return Event(what=What.ACCOUNT, is_active=account.active, status=account.status or "", **common)
    if kind == "identity" and identity:
        return Event(what=What.IDENTITY, handle=identity.handle or "", **common)
    return Event(what=What.OTHER, **common)


def _second(data: bytes) -> Event:
    frame = _FRAME.decode(data)
    if frame.type == "error":
        return Event(what=What.OVER, text=f"{frame.error}: {frame.message}"[:500])
    if frame.type != "message":
        raise SourceUnreadable(f"not an event of Jetstream: a frame of type {frame.type[:80]!r}")
    told = _SECOND.decode(frame.payload)
    kind = told.type.removeprefix(PREFIX)
    if kind == "info":
        return Event(what=What.INFO, text=f"{told.name}: {told.message}"[:500])
    common: dict[str, Any] = {"did": told.did, "micros": _micros(told.time)}
    return _commit(told, common) if kind == "commit" else _other(kind, told.account, told.identity, common)


def _micros(text: str) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone")
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond
