"""Politeness: how many requests a host gets at once, how far apart, and when none at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from connectors.connector import Purpose

# Requests under way at one host, by purpose.
AT_ONCE = {Purpose.POLL: 2, Purpose.PAGE: 1}
GAP_SECONDS = 1.0
# Requests under way in all; waiting for a host holds none of them, so a large host starves nobody.
IN_ALL = 32


def _slots() -> dict[Purpose, asyncio.Semaphore]:
    return {purpose: asyncio.Semaphore(count) for purpose, count in AT_ONCE.items()}


@dataclass(slots=True)
class _Gate:
    """One host's gate; moments are of the gates' clock."""

    slots: dict[Purpose, asyncio.Semaphore] = field(default_factory=_slots)
    start: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_start: float = 0.0
    gap: float = GAP_SECONDS
    shut_until: float = 0.0


@dataclass(slots=True, kw_only=True)
class Gates:
    """The gates of all hosts; `clock` counts seconds and never goes back."""

    clock: Callable[[], float]
    sleep: Callable[[float], Coroutine[Any, Any, None]]
    in_all: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_ALL))
    hosts: dict[str, _Gate] = field(default_factory=dict)

    def shut(self, host: str, seconds: float) -> None:
        """Let nobody in for this long: the host asked for it."""
        gate = self.hosts.setdefault(host, _Gate())
        gate.shut_until = max(gate.shut_until, self.clock() + seconds)

    def slow(self, host: str, seconds: float) -> None:
        """Keep at least these seconds between two starts: the host's crawl-delay."""
        self.hosts.setdefault(host, _Gate()).gap = max(GAP_SECONDS, seconds)

    def wait_for(self, host: str) -> float:
        """Return for how many seconds the host is still shut."""
        gate = self.hosts.get(host)
        return max(0.0, gate.shut_until - self.clock()) if gate else 0.0

    @asynccontextmanager
    async def turn(self, host: str, purpose: Purpose, *, is_own: bool) -> AsyncIterator[None]:
        """Wait for a turn at the host, first come first served; hosts of our own house keep no gap."""
        gate = self.hosts.setdefault(host, _Gate())
        async with gate.slots[purpose]:
            if not is_own:
                await self._keep_apart(gate)
            async with self.in_all:
                yield

    async def _keep_apart(self, gate: _Gate) -> None:
        async with gate.start:
            pause = max(gate.next_start, gate.shut_until) - self.clock()
            if pause > 0:
                await self.sleep(pause)
            gate.next_start = self.clock() + gate.gap
