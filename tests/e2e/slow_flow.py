"""A flow of one costly step that takes its time and leaves nothing."""

from __future__ import annotations

import time

from streams.items import RawItem
from streams.steps import Dropped, Outcome, Process, Step, Why
from streams.topics import ENRICHED_ITEMS, RAW_ITEMS


def load_slow() -> Process:
    """Return the step."""
    return slow


def slow(_raw: RawItem) -> Outcome:
    """Let time pass that costs no processor."""
    time.sleep(0.004)
    return Dropped(Why.EMPTY)


FLOW = (Step(name="enrich", source=RAW_ITEMS, targets=(ENRICHED_ITEMS,), load=load_slow),)
