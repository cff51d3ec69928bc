"""Who was heard and who fell silent: a source against its own habit, a side on a front against a fixed time.

A source's habit is the gap between two hearings that it seldom exceeds: the
95th percentile of its last gaps, three times over (settings). What comes in
one fetch is one hearing. Until enough gaps are known a fixed time counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import ceil

from msgspec import Struct
from msgspec.structs import replace

from processors.identity import digest
from streams.items import Claim, EnrichedItem
from streams.notices import Heard, Level, Notice, Subject, Tick
from streams.settings import CoverageSettings
from streams.steps import Dropped, Outcome, Passed, Why

GAPS_KEPT = 50
# Fewer gaps are no habit.
_GAPS_NEEDED = 5
# One fetch brings many items within moments.
_ONE_HEARING = timedelta(seconds=30)
_SELDOM = 0.95
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


class Silence(Struct, frozen=True, kw_only=True):
    """What is remembered of a subject: when it was heard last (UTC), the gaps before that, and its alarm."""

    subject: Subject
    name: str
    demo: bool
    last: datetime
    gaps: tuple[float, ...] = ()
    alarm: str | None = None


def heard_of(item: EnrichedItem, claims: Iterable[Claim]) -> tuple[Heard, ...]:
    """Return whom an item lets us hear: its source, and each side whose word it brings from a front."""
    source = Heard(
        subject=Subject.SOURCE,
        key=f"source|{item.source}",
        name=item.source,
        item_id=item.id,
        demo=item.demo,
        at=item.fetched_at,
    )
    fronts = {front.key: front for claim in claims if (front := _front(claim, item))}
    return source, *(fronts[key] for key in sorted(fronts))


def _front(claim: Claim, item: EnrichedItem) -> Heard | None:
    """Return the side and the front of a claim; None where no side speaks or the place lies in no known division."""
    said = claim.attribution
    side, place = (said.side if said else None) or claim.item.side, claim.place
    if side is None or place.country is None or place.admin1 is None:
        return None
    return Heard(
        subject=Subject.FRONT,
        key=f"front|{place.country}|{place.admin1}|{side}",
        name=f"{place.admin1}, {place.country}: {side}",
        item_id=item.id,
        demo=item.demo,
        at=item.fetched_at,
    )


def listen(heard: Heard, memory: Silence | None) -> tuple[Outcome, Silence]:
    """Note that a subject was heard; an alarm about its silence ends."""
    if memory is None:
        first = Silence(subject=heard.subject, name=heard.name, demo=heard.demo, last=heard.at)
        return Dropped(Why.KEPT), first
    gap = heard.at - memory.last
    if gap <= timedelta(0):
        return Dropped(Why.STALE), memory
    gaps = memory.gaps if gap < _ONE_HEARING else (*memory.gaps, gap.total_seconds())[-GAPS_KEPT:]
    after = replace(memory, last=heard.at, gaps=gaps, alarm=None)
    if memory.alarm is None:
        return Dropped(Why.KEPT), after
    text = f"{heard.name} is heard again after {spoken(gap.total_seconds())}"
    notice = _notice(heard.key, memory, Level.CLEARED, text, id_=memory.alarm, usual=gap.total_seconds(), at=heard.at)
    return Passed((notice,)), after


def tick(
    time: Tick, key: str, memory: Silence, *, settings: CoverageSettings
) -> tuple[tuple[Notice, ...], Silence | None]:
    """Raise an alarm where a subject has been silent for longer than usual; forget what is silent for good."""
    silent = (time.at - memory.last).total_seconds()
    if silent > settings.forget_days * _DAY:
        return (), None
    usual = habit(memory, settings)
    if memory.alarm is not None or silent <= usual:
        return (), memory
    alarm = digest("silence", key, memory.last.isoformat())
    text = _silence(memory, silent, usual)
    notice = _notice(key, memory, Level.RAISED, text, id_=alarm, usual=usual, at=time.at)
    return (notice,), replace(memory, alarm=alarm)


def habit(memory: Silence, settings: CoverageSettings) -> float:
    """Return for how many seconds a subject may be silent before that is worth a notice."""
    if memory.subject is Subject.FRONT:
        return settings.front_hours * _HOUR
    if len(memory.gaps) < _GAPS_NEEDED:
        return settings.unknown_hours * _HOUR
    return max(settings.least_minutes * _MINUTE, settings.times_habit * _seldom_exceeded(memory.gaps))


def _seldom_exceeded(gaps: Sequence[float]) -> float:
    """Return the 95th percentile by nearest rank."""
    return sorted(gaps)[ceil(_SELDOM * len(gaps)) - 1]


def _silence(memory: Silence, silent: float, usual: float) -> str:
    if memory.subject is Subject.FRONT:
        return f"no source close to this side was heard on {memory.name} for {spoken(silent)}"
    return f"{memory.name} brought nothing for {spoken(silent)}; it is seldom silent for more than {spoken(usual)}"


def spoken(seconds: float) -> str:
    """Return a time in words, in the unit that suits it."""
    for unit, length in (("days", _DAY), ("hours", _HOUR), ("minutes", _MINUTE)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def _notice(key: str, memory: Silence, level: Level, text: str, *, id_: str, usual: float, at: datetime) -> Notice:
    return Notice(
        id=id_,
        level=level,
        subject=memory.subject,
        key=key,
        name=memory.name,
        text=text,
        last_heard=memory.last,
        habit_seconds=usual,
        demo=memory.demo,
        at=at,
    )
