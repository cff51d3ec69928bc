"""Waiting for room on the journal's disk: services write again and again until it can be done, and say so meanwhile.

Nothing is lost by it: what cannot be written is held by whoever brings it, and
who waits brings nothing more. Commands do not wait; they say why and end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import structlog
from prometheus_client import Gauge

from streams.errors import NoRoom

WAITING = Gauge("changehands_journal_waiting", "Writers that wait for room on the journal's disk")
AGAIN_SECONDS = 1.0

_log = structlog.get_logger()
T = TypeVar("T")


@dataclass(slots=True)
class Room:
    """Whether there is room; `trouble` says why not, in words with what to do, and is None where there is.

    `changed` wakes whoever tells people. Where it is not `patient`, nobody waits.
    """

    patient: bool
    trouble: str | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Return what the attempt gives, made again each second until there is room; raises NoRoom once given up."""
        try:
            return await self._tried(attempt)
        except NoRoom:
            if not self.patient:
                raise
        with WAITING.track_inprogress():
            while not self._over.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(AGAIN_SECONDS):
                        await self._over.wait()
                with suppress(NoRoom):
                    return await self._tried(attempt)
        raise NoRoom(self.trouble or "there was no room on the journal's disk")

    async def _tried(self, attempt: Callable[[], Awaitable[T]]) -> T:
        try:
            done = await attempt()
        except NoRoom as error:
            self._note(str(error))
            raise
        self._note(None)
        return done

    def _note(self, trouble: str | None) -> None:
        if (trouble is None) is not (self.trouble is None):
            if trouble:
                _log.error("journal.full", text=trouble)
            else:
                _log.warning("journal.room")
            self.changed.set()
        self.trouble = trouble

    def give_up(self) -> None:
        """Let nobody wait any longer: the service ends."""
        self._over.set()
