"""Alerts in the journal's order, folded to cards, and the positions a reader resumes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from streams.alerts import Alert
from streams.codec import decode
from streams.errors import BadRecord
from streams.journal import Stored
from streams.view import Card, fold

Position = Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One revision of one alert, ready to be sent: `data` is its card as JSON."""

    partition: int
    offset: int
    card: Card
    data: bytes


def position_text(position: Position) -> str:
    """Return the position as an event id: offset by partition, as in `0:41,1:7`."""
    return ",".join(f"{partition}:{offset}" for partition, offset in sorted(position.items()))


def position_of(text: str) -> dict[int, int]:
    """Read an event id; raises BadRecord where it is none of ours."""
    try:
        pairs = [pair.split(":", 1) for pair in text.split(",") if pair]
        return {int(partition): int(offset) for partition, offset in pairs}
    except ValueError as error:
        raise BadRecord(
            f"{text[:80]!r} is not an event id of this stream (such as 0:41); leave it out to start over"
        ) from error


def is_after(stored: Stored | News, position: Position) -> bool:
    """Whether a record lies behind what `position` has seen."""
    return stored.offset > position.get(stored.partition, -1)


def covers(position: Position, floor: Position) -> bool:
    """Whether `position` has seen all that `floor` has."""
    return all(position.get(partition, -1) >= offset for partition, offset in floor.items())


@dataclass(slots=True)
class Reel:
    """The cards of the latest alerts, oldest first."""

    names: Mapping[str, str]
    cards: dict[str, Card] = field(default_factory=dict)

    def add(self, stored: Stored) -> News:
        """Fold one record in; raises BadRecord where it is not an alert."""
        alert = decode(stored.value)
        if not isinstance(alert, Alert):
            raise BadRecord(f"{stored.topic}/{stored.partition}@{stored.offset} is a {type(alert).__name__}, no Alert")
        shown = fold(self.cards, alert, alerted_at=stored.stored_at, names=self.names)
        data = msgspec.json.encode(shown)
        return News(partition=stored.partition, offset=stored.offset, card=shown, data=data)
