"""Positions of French and Spanish: the place that a clause is about, before what is said of it between commas."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from processors.detect.line import Line, Slot, Trigger, fits, is_too_unknown, slot_of
from processors.detect.phrases import Phrase, Role
from processors.detect.romance_asides import chained

_FRONT = 3
"""Words that may lead a sentence before the place it is about."""

_NEAR = 3
"""Words that may stand between a subject and its verb."""

_HEADLINE = 8
"""Words that may stand between the noun that opens a headline and its participle."""

_LEAD = 24
"""Characters before a phrase that may hold its preposition."""

_REACH = 80
"""Characters between a place and the verb of the clause that hangs on it."""

_DESCRIBED = re.compile(
    r"\s*(?:\([^()]*\)\s*)?[,-]\s*(?:(?:uno|una|un|une|el|la|le|l')\s*(?:(?:de|des)\s+)?(?:(?:los|las|les)\s+)?)?(?:(?!qu[ei]\s)\w+\s+){0,2}$"
    r"|\s+(?:es|era|fue|est|etait|fut|devient)\s+$"
)
"""What may stand between a name and the noun that describes it: a comma, "one of the last", "is"."""

_COPULA = re.compile(r"\s+(?:es|era|est|etait)\s+")
"""What stands between a name and the noun that says what it is."""

_WORDS = re.compile(r"\w+(?:-\w+)*'?")
_DROPPED = re.compile(r"(?:\s*\([^()]*\))?,?\s+que\s+(?:ya\s+|ahora\s+|aun\s+|todavia\s+)?")
"""What may stand between a place and the verb of its relative clause."""

_RELATIVE = re.compile(r",?\s+(?:que|qui)\s+")
"""What stands between a place and the verb of its relative clause, whatever that place is part of."""

_ASIDE = re.compile(r"\s*(?:\([^()]*\)\s*)?,\s[^;:]*,\s*$")


def _topic(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place that opens the sentence where an aside between commas parts it from the verb."""
    for phrase in line.phrases:
        if phrase.first > _FRONT or phrase.end > trigger.start:
            return None
        if fits(phrase, role) and phrase.role is not Role.ACTOR and not is_too_unknown(trigger, phrase):
            aside = _ASIDE.match(line.text, phrase.end, trigger.start)
            apart = aside is not None and aside.end() == trigger.start and not _is_person(line, aside[0])
            return slot_of(phrase) if apart else None
    return None


def _is_person(line: Line, aside: str) -> bool:
    """Tell whether an aside says that the name before it is somebody's ("X, le commandant de la milice, ...")."""
    lists = line.lexicon.words
    head = next((w for w in _WORDS.findall(aside) if w not in lists["determiners"] | lists["loose"]), "")
    return head in lists["speakers"] and head not in lists["places"]


def _subject(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place right before the verb that no preposition makes a part of something else."""
    oblique = line.lexicon.patterns["oblique"]
    for phrase in line.before(trigger):
        if len(line.text[phrase.end : trigger.start].split()) > _NEAR:
            return None
        if fits(phrase, role) and phrase.role is not Role.ACTOR and not is_too_unknown(trigger, phrase):
            behind = oblique.search(line.text[max(line.start, phrase.start - _LEAD) : phrase.start])
            behind = None if _RELATIVE.fullmatch(line.text, phrase.end, trigger.start) else behind
            return _owner(line, phrase, role) if behind else slot_of(phrase)
    return None


def _owner(line: Line, part: Phrase, role: Role) -> Slot | None:
    """Take the noun of places that a place with "de" only says more of ("los cuarteles de la frontera")."""
    before = next((p for p in reversed(line.phrases) if p.end <= part.start), None)
    if before is None or before.role is not role or not before.headed:
        return None
    return slot_of(before) if line.text[before.end : part.start].strip() in line.lexicon.words["of"] else None


def _told(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the one right before an infinitive who is made or told to do it ("a sus tropas retirarse de X")."""
    near = (p for p in line.before(trigger) if fits(p, role) and p.role is not Role.PLACE)
    phrase = next(near, None) if trigger.form == "inf" else None
    close = phrase is not None and len(line.text[phrase.end : trigger.start].split()) <= _NEAR
    return slot_of(phrase) if close else None


def _is_noun(phrase: Phrase) -> bool:
    """Tell whether a place has no name of its own, or only one that it lies in ("la seconde ville du nord de X")."""
    return not phrase.names or (phrase.headed and phrase.names[0].start == phrase.start)


def _apposed(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the name before a comma that the trigger's own noun describes ("X, the last town held by A")."""
    start = trigger.start
    for phrase in reversed(line.phrases):
        if phrase.start > trigger.start or phrase.role is Role.ACTOR:
            continue
        if phrase.role is role and _is_noun(phrase) and start - phrase.end <= 1:
            start = min(start, phrase.start)
            continue
        named = bool(phrase.names) and phrase.end <= start
        return slot_of(phrase) if named and _DESCRIBED.match(line.text[phrase.end : start]) else None
    return None


def _said_of(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the name that a noun of places before the trigger describes ("X est la troisième ville prise par A")."""
    slot = _apposed(line, trigger, role)
    nouns = (p for p in line.phrases if p.role is role and p.headed and _is_noun(p))
    return slot if slot and any(slot.end <= p.start and p.end <= trigger.start for p in nouns) else None


def _off(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place that a distance is told from ("se sont repliés à 5 km au sud de X"): it is the one they left."""
    away = line.lexicon.patterns["away"].match(line.text, trigger.end, line.clause_end(trigger.end))
    phrase = next((p for p in line.phrases if away and p.role is role and p.end > away.end()), None)
    if away is None or phrase is None:
        return None
    if not phrase.within:
        return slot_of(phrase) if phrase.start <= away.end() else None
    start, end = phrase.within[0].start, phrase.within[-1].end
    named = replace(phrase, start=start, end=end, names=phrase.within, within=())
    return Slot(start=start, end=end, phrase=named)


def _let(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take who is enabled to do what an infinitive tells ("l'offensive a permis à A de prendre X")."""
    slot = _told(line, trigger, role)
    letting = slot and line.lexicon.patterns["letting"].search(line.text, line.start, slot.start)
    return slot if letting else None


def _trying(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take whose attempt an infinitive tells ("the attempt of A to take X")."""
    phrase = next((p for p in line.before(trigger) if fits(p, role) and p.role is not Role.PLACE), None)
    if trigger.form != "inf" or phrase is None:
        return None
    patterns = line.lexicon.patterns
    tied = patterns["attempting"].search(line.text[phrase.end : trigger.start])
    return slot_of(phrase) if tied and patterns["attempt"].search(line.text[line.start : phrase.start]) else None


def _forcing(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take who makes others do what an infinitive tells ("A obligó a B a huir"): not "forcé" as a noun."""
    actors = [p for p in line.before(trigger) if p.role is role and not p.pointing and p.head != "force"]
    return slot_of(actors[1]) if len(actors) > 1 else None


def _claiming(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take who claims to have done what a noun tells ("A a revendiqué la prise de X")."""
    oblique = line.lexicon.patterns["oblique"]
    actors = (p for p in line.before(trigger) if fits(p, role) and not p.pointing)
    free = (p for p in actors if not oblique.search(line.text[max(line.start, p.start - _LEAD) : p.start]))
    phrase = next(free, None)
    claims = phrase and line.lexicon.patterns["claiming"].search(line.text[phrase.end : trigger.end])
    return slot_of(phrase) if claims else None


def _described(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the subject that an aside describes before the verb ("A, liderados por B, tomaron X")."""
    described = line.lexicon.patterns["described"]
    near = (p for p in line.before(trigger) if fits(p, role) and p.role is Role.ACTOR)
    return slot_of(next((p for p in near if described.fullmatch(line.text, p.end, trigger.start)), None))


def _whose(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place before "where" or "whose" in a clause that names none ("X, où A a pris le contrôle")."""
    whose = line.lexicon.patterns["whose"]
    near = [p for p in reversed(line.phrases) if trigger.start - _REACH <= p.end <= trigger.start and fits(p, role)]
    found = next((p for p in near if whose.search(line.text[p.end : trigger.end])), None)
    if found is None or found.names:
        return slot_of(found)
    named = (p for p in near if p.end < found.start and _COPULA.fullmatch(line.text, p.end, found.start))
    return slot_of(next(named, found))


def _carried(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the sentence's subject where "but" opens the verb's clause and nothing stands between."""
    subject = next((p for p in line.phrases if p.first <= _FRONT), None)
    if subject is None or subject.end > trigger.start or not fits(subject, role):
        return None
    carries = line.lexicon.patterns["carries"].search(
        line.text, max(subject.end, trigger.start - _REACH), trigger.start
    )
    return slot_of(subject) if carries else None


def _fronted(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place that "in" and a comma set before the clause of leaving ("Dans le village de X, A se retire")."""
    place = next((p for p in line.phrases if p.end <= trigger.start), None)
    if (
        place is None
        or place.role is not role
        or place.actor
        or not line.lexicon.patterns["front"].fullmatch(line.text, line.start, place.start)
    ):
        return None
    return slot_of(place) if line.text.startswith(",", place.end) else None


def _since(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the subject behind a participle that opens the sentence ("Assiégée depuis mai, X ...")."""
    if line.text[line.start : trigger.start].strip():
        return None
    subject = next((p for p in line.phrases if p.start >= trigger.end and fits(p, role)), None)
    if subject is None or not line.lexicon.patterns["since"].fullmatch(line.text, trigger.end, subject.start):
        return None
    return slot_of(subject) if subject is not None and fits(subject, role) and subject.role is not Role.ACTOR else None


def _several(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the object that "de" and a word of number or size open ("ont pris de nombreux villages")."""
    phrase = next((p for p in line.after(trigger) if fits(p, role)), None)
    if phrase is None or line.text[trigger.end : phrase.start].strip() not in {"de", "d'"}:
        return None
    counting = line.lexicon.words["quantity"] | line.lexicon.words["loose"]
    return slot_of(phrase) if line.text[phrase.start : phrase.end].split()[0] in counting else None


def _dropped(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place before "que" and a verb whose subject is left out or stands behind it ("X, que tomaron ayer")."""
    before = next((p for p in reversed(line.phrases) if p.end <= trigger.start), None)
    if before is None or before.role is not role:
        return None
    return slot_of(before) if _DROPPED.fullmatch(line.text, before.end, trigger.start) else None


def _inverted(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the subject right behind the verb of a relative clause ("X, que tomaron los rebeldes")."""
    if _dropped(line, trigger, Role.PLACE) is None:
        return None
    subject = next((p for p in line.phrases if p.start >= trigger.end), None)
    if subject is None or subject.role is not role:
        return None
    return slot_of(subject) if line.lexicon.patterns["next"].match(line.text[trigger.end : subject.start]) else None


def _past_area(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the object right behind where it lies ("recuperan en X dos aldeas")."""
    area, place = (*[p for p in line.after(trigger) if p.role is not Role.ACTOR][:2], None, None)[:2]
    if area is None or place is None or not fits(place, role) or is_too_unknown(trigger, place):
        return None
    inside = line.text[trigger.end : area.start].strip() in line.lexicon.words["at"]
    return slot_of(place) if inside and not line.text[area.end : place.start].strip() else None


def _flag_of(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take whose flag flies ("la bandera de A ondea sobre X")."""
    owners = (p for p in line.before(trigger) if p.role is role)
    return slot_of(
        next((p for p in owners if line.text[line.start : p.start].rstrip().endswith((" de", " del", " des"))), None)
    )


def _opening(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the noun of a place that opens a headline before a participle ("Base clave en X tomada por A")."""
    first = next(iter(line.phrases), None)
    if first is None or first.first > 0 or not first.headed or first.role is not role or first.end > trigger.start:
        return None
    return slot_of(first) if len(line.text[first.end : trigger.start].split()) <= _HEADLINE else None


ROMANCE: Mapping[str, Callable[[Line, Trigger, Role], Slot | None]] = {
    "topic": _topic,
    "subject": _subject,
    "told": _told,
    "apposed": _apposed,
    "said-of": _said_of,
    "off": _off,
    "trying": _trying,
    "claiming": _claiming,
    "forcing": _forcing,
    "whose": _whose,
    "carried": _carried,
    "described": _described,
    "since": _since,
    "several": _several,
    "fronted": _fronted,
    "let": _let,
    "dropped": _dropped,
    "inverted": _inverted,
    "past-area": _past_area,
    "opening": _opening,
    "chained": chained,
    "flag-of": _flag_of,
}
"""Position names of French and Spanish; their lexicons' frames name them beside those of seats.POSITIONS."""
