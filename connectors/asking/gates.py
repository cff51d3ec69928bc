"""Politeness: how many requests a site gets at once, how far apart, and when a host lets in none at all.

A site is what one registration owns, by the public suffix list that comes with
a package: `feeds.bbc.co.uk` and `www.bbc.co.uk` are one site and share its
gate, two blogs of one blog farm are two. Rest that a host asked for is that
host's own.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from publicsuffixlist import PublicSuffixList

from connectors.asking.hosts import GAP_SECONDS, policy
from connectors.connector import Purpose

# Requests under way at one site, by purpose.
AT_ONCE = {purpose: 2 if purpose is Purpose.POLL else 1 for purpose in Purpose}
# Requests under way in all, unless the configuration says otherwise.
IN_ALL = 128
# Gates are looked through for those nobody needs any more whenever so many were made.
SWEEP = 1024
SUFFIXES = PublicSuffixList()


@lru_cache(maxsize=16384)
def site_of(host: str) -> str:
    """Return the registrable name a host belongs to; the host itself where it is an address or has none."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return SUFFIXES.privatesuffix(host) or host
    return host


def _slots() -> dict[Purpose, asyncio.Semaphore]:
    return {purpose: asyncio.Semaphore(count) for purpose, count in AT_ONCE.items()}


@dataclass(slots=True)
class _Site:
    """One site's gate; `inside` counts who is inside or waits before it, moments are of the gates' clock."""

    slots: dict[Purpose, asyncio.Semaphore] = field(default_factory=_slots)
    start: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_start: float = 0.0
    inside: int = 0


@dataclass(slots=True)
class _Host:
    """What one host asked for: rest, or more time between two requests."""

    gap: float = GAP_SECONDS
    shut_until: float = 0.0


@dataclass(slots=True, kw_only=True)
class Gates:
    """The gates of all sites; `clock` counts seconds and never goes back."""

    clock: Callable[[], float]
    sleep: Callable[[float], Coroutine[Any, Any, None]]
    at_once: int = IN_ALL
    in_all: asyncio.Semaphore = field(init=False)
    sites: dict[str, _Site] = field(default_factory=dict)
    hosts: dict[str, _Host] = field(default_factory=dict)
    _sweep_at: int = SWEEP

    def __post_init__(self) -> None:
        self.in_all = asyncio.Semaphore(self.at_once)

    def shut(self, host: str, seconds: float) -> None:
        """Let nobody in for this long: the host asked for it."""
        asked = self.hosts.setdefault(host, _Host())
        asked.shut_until = max(asked.shut_until, self.clock() + seconds)

    def slow(self, host: str, seconds: float) -> None:
        """Keep at least these seconds between two starts: the host's crawl-delay."""
        if seconds > GAP_SECONDS or host in self.hosts:
            self.hosts.setdefault(host, _Host()).gap = max(GAP_SECONDS, seconds)

    def wait_for(self, host: str) -> float:
        """Return for how many seconds the host is still shut."""
        asked = self.hosts.get(host)
        return max(0.0, asked.shut_until - self.clock()) if asked else 0.0

    def pause_before(self, site: str) -> float:
        """Return the seconds until the next request may start at the site, but for who waits there already."""
        gate = self.sites.get(site)
        return max(0.0, gate.next_start - self.clock()) if gate else 0.0

    @asynccontextmanager
    async def turn(self, host: str, purpose: Purpose, *, is_own: bool) -> AsyncIterator[None]:
        """Wait for a turn at the host, first come first served; hosts of our own house keep no gap."""
        site = self._site(host)
        site.inside += 1
        try:
            async with site.slots[purpose]:
                if not is_own:
                    await self._keep_apart(site, host)
                async with self.in_all:
                    yield
        finally:
            site.inside -= 1

    def _site(self, host: str) -> _Site:
        if len(self.sites) >= self._sweep_at:
            self._forget()
        return self.sites.setdefault(site_of(host), _Site())

    def _forget(self) -> None:
        """Forget gates through which anybody may go at once: a new one is the same."""
        now = self.clock()
        self.sites = {name: one for name, one in self.sites.items() if one.inside or one.next_start > now}
        self.hosts = {name: one for name, one in self.hosts.items() if one.gap > GAP_SECONDS or one.shut_until > now}
        self._sweep_at = 2 * max(len(self.sites), SWEEP // 2)

    async def _keep_apart(self, site: _Site, host: str) -> None:
        async with site.start:
            asked = self.hosts.get(host, _Host())
            pause = max(site.next_start, asked.shut_until) - self.clock()
            if pause > 0:
                await self.sleep(pause)
            site.next_start = self.clock() + max(asked.gap, policy(host).gap)
