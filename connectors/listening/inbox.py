"""The queue between reading a stream and taking its frames: bounded in frames and in bytes.

A full queue stops whoever reads, so that the network holds the sender back:
nothing is dropped here.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from connectors.streaming import Frame

MIB = 1024 * 1024
MAX_FRAMES = 5000
MAX_BYTES = 32 * MIB
# A batch: read in one go behind the wall, and saved with one cursor.
BATCH_FRAMES = 200
BATCH_BYTES = 4 * MIB
# How long a batch waits for more frames: an alert should follow a report within the second.
LINGER_SECONDS = 0.1


@dataclass(slots=True)
class Inbox:
    """First in, first out; `stops` counts how often it was full."""

    max_frames: int = MAX_FRAMES
    max_bytes: int = MAX_BYTES
    frames: deque[Frame] = field(default_factory=deque)
    size: int = 0
    stops: int = 0
    closed: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    room: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_full(self) -> bool:
        """Whether whoever reads has to wait."""
        return len(self.frames) >= self.max_frames or self.size >= self.max_bytes

    async def put(self, frame: Frame) -> None:
        """Add a frame; waits while the queue is full."""
        if self.is_full:
            self.stops += 1
        while self.is_full:
            self.room.clear()
            await self.room.wait()
        self.frames.append(frame)
        self.size += len(frame.data)
        self.changed.set()

    def close(self) -> None:
        """Say that nothing more will come."""
        self.closed = True
        self.changed.set()

    async def batch(self, seconds: float) -> tuple[Frame, ...] | None:
        """Return the next frames in order: empty where none came for so many seconds, None after the last."""
        if not await self._some(seconds):
            return None if self.closed else ()
        if len(self.frames) < BATCH_FRAMES and not self.closed:
            await asyncio.sleep(LINGER_SECONDS)
        taken: list[Frame] = []
        size = 0
        while (
            self.frames and len(taken) < BATCH_FRAMES and (not taken or size + len(self.frames[0].data) <= BATCH_BYTES)
        ):
            taken.append(self.frames.popleft())
            size += len(taken[-1].data)
        self.size -= size
        self.room.set()
        return tuple(taken)

    async def _some(self, seconds: float) -> bool:
        if not self.frames and not self.closed:
            self.changed.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self.changed.wait()
            except TimeoutError:
                return False
        return bool(self.frames)
