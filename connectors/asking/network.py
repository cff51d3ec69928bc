"""Whether our own network is away: then nobody is asked, and nobody is blamed."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from connectors.asking.redirects import Hop
from connectors.asking.status import our_own, theirs
from connectors.connector import Failure, Response

LOG = structlog.get_logger()
AWAY_AFTER = timedelta(minutes=2)
# More than this share of the hosts asked lately, and more than a few of them, can only be we ourselves.
SHARE, FEW = 0.2, 5
LATELY = timedelta(minutes=1)
FIRST_PROBE, LONGEST_PROBE = 5.0, 60.0


@dataclass(slots=True)
class Network:
    """What the hosts asked in the last minute say about our own network.

    `answered_at` is when a public host last answered; `away_since` is None
    while the network is there. While it is away one source at a time is let
    through, and the first answer brings everybody back.
    """

    answered_at: datetime | None = None
    away_since: datetime | None = None
    _asked: OrderedDict[str, tuple[datetime, bool]] = field(default_factory=OrderedDict)
    _probe_at: datetime | None = None
    _probe_pause: float = FIRST_PROBE

    def holds(self, now: datetime) -> float:
        """Return for how many seconds nobody is to be asked."""
        return max(0.0, (self._probe_at - now).total_seconds()) if self._probe_at else 0.0

    def begins(self, now: datetime) -> None:
        """Take note that somebody is asked: while the network is away a probe, after which the next waits longer."""
        if self.away_since is not None:
            self._probe_pause = min(self._probe_pause * 2, LONGEST_PROBE)
            self._probe_at = now + timedelta(seconds=self._probe_pause)

    def judged(self, host: str, answer: Response | Failure | Hop, now: datetime) -> Response | Failure | Hop:
        """Return the answer with the blame where it belongs, and remember what it says about us."""
        if not isinstance(answer, Failure) or answer.status is not None:
            self._answered(host, now)
            return answer
        self._note(host, now, is_away=answer.ours)
        if answer.ours:
            self._judge(now)
        is_there = self.answered_at is not None and now - self.answered_at <= AWAY_AFTER
        return theirs(answer) if is_there and self.away_since is None else our_own(answer)

    def _answered(self, host: str, now: datetime) -> None:
        self.answered_at = now
        self._note(host, now, is_away=False)
        if self.away_since is not None:
            LOG.warning("network.back", seconds=round((now - self.away_since).total_seconds(), 1))
            self.away_since = self._probe_at = None
            self._asked.clear()

    def _note(self, host: str, now: datetime, *, is_away: bool) -> None:
        self._asked[host] = (now, is_away)
        self._asked.move_to_end(host)
        while now - self._asked[next(iter(self._asked))][0] > LATELY:
            self._asked.popitem(last=False)

    def _judge(self, now: datetime) -> None:
        away = sum(is_away for _, is_away in self._asked.values())
        if self.away_since is None and away > FEW and away > SHARE * len(self._asked):
            LOG.warning(
                "network.away",
                hosts_away=away,
                hosts_asked=len(self._asked),
                text="names are not found for more than a fifth of the hosts: our own network is away, polling pauses",
            )
            self.away_since, self._probe_pause = now, FIRST_PROBE
            self._probe_at = now + timedelta(seconds=FIRST_PROBE)
