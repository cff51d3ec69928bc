"""What is due when, and whose turn it is: sources wait by time, and those that are due by door, in a ring.

A door is a site and a purpose. However many sources wait before one door, they
take one place in the ring, so a site with thousands of feeds starves nobody.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Generic, NamedTuple, TypeVar

from connectors.asking.gates import AT_ONCE
from connectors.connector import Purpose

T = TypeVar("T")


class Door(NamedTuple):
    """Where requests queue up: a site, and what for."""

    site: str
    purpose: Purpose


@dataclass(slots=True)
class DueQueue(Generic[T]):
    """All that waits, each at one of four places: for its time, in the ring, at a resting door, or at a full one."""

    _order: count[int] = field(default_factory=count)
    _later: list[tuple[datetime, int, Door, T]] = field(default_factory=list)
    _waiting: dict[Door, deque[T]] = field(default_factory=dict)
    _ring: deque[Door] = field(default_factory=deque)
    _resting: list[tuple[datetime, int, Door]] = field(default_factory=list)
    _full: set[Door] = field(default_factory=set)
    _inside: Counter[Door] = field(default_factory=Counter)

    def put(self, due: datetime, door: Door, one: T) -> None:
        """Let one wait at a door from a moment on."""
        heapq.heappush(self._later, (due, next(self._order), door, one))

    def take(self, now: datetime, pause: Callable[[Door, T], float]) -> tuple[Door, T] | None:
        """Return the next whose turn it is, or None where nobody may go now; `leave` the door when it is done.

        `pause` says for how many seconds the door lets this one not in.
        """
        self._gather(now)
        while self._ring:
            door = self._ring.popleft()
            if self._inside[door] >= AT_ONCE[door.purpose]:
                self._full.add(door)
            elif (seconds := pause(door, self._waiting[door][0])) > 0:
                heapq.heappush(self._resting, (now + timedelta(seconds=seconds), next(self._order), door))
            else:
                return door, self._pass(door)
        return None

    def leave(self, door: Door) -> None:
        """Make room at the door."""
        self._inside[door] -= 1
        if not self._inside[door]:
            del self._inside[door]
        if door in self._full:
            self._full.remove(door)
            self._ring.append(door)

    def next_at(self) -> datetime | None:
        """Return when `take` may have somebody again, None where only a `leave` or a `put` can change that."""
        heads = [heap[0][0] for heap in (self._later, self._resting) if heap]
        return min(heads) if heads else None

    def drop(self, is_over: Callable[[T], bool]) -> None:
        """Forget those who wait for their time and whose waiting is over."""
        self._later = [waiting for waiting in self._later if not is_over(waiting[3])]
        heapq.heapify(self._later)

    def _gather(self, now: datetime) -> None:
        """Let who is due queue up at his door, and doors that have rested into the ring."""
        while self._resting and self._resting[0][0] <= now:
            self._ring.append(heapq.heappop(self._resting)[2])
        while self._later and self._later[0][0] <= now:
            _, _, door, one = heapq.heappop(self._later)
            if door not in self._waiting:
                self._waiting[door] = deque()
                self._ring.append(door)
            self._waiting[door].append(one)

    def _pass(self, door: Door) -> T:
        """Let the first at the door in; the door goes to the end of the ring, or away if nobody else waits there."""
        one = self._waiting[door].popleft()
        if self._waiting[door]:
            self._ring.append(door)
        else:
            del self._waiting[door]
        self._inside[door] += 1
        return one
