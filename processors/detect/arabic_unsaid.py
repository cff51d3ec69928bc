"""Places of Arabic that a leaving or a taking does not say again: the last fitting one before it, or told beside it.

Whoever retreats where no "from" stands left the place that was told of last (سيطر الجيش على البلدة بعد تراجع المسلحين).
Where the sentence has none, the slot is empty and points back into the sentences before.
"""

from __future__ import annotations

from processors.detect.line import Line, Slot, Trigger, slot_of
from processors.detect.phrases import Phrase, Role

_LEAD = 24
_NEAR = 14
_FINITE = frozenset({"perfect", "imperfect"})


def _left(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place that armed men leave where no words say which; whoever attacked it before never had it."""
    patterns = line.lexicon.patterns
    border = _border(line, trigger, line.end)
    clause = line.text[trigger.end : border if border > 0 else line.end]
    if not patterns["gone"].match(clause) or not _is_told_of(line, trigger):
        return None
    if patterns["retreating"].fullmatch(line.text, trigger.start, trigger.end) is None:
        return None
    if patterns["raiding"].search(line.text, line.start, trigger.start) is not None or _is_within(line, trigger, role):
        return None
    return _beside(line, trigger, role) or _earlier(trigger)


def _taken(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place over which armed men have control by then ("he lived in the town before the group's control")."""
    del role
    lead = line.text[max(line.start, trigger.start - _LEAD) : trigger.start]
    actor = _behind(line, trigger)
    if actor is None or line.lexicon.patterns["by_then"].search(lead) is None:
        return None
    return None if " علي" in line.text[actor.end : line.clause_end(actor.end)] else _earlier(trigger)


def _besieged(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place told last before a siege, no state and none where another lies; where none is told, no words."""
    towards = line.lexicon.patterns["towards"]
    for phrase in reversed(line.phrases):
        told = phrase.end <= trigger.start and phrase.role is role and (phrase.names or phrase.pointing)
        near = line.text[max(line.start, phrase.start - _NEAR) : phrase.start]
        if told and phrase.actor is None and not towards.search(near) and not lies_there(line, phrase):
            return slot_of(phrase)
    return _earlier(trigger)


def lies_there(line: Line, phrase: Phrase) -> bool:
    """Tell whether a place only says where the one before it lies (كفريا الواقعة في محافظة إدلب)."""
    before = next((p for p in reversed(line.phrases) if p.end <= phrase.start), None)
    named = before is not None and before.role is Role.PLACE and bool(before.names or before.headed)
    first = line.text[phrase.start : phrase.end].split()[0]
    opening = phrase.start + (len(first) if first in line.lexicon.words["compass"] else 0)
    gap = line.text[before.end : opening] if before is not None and named else "."
    capital = not gap.strip(" ،") and line.text.startswith("عاصمه", phrase.start)
    return capital or line.lexicon.patterns["lying_in"].match(gap) is not None


def _earlier(trigger: Trigger) -> Slot:
    """Point back from right before the trigger: no words stand for the place."""
    return Slot(start=trigger.start, end=trigger.start)


def _is_within(line: Line, trigger: Trigger, role: Role) -> bool:
    """Tell whether they leave something inside a place that is told ("the retreat of the forces in the town")."""
    place = next((p for p in line.after(trigger) if p.role is role), None)
    return place is not None and line.text[trigger.end : place.start].endswith(" في ")


def _is_told_of(line: Line, trigger: Trigger) -> bool:
    """Tell whether armed men leave: right behind the word, in its ending, or before a verb."""
    if trigger.pro or _behind(line, trigger):
        return True
    actor = next((p for p in line.before(trigger) if p.role is Role.ACTOR), None)
    begun = line.lexicon.patterns["started"].search(line.text, line.start, trigger.start) is not None
    return actor is not None and (trigger.form in _FINITE or begun) and _is_armed(line, actor)


def _behind(line: Line, trigger: Trigger) -> Phrase | None:
    """Return the armed actor that stands right behind the trigger."""
    first = next(iter(line.after(trigger)), None)
    if first is None or first.role is not Role.ACTOR or not _is_armed(line, first):
        return None
    return first if line.lexicon.patterns["next"].search(line.text[trigger.end : first.start]) else None


def _is_armed(line: Line, actor: Phrase) -> bool:
    """Tell whether an actor is known, or its noun means somebody armed."""
    return actor.actor is not None or actor.head in line.lexicon.armed


def _beside(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Return the place that the main clause tells of, where "after the retreat of A," opens the sentence."""
    border = _border(line, trigger, line.clause_end(trigger.end))
    opens = line.lexicon.patterns["given"].search(line.text, line.start, trigger.start) is not None
    if border < 0 or not opens or len(line.text[line.start : trigger.start].split()) > 2:  # noqa: PLR2004 (a word or two)
        return None
    return slot_of(next((p for p in line.phrases if p.start > border and p.role is role and p.names), None))


def _border(line: Line, trigger: Trigger, end: int) -> int:
    """Return where the clause of a leaving ends: at its comma, else at the next verb of change; -1 if nowhere."""
    comma = line.text.find("،", trigger.end, end)
    verb = line.lexicon.forms["perfect"].search(line.text, trigger.end, end) if comma < 0 else None
    return verb.start() if verb else comma


UNSAID = {"ar-unsaid-left": _left, "ar-unsaid-taken": _taken, "ar-besieged": _besieged}
