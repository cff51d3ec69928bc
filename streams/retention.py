"""For how long what flows is kept: which topics and memories a setting speaks of.

The ledger, the cursors and what is counted stay for good: they grow with
places and sources, not with time. So does, unless configured otherwise, what
is remembered of places and of what actors hold: the ledger is asked for any
past moment, and goes on from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from streams.settings import RetentionSettings
from streams.steps import Flow, RememberingStep
from streams.topics import (
    CLAIMS,
    CONTROL_ALERTS,
    DEAD_LETTERS,
    ENRICHED_ITEMS,
    FEEDBACK,
    FETCHES,
    HEARD,
    HOLDINGS,
    NOTICES,
    RAW_ITEMS,
)

# The setting that speaks of each topic.
_ITEMS = (RAW_ITEMS, ENRICHED_ITEMS, HEARD, DEAD_LETTERS)
_CLAIMS = (CLAIMS, HOLDINGS)
_ALERTS = (CONTROL_ALERTS, FEEDBACK, NOTICES)
_FETCHES = (FETCHES,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long the records of a topic are kept, and a step's memory of a key that nothing changes, each by its name.

    What is not named is kept for good.
    """

    topics: Mapping[str, timedelta] = field(default_factory=dict)
    memories: Mapping[str, timedelta] = field(default_factory=dict)


FOR_GOOD = Retention()


def retention(settings: RetentionSettings, flow: Flow) -> Retention:
    """Return what the settings mean for the topics and for the steps of a flow."""
    topics = {
        topic.name: timedelta(days=days)
        for days, group in (
            (settings.items_days, _ITEMS),
            (settings.claims_days, _CLAIMS),
            (settings.alerts_days, _ALERTS),
            (settings.fetches_days, _FETCHES),
        )
        for topic in group
        if days
    }
    steps = [step for step in flow if isinstance(step, RememberingStep)]
    days = {step.name: settings.places_days if step.lasting else settings.memory_days for step in steps}
    return Retention(topics=topics, memories={name: timedelta(days=count) for name, count in days.items() if count})
