"""All of processing, on one screen.

raw-items ─ enrich ─► enriched-items ─ revise ─► claims ─ corroborate ─► control-alerts

Enrich costs nearly all the time and remembers nothing, so it runs in worker
processes. Revise remembers each item, corroborate each place.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from processors.corroborate import PlaceMemory, corroborate
from processors.knowledge import load
from processors.parties import Parties, known_by
from processors.revise import ItemMemory, revise
from streams.settings import Settings
from streams.steps import Flow, Process, RememberingStep, Step
from streams.topics import CLAIMS, CONTROL_ALERTS, ENRICHED_ITEMS, RAW_ITEMS


def flow(settings: Settings) -> Flow:
    """Return the steps in the order in which records pass them."""
    return (
        Step(name="enrich", source=RAW_ITEMS, targets=(ENRICHED_ITEMS,), load=partial(enriching, settings.gazetteer)),
        RememberingStep(
            name="revise",
            source=ENRICHED_ITEMS,
            targets=(CLAIMS,),
            function=revise,
            key=lambda item: item.id,
            memory=ItemMemory,
        ),
        RememberingStep(
            name="corroborate",
            source=CLAIMS,
            targets=(CONTROL_ALERTS,),
            function=partial(corroborate, window_days=settings.corroborate.window_days, parties=_parties(settings)),
            key=lambda claim: claim.place_key,
            memory=PlaceMemory,
        ),
    )


def _parties(settings: Settings) -> Parties:
    return known_by(load(settings.gazetteer).actors.entry)


def enriching(gazetteer: Path | None) -> Process:
    """Return enrich, bound to lexicons and gazetteer; called once in each worker process.

    The import stands here because trafilatura belongs in worker processes only.
    """
    from processors.enrich import enrich  # noqa: PLC0415

    return partial(enrich, knowledge=load(gazetteer))
