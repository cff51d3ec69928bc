"""Positions of places in languages with free word order and cases, and the table of all their positions.

Each takes a sentence, a trigger and a role and returns the slot that stands
there, or none; who acts is found in slavic_sides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from processors.detect.line import Line, Slot, Trigger, fits, is_too_unknown, slot_of
from processors.detect.phrases import Phrase, Role
from processors.detect.slavic_open import unlisted_left, unlisted_object, unlisted_source, unlisted_subject
from processors.detect.slavic_relatives import (
    antecedent,
    apposed,
    goal_antecedent,
    nominative_antecedent,
    source_antecedent,
)
from processors.detect.slavic_sides import (
    FAR,
    agent,
    announcer,
    bearer,
    doer_of_participle,
    follower,
    follows,
    from_whom,
    holder_before,
    is_governed,
    of_whom,
    subject,
    to_whom,
    whom,
)
from streams.mentions import Kind

_ASIDE = 8
_STEM = 5
_STRANGE = 1
"""Words nothing is known of that may stand between a fronted place and its verb, in an aside more of them."""

_WITH = re.compile(r"(?<!\w)(?:с|со|із)\s+$")
"""What makes a place the company of something else ("граничащие с X районы")."""

_FROM = re.compile(r"(?<!\w)(?:с|со|із|у)\s+$")
"""The same of a state, which something is taken from as well ("отбил у Армении треть района")."""

_PREPOSED = 16
_ACTIVE = frozenset({"past", "base", "managed", "future", "present", "ing"})
_OBJECTIVE = frozenset({"", "nom", "acc"})
_OF_NOUN = frozenset({""})
"""Cases that the object of a verb may have, and what stands far behind a noun: no nominative of its own clause."""


def _far(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the first place behind the trigger that nothing governs, whatever stands between ("заняли после боев X")."""
    cases = _OF_NOUN if trigger.form == "noun" else _OBJECTIVE
    for phrase in line.after(trigger):
        object_like = fits(phrase, role) and phrase.role is Role.PLACE and phrase.case in cases
        named = phrase.headed or any(name.rows for name in phrase.names)
        if not object_like or not named or phrase.pointing or is_governed(line, phrase):
            continue
        between = line.text[trigger.end : phrase.start]
        attribute = not phrase.headed and _is_attribute_of(line, phrase)
        apart = "," in between or len(between.split()) > FAR or attribute
        return None if apart else slot_of(phrase)
    return None


def _is_attribute_of(line: Line, place: Phrase) -> bool:
    """Tell whether a place follows another phrase that it may only say more of."""
    return any(p.end == place.start - 1 for p in line.phrases)


def _fronted(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the nearest place before the trigger that no preposition governs and no state that acts."""
    if line.lexicon.patterns["of_instrument"].fullmatch(line.text, trigger.start, trigger.end):
        return None  # "освободили X и установили контроль над": what is controlled stands behind
    for phrase in line.before(trigger):
        if not fits(phrase, role) or phrase.role is Role.ACTOR or (phrase.actor and not phrase.headed):
            continue
        if trigger.form in _ACTIVE and phrase.head in line.lexicon.words["acting"]:
            continue
        governed = trigger.form != "participle" and is_governed(line, phrase)
        attributive = phrase.case == "gen" and not phrase.headed and not governed
        if governed or attributive or is_too_unknown(trigger, phrase) or _qualifies(line, phrase):
            continue
        if _is_open(line, phrase.end, trigger):
            closed = line.text.startswith(",", phrase.end)
            return slot_of((apposed(line, phrase) if closed else None) or _first_of_list(line, phrase))
    return None


def _first_of_list(line: Line, place: Phrase) -> Phrase:
    """Return the place that opens a pair of which this is the second ("поселок и база находятся"), else itself."""
    before = next((p for p in reversed(line.phrases) if p.end <= place.start), None)
    joined = before is not None and line.text[before.end : place.start].strip() in {"и", "та", "і", "й"}
    paired = joined and before is not None and before.role is Role.PLACE and before.headed and place.headed
    return before if before is not None and paired and not is_governed(line, before) else place


def _qualifies(line: Line, place: Phrase) -> bool:
    """Tell whether a bare name only says whose the actor before it is ("полиция Бишкека"), or ends a list unread."""
    joined = line.text[line.start : place.start].rstrip().endswith((" и", " та", " і", " й"))
    if joined and not place.headed:
        return True
    actors = (p for p in line.phrases if p.role is Role.ACTOR and 0 <= place.start - p.end <= 1)
    return not place.headed and next(actors, None) is not None


def _is_open(line: Line, start: int, trigger: Trigger) -> bool:
    """Tell whether a verb can govern what ends at `start`: adverbs, actors, an aside or times stand between."""
    end = trigger.start
    commas = line.text.count(",", start, end)
    if trigger.form == "ing" and commas:  # what another verb has for its object
        return False
    if trigger.form == "participle" or (trigger.form == "stated" and line.text[start:end].strip() == ","):
        aside = line.text[start:end].lstrip().startswith(",") and commas == 1  # "город, ранее подконтрольный X"
        return not commas or (aside and not _words_outside(line, start, end))
    if commas == 1:
        return False
    nominative = trigger.form == "stated" or trigger.frame.name in line.lexicon.words["with_topic"]
    return _words_outside(line, start, end) <= (_ASIDE if commas or nominative else _STRANGE)


def _direct(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the first place behind the trigger that only adverbs and actors part from it ("отбили у X город Y")."""
    at = trigger.end
    for phrase in line.after(trigger):
        between = _foreign(line, at, phrase.start)
        given = trigger.frame.kind is Kind.HANDOVER or trigger.frame.name in line.lexicon.words["with_topic"]
        acts = trigger.form == "noun" and phrase.case == "ins"  # "взятие Азербайджаном города"
        told = phrase.actor and at == trigger.end and (given or acts) and not phrase.headed
        beside = _FROM if phrase.actor and not phrase.headed else _WITH
        if told or beside.search(line.text, max(at, phrase.start - _PREPOSED), phrase.start):
            at = phrase.end
            continue
        placed = fits(phrase, role) and phrase.role is not Role.ACTOR
        if placed and not between and not _is_inside(line, trigger, phrase):
            return None if is_too_unknown(trigger, phrase) else slot_of(phrase)
        aside = "locative" if phrase.role is Role.PLACE else "beside"
        if not set(between) <= line.lexicon.words[aside]:
            return None
        at = phrase.end
    return None


def _is_inside(line: Line, trigger: Trigger, place: Phrase) -> bool:
    """Tell whether a place only says where the object lies ("заняли расположенную возле X базу")."""
    start = max(trigger.end, place.start - _PREPOSED)
    return line.lexicon.patterns["oblique"].search(line.text, start, place.start) is not None


def _foreign(line: Line, start: int, end: int) -> list[str]:
    """Return the words of text[start:end] that are no adverbs, no brackets and no further verb of telling."""
    adverbs, stems = line.lexicon.words["adverbs"], line.lexicon.stems
    told = line.lexicon.patterns["lying"].sub(" ", line.text[start:end])
    words = [word.strip("()") for word in told.split()]
    plain = (word for word in words if not (stems.match(word) and len(word) > _STEM))
    return [word for word in plain if word and word not in adverbs and not word.strip(",.%").isdigit()]


def _words_outside(line: Line, start: int, end: int) -> int:
    """Count the words of text[start:end] that belong to no phrase and are no adverbs."""
    inside = [p for p in line.phrases if start <= p.start and p.end <= end]
    gaps = zip([start, *(p.end for p in inside)], [*(p.start for p in inside), end], strict=True)
    adverbs, lying = line.lexicon.words["adverbs"], line.lexicon.patterns["lying"]
    told = (lying.sub(" ", line.text[a:b]).split() for a, b in gaps)
    return sum(word[0].isalnum() and word not in adverbs for words in told for word in words)


def _source(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place before the trigger that "out of" stands before."""
    near = (p for p in line.before(trigger) if fits(p, role) and not is_too_unknown(trigger, p))
    return slot_of(next((p for p in near if follows(line, "out_of", p)), None))


def _goal(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place before the trigger that "into" stands before ("в город вошли войска")."""
    near = (p for p in line.before(trigger) if fits(p, role) and not is_too_unknown(trigger, p))
    return slot_of(next((p for p in near if follows(line, "into", p)), None))


def _thence(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the "from there" before the trigger ("оттуда ушли войска")."""
    del role
    start = line.clause_start(trigger.start)
    found = line.lexicon.patterns["thence"].search(line.text, start, trigger.start)
    return Slot(start=found.start("pro"), end=found.end("pro")) if found else None


def _inside(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place before the trigger in which it happened ("в селе войска оттеснили врага")."""
    near = (p for p in line.before(trigger) if fits(p, role) and not is_too_unknown(trigger, p))
    return slot_of(next((p for p in near if follows(line, "within", p)), None))


def _pronoun(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the pronoun right before the trigger that stands for its object, where somebody acts ("его захватили X")."""
    if trigger.form != "noun" and bearer(line, trigger, role) is None:
        return None
    if trigger.form == "managed" and (
        inside := line.lexicon.patterns["pronoun_inside"].search(line.text, trigger.start, trigger.end)
    ):
        return Slot(start=inside.start("pro"), end=inside.end("pro"))
    start = line.clause_start(trigger.start)
    found = line.lexicon.patterns["pronoun_before"].search(line.text, start, trigger.start)
    return Slot(start=found.start("pro"), end=found.end("pro")) if found else None


def _pronoun_behind(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the pronoun right behind the trigger that stands for its object ("занял его без боя")."""
    del role
    found = line.lexicon.patterns["pronoun_behind"].match(line.text, trigger.end, line.end)
    return Slot(start=found.start("pro"), end=found.end("pro")) if found else None


def _pronoun_subject(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the pronoun before the trigger that stands for its subject, a place ("он перешел под контроль X")."""
    del role
    start = line.clause_start(trigger.start)
    found = line.lexicon.patterns["pronoun_subject"].search(line.text, start, trigger.start)
    return Slot(start=found.start("pro"), end=found.end("pro")) if found else None


SLAVIC: Mapping[str, Callable[[Line, Trigger, Role], Slot | None]] = {
    "subject-by-case": subject,
    "bearer-by-case": bearer,
    "follower-by-case": follower,
    "doer-of-participle": doer_of_participle,
    "announcer": announcer,
    "agent-by-case": agent,
    "whom-by-case": whom,
    "of-whom": of_whom,
    "to-whom": to_whom,
    "of-actor-before": from_whom,
    "holder-by-participle": holder_before,
    "free-object": _direct,
    "far-object": _far,
    "unlisted-left": unlisted_left,
    "unlisted-object": unlisted_object,
    "unlisted-source": unlisted_source,
    "unlisted-subject": unlisted_subject,
    "fronted-by-case": _fronted,
    "pronoun-before": _pronoun,
    "pronoun-behind": _pronoun_behind,
    "pronoun-subject": _pronoun_subject,
    "out-of-before": _source,
    "into-before": _goal,
    "in-before": _inside,
    "thence-before": _thence,
    "relative-antecedent": antecedent,
    "relative-subject": nominative_antecedent,
    "relative-source": source_antecedent,
    "relative-goal": goal_antecedent,
}
"""Position names of languages with cases; a lexicon's frames name them beside those of seats.POSITIONS."""
