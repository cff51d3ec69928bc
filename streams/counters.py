"""Counts of how records ended: each record is counted once, by its host, after the commit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from prometheus_client import Counter as Metric
from prometheus_client import Histogram

from streams.fetches import Fetch

RECORDS = Metric(
    "changehands_records",
    "Records by step, source (analyst, front, ledger, tick or unknown where there is none) and outcome",
    ["step", "source", "outcome"],
)
# Few buckets: there is a series of each for every source.
SECONDS = Histogram(
    "changehands_fetch_seconds",
    "What fetches took by source, redirects included, waiting for our turn not",
    ["source"],
    buckets=(0.3, 1, 3, 10),
)
BYTES = Histogram(
    "changehands_fetch_bytes",
    "Bytes of what fetches brought by source, as they came over the wire; answers without a body not among them",
    ["source"],
    buckets=(3e4, 3e5, 3e6),
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

    def measure(self, fetch: Fetch) -> None:
        """Measure for Prometheus what one fetch took and brought, where anybody was asked."""
        for took in fetch.took:
            SECONDS.labels(fetch.source).observe(took / 1000)
        if fetch.wire:
            BYTES.labels(fetch.source).observe(fetch.wire)
