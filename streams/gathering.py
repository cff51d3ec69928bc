"""What several ask for within moments is done as one: a commit costs the same for one record as for a hundred."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Gathering(Generic[T]):
    """Gathers what is added within `seconds`, and while the group before is under way; `commit` takes it in order.

    A group is never cut short: who is cancelled while waiting for it does not
    know its outcome, but the others do.
    """

    commit: Callable[[Sequence[T]], Awaitable[None]]
    seconds: float
    _open: list[T] = field(default_factory=list)
    _coming: asyncio.Task[None] | None = None
    _last: asyncio.Task[None] | None = None

    async def add(self, one: T) -> None:
        """Return when it is committed with its group; raises what the commit raises."""
        self._open.append(one)
        if self._coming is None:
            self._coming = asyncio.create_task(self._group(self._last))
            self._last = self._coming
        await asyncio.shield(self._coming)

    async def _group(self, before: asyncio.Task[None] | None) -> None:
        await asyncio.sleep(self.seconds)
        if before is not None:
            await asyncio.wait({before})
        group, self._open, self._coming = self._open, [], None
        await self.commit(group)

    async def settle(self) -> None:
        """Return when nothing is under way any more, however it ended."""
        while self._last is not None and not self._last.done():
            await asyncio.wait({self._last})
