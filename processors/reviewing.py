"""An analyst's verdict on an alert, made from what he says: checked, with names looked up, and nothing guessed.

With a corrected place come silent claims, one for each telling: they tell the
ledger of the right place what the wrong one was told.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from difflib import get_close_matches
from enum import Enum
from typing import TypeVar

from msgspec.structs import replace

from processors.grouping import FACTS
from processors.identity import actor_key, digest, place_key
from processors.naming import Names, actor_named, place_named
from streams.alerts import Alert, AlertEvidence, AlertState
from streams.errors import VerdictLate, VerdictRefused
from streams.items import Claim
from streams.mentions import Actor, Attribution, Kind, Place
from streams.verdicts import Feedback, Opinion, Verdict

ANALYST = "analyst"
_LONGEST_NOTE, _LONGEST_NAME, _LONGEST_WORDS = 2000, 100, 200
_SURE = 0.99
# What changes nobody's hold: an alert of it is rejected, not corrected.
_CHANGES = tuple(kind for kind in Kind if kind not in {Kind.HOLDS, Kind.SIEGE_START, Kind.SIEGE_LIFT})
E = TypeVar("E", bound=Enum)


def verdict_on(
    alert: Alert, opinion: Opinion, names: Callable[[], Names], *, at: datetime, standing: Feedback | None = None
) -> Feedback:
    """Return the verdict as a record; `standing` is the one before it, whose corrections stand unless it rejected.

    `names` is called only where a name is to be looked up; `at` is UTC. Raises
    VerdictLate for a revision that is no longer the last (unless forced) and
    VerdictRefused for anything else that cannot be taken as it is said.
    """
    _refuse_unreadable(opinion)
    verdict = _one_of(opinion.verdict, tuple(Verdict), "verdict")
    revision = _revision(alert, opinion)
    _refuse_mixed(verdict, opinion)
    bare = Feedback(
        id=digest("feedback", alert.id, str(revision), verdict, opinion.analyst, at.isoformat()),
        alert_id=alert.id,
        place_key=alert.place_key,
        revision=revision,
        verdict=verdict,
        analyst=opinion.analyst,
        note=opinion.note,
        alert=alert,
        at=at,
    )
    if verdict is Verdict.REJECT:
        return bare
    right = _corrected(bare, alert, opinion, names, standing)
    return replace(right, claims=_silent(right, alert))


def _refuse_unreadable(opinion: Opinion) -> None:
    """Refuse what is empty, longer than anybody reads, or no text."""
    said = {"analyst": (opinion.analyst, _LONGEST_NAME), "note": (opinion.note, _LONGEST_NOTE)}
    for name, words in (("place", opinion.place), ("from", opinion.from_), ("to", opinion.to), ("kind", opinion.kind)):
        said |= {name: (words, _LONGEST_WORDS)} if words is not None else {}
    for name, (words, longest) in said.items():
        if name != "note" and not words.strip():
            raise VerdictRefused(f"{name} is empty")
        if len(words) > longest:
            raise VerdictRefused(f"{name} has {len(words)} characters; {longest} at most")
        if any("\ud800" <= char <= "\udfff" for char in words):
            raise VerdictRefused(f"{name} is not UTF-8")


def _one_of(word: str, known: tuple[E, ...], what: str) -> E:
    """Return the member of this value; raises VerdictRefused with the nearest and all there are."""
    values = {str(one.value): one for one in known}
    if word in values:
        return values[word]
    like = get_close_matches(word, values, n=1)
    hint = f"did you mean {like[0]}? " if like else ""
    raise VerdictRefused(f"{word!r} is no {what}; {hint}known: {', '.join(values)}")


def _revision(alert: Alert, opinion: Opinion) -> int:
    if opinion.revision is None or opinion.revision == alert.revision:
        return alert.revision
    if not 1 <= opinion.revision < alert.revision:
        raise VerdictRefused(f"the alert has no revision {opinion.revision}; its last is {alert.revision}")
    if not opinion.force:
        raise VerdictLate(
            f"revision {opinion.revision} is no longer the last: the alert is {alert.state} in revision "
            f"{alert.revision}; look again, or force the verdict"
        )
    return opinion.revision


def _refuse_mixed(verdict: Verdict, opinion: Opinion) -> None:
    corrections = (opinion.place, opinion.from_, opinion.to, opinion.kind)
    if verdict is Verdict.CORRECT and not any(corrections):
        raise VerdictRefused("say what is right instead: place, from, to or kind")
    if verdict is not Verdict.CORRECT and any(corrections):
        raise VerdictRefused(f"{verdict} takes no place, from, to or kind; correct does")


def _corrected(
    bare: Feedback, alert: Alert, opinion: Opinion, names: Callable[[], Names], standing: Feedback | None
) -> Feedback:
    """Return the verdict with what is right instead; refuses what the alert says already."""
    if standing is not None and standing.verdict is not Verdict.REJECT:
        bare = replace(
            bare,
            place=standing.place,
            from_holder=standing.from_holder,
            to_holder=standing.to_holder,
            kind=standing.kind,
        )
    day = _day(alert)
    if opinion.place:
        bare = replace(bare, place=place_named(opinion.place, names().gazetteer))
    if opinion.from_:
        bare = replace(bare, from_holder=actor_named(opinion.from_, names(), day))
    if opinion.to:
        bare = replace(bare, to_holder=actor_named(opinion.to, names(), day))
    if opinion.kind:
        bare = replace(bare, kind=_kind(opinion.kind))
    if bare.verdict is Verdict.CORRECT:
        _refuse_senseless(bare, alert)
    return bare


def _day(alert: Alert) -> date:
    event = alert.event_date
    return (event.from_ if event else None) or alert.opened_at.date()


def _kind(word: str) -> Kind:
    if word in set(Kind) - set(_CHANGES):
        raise VerdictRefused(f"{word} changes nobody's hold: reject the alert and say so in the note")
    return _one_of(word, _CHANGES, "kind of change")


def _refuse_senseless(right: Feedback, alert: Alert) -> None:
    before = (alert.place.id, actor_key(alert.from_holder), actor_key(alert.to_holder), alert.kind)
    loser, gainer = right.from_holder or alert.from_holder, right.to_holder or alert.to_holder
    after = ((right.place or alert.place).id, actor_key(loser), actor_key(gainer), right.kind or alert.kind)
    if before == after:
        raise VerdictRefused("that is what the alert says already: confirm it, or reject it")
    if actor_key(loser) is not None and actor_key(loser) == actor_key(gainer):
        raise VerdictRefused("one actor would lose and gain the place; say both from and to, or reject the alert")


def _silent(right: Feedback, alert: Alert) -> tuple[Claim, ...]:
    """Return what the ledger of the right place must be told; nothing where the place stands, or nobody tells it."""
    place = right.place
    if place is None or place_key(place, alert.extent) == alert.place_key or alert.state is AlertState.RETRACTED:
        return ()
    loser, gainer = right.from_holder or alert.from_holder, right.to_holder or alert.to_holder
    tellings = [told for told in alert.evidence if told.status in FACTS]
    return tuple(_moved(told, right, alert, place=place, losing=loser, gaining=gainer) for told in tellings)


def _moved(
    told: AlertEvidence, right: Feedback, alert: Alert, *, place: Place, losing: Actor | None, gaining: Actor | None
) -> Claim:
    """Return a telling as it is told of the right place, on the analyst's word and on no side's."""
    key = place_key(place, alert.extent)
    return Claim(
        id=digest(ANALYST, alert.id, told.claim_id, key),
        place_key=key,
        kind=right.kind or alert.kind,
        status=told.status,
        extent=alert.extent,
        gaining=gaining,
        losing=losing,
        place=place,
        evidence=told.evidence,
        event_date=told.event_date,
        attribution=Attribution(speaker=f"{right.analyst}, analyst"),
        confidence=_SURE,
        rule=ANALYST,
        language=told.language,
        generation=1,
        linked_to=alert.id,
        silent=True,
        item=replace(told.item, side=None),
    )
