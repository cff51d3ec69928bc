"""What a process that works on Kafka learns of itself as it goes, for its health and its metrics."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

# A broker that was not heard of for so long is silent: it is spoken to several times a second.
_MOMENT_SECONDS = 3.0


@dataclass(slots=True)
class Pulse:
    """When the brokers answered last, and how many records each step has yet to read of this process's partitions.

    `lags` are by step, as of the last look.
    """

    lags: dict[str, int] = field(default_factory=dict)
    _heard_at: float | None = None

    def heard(self) -> None:
        """Note that a broker answered just now."""
        self._heard_at = time.monotonic()

    def troubles(self) -> dict[str, str]:
        """Return what is wrong, by what it concerns."""
        if self._heard_at is None:
            return {"kafka": "no broker has answered yet"}
        silent = time.monotonic() - self._heard_at
        return {"kafka": f"no broker has answered for {silent:.0f} s"} if silent > _MOMENT_SECONDS else {}

    async def lag(self) -> Mapping[str, int]:
        """Return the lags."""
        return dict(self.lags)
