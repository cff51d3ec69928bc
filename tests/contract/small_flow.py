"""A small flow for the contract suite: one costly step that can be told to misbehave, two that remember.

The title of an item is its script: "dies", "hangs", "grows", "raises",
"exits", "drops", "huge", "odd" or any other words; each word of these becomes
a claim about a place of that name.
"""

from __future__ import annotations

import hashlib
import os
import time
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from streams.alerts import Alert, AlertEvidence, AlertState, Codes, Delays, Headline
from streams.items import Claim, EnrichedItem, ItemKind, ItemRef, RawItem
from streams.mentions import Evidence, Kind, Place, Status
from streams.notices import Heard, Level, Notice, Subject, Tick
from streams.steps import Dropped, Outcome, Passed, Process, RememberingStep, Step, Why
from streams.topics import CLAIMS, CONTROL_ALERTS, ENRICHED_ITEMS, HEARD, MAX_RECORD, NOTICES, RAW_ITEMS

WHEN = datetime(2024, 3, 1, 12, tzinfo=UTC)


def item(number: int, title: str, *, source: str = "test", revision: int = 1) -> RawItem:
    """Return the raw item of this number; the same arguments give the same item."""
    url = f"https://example.org/{number}"
    return RawItem(
        id=f"item-{number}",
        revision=revision,
        source=source,
        kind=ItemKind.ENTRY,
        url=url,
        canonical_url=url,
        fetched_at=WHEN + timedelta(seconds=number),
        title=title,
        body=zlib.compress(title.encode()),
    )


def load_read() -> Process:
    """Return the costly step."""
    return read


def load_broken() -> Process:
    """Return the costly step as it was before it was mended."""
    return read_nothing


def read_nothing(raw: RawItem) -> Outcome:
    """Fail on every item."""
    raise LookupError(raw.id)


def load_nothing() -> Process:
    """Fail as a step does whose files are missing."""
    raise FileNotFoundError("no lexicon at /nowhere")


def read(raw: RawItem) -> Outcome:
    """Turn a raw item into an enriched one, or misbehave as its title says."""
    title = raw.title or ""
    match title:
        case "dies":
            os.abort()
        case "hangs":
            time.sleep(3600)
        case "grows":
            return Passed((_enriched(raw, "x" * (4 << 30)),))
        case "raises":
            raise ValueError("this title is not to my taste")
        case "exits":
            raise SystemExit(3)
        case "odd":
            return "not an outcome"  # type: ignore[return-value]
        case "huge":
            return Passed((_enriched(raw, "x" * (MAX_RECORD + 1)),))
        case "drops":
            return Dropped(Why.EMPTY)
    return Passed((_enriched(raw, title),))


def _enriched(raw: RawItem, text: str) -> EnrichedItem:
    return EnrichedItem(
        id=raw.id,
        revision=raw.revision,
        source=raw.source,
        kind=raw.kind,
        url=raw.url,
        canonical_url=raw.canonical_url,
        fetched_at=raw.fetched_at,
        title=raw.title,
        text=text,
        text_hash=hashlib.sha256(text.encode()).hexdigest(),
    )


class Seen(Struct, frozen=True, kw_only=True):
    """What the second step remembers of an item."""

    revision: int
    text_hash: str


def claim_words(enriched: EnrichedItem, seen: Seen | None) -> tuple[Outcome, Seen | None]:
    """Make a claim of every word of a text that was not yet seen."""
    if enriched.text == "raise later":
        raise KeyError("the second step fell over")
    if seen is not None and (seen.revision, seen.text_hash) == (enriched.revision, enriched.text_hash):
        return Dropped(Why.DUPLICATE), seen
    now = Seen(revision=enriched.revision, text_hash=enriched.text_hash)
    return Passed(tuple(_claim(enriched, word) for word in enriched.text.split())), now


def _claim(enriched: EnrichedItem, word: str) -> Claim:
    item = ItemRef(
        id=enriched.id,
        revision=enriched.revision,
        source=enriched.source,
        url=enriched.url,
        fetched_at=enriched.fetched_at,
    )
    return Claim(
        id=f"{enriched.id}/{enriched.revision}/{word}",
        place_key=word,
        kind=Kind.CAPTURE,
        status=Status.ASSERTED,
        place=Place(text=word, start=0, end=len(word)),
        evidence=Evidence(text=word, start=0, end=len(word), sentence=enriched.text),
        confidence=0.5,
        rule="a word",
        language="en",
        item=item,
    )


class Told(Struct, frozen=True, kw_only=True):
    """What the third step remembers of a place: every telling, in order."""

    claims: tuple[str, ...] = ()


def tell(claim: Claim, told: Told | None) -> tuple[Outcome, Told | None]:
    """Revise the place's alert with each claim; the word "forget" about a place forgets it."""
    if claim.evidence.sentence.startswith("forget "):
        return Dropped(Why.STALE), None
    claims = (*(told.claims if told else ()), claim.id)
    return Passed((alert(claim, claims, revision=len(claims)),)), Told(claims=claims)


def alert(claim: Claim, claims: Sequence[str], *, revision: int) -> Alert:
    """Return the alert of a claim's place at this revision, which names these claims."""
    headline = " ".join(claims)
    return Alert(
        id=f"alert-{claim.place_key}",
        revision=revision,
        state=AlertState.REPORTED,
        kind=claim.kind,
        place_key=claim.place_key,
        place=claim.place,
        evidence=(_telling(claim),),
        independent_sources=1,
        codes=Codes(),
        confidence=0.5,
        delays=Delays(),
        headline=Headline(en=headline, ar=headline),
        opened_at=WHEN,
        revised_at=claim.item.fetched_at,
    )


def _telling(claim: Claim) -> AlertEvidence:
    return AlertEvidence(
        claim_id=claim.id,
        kind=claim.kind,
        status=claim.status,
        evidence=claim.evidence,
        place=claim.place,
        language=claim.language,
        rule=claim.rule,
        confidence=claim.confidence,
        item=claim.item,
    )


READ = Step(name="enrich", source=RAW_ITEMS, targets=(ENRICHED_ITEMS,), load=load_read)
BROKEN_READ = Step(name="enrich", source=RAW_ITEMS, targets=(ENRICHED_ITEMS,), load=load_broken)
CLAIM_WORDS = RememberingStep(
    name="revise", source=ENRICHED_ITEMS, targets=(CLAIMS,), function=claim_words, key=lambda item: item.id, memory=Seen
)
TELL = RememberingStep(
    name="corroborate",
    source=CLAIMS,
    targets=(CONTROL_ALERTS,),
    function=tell,
    key=lambda claim: claim.place_key,
    memory=Told,
)
FLOW = (READ, CLAIM_WORDS, TELL)


class Count(Struct, frozen=True, kw_only=True):
    """How often a subject was heard, and for how many ticks not."""

    heard: int
    ticks: int = 0


def count(_heard: Heard, counted: Count | None) -> tuple[Outcome, Count]:
    """Count a hearing; the ticks begin anew."""
    return Dropped(Why.KEPT), Count(heard=counted.heard + 1 if counted else 1)


def tell_silence(tick: Tick, key: str, counted: Count) -> tuple[tuple[Notice, ...], Count | None]:
    """Tell of each subject that time passed, twice; then forget it."""
    if counted.ticks == 2:
        return (), None
    text = f"{counted.heard} hearings, {counted.ticks + 1} ticks"
    notice = Notice(
        id=f"{key}-{counted.ticks}",
        level=Level.RAISED,
        subject=Subject.SOURCE,
        key=key,
        name=key,
        text=text,
        last_heard=WHEN,
        habit_seconds=0.0,
        at=tick.at,
    )
    return (notice,), Count(heard=counted.heard, ticks=counted.ticks + 1)


LISTEN = RememberingStep(
    name="coverage",
    source=HEARD,
    targets=(NOTICES,),
    function=count,
    key=lambda heard: heard.key,
    memory=Count,
    on_tick=tell_silence,
    tick_seconds=0.3,
)
