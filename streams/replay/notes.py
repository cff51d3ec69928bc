"""What a run notes of itself: what it was made of, how far its source was read, how far it is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from streams.agenda import Entry

MADE, READ, TOLD = "made", "read", "told"


class Made(Struct, frozen=True, kw_only=True):
    """What a run was made of: two runs that agree in all but `name` and `made_at` tell the same to the byte.

    `source` is as it was asked for; `state` of it is a digest of what the
    source was when the run began, `columns` are those of a foreign table.
    `first` and `until` bound event time (UTC).
    `settings` are those that matter for what is told, `versions` digests of
    code, lexicons and gazetteer.
    """

    name: str
    made_at: datetime
    source: str
    columns: dict[str, str] = {}
    state: str
    first: datetime | None = None
    until: datetime | None = None
    as_of_publication: bool = False
    as_detected: bool = False
    settings: dict[str, Any] = {}
    versions: dict[str, str] = {}

    def differences(self, other: Made) -> tuple[str, ...]:
        """Return the names of what is not the same in the other, name and time of making aside."""
        fields = [name for name in self.__struct_fields__ if name not in {"name", "made_at"}]
        return tuple(name for name in fields if getattr(self, name) != getattr(other, name))


class Read(Struct, frozen=True, kw_only=True):
    """How far the source was read: `mark` is the source's own bookmark, empty at its beginning.

    `within` items behind it are stored already. Items by what became of them:
    `taken` in all, `outside` of the time asked for, `undated` among those that
    count from their fetching; `torn` documents. `content` is the sum of the
    items' digests, whatever their order.
    """

    mark: bytes = b""
    within: int = 0
    taken: int = 0
    outside: int = 0
    undated: int = 0
    torn: int = 0
    content: str = ""
    is_all: bool = False


class Told(Struct, frozen=True, kw_only=True):
    """How far the agenda is told: behind `last`; `digest` is over alerts and ledger, once all is told."""

    last: Entry | None = None
    items: int = 0
    alerts: int = 0
    notices: int = 0
    is_all: bool = False
    digest: str = ""


def noted(note: Struct) -> bytes:
    """Return a note as bytes."""
    return msgspec.json.encode(note)


def made_of(data: bytes) -> Made:
    """Return what a run was made of; raises msgspec.DecodeError for a note of another make."""
    return msgspec.json.decode(data, type=Made)


def read_of(data: bytes | None) -> Read:
    """Return how far a source was read, its beginning where nothing is noted; raises msgspec.DecodeError."""
    return msgspec.json.decode(data, type=Read) if data else Read()


def told_of(data: bytes | None) -> Told:
    """Return how far a run is told, its beginning where nothing is noted; raises msgspec.DecodeError."""
    return msgspec.json.decode(data, type=Told) if data else Told()
