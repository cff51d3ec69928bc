"""The time by which sources are read: that of the wall, but it never goes back.

Whoever sets the wall's clock back by an hour would have every source wait an
hour longer. Here time goes on from where it was, slower, until the wall's has
caught up. A clock that is set forward is followed: what is due by then is
asked for, through the gates, as after a pause of that length.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

# Waits are a third longer while the wall's clock catches up, which takes four times what it was set back by.
SLOWER = 0.75
# Who sets a clock back by more means another day: there is no going on from where we were.
FARTHEST = timedelta(days=1)


@dataclass(slots=True)
class Clock:
    """Gives the time in UTC; `wall` may be set by people, `seconds` counts and never goes back."""

    wall: Callable[[], datetime]
    seconds: Callable[[], float]
    _last: datetime | None = None
    _counted: float = 0.0

    def __call__(self) -> datetime:
        """Return the present moment, never earlier than the one before unless the clock was set to another day."""
        wall, counted = self.wall(), self.seconds()
        reached = self._last and self._last + timedelta(seconds=SLOWER * (counted - self._counted))
        now = wall if reached is None or reached - wall > FARTHEST else max(wall, reached)
        self._last, self._counted = now, counted
        return now

    def reach(self, moment: datetime) -> None:
        """Go on from `moment` where it is later: up to it a process before us came, though the clock was set back."""
        if self() < moment <= self() + FARTHEST:
            self._last = moment
