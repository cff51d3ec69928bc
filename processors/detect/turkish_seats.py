"""Positions of Turkish that reach over the clause: who announces a gain, and the topic that a comma sets apart.

Of a siege that is lifted the place may be named in any clause before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from processors.detect.line import Line, Slot, Trigger, fits, slot_of
from processors.detect.phrases import Phrase, Role
from processors.detect.turkish_open import OPEN
from processors.detect.turkish_words import UNMARKED
from processors.detect.verb_final_gaps import end_of

_APART = re.compile(r"[\w']*,")


def _reporter(line: Line, trigger: Trigger, _role: Role) -> Slot | None:
    """Take the force that announces what is told without its doer ("Ordu, köyün geri alındığını duyurdu")."""
    patterns = line.lexicon.patterns
    if trigger.form != "object" or not patterns["announcing"].search(line.text, trigger.end, line.end):
        return None
    topic = _topic(line, trigger, UNMARKED)
    unarmed = topic is None or topic.head in line.lexicon.words["unarmed"]
    return None if unarmed or patterns["occupying"].search(line.text, trigger.start, trigger.end) else slot_of(topic)


def _owning_topic(line: Line, trigger: Trigger, _role: Role) -> Slot | None:
    """Take the actor in the genitive that a comma parts from its clause ("Ordunun, kenti almak için saldırdığı")."""
    return slot_of(_topic(line, trigger, frozenset({"gen"})))


def _topic(line: Line, trigger: Trigger, cases: frozenset[str]) -> Phrase | None:
    """Return the first actor of the sentence in one of these cases that a comma follows at once."""
    actors = (p for p in line.phrases if p.end <= trigger.start and p.role is Role.ACTOR and fits(p, Role.ACTOR))
    fitting = (p for p in actors if p.case in cases and _APART.match(line.text, p.end))
    return next(fitting, None)


def _named_before(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the last named place of the sentence before the trigger, in whichever clause."""
    fitting = (p for p in reversed(line.phrases) if p.end <= trigger.start and fits(p, role) and p.names)
    return slot_of(next(fitting, None))


def _shared_object(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the object of the verb before, which "and" joins to this one ("kampı kuşattı ve ele geçirdi")."""
    start = line.clause_start(trigger.start)
    between = line.text[start : trigger.start].split()
    if start == line.start or any(w != "ve" and w not in line.lexicon.words["adverbs"] for w in between):
        return None
    before = (p for p in reversed(line.phrases) if p.end <= start and p.case == "acc" and fits(p, role))
    return slot_of(next(before, None))


def _dative_behind(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place that who breaks a siege comes to ("kuşatmayı yararak kente ulaştı")."""
    return slot_of(next((p for p in line.after(trigger) if p.case == "dat" and fits(p, role)), None))


def _owner_of_leaving(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take who leaves what he took: the genitive that a participle before has too ("A's leaving the towns it took")."""
    if trigger.form != "noun":
        return None
    return slot_of(next((p for p in line.before(trigger) if p.role is role and p.case == "gen"), None))


def _within_next(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place right before, in which the control is that the trigger tells of ("X'teki kontrolü almak")."""
    inner = (p for p in line.before(trigger) if p.case == "within" and fits(p, role))
    return slot_of(next((p for p in inner if not line.text[end_of(line, p) : trigger.start].strip()), None))


TURKISH: Mapping[str, Callable[[Line, Trigger, Role], Slot | None]] = {
    "reporter": _reporter,
    "gen-topic": _owning_topic,
    "gen-owner": _owner_of_leaving,
    "within-next": _within_next,
    "named-before": _named_before,
    "dat-behind": _dative_behind,
    "acc-shared": _shared_object,
    **OPEN,
}
"""Position names of Turkish; its lexicon's frames name them beside those of verb_final.VERB_FINAL."""
