"""Counts of how records ended: each record is counted once, by its host, after the commit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from prometheus_client import Counter as Metric

RECORDS = Metric(
    "changehands_records",
    "Records by step, source (analyst, front, ledger, tick or unknown where there is none) and outcome",
    ["step", "source", "outcome"],
)


@dataclass(frozen=True, slots=True)
class Ending:
    """How one record ended: `outcome` is passed, dead-letter, or the word of a drop."""

    step: str
    source: str
    outcome: str


@dataclass(slots=True)
class Counters:
    """The endings seen by this process since it started."""

    endings: Counter[Ending] = field(default_factory=Counter)

    def count(self, ending: Ending, times: int = 1) -> None:
        """Count `times` records that ended so, here and for Prometheus."""
        self.endings[ending] += times
        RECORDS.labels(ending.step, ending.source, ending.outcome).inc(times)
