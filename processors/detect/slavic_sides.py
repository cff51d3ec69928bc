"""Who acts in languages with free word order and cases: the subject stands in the nominative, wherever that is.

Each takes a sentence, a trigger and a role and returns the slot that stands
there, or none. An empty case means that the words do not tell it ("ВСУ").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from processors.detect.line import Line, Slot, Trigger, fits, last_match, slot_of
from processors.detect.phrases import Phrase, Role
from processors.detect.slavic_relatives import antecedent
from streams.mentions import Kind

FAR = 9
"""Words that may part a verb from the subject that follows it."""

_NEAR = 4
_ADJECTIVES = re.compile(r"\s*(?:[\w-]+(?:ого|его|ої|ой|ей|их|ых) ){0,2}\s*")
"""What may stand before an actor in the genitive that no phrase takes in ("воєнізованого угруповання")."""

_PREPOSED = 16
_THEY = frozenset({"они", "вони", "им", "їм"})
_WITHOUT_SUBJECT = frozenset({"noun", "stated", "participle"})
_ACTIVE = frozenset({"past", "base", "managed", "future", "ing"})
_NOMINATIVE = frozenset({"", "nom"})
_GENITIVE = frozenset({"", "gen", "acc"})


def is_governed(line: Line, phrase: Phrase) -> bool:
    """Tell whether a preposition stands before the phrase, not before another one between ("в Отрадном армия ...")."""
    before = next((p for p in line.phrases if p.end == phrase.start - 1), None)
    if before is not None and phrase.role is Role.NAME and before.role is Role.PLACE:  # "в Нагорном Карабахе"
        return follows(line, "oblique", before)
    return follows(line, "oblique", phrase) and before is None


def follows(line: Line, pattern: str, phrase: Phrase) -> bool:
    """Tell whether words of this pattern stand right before the phrase; whole words only."""
    start = max(0, line.start - 1, phrase.start - _PREPOSED)
    return line.lexicon.patterns[pattern].search(line.text, start, phrase.start) is not None


def _actors(line: Line, phrases: Iterator[Phrase], cases: frozenset[str]) -> Iterator[Phrase]:
    """Yield the actors in one of these cases that no preposition governs."""
    people = line.lexicon.words["people"]
    fitting = (p for p in phrases if fits(p, Role.ACTOR) and p.case in cases and p.head not in people)
    free = (p for p in fitting if not is_governed(line, p) and not _is_bracketed(line, p))
    return (p for p in free if p.case or not (follows(line, "borne", p) or _is_attribute(line, p)))


def _is_attribute(line: Line, actor: Phrase) -> bool:
    """Tell whether a noun that may be a genitive follows a noun it can belong to ("лидер оппозиции")."""
    words = line.text[line.start : actor.start].split()
    if words and _ADJECTIVES.fullmatch(f"{words[-1]} "):
        words.pop()
    if not words or not words[-1].isalpha() or actor.head not in line.lexicon.words["actors"]:
        return False
    if line.text[actor.start : actor.end].split()[0] in line.lexicon.words["quantity"]:
        return False  # "дня две колонны": what is counted begins a phrase
    known = line.lexicon.words["stops"] | line.lexicon.words["adverbs"] | line.lexicon.words["quantity"]
    taken = any(p.end == actor.start - 1 for p in line.phrases)
    return not taken and words[-1] not in known and line.lexicon.stems.match(words[-1]) is None


def _is_bracketed(line: Line, phrase: Phrase) -> bool:
    """Tell whether a phrase stands in brackets, where it only explains the one before them."""
    return line.text.count("(", line.start, phrase.start) > line.text.count(")", line.start, phrase.start)


def subject(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor in the nominative of a finite verb: nouns and passives name theirs in another case."""
    return None if trigger.form in _WITHOUT_SUBJECT else bearer(line, trigger, role)


def bearer(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor in the nominative: what a relative clause hangs on, the nearest before, else the first after."""
    related = antecedent(line, trigger, role, "relative_subject") or _of_infinitive(line, trigger)
    if related is not None:
        return related
    before = next(_actors(line, line.before(trigger), _NOMINATIVE), None)
    after = follower(line, trigger, role)
    parted = before is not None and not {",", ":"}.isdisjoint(line.text[before.end : trigger.start])
    adjacent = after is not None and not line.text[trigger.end : after.start].strip()
    we = _speaking(line, trigger) if before is None and after is not None and _is_apart(line, trigger, after) else None
    found = after if parted and adjacent else slot_of(before) or we or after or _of_main_clause(line, trigger)
    return found or _speaking(line, trigger)


def _is_apart(line: Line, trigger: Trigger, follower: Slot) -> bool:
    """Tell whether a comma parts a verb from an actor behind it, so that a pronoun before the verb may act."""
    return "," in line.text[trigger.end : follower.start]


def _of_infinitive(line: Line, trigger: Trigger) -> Slot | None:
    """Take who stands right before an infinitive in another case ("планы боевиков взять", "не дали врагу зайти")."""
    nearest = next(line.before(trigger), None)
    if trigger.form != "base" or nearest is None or nearest.role is not Role.ACTOR or is_governed(line, nearest):
        return None
    adjacent = not line.text[nearest.end : trigger.start].strip()
    return slot_of(nearest) if adjacent and nearest.case in {"gen", "dat", ""} else None


def _speaking(line: Line, trigger: Trigger) -> Slot | None:
    """Take the "we" or "they" before the trigger where nobody else acts: the speaker's side, or those named before."""
    start = line.clause_start(trigger.start)
    found = last_match(line.lexicon.patterns["speaking"], line.text, start, trigger.start)
    if found is None and trigger.form in {"base", "ing"}:  # "сдавать город мы не собираемся"
        found = line.lexicon.patterns["speaking"].search(line.text, trigger.end, line.clause_end(trigger.end))
    leaving = trigger.frame.kind is Kind.WITHDRAWAL  # of "they left the town" anybody may be meant
    if found is None or (leaving and found[0] in _THEY):
        return None
    head = "they" if found[0] in _THEY else "we"
    start, end = found.span()
    return slot_of(Phrase(role=Role.ACTOR, start=start, end=end, first=0, last=1, head=head, pointing=head == "they"))


def _of_main_clause(line: Line, trigger: Trigger) -> Slot | None:
    """Take who says in the main clause what the trigger's clause tells without a subject ("X заявили, что взяли")."""
    start = line.clause_start(trigger.start)
    lead = line.text[max(line.start, start - _PREPOSED) : start]
    if not any(line.lexicon.patterns[name].search(lead) for name in ("that", "goes_on")):
        return None
    earlier = (p for p in reversed(line.phrases) if p.end <= start)
    return slot_of(next(_actors(line, earlier, _NOMINATIVE), None))


def announcer(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor who announces what a noun tells as its own deed ("X заявили о взятии Y")."""
    del role
    announcing = line.lexicon.patterns["announcing"].search(line.text, line.clause_start(trigger.start), trigger.start)
    if announcing is None or announcing.end() != trigger.start:
        return _whose_word(line, trigger)
    before = next(_actors(line, line.before(trigger), _NOMINATIVE), None)
    return slot_of(before) if before is not None and before.end <= announcing.start() else None


def _whose_word(line: Line, trigger: Trigger) -> Slot | None:
    """Take whose announcement tells what a noun tells ("заявления X о взятии Y")."""
    nearest = next(line.before(trigger), None)
    if nearest is None or not fits(nearest, Role.ACTOR) or not follows(line, "announced", nearest):
        return None
    return slot_of(nearest) if line.text[nearest.end : trigger.start].split()[:1] in (["о"], ["об"], ["про"]) else None


def follower(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the first actor in the nominative behind the trigger."""
    del role
    actors = _actors(line, line.after(trigger), _NOMINATIVE)
    found = next((p for p in actors if p.role is not Role.PLACE), None)
    near = found is not None and len(line.text[trigger.end : found.start].split()) <= FAR
    return slot_of(found) if near else None


def agent(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor in the instrumental, behind the trigger or before it; an undeclined one right behind."""
    del role
    if trigger.form in _ACTIVE | {"present"} and "subject-by-case" in trigger.frame.gainer:
        return None
    instrumental = frozenset({"ins"})
    after = next(_actors(line, line.after(trigger), instrumental), None)
    earlier = (p for p in _actors(line, line.before(trigger), instrumental) if not _holds(line, p, trigger))
    found = after or next(earlier, None)
    if found is None:
        undeclined = next(_actors(line, line.after(trigger), frozenset({""})), None)
        right_behind = undeclined is not None and not line.text[trigger.end : undeclined.start].strip()
        found = undeclined if right_behind else None
    return slot_of(found)


def whom(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the one acted upon: an actor in the genitive or accusative behind the trigger, else right before it."""
    del role
    after = next(_actors(line, line.after(trigger), _GENITIVE | {"nom"}), None)
    if after is not None and len(line.text[trigger.end : after.start].split()) <= FAR:
        return slot_of(after)
    before = next(_actors(line, line.before(trigger), _GENITIVE), None)
    near = before is not None and len(line.text[before.end : trigger.start].split()) <= _NEAR
    return slot_of(before) if near else None


def of_whom(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor in the genitive right behind the trigger ("под контроль X", "отход X")."""
    del role
    found = next(_actors(line, line.after(trigger), _GENITIVE), None)
    near = found is not None and _ADJECTIVES.fullmatch(line.text, trigger.end, found.start) is not None
    return slot_of(found) if near else None


def to_whom(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor in the dative behind the trigger, else before it."""
    del role
    dative = frozenset({"dat"})
    found = next(_actors(line, line.after(trigger), dative), None) or _state_given_to(line, trigger)
    return slot_of(found or next(_actors(line, line.before(trigger), dative), None))


def _state_given_to(line: Line, trigger: Trigger) -> Phrase | None:
    """Return a state right behind a verb of giving, whose dative looks like a genitive ("возвращает Армении город")."""
    nearest = next(line.after(trigger), None)
    state = nearest is not None and nearest.actor and not nearest.headed and nearest.start == trigger.end + 1
    alike = nearest is not None and line.text[: nearest.end].endswith(("ии", "ії"))
    return nearest if state and alike and trigger.frame.kind is Kind.HANDOVER else None


def from_whom(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor before the trigger whom the place is taken from ("от боевиков освободили город")."""
    near = (p for p in line.before(trigger) if fits(p, role) and p.role is not Role.PLACE)
    return slot_of(next((p for p in near if follows(line, "from_whom", p)), None))


def holder_before(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take who holds the place by a participle that qualifies it ("вошли в занятый курдами город")."""
    del role
    found = next(_actors(line, line.after(trigger), frozenset({"ins"})), None)
    held = found is not None and line.lexicon.patterns["held_by"].search(line.text, trigger.end, found.start)
    before = next(_actors(line, line.before(trigger), frozenset({"ins"})), None)
    led = before is not None and trigger.form == "stated" and _holds(line, before, trigger)
    return slot_of(found if held else before if led else None)


def _holds(line: Line, actor: Phrase, trigger: Trigger) -> bool:
    """Tell whether a participle of the trigger's own clause says who holds ("занятый курдами город освобожден")."""
    return follows(line, "held_by", actor) and "," not in line.text[actor.end : trigger.start]


def doer_of_participle(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take whom an active participle describes: right before its comma ("силы, взявшие X"), else behind its object."""
    nearest = next((p for p in reversed(line.phrases) if p.end <= trigger.start), None)
    between = line.text[nearest.end : trigger.start].replace('"', " ").replace(",", " ").split() if nearest else []
    if nearest and fits(nearest, role) and set(between) <= line.lexicon.words["adverbs"] | line.lexicon.words["said"]:
        return slot_of(nearest)
    return follower(line, trigger, role)
