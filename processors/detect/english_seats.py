"""Positions that English has: the topic of a headline, a clause without its pronoun, who says it of himself.

Each takes a sentence, a trigger and a role and returns the slot that stands
there, or none.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from processors.detect.english_elsewhere import ELSEWHERE
from processors.detect.english_open import OPEN
from processors.detect.line import FINITE, Line, Slot, Trigger, fits, is_too_unknown, last_match, slot_of
from processors.detect.phrases import Phrase, Role
from processors.detect.seats import POSITIONS

_LEAD = 24
_SAID = 40


def _topic(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place that the trigger is told of: nothing but auxiliaries between, no preposition before it."""
    patterns = line.lexicon.patterns
    place = next((p for p in line.before(trigger) if fits(p, role)), None)
    if place is None or place.bound or is_too_unknown(trigger, place):
        return None
    if patterns["depending"].search(line.text[max(line.start, place.start - _LEAD) : place.start]):
        return None
    return slot_of(place) if patterns["topic_gap"].match(line.text[place.end : trigger.start]) else None


def _headline(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place that a participle follows at once, as headlines leave the verb of being out."""
    slot = _topic(line, trigger, role)
    if slot is None or slot.phrase is None or slot.phrase.head in {"it", "they"}:
        return None
    return slot if line.lexicon.patterns["headline_gap"].match(line.text[slot.end : trigger.start]) else None


def _contact(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place on which a clause hangs without a pronoun ("the towns they captured")."""
    subject = POSITIONS["prev"](line, trigger, Role.ACTOR)
    if subject is None or not line.lexicon.patterns["object_gone"].match(line.text[trigger.end : line.end]):
        return None
    near = (p for p in line.phrases if p.role is role and p.headed and p.end + 1 == subject.start)
    return slot_of(next(near, None))


def _gap_alone(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place a relative clause is about where its verb has no object of its own ("which they lost in May")."""
    gone = line.lexicon.patterns["object_gone"].match(line.text[trigger.end : line.end])
    return POSITIONS["gap"](line, trigger, role) if gone else None


def _sayer(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take who says it of himself, the trigger following at once ("X claims capture of", "X says withdrawing")."""
    said = last_match(line.lexicon.patterns["sayer"], line.text, max(line.start, trigger.start - _SAID), trigger.start)
    if said is None or said.end() != trigger.start:
        return None
    near = (p for p in line.phrases if 0 <= said.start() - p.end <= 1)
    return slot_of(next((p for p in near if fits(p, role) or (p.role is Role.PLACE and not p.headed)), None))


def _we(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take those who tell their own deed ("we have liberated the town")."""
    del role
    told = line.lexicon.patterns["we"].search(line.text, max(line.start, trigger.start - _LEAD), trigger.start)
    if told is None:
        return None
    start, end = told.span("pro")
    return slot_of(Phrase(role=Role.ACTOR, start=start, end=end, first=0, last=1, pointing=True, head="we"))


def _its(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the pronoun before a noun whose doer is told behind it ("the town after its capture by X")."""
    told = line.lexicon.patterns["owning"].search(line.text, max(line.start, trigger.start - _LEAD), trigger.start)
    doer = line.text[trigger.end : line.end].split(maxsplit=1)[:1]
    suffers = doer in (["by"], ["from"]) or (line.text.endswith("fall", line.start, trigger.end) and doer != ["in"])
    if told is None or told.end() != trigger.start or not suffers:
        return None
    start, end = told.span("pro")
    return slot_of(Phrase(role=role, start=start, end=end, first=0, last=1, pointing=True, head="it"))


def _from_where(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place where a relative clause happens ("X, from where the army pulled out", "where they took over")."""
    subject = POSITIONS["prev"](line, trigger, Role.ACTOR)
    if subject is None or not line.text[line.start : subject.start].endswith((" where ", " from which ")):
        return None
    near = (p for p in reversed(line.phrases) if p.end <= subject.start and fits(p, role))
    return slot_of(next(near, None))


def _and(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the subject of the clause before "and" ("the army advanced on the coast and controls the ports")."""
    told = trigger.form == "past" or line.text.endswith("s", trigger.start, trigger.end)
    joined = told and line.text.endswith(" and ", line.start, trigger.start)
    joined = joined or line.lexicon.patterns["and_now"].search(line.text, line.start, trigger.start) is not None
    return POSITIONS["prev"](line, trigger, role) if joined else None


def _owned(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place whose own the noun is ("Aleppo's fall"); a country rather acts ("Russia's capture of")."""
    near = (p for p in line.phrases if p.role is role and p.end + 1 == trigger.start and p.bound and p.actor is None)
    return slot_of(next((p for p in near if line.text.endswith("'s", p.start, p.end)), None))


def _compound(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place whose name stands right before a noun ("the Heglig takeover")."""
    near = (p for p in line.phrases if p.role is role and p.end + 1 == trigger.start and p.actor is None)
    return slot_of(next((p for p in near if any(name.rows for name in p.names)), None))


def _person(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take a name of two words or more right before its verb, or parted from it by an aside between commas."""
    del role
    name = next((p for p in line.phrases if p.end <= trigger.start and p.role is Role.NAME), None)
    opens = name is not None and name.first == 0 and name.last == 1  # one capital opens every sentence
    if name is None or name.pointing or opens:
        return None
    between = line.text[name.end : trigger.start]
    aside = between.startswith(",") and line.lexicon.patterns["aside_ends"].search(between)
    return slot_of(name) if aside or line.lexicon.patterns["group_gap"].match(between) else None


def _named(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take a name that nothing knows where only a group can stand, right before the verb ("Fano captured ...")."""
    del role
    name = next((p for p in reversed(line.phrases) if p.end <= trigger.start), None)
    if name is None or name.role is not Role.NAME or name.pointing or trigger.form not in FINITE:
        return None
    if line.text[name.start : name.end] in line.lexicon.words["moods"]:
        return None
    gap = line.lexicon.patterns["group_gap"].match(line.text[name.end : trigger.start])
    led = line.lexicon.patterns["depending"].search(line.text[max(line.start, name.start - _LEAD) : name.start])
    return slot_of(name) if gap and not led else None


def _doing(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take who does it right before a participle, whatever it depends on itself ("with the army taking")."""
    near = (p for p in line.phrases if fits(p, role) and p.end + 1 == trigger.start and trigger.form == "ing")
    return slot_of(next(near, None))


def _having(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the subject of the main clause behind a perfect participle ("Having seized X, A ...")."""
    comma = line.text.find(",", trigger.end, line.end)
    if comma < 0 or not line.text.endswith("having ", line.start, trigger.start):
        return None
    return slot_of(next((p for p in line.phrases if comma < p.start <= comma + 2 and fits(p, role)), None))


def _whence(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take where those who leave are, told right before the verb ("the troops in Iraq withdraw")."""
    if trigger.form not in FINITE:
        return None
    for actor, place in pairwise(line.phrases):
        if place.end + 1 == trigger.start and fits(place, role) and actor.role is Role.ACTOR:
            inside = line.text[actor.end : place.start].strip() in {"in", "inside", "at"}
            return slot_of(place) if inside else None
    return None


def _over_aside(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor that opens the sentence where an aside between commas parts it from its verb."""
    first = next((p for p in line.phrases if p.end <= trigger.start), None)
    if first is None or not fits(first, role) or first.first > 1 or line.text[first.end : first.end + 1] != ",":
        return None
    return slot_of(first) if line.lexicon.patterns["aside_ends"].search(line.text[first.end : trigger.start]) else None


def _to_capital(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take a town that stands for its state right behind "fell to" ("fell to Moscow")."""
    del role
    near = next((p for p in line.after(trigger) if p.role is Role.PLACE), None)
    bare = near is not None and not near.headed and not near.bound and bool(near.names)
    return slot_of(near) if bare and near and line.text[trigger.end : near.start].strip() == "to" else None


def _capital(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take a town that stands for its state right before a finite verb ("Kyiv retook the village")."""
    del role
    name = next((p for p in reversed(line.phrases) if p.end <= trigger.start), None)
    if name is None or name.role is not Role.PLACE or trigger.form not in FINITE:
        return None
    bare = len(name.names) == 1 and not (name.headed or name.bound or name.pointing)
    gap = line.lexicon.patterns["group_gap"].match(line.text[name.end : trigger.start])
    led = line.lexicon.patterns["depending"].search(line.text[max(line.start, name.start - _LEAD) : name.start])
    return slot_of(name) if bare and gap and not led else None


def _capital_next(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take a town that stands for its state right behind a verb of giving ("gives Moscow control of the coast")."""
    del role
    near = next(line.after(trigger), None)
    if near is None or near.role is not Role.PLACE or line.text[trigger.end : near.start].strip():
        return None
    return slot_of(near) if near.names and not near.headed else None


def _by_name(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take a name that nothing knows behind "by" ("captured by Ansaru")."""
    del role
    near = next(line.after(trigger), None)
    named = near is not None and near.role is Role.NAME and not near.pointing
    return slot_of(near) if named and near and line.text[trigger.end : near.start].strip() == "by" else None


def _name_next(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take a name of two words or more right behind the trigger ("controlled by Abdi Dheere")."""
    del role
    near = next(line.after(trigger), None)
    named = near is not None and near.role is Role.NAME and near.last - near.first > 1
    return slot_of(near) if named and near and not line.text[trigger.end : near.start].strip() else None


def _tightening(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the subject of the verb of which a siege is the object ("they tightened their year-long siege of")."""
    told = line.lexicon.patterns["tightening"].search(line.text, max(line.start, trigger.start - _SAID), trigger.start)
    return POSITIONS["prev"](line, trigger, role) if told else None


def _apart(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place that opens the clause where an aside parts it from its verb ("X, north of Y, fell")."""
    if not line.lexicon.patterns["aside_ends"].search(line.text[line.start : trigger.start]):
        return None
    starts = (line.clause_start(trigger.start), line.start)
    return next((slot for start in starts if (slot := _opening(line, trigger, role, start)) is not None), None)


def _opening(line: Line, trigger: Trigger, role: Role, start: int) -> Slot | None:
    """Take the place that opens what begins at `start`, if an aside follows it."""
    first = next((p for p in line.phrases if start <= p.start and p.end <= trigger.start), None)
    if first is None or not fits(first, role) or first.bound or not (first.names or first.pointing):
        return None
    aside = line.text[first.end :].lstrip().startswith((",", "-", "–", "—"))
    return slot_of(first) if aside and len(line.text[start : first.start].split()) <= 1 else None


def _both(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take two places that "and" joins as the subject ("the town of A and the village of B were captured")."""
    slot = _topic(line, trigger, role)
    second = slot.phrase if slot else None
    if second is None or not second.names:
        return None
    first = next((p for p in reversed(line.phrases) if p.end <= second.start), None)
    if first is None or first.role is not Role.PLACE or first.bound or not first.names:
        return None
    joined = line.text[first.end : second.start].strip() in {"and", ", and", "as well as"}
    led = line.lexicon.patterns["depending"].search(line.text[max(line.start, first.start - _LEAD) : first.start])
    return (
        slot_of(replace(second, start=first.start, names=(*first.names, *second.names))) if joined and not led else None
    )


def _headplace(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the nearest place before the trigger that is not told to hold another ("Zaranj in Nimruz was ...")."""
    nearest = [p for p in line.before(trigger) if fits(p, role) and p.role is Role.PLACE]
    if len(nearest) < 2 or not nearest[1].names or is_too_unknown(trigger, nearest[1]):  # noqa: PLR2004 (a pair)
        return None
    whole, part = nearest[:2]
    between = line.text[part.end : whole.start]
    beside = whole.head in {"north", "south", "east", "west"} and between == " "
    told = beside or line.lexicon.patterns["lying_in"].match(between) is not None
    return slot_of(part) if told and not part.bound else None


ENGLISH = {
    **OPEN,
    **ELSEWHERE,
    "en-apart": _apart,
    "en-both": _both,
    "en-headplace": _headplace,
    "en-over-aside": _over_aside,
    "en-to-capital": _to_capital,
    "en-capital": _capital,
    "en-capital-next": _capital_next,
    "en-tightening": _tightening,
    "en-by-name": _by_name,
    "en-name-next": _name_next,
    "en-topic": _topic,
    "en-headline": _headline,
    "en-contact": _contact,
    "en-gap-alone": _gap_alone,
    "en-sayer": _sayer,
    "en-we": _we,
    "en-and": _and,
    "en-its": _its,
    "en-from-where": _from_where,
    "en-owned": _owned,
    "en-compound": _compound,
    "en-person": _person,
    "en-named": _named,
    "en-doing": _doing,
    "en-having": _having,
    "en-whence": _whence,
}
