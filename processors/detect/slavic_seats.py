"""Positions of languages with free word order and cases: who acts stands in the nominative, wherever that is.

Each takes a sentence, a trigger and a role and returns the slot that stands
there, or none. An empty case means that the words do not tell it ("ВСУ").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from processors.detect.line import Line, Slot, Trigger, fits, is_too_unknown, slot_of
from processors.detect.phrases import Phrase, Role
from processors.detect.slavic_relatives import antecedent, nominative_antecedent

_FAR = 9
"""Words that may part a verb from the subject that follows it."""

_NEAR = 4
_ASIDE = 8
_STEM = 5
_STRANGE = 1
"""Words nothing is known of that may stand between a fronted place and its verb, in an aside more of them."""

_WITH = re.compile(r"(?<!\w)(?:с|со|із)\s+$")
"""What makes a place the company of something else ("граничащие с X районы")."""

_FROM = re.compile(r"(?<!\w)(?:с|со|із|у)\s+$")
"""The same of a state, which something is taken from as well ("отбил у Армении треть района")."""

_PREPOSED = 16
_WITHOUT_SUBJECT = frozenset({"noun", "stated", "participle"})
_ACTIVE = frozenset({"past", "base", "managed", "future", "ing"})
_NOMINATIVE = frozenset({"", "nom"})
_GENITIVE = frozenset({"", "gen", "acc"})


def _is_governed(line: Line, phrase: Phrase) -> bool:
    """Tell whether a preposition stands before the phrase."""
    return _follows(line, "oblique", phrase)


def _follows(line: Line, pattern: str, phrase: Phrase) -> bool:
    """Tell whether words of this pattern stand right before the phrase; whole words only."""
    start = max(0, line.start - 1, phrase.start - _PREPOSED)
    return line.lexicon.patterns[pattern].search(line.text, start, phrase.start) is not None


def _actors(line: Line, phrases: Iterator[Phrase], cases: frozenset[str]) -> Iterator[Phrase]:
    """Yield the actors in one of these cases that no preposition governs."""
    people = line.lexicon.words["people"]
    fitting = (p for p in phrases if fits(p, Role.ACTOR) and p.case in cases and p.head not in people)
    free = (p for p in fitting if not _is_governed(line, p) and not _is_bracketed(line, p))
    return (p for p in free if p.case or not (_follows(line, "borne", p) or _is_attribute(line, p)))


def _is_attribute(line: Line, actor: Phrase) -> bool:
    """Tell whether a noun that may be a genitive follows a noun it can belong to ("лидер оппозиции")."""
    words = line.text[line.start : actor.start].split()
    if not words or not words[-1].isalpha() or actor.head not in line.lexicon.words["actors"]:
        return False
    known = line.lexicon.words["stops"] | line.lexicon.words["adverbs"] | line.lexicon.words["quantity"]
    taken = any(p.end == actor.start - 1 for p in line.phrases)
    return not taken and words[-1] not in known and line.lexicon.stems.match(words[-1]) is None


def _is_bracketed(line: Line, phrase: Phrase) -> bool:
    """Tell whether a phrase stands in brackets, where it only explains the one before them."""
    return line.text.count("(", line.start, phrase.start) > line.text.count(")", line.start, phrase.start)


def _subject(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor in the nominative of a finite verb: nouns and passives name theirs in another case."""
    return None if trigger.form in _WITHOUT_SUBJECT else _bearer(line, trigger, role)


def _bearer(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor in the nominative: what a relative clause hangs on, the nearest before, else the first after."""
    related = antecedent(line, trigger, role, "relative_subject")
    if related is not None:
        return related
    before = next(_actors(line, line.before(trigger), _NOMINATIVE), None)
    after = _follower(line, trigger, role)
    parted = before is not None and "," in line.text[before.end : trigger.start]
    adjacent = after is not None and not line.text[trigger.end : after.start].strip()
    return after if parted and adjacent else slot_of(before) or after or _of_main_clause(line, trigger)


def _of_main_clause(line: Line, trigger: Trigger) -> Slot | None:
    """Take who says in the main clause what the trigger's clause tells without a subject ("X заявили, что взяли")."""
    start = line.clause_start(trigger.start)
    if not line.lexicon.patterns["that"].search(line.text[max(line.start, start - _PREPOSED) : start]):
        return None
    earlier = (p for p in reversed(line.phrases) if p.end <= start)
    return slot_of(next(_actors(line, earlier, _NOMINATIVE), None))


def _announcer(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor who announces what a noun tells as its own deed ("X заявили о взятии Y")."""
    del role
    announcing = line.lexicon.patterns["announcing"].search(line.text, line.clause_start(trigger.start), trigger.start)
    if announcing is None or announcing.end() != trigger.start:
        return None
    before = next(_actors(line, line.before(trigger), _NOMINATIVE), None)
    return slot_of(before) if before is not None and before.end <= announcing.start() else None


def _follower(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the first actor in the nominative behind the trigger."""
    del role
    actors = _actors(line, line.after(trigger), _NOMINATIVE)
    found = next((p for p in actors if p.role is not Role.PLACE), None)
    near = found is not None and len(line.text[trigger.end : found.start].split()) <= _FAR
    return slot_of(found) if near else None


def _agent(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor in the instrumental, behind the trigger or before it; an undeclined one right behind."""
    del role
    if trigger.form in _ACTIVE:
        return None
    instrumental = frozenset({"ins"})
    after = next(_actors(line, line.after(trigger), instrumental), None)
    found = after or next(_actors(line, line.before(trigger), instrumental), None)
    if found is None:
        undeclined = next(_actors(line, line.after(trigger), frozenset({""})), None)
        right_behind = undeclined is not None and not line.text[trigger.end : undeclined.start].strip()
        found = undeclined if right_behind else None
    return slot_of(found)


def _whom(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the one acted upon: an actor in the genitive or accusative behind the trigger, else right before it."""
    del role
    after = next(_actors(line, line.after(trigger), _GENITIVE | {"nom"}), None)
    if after is not None and len(line.text[trigger.end : after.start].split()) <= _NEAR:
        return slot_of(after)
    before = next(_actors(line, line.before(trigger), _GENITIVE), None)
    near = before is not None and len(line.text[before.end : trigger.start].split()) <= _NEAR
    return slot_of(before) if near else None


def _of_whom(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor in the genitive right behind the trigger ("под контроль X", "отход X")."""
    del role
    found = next(_actors(line, line.after(trigger), _GENITIVE), None)
    near = found is not None and not line.text[trigger.end : found.start].strip()
    return slot_of(found) if near else None


def _to_whom(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor in the dative behind the trigger, else before it."""
    del role
    dative = frozenset({"dat"})
    found = next(_actors(line, line.after(trigger), dative), None)
    return slot_of(found or next(_actors(line, line.before(trigger), dative), None))


def _fronted(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the nearest place before the trigger that no preposition governs and no state that acts."""
    for phrase in line.before(trigger):
        if not fits(phrase, role) or phrase.role is Role.ACTOR or (phrase.actor and not phrase.headed):
            continue
        governed = trigger.form != "participle" and _is_governed(line, phrase)
        attributive = phrase.case == "gen" and not phrase.headed and not governed
        if governed or attributive or is_too_unknown(trigger, phrase) or _qualifies(line, phrase):
            continue
        if _is_open(line, phrase.end, trigger):
            return slot_of(phrase)
    return None


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
    if trigger.form == "participle" or (trigger.form == "stated" and line.text[start:end].strip() == ","):
        return line.text[start:end].rstrip().endswith(",") or not commas
    if commas == 1:
        return False
    nominative = trigger.form == "stated" or trigger.frame.name in line.lexicon.words["with_topic"]
    return _words_outside(line, start, end) <= (_ASIDE if commas or nominative else _STRANGE)


def _direct(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the first place behind the trigger that only adverbs and actors part from it ("отбили у X город Y")."""
    at = trigger.end
    for phrase in line.after(trigger):
        between = _foreign(line, at, phrase.start)
        told = phrase.actor and at == trigger.end and trigger.frame.name in line.lexicon.words["with_topic"]
        beside = _FROM if phrase.actor and not phrase.headed else _WITH
        if told or beside.search(line.text, max(at, phrase.start - _PREPOSED), phrase.start):
            at = phrase.end
            continue
        placed = fits(phrase, role) and phrase.role is not Role.ACTOR
        if placed and not between:
            return None if is_too_unknown(trigger, phrase) else slot_of(phrase)
        aside = "locative" if phrase.role is Role.PLACE else "beside"
        if not set(between) <= line.lexicon.words[aside]:
            return None
        at = phrase.end
    return None


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
    adverbs = line.lexicon.words["adverbs"]
    return sum(word[0].isalnum() and word not in adverbs for a, b in gaps for word in line.text[a:b].split())


def _source(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place before the trigger that "out of" stands before."""
    near = (p for p in line.before(trigger) if fits(p, role) and not is_too_unknown(trigger, p))
    return slot_of(next((p for p in near if _follows(line, "out_of", p)), None))


def _goal(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place before the trigger that "into" stands before ("в город вошли войска")."""
    near = (p for p in line.before(trigger) if fits(p, role) and not is_too_unknown(trigger, p))
    return slot_of(next((p for p in near if _follows(line, "into", p)), None))


def _pronoun(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the pronoun right before the trigger that stands for its object, where somebody acts ("его захватили X")."""
    if trigger.form != "noun" and _bearer(line, trigger, role) is None:
        return None
    start = line.clause_start(trigger.start)
    found = line.lexicon.patterns["pronoun_before"].search(line.text, start, trigger.start)
    return Slot(start=found.start("pro"), end=found.end("pro")) if found else None


def _pronoun_behind(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the pronoun right behind the trigger that stands for its object ("занял его без боя")."""
    del role
    found = line.lexicon.patterns["pronoun_behind"].match(line.text, trigger.end, line.end)
    return Slot(start=found.start("pro"), end=found.end("pro")) if found else None


SLAVIC: Mapping[str, Callable[[Line, Trigger, Role], Slot | None]] = {
    "subject-by-case": _subject,
    "bearer-by-case": _bearer,
    "follower-by-case": _follower,
    "announcer": _announcer,
    "agent-by-case": _agent,
    "whom-by-case": _whom,
    "of-whom": _of_whom,
    "to-whom": _to_whom,
    "free-object": _direct,
    "fronted": _fronted,
    "pronoun-before": _pronoun,
    "pronoun-behind": _pronoun_behind,
    "out-of-before": _source,
    "into-before": _goal,
    "relative-antecedent": antecedent,
    "relative-subject": nominative_antecedent,
}
"""Position names of languages with cases; a lexicon's frames name them beside those of seats.POSITIONS."""
