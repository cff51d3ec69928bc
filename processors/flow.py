"""All of processing, on one screen.

raw-items ─ enrich ─► enriched-items ─ revise ─► claims ─ corroborate ─► control-alerts, ledger
                              feedback ─ hear ──►  ▲  │
                                                   │  └─ who came to a place, who left it ─► holdings
                                                   └─ linked claims ─ follow ◄──────────────────┘ ◄─ pledges (revise)
                                            revise ─► heard ─ coverage ─► notices

Enrich costs nearly all the time and remembers nothing, so it runs in worker
processes. Revise remembers each item, corroborate each place, follow each
actor, hear each judged alert, coverage whoever is heard.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from processors.again import detect_again
from processors.corroborate import PlaceMemory, corroborate
from processors.coverage import Silence, listen, tick
from processors.hearing import hear
from processors.knowledge import load
from processors.parties import Parties, known_by
from processors.pledging import ActorMemory, follow
from processors.revise import ItemMemory, revise
from processors.weighing import Thresholds
from streams.items import EnrichedItem, RawItem
from streams.settings import Settings
from streams.steps import Flow, Outcome, Process, RememberingStep, Step
from streams.topics import CLAIMS, CONTROL_ALERTS, ENRICHED_ITEMS, FEEDBACK, HEARD, HOLDINGS, LEDGER, NOTICES, RAW_ITEMS
from streams.verdicts import Feedback


def flow(settings: Settings) -> Flow:
    """Return the steps in the order in which records pass them; `follow` alone leads back, to the claims."""
    return (
        Step(name="enrich", source=RAW_ITEMS, targets=(ENRICHED_ITEMS,), load=partial(enriching, settings.gazetteer)),
        REVISE,
        HEAR,
        _corroborate(settings),
        FOLLOW,
        _coverage(settings),
    )


REVISE = RememberingStep(
    name="revise",
    source=ENRICHED_ITEMS,
    targets=(CLAIMS, HOLDINGS, HEARD),
    function=revise,
    key=lambda item: item.id,
    memory=ItemMemory,
)
HEAR = RememberingStep(
    name="hear",
    source=FEEDBACK,
    targets=(CLAIMS,),
    function=hear,
    key=lambda verdict: verdict.alert_id,
    memory=Feedback,
    lasting=True,
)
FOLLOW = RememberingStep(
    name="follow",
    source=HOLDINGS,
    targets=(CLAIMS,),
    function=follow,
    key=HOLDINGS.key,
    memory=ActorMemory,
    lasting=True,
)


def _corroborate(settings: Settings) -> RememberingStep:
    """Return the step that remembers places, bound to thresholds and the table of parties."""
    weighing = settings.corroborate
    return RememberingStep(
        name="corroborate",
        source=CLAIMS,
        targets=(CONTROL_ALERTS, LEDGER, HOLDINGS),
        function=partial(
            corroborate,
            window_days=weighing.window_days,
            parties=_parties(settings),
            thresholds=Thresholds(corroborated=weighing.corroborated, confirmed=weighing.confirmed),
        ),
        key=lambda record: record.place_key,
        memory=PlaceMemory,
        lasting=True,
    )


def _coverage(settings: Settings) -> RememberingStep:
    """Return the step that remembers who was heard, bound to when silence is worth a notice."""
    return RememberingStep(
        name="coverage",
        source=HEARD,
        targets=(NOTICES,),
        function=listen,
        key=lambda heard: heard.key,
        memory=Silence,
        on_tick=partial(tick, settings=settings.coverage),
        tick_seconds=settings.coverage.tick_seconds,
    )


def _parties(settings: Settings) -> Parties:
    return known_by(load(settings.gazetteer).actors.entry)


def enriching(gazetteer: Path | None) -> Process:
    """Return enrich, bound to lexicons and gazetteer; called once in each worker process.

    The import stands here because trafilatura belongs in worker processes only.
    """
    from processors.enrich import enrich  # noqa: PLC0415

    return partial(enrich, knowledge=load(gazetteer))


def readying(gazetteer: Path | None) -> Process:
    """Return what a replay does with an item: enrich a raw one, detect again in the clean text of an enriched one.

    Both with the same knowledge; called once in each worker process.
    """
    from processors.enrich import enrich  # noqa: PLC0415 - as above

    knowledge = load(gazetteer)
    return partial(_ready, raw=partial(enrich, knowledge=knowledge), again=partial(detect_again, knowledge=knowledge))


def _ready(item: RawItem | EnrichedItem, *, raw: Process, again: Process) -> Outcome:
    return raw(item) if isinstance(item, RawItem) else again(item)
