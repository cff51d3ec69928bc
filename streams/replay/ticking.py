"""When time that passes means something: ticks between which nothing would happen are left out.

A replay of months would otherwise ask everybody who is listened for, every
quarter of an hour. It holds for each on_tick of the flow that time alone turns
silence into one event and then the next: what changes nothing at a moment
changes nothing at an earlier one either. So the first tick that matters is
found by halving.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from streams.codec import decode_memory
from streams.errors import BadRecord
from streams.notices import Tick
from streams.steps import RememberingStep

QUARTER = timedelta(minutes=15)
_SLACK = 1000  # ticks no longer due that may wait to be thrown away
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def spacing_of(step: RememberingStep) -> timedelta:
    """Return the time between two ticks of a step in a replay."""
    return max(QUARTER, timedelta(seconds=step.tick_seconds))


def first_change(changes: Callable[[datetime], bool], after: datetime, until: datetime, every: timedelta) -> datetime:
    """Return the first tick behind `after` at which something changes, the first behind `until` where none does.

    Ticks lie on multiples of `every` since 1970 (UTC).
    """
    low, high = (after - _EPOCH) // every + 1, (until - _EPOCH) // every + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if changes(_EPOCH + middle * every) else (middle + 1, high)
    return _EPOCH + low * every


def changing(step: RememberingStep, key: str, value: bytes) -> Callable[[datetime], bool]:
    """Return whether a tick at some time would change anything about a key; what is damaged never changes."""

    def changes(at: datetime) -> bool:
        assert step.on_tick is not None  # noqa: S101 - only steps with ticks are asked
        told, after = step.on_tick(Tick(at=at), key, memory)
        return bool(told) or after != memory

    try:
        memory: Any = decode_memory(value, step.memory)
    except BadRecord:
        return lambda _: False
    return changes


@dataclass(slots=True, kw_only=True)
class Alarms:
    """When each remembered key of one step is to hear of the time next; none behind `horizon` (UTC)."""

    step: RememberingStep
    horizon: datetime
    _at: dict[str, datetime] = field(default_factory=dict)
    _heap: list[tuple[datetime, str]] = field(default_factory=list)

    def set(self, changed: Mapping[str, bytes | None], now: datetime) -> None:
        """Take note of what memories became at a time."""
        every = spacing_of(self.step)
        for key, value in changed.items():
            self._at.pop(key, None)
            if value is None:
                continue
            at = first_change(changing(self.step, key, value), now, self.horizon, every)
            if at <= self.horizon:
                self._at[key] = at
                heapq.heappush(self._heap, (at, key))
        if len(self._heap) > _SLACK + 2 * len(self._at):
            self._heap = sorted((at, key) for key, at in self._at.items())

    def next(self) -> datetime | None:
        """Return the next tick that matters to anybody, None where there is none."""
        while self._heap and self._at.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def due(self, at: datetime) -> tuple[str, ...]:
        """Return the keys that the tick at this time matters to, once."""
        keys: set[str] = set()
        while self._heap and self._heap[0][0] <= at:
            when, key = heapq.heappop(self._heap)
            if self._at.get(key) == when:
                del self._at[key]
                keys.add(key)
        return tuple(sorted(keys))
