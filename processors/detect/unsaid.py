"""Leavings and expulsions that leave their place unsaid: it is the one told last before ("They retreated south").

Read where a sentence tells nobody's taking of a place, behind words that end the telling (the lexicon's `unsaid`),
and only of somebody armed: residents, clubs and ministers leave no place of war.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from processors.detect.anaphora import Where, actor_before
from processors.detect.document import Document
from processors.detect.draft import GAINS, Draft
from processors.detect.line import FINITE, Line, Slot, Trigger
from processors.detect.losers import who_leaves
from processors.detect.phrases import Role
from processors.detect.slots import fill
from streams.mentions import Kind

_LEFT = frozenset({Kind.WITHDRAWAL, Kind.EXPULSION})
_LEAD = 24
_OTHER = re.compile(r",\s+(?:the|an?|its|his|her|their)\s")


def unsaid(document: Document, where: Where, triggers: Sequence[Trigger], found: Sequence[Draft]) -> tuple[Draft, ...]:
    """Return the leavings and expulsions of a sentence that no other reader has placed, one for each leaver."""
    line = where.line
    if "unsaid" not in line.lexicon.patterns or any(draft.kind in GAINS for draft in found):
        return ()
    told = {draft.trigger.start for draft in found}
    left = (t for t in triggers if t.frame.kind in _LEFT and t.start not in told)
    read = (draft for trigger in left if (draft := _draft(document, where, trigger)) is not None)
    gone = {draft.loser for draft in found if draft.kind in _LEFT}
    return tuple({draft.loser: draft for draft in read if draft.loser not in gone}.values())


def _draft(document: Document, where: Where, trigger: Trigger) -> Draft | None:
    """Return the claim of a trigger whose place is the one told last."""
    line, frame = where.line, trigger.frame
    loser = who_leaves(line, trigger)
    if loser is None or not _is_armed(document, where, loser) or not _ends(line, trigger, loser):
        return None
    if frame.kind is Kind.WITHDRAWAL and trigger.form in FINITE and not _is_its_own(line, trigger, loser):
        return None
    gainer = fill(line, trigger, Role.ACTOR, frame.gainer)
    gainer = None if gainer and gainer.start == loser.start else gainer
    place = Slot(start=trigger.start, end=trigger.start)
    return Draft(trigger=trigger, kind=frame.kind, place=place, gainer=gainer, loser=loser)


def _is_its_own(line: Line, trigger: Trigger, loser: Slot) -> bool:
    """Tell whether who leaves stands before the verb with no other clause between."""
    return loser.end <= trigger.start and _OTHER.search(line.text, loser.end, trigger.start) is None


def _is_armed(document: Document, where: Where, side: Slot) -> bool:
    """Tell whether a side is an armed one, or a pronoun for one."""
    phrase = actor_before(document, where, side) if side.pointing and _is_pronoun(side) else side.phrase
    if phrase is None or phrase.role is not Role.ACTOR:
        return False
    said = (word.removesuffix("'s") for word in document.text[phrase.start : phrase.end].split())
    return phrase.actor is not None or phrase.head in _armed(where.line) or not _armed(where.line).isdisjoint(said)


def _is_pronoun(side: Slot) -> bool:
    return side.phrase is None or side.phrase.head in {"it", "they"}


def _armed(line: Line) -> frozenset[str]:
    """Return the nouns that only somebody armed has."""
    return line.lexicon.armed - line.lexicon.words.get("civilians", frozenset())


def _ends(line: Line, trigger: Trigger, loser: Slot) -> bool:
    """Tell whether the telling ends behind the trigger, or behind the one driven out, with no place of its own."""
    patterns = line.lexicon.patterns
    last = max(trigger.end, loser.end)
    if trigger.frame.kind is Kind.WITHDRAWAL:
        if not patterns["leaving_alone"].match(line.text, trigger.start):
            return False
        noun = "unsaid_of" if trigger.form == "noun" else "unsaid"
        return patterns[noun].match(line.text[last if trigger.form == "noun" else trigger.end : line.end]) is not None
    out = patterns["driven_out"].search(line.text, trigger.start, min(line.end, last + _LEAD))
    return out is not None and patterns["unsaid"].match(line.text[max(last, out.end()) : line.end]) is not None
