"""Places that no list of nouns has, in French and Spanish: what an armed side takes, leaves or is driven from.

"Les légionnaires ont pris le fortin", "los marines abandonaron la loma": where somebody
armed does it, the noun is a place by default, unless it is one of what armies take besides
(the lexicon's `taken_else`: people, arms, aid, a decision, the lead).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from processors.detect.line import FINITE, Line, Slot, Trigger
from processors.detect.phrases import Phrase, Role, words
from processors.detect.romance_seats import ROMANCE
from processors.detect.seats import POSITIONS as COMMON
from streams.mentions import Kind

_LEAVING = frozenset({Kind.WITHDRAWAL, Kind.LOSS})
_TIMES = 4
"""Words of time or manner that are passed over between a verb and its object."""

_NEAR = 80
"""Characters before a verb in which its subject begins."""

_POSITIONS = {**COMMON, **ROMANCE}


def _object(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the object of what somebody armed does ("ont enlevé le fortin")."""
    return _after(line, trigger, role, "open_object")


def _of(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the noun behind "de" where somebody armed does it ("emparés du fort", "la prise du fort par A")."""
    return _after(line, trigger, role, "open_of")


def _after(line: Line, trigger: Trigger, role: Role, pattern: str) -> Slot | None:
    agent = None if _means_people(line, trigger) else _agent(line, trigger)
    if agent is None or not _is_armed(line, agent):
        return None
    stop = line.clause_end(trigger.end)
    found = line.lexicon.patterns[pattern].match(line.text, _start(line, trigger, agent, stop), stop)
    return _slot(line, role, found) if found else None


def _subject(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the subject of a passive whose doer is armed ("le fortin a été pris par les rebelles")."""
    agent = None if _means_people(line, trigger) else _agent(line, trigger)
    if agent is None or agent.start < trigger.end or not _is_armed(line, agent):
        return None
    start = max(line.clause_start(trigger.start), trigger.start - _NEAR)
    found = line.lexicon.patterns["open_subject"].search(line.text, start, trigger.start)
    return _slot(line, role, found) if found else None


def _means_people(line: Line, trigger: Trigger) -> bool:
    """Tell whether the verb is one that frees people or takes goods more often than it takes places."""
    return line.lexicon.patterns["not_open"].search(line.text, trigger.start, trigger.end) is not None


def _agent(line: Line, trigger: Trigger) -> Phrase | None:
    """Return who does it: the first of the frame's seats for the one that acts which is taken."""
    seats = trigger.frame.loser if trigger.frame.kind in _LEAVING else trigger.frame.gainer
    return next((phrase for name in seats if (phrase := _at(line, trigger, name)) is not None), None)


def _at(line: Line, trigger: Trigger, name: str) -> Phrase | None:
    """Return the actor at a position, or at a seat of the lexicon."""
    if name not in line.lexicon.seats:
        slot = _POSITIONS[name](line, trigger, Role.ACTOR)
        return slot.phrase if slot else None
    between = line.lexicon.seats[name].between
    behind = (p for p in line.after(trigger) if p.role is Role.ACTOR)
    return next((p for p in behind if between.search(line.text[trigger.end : p.start])), None)


def _is_armed(line: Line, agent: Phrase) -> bool:
    """Tell whether an actor is armed; a pronoun is where one is named before, a people where war is spoken of."""
    lists = line.lexicon.words
    if agent.actor or agent.head in line.lexicon.armed:
        return True
    said = line.text[agent.start : agent.end]
    if agent.pointing:
        before = (p for p in line.phrases if p.end <= agent.start and not p.pointing and p.role is Role.ACTOR)
        return said in lists["we"] or any(_is_armed(line, p) for p in before)
    if agent.role is not Role.ACTOR:
        return False
    known = agent.head in lists["peoples"]
    if agent.head and not known:
        return line.lexicon.patterns["arming"].search(said) is not None
    people = known or any(line.lexicon.patterns["adjective"].match(word) for word in said.split())
    return people and _speaks_of_war(line)


def _speaks_of_war(line: Line) -> bool:
    """Tell whether the sentence has a word of war."""
    war = line.lexicon.words["war"]
    stems = tuple(word[:-1] for word in war if word.endswith("*"))
    return any(w.text in war or w.text.startswith(stems) for w in words(line.text, line.start, line.end))


def _start(line: Line, trigger: Trigger, agent: Phrase, stop: int) -> int:
    """Return where the noun may begin: behind whom it is that leaves or is driven out, times passed over."""
    at = trigger.end
    if trigger.frame.kind is Kind.EXPULSION:
        at = next((p.end for p in line.after(trigger) if p.role is Role.ACTOR), at)
    elif trigger.frame.kind in _LEAVING and agent.start >= at:
        at = agent.end
    when = line.lexicon.patterns["when"]
    for _ in range(_TIMES):
        passed = when.match(line.text, at, stop)
        at = passed.end() if passed else at
    return at


def _slot(line: Line, role: Role, found: re.Match[str]) -> Slot | None:
    """Return the place that a noun is, with the name behind it; none for what is known, or what is no place."""
    start, end = found.span("noun")
    end = found.end("head") if any(found.end("head") <= p.start < end for p in line.phrases) else end
    head, at = found["head"], found.start("head")
    lists = line.lexicon.words
    if found["loose"] and head not in lists["places"]:
        return None
    if line.lexicon.patterns["abstract"].search(head) and head not in lists["places"]:
        return None
    if head in lists["taken_else"] or head in lists["stops"] or any(p.start <= at < p.end for p in line.phrases):
        return None
    named = next((p for p in line.phrases if p.start >= end and p.role is not Role.ACTOR and not p.pointing), None)
    if named is None or not line.lexicon.patterns["open_name"].fullmatch(line.text, end, named.start):
        named = None
    last = named.end if named else end
    names, within = (named.names, named.within) if named else ((), ())
    phrase = Phrase(
        role=role, start=start, end=last, first=0, last=1, names=names, within=within, headed=True, head=head
    )
    return Slot(start=start, end=last, phrase=phrase)


def _unsaid(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Point back to the place told last where somebody armed leaves and the telling ends ("se replegaron al alba")."""
    del role
    agent = _agent(line, trigger)
    if agent is None or not _is_armed(line, agent):
        return None
    pattern = line.lexicon.patterns["left_alone_of" if trigger.form == "noun" else "left_alone"]
    ends = pattern.match(line.text, max(trigger.end, agent.end), line.end)
    onward = ends is not None and ends[0].lstrip().startswith("a ") and trigger.start > agent.end
    if onward and trigger.form in FINITE and len(line.text[agent.end : trigger.start].split()) > 1:
        return None  # who goes on elsewhere behind a verb of his own has left what that verb tells
    return Slot(start=trigger.start, end=trigger.start) if ends else None


def _driven(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Point back to the place told last where somebody armed is driven out and the telling ends behind him."""
    del role
    driven = next((p for p in line.after(trigger) if p.role is Role.ACTOR), None)
    if (
        driven is None
        or line.text[trigger.end : driven.start].strip() not in {"a", "al"}
        or not _is_armed(line, driven)
    ):
        return None
    ends = line.lexicon.patterns["left_alone"].match(line.text, driven.end, line.end)
    return Slot(start=trigger.start, end=trigger.start) if ends else None


OPEN: Mapping[str, Callable[[Line, Trigger, Role], Slot | None]] = {
    "open": _object,
    "open-of": _of,
    "open-subject": _subject,
    "left-unsaid": _unsaid,
    "driven-unsaid": _driven,
}
"""Position names of open nouns; the lexicons of French and Spanish name them last of a frame's places."""
