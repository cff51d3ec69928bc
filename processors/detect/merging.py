"""Tellings of one change by several words of a sentence, made one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from processors.detect.draft import APART, GAINS, Draft
from processors.detect.line import Line
from streams.mentions import Kind

PARTICIPLES = frozenset({"subject", "object"})
"""Forms of a verb that qualify a noun: such a gain came before the holding that the rest of the sentence tells."""
_TAKEN = frozenset({Kind.CAPTURE, Kind.RECAPTURE})
MERGING = 60
"""Triggers farther apart than this many characters tell changes of their own."""

_STRENGTH = {
    Kind.HOLDS: -1,
    Kind.CAPTURE: 1,
    Kind.HANDOVER: 2,
    Kind.ALLEGIANCE: 2,
    Kind.EXPULSION: 2,
    Kind.RECAPTURE: 3,
}


def merged(line: Line, found: list[Draft]) -> tuple[Draft, ...]:
    """Return the claims of a sentence, each change told once."""
    return tuple(_merged(line, _outermost(_wanted(found))))


def _wanted(found: list[Draft]) -> list[Draft]:
    """Leave out claims that lack a side where another one tells a change, or who holds the very place."""
    full = [draft for draft in found if not draft.spare]
    if any(draft.kind is not Kind.HOLDS for draft in full):
        return full
    held = {(draft.place.start, draft.place.end) for draft in full}
    return [draft for draft in found if not draft.spare or (draft.place.start, draft.place.end) not in held]


def _parted(line: Line, one: Draft, other: Draft) -> bool:
    """Tell whether a comma or much text parts two triggers, so that each tells a change of its own."""
    between = line.text[min(one.trigger.end, other.trigger.end) : max(one.trigger.start, other.trigger.start)]
    told_apart = "held_apart" in line.lexicon.patterns and (one.kind is Kind.HOLDS) != (other.kind is Kind.HOLDS)
    return told_apart or len(between) > MERGING or any(sign in between for sign in ",،")


def _outermost(found: list[Draft]) -> Iterator[Draft]:
    """Drop a trigger that lies within the words of another one."""
    spans = {(draft.trigger.start, draft.trigger.end) for draft in found}
    for draft in found:
        start, end = draft.trigger.start, draft.trigger.end
        if not any(a <= start and end <= b and (a, b) != (start, end) for a, b in spans):
            yield draft


def _merged(line: Line, found: Iterable[Draft]) -> list[Draft]:
    """Make tellings of one change one: the same place, both gains or both losses, in one sentence."""
    kept: list[Draft] = []
    for draft in found:
        twin = next(
            (at for at, other in enumerate(kept) if not _parted(line, draft, other) and _is_same(draft, other)), None
        )
        if twin is None:
            kept.append(draft)
        else:
            kept[twin] = _joined(kept[twin], draft)
    return kept


def _is_same(one: Draft, other: Draft) -> bool:
    """Tell whether two drafts fill their place with the same words as part of one telling."""
    same_words = (one.place.start, one.place.end) == (other.place.start, other.place.end)
    if one.trigger.start < other.trigger.end and other.trigger.start < one.trigger.end and same_words:
        return True
    if not same_words:
        return _lies_in(one, other) or _repeats(one, other)
    if one.kind in GAINS and other.kind in GAINS:
        return _is_reconcilable(one, other)
    held, gain = (one, other) if one.kind is Kind.HOLDS else (other, one)
    earlier = gain.trigger.form in PARTICIPLES and gain.trigger.start < held.trigger.start
    if held.kind is Kind.HOLDS and gain.kind not in APART and held.gainer and not earlier:
        inside = held.trigger.who is not None or gain.loser is None
        return inside or (gain.loser is not None and held.gainer.start == gain.loser.start)
    return one.kind is other.kind


def _repeats(one: Draft, other: Draft) -> bool:
    """Tell whether a gain right behind another only says it again with a pronoun ("entered X and took it")."""
    first, second = sorted((one, other), key=lambda draft: draft.trigger.start)
    gap = second.trigger.start - first.place.end
    return second.place.phrase is None and first.kind in _TAKEN and second.kind in _TAKEN and gap in {0, 1}


def _lies_in(one: Draft, other: Draft) -> bool:
    """Tell whether a later gain of one gainer names only parts of what the earlier one took."""
    first, second = one.place.phrase, other.place.phrase
    if not (first and second and one.kind in GAINS and other.kind in GAINS and _is_reconcilable(one, other)):
        return False
    parts, whole = (first, second) if first.start > second.start else (second, first)
    return not parts.names and bool(parts.within) and {n.rows for n in parts.within} <= {n.rows for n in whole.names}


def _is_reconcilable(one: Draft, other: Draft) -> bool:
    """Tell whether two gains have no different gainers and no border of a clause between them."""
    named = [draft.gainer for draft in (one, other) if draft.gainer and draft.gainer.phrase]
    return len(named) < 2 or named[0].start == named[1].start  # noqa: PLR2004 (both have one)


def _joined(one: Draft, other: Draft) -> Draft:
    """Keep the stronger kind and fill empty slots from the other."""
    first, second = sorted((one, other), key=lambda draft: -_STRENGTH.get(draft.kind, 0))
    if second.kind is Kind.HOLDS:
        own = first.kind not in GAINS or (first.gainer and second.gainer and first.gainer.start == second.gainer.start)
        return first if own else replace(first, loser=first.loser or second.gainer, held=second)
    same = first.loser and second.gainer and first.loser.start == second.gainer.start  # "the town X took is free"
    return replace(
        first,
        gainer=first.gainer or (None if same else second.gainer),
        loser=first.loser or second.loser,
        more=first.more or second.more,
    )
