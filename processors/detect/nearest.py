"""The nearest place of a change whose seats are all empty, as words that no reader knows stand before it.

"Soldiers captured one of the most important ways into the town of X": asked only where a sentence tells no other
change. Such a place counts as one that only its taker makes: somebody armed must take or leave it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from processors.detect.draft import APART, Draft
from processors.detect.line import Line, Slot, Trigger, slot_of
from processors.detect.phrases import Name, Phrase, Role, open_place
from processors.detect.slots import fill
from streams.mentions import Kind

_KINDS = frozenset({Kind.CAPTURE, Kind.RECAPTURE, Kind.WITHDRAWAL, Kind.LOSS})
_SEATS = frozenset({"object", "of", "from"})
_LEAVING = frozenset({Kind.WITHDRAWAL, Kind.LOSS})
_PRONOUNS = frozenset({"it", "they"})
_WORD = re.compile(r"[^\W_]+(?:['\-.][^\W_]+)*")


def nearest(line: Line, triggers: Sequence[Trigger], told: Sequence[Draft]) -> tuple[Draft, ...]:
    """Return the change that the first trigger with an empty place tells of the place nearest behind it."""
    if "near_gap" not in line.lexicon.patterns or any(draft.kind not in APART for draft in told):
        return ()
    held = [(draft.place.start, draft.place.end) for draft in told]
    read = (_draft(line, trigger) for trigger in triggers if _is_asked(trigger))
    free = (
        draft for draft in read if draft and not any(draft.place.start < b and a < draft.place.end for a, b in held)
    )
    return tuple(islice(free, 1))


def _is_asked(trigger: Trigger) -> bool:
    """Tell whether a trigger takes its place as an object, so that it stands behind the trigger."""
    return trigger.frame.kind in _KINDS and not _SEATS.isdisjoint(trigger.frame.place)


def _draft(line: Line, trigger: Trigger) -> Draft | None:
    """Return the claim of a trigger before which its side stands and behind which a place does."""
    frame = trigger.frame
    gainer = fill(line, trigger, Role.ACTOR, frame.gainer)
    unit = _unit(line, trigger)
    loser = fill(line, trigger, Role.ACTOR, frame.loser) or unit
    side = loser if frame.kind in _LEAVING else gainer
    if side is not None and "from" in frame.place:
        place = _of_leaver(line, trigger, side) if frame.kind is Kind.WITHDRAWAL else None
    else:
        place = _behind(line, trigger) if unit or (side and side.start < trigger.end) else None
    if place is None:
        return None
    slot = Slot(start=place.start, end=place.end, phrase=place)
    return Draft(trigger=trigger, kind=frame.kind, place=slot, gainer=gainer, loser=loser)


def _unit(line: Line, trigger: Trigger) -> Slot | None:
    """Return the unit behind a noun of taking that stands for its seat ("the capture of the 9th Division in X")."""
    first = next(line.after(trigger), None)
    seated = first is not None and first.role is Role.ACTOR and first.head in line.lexicon.words.get("seated", ())
    return slot_of(first) if seated and "of" in trigger.frame.place else None


def _behind(line: Line, trigger: Trigger) -> Phrase | None:
    """Return the first place behind a trigger, or the noun that says what of it is meant ("oil fields north of X")."""
    seated = line.lexicon.words.get("seated", frozenset())
    place = next((p for p in line.after(trigger) if not _is_passed(line, p, seated)), None)
    if place is None or place.role is not Role.PLACE or not _says_which(place):
        return None
    found = line.lexicon.patterns["near_gap"].fullmatch(line.text, trigger.end, place.start)
    if found is None or (found["of"] is not None and "of" not in trigger.frame.place):
        return None
    start, end = found.span("noun")
    content = [word for word in _WORD.finditer(line.text, start, end) if word[0] != "and"]
    if not _is_noun(line, [word[0] for word in content], led=found["led"] is not None):
        return None
    if content and content[-1][0] in line.lexicon.words.get("seated", ()):
        return place
    if found["led"] in {None, "of"}:
        return replace(place, open=True, bound=False)
    name = Name(start=content[0].start(), end=content[-1].end())
    return open_place((name,), end=name.end, head=content[-1][0], within=place.names)


def _says_which(place: Phrase) -> bool:
    """Tell whether a phrase has a name or a noun of places; where another noun follows, a name or a share."""
    return bool(place.names) or (place.headed and place.head not in _PRONOUNS and (place.share or not place.bound))


def _of_leaver(line: Line, trigger: Trigger, side: Slot) -> Phrase | None:
    """Return the place where those who leave stand by their own words, or in which their leaving is told to be."""
    behind = (p for p in line.phrases if p.role is Role.PLACE and p.start >= min(side.end, trigger.end))
    place = next((p for p in behind if _says_which(p)), None)
    if place is None:
        return None
    beside = side.start > trigger.end or place.start < trigger.start
    at, pattern = (side.end, "near_side") if beside else (trigger.end, "near_told")
    found = line.lexicon.patterns[pattern].fullmatch(line.text, at, place.start)
    return replace(place, open=True, bound=False) if found else None


def _is_passed(line: Line, phrase: Phrase, seated: frozenset[str]) -> bool:
    """Tell whether a phrase can stand before the place: a name, who owns it, or an army's unit that sits there."""
    owner = phrase.bound and line.text.endswith("'s", phrase.start, phrase.end)
    return phrase.role is Role.NAME or owner or (phrase.role is Role.ACTOR and phrase.head in seated)


def _is_noun(line: Line, content: Sequence[str], *, led: bool) -> bool:
    """Tell whether words before a place belong to it, or are a noun that is of no goods where a preposition follows."""
    lists = line.lexicon.words
    if any(word in lists["stops"] or (word in lists["actors"] and word not in lists["seated"]) for word in content):
        return False
    head = content[-1] if content else ""
    if not led:
        return True
    other = {head, head.removesuffix("s")} & lists["movables"] or line.lexicon.patterns["near_other"].search(head)
    return bool(head) and not other
