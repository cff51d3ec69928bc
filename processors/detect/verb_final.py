"""Positions of languages whose verb closes the clause: the object before it, the subject before the object.

The case that a phrase carries says what it does; what qualifies a noun stands
before it, so that of a participle ("ele geçirdiği kent") the place stands behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from processors.detect import kurmanji_open, persian_seats
from processors.detect.line import Line, Slot, Trigger, fits, is_too_unknown, slot_of
from processors.detect.phrases import Phrase, Role
from processors.detect.verb_final_gaps import end_of, has_rival, is_open, may_act_as, words_between

_UNMARKED = frozenset({"nom", "owned", "either"})
_OBJECT = frozenset({"acc", "either"})
_OBLIQUE = frozenset({"acc", "abl", "dat", "loc"})
_NEAR = 3
_REPORTING = frozenset({"object", "noun", "future"})
_LEADING = frozenset({"subject", "object", "future"})
_STATES = frozenset({"phrase", "attributive"})
_WORD = re.compile(r"\S+")


def _before(line: Line, trigger: Trigger, role: Role, cases: frozenset[str]) -> Iterator[Phrase]:
    """Yield the phrases of these cases before the trigger in its clause, nearest first; none where it is a name."""
    if any(p.start < trigger.start and trigger.end <= p.end for p in line.phrases):
        return
    for phrase in line.before(trigger):
        vague = phrase.role is Role.NAME and role is Role.ACTOR and phrase.case in _OBLIQUE
        if phrase.case in cases and not vague and may_act_as(phrase, role) and not is_too_unknown(trigger, phrase):
            yield phrase


def _of_case(*cases: str, near: int | None = None) -> Callable[[Line, Trigger, Role], Slot | None]:
    """Return a position: the nearest phrase of these cases before the trigger, `near` words away at most."""
    wanted = frozenset(cases)

    def position(line: Line, trigger: Trigger, role: Role) -> Slot | None:
        found = next(_before(line, trigger, role, wanted), None)
        if found is None or not is_open(line, trigger) or ("acc" in wanted and has_rival(line, found, trigger)):
            return None
        return None if near is not None and len(words_between(line, found, trigger)) > near else slot_of(found)

    return position


def _unmarked(near: int | None) -> Callable[[Line, Trigger, Role], Slot | None]:
    """Return a position: the subject of a passive or intransitive verb; of verbal nouns it stands in the genitive."""

    def position(line: Line, trigger: Trigger, role: Role) -> Slot | None:
        reported = (
            trigger.form in _REPORTING or line.lexicon.patterns["being"].match(line.text, trigger.end) is not None
        )
        cases = _UNMARKED | {"gen"} if reported else _UNMARKED
        postposed = line.lexicon.patterns["postposed"]
        found = (
            p
            for p in _before(line, trigger, role, cases)
            if not postposed.match(line.text[end_of(line, p) : trigger.start])
        )
        phrase = next((p for p in found if p.case != "gen" or not _holds_here(line, p, trigger)), None)
        if phrase is None or trigger.form == "subject" or not is_open(line, trigger):
            return None
        return None if near is not None and len(words_between(line, phrase, trigger)) > near else slot_of(phrase)

    return position


def _subject(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take who acts: in the genitive before a verbal noun, else without an ending; if need be the sentence's topic."""
    if trigger.form == "subject":
        return None
    being = line.lexicon.patterns["being"].match(line.text, trigger.end) is not None
    owner = _genitive(line, trigger, role)
    if owner is not None and (being or trigger.form in _REPORTING):
        return slot_of(owner)
    wanted = line.lexicon.patterns["wanting"].match(line.text[trigger.end : line.end])
    if wanted:
        behind = next((p for p in line.phrases if 0 <= p.start - trigger.end - wanted.end() <= _NEAR), None)
        return slot_of(behind) if behind is not None and may_act_as(behind, role) else None
    nearest = next((p for p in _before(line, trigger, role, _UNMARKED) if _acts(line, p, trigger)), None)
    topics = (
        p for p in reversed(line.phrases) if p.end <= trigger.start and p.case in _UNMARKED and may_act_as(p, role)
    )
    found = nearest or next((p for p in topics if _acts(line, p, trigger)), None)
    return slot_of(found or (owner if trigger.form == "converb" else None))


def _genitive(line: Line, trigger: Trigger, role: Role) -> Phrase | None:
    """Return the subject of a verbal noun, which a converb may share ("ordunun X'i alarak ilerlediği")."""
    owners = _before(line, trigger, role, frozenset({"gen"}))
    return next((p for p in owners if not _owns(line, p, trigger) and _may_be_subject(line, p, trigger)), None)


def _force(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take who acts, no mere name: of verbs that persons and ferries are the subject of as well."""
    slot = _subject(line, trigger, role)
    return slot if slot is not None and slot.phrase is not None and slot.phrase.role is Role.ACTOR else None


def _acts(line: Line, phrase: Phrase, trigger: Trigger) -> bool:
    """Tell whether nothing behind an actor without an ending makes it something else than the subject."""
    before = line.text[line.start : phrase.start].split()
    if phrase.role is Role.NAME and before and before[-1] in line.lexicon.words["speakers"]:
        return False
    if phrase.role is not Role.ACTOR and not _stands_free(line, phrase):
        return False
    single = phrase.last - phrase.first == 1 and phrase.head in line.lexicon.words["unarmed"]
    if single and line.lexicon.patterns["owned_object"].match(line.text, end_of(line, phrase)):
        return False  # "hükümet konağını": the government does nothing here
    return line.lexicon.patterns["postposed"].match(line.text[end_of(line, phrase) : trigger.start]) is None


def _stands_free(line: Line, phrase: Phrase) -> bool:
    """Tell whether a name does not qualify the noun behind it ("Irak sınırı"), and a mere name opens the sentence."""
    return not (phrase.role is Role.NAME and phrase.first > 1) and _is_ownerless(line, phrase)


def _is_ownerless(line: Line, phrase: Phrase) -> bool:
    """Tell whether the word behind a name is no noun that belongs to it."""
    found = _WORD.search(line.text, end_of(line, phrase), line.end)
    if found is None or any(p.start <= found.start() < end_of(line, p) for p in line.phrases):
        return True
    word = found[0]
    return (
        not word[0].isalpha()
        or word in line.lexicon.words["adverbs"]
        or line.lexicon.patterns["owned_noun"].search(word) is None
    )


def _owns(line: Line, phrase: Phrase, trigger: Trigger) -> bool:
    """Tell whether an actor in the genitive owns the noun behind it ("ordunun elindeki") rather than acting."""
    behind = line.text[end_of(line, phrase) :].split(maxsplit=1)
    speaker = bool(behind) and behind[0] in line.lexicon.words["speakers"]
    owned = line.lexicon.patterns["owns"].match(line.text, end_of(line, phrase), trigger.start)
    between = owned is not None and any(end_of(line, phrase) <= p.start < owned.end() for p in line.phrases)
    return speaker or (owned is not None and not between)


def _holds_here(line: Line, phrase: Phrase, trigger: Trigger) -> bool:
    """Tell whether a genitive is not the place but whose hands it is in: it owns a noun, or the trigger's own."""
    adjacent = trigger.form in _STATES and not words_between(line, phrase, trigger)
    return adjacent or _owns(line, phrase, trigger)


def _may_be_subject(line: Line, phrase: Phrase, trigger: Trigger) -> bool:
    """Tell whether an actor in the genitive is free to be the subject; a mere name must not own the next noun."""
    return not _is_used(line, phrase, trigger) and (phrase.role is Role.ACTOR or _is_ownerless(line, phrase))


def _is_used(line: Line, phrase: Phrase, trigger: Trigger) -> bool:
    """Tell whether another verbal noun behind an actor in the genitive has it for its subject."""
    start = end_of(line, phrase)
    apart = line.text.startswith(",", start)
    return not apart and line.lexicon.patterns["verbal"].search(line.text, start, trigger.start) is not None


def _marked(name: str) -> Callable[[Line, Trigger, Role], Slot | None]:
    """Return a position: the nearest phrase before the trigger that the words of a pattern follow."""

    def position(line: Line, trigger: Trigger, role: Role) -> Slot | None:
        pattern = line.lexicon.patterns[name]
        fitting = (p for p in line.before(trigger) if may_act_as(p, role))
        return slot_of(next((p for p in fitting if pattern.match(line.text[end_of(line, p) : trigger.start])), None))

    return position


def _behind(forms: frozenset[str], *, known: bool = False) -> Callable[[Line, Trigger, Role], Slot | None]:
    """Return a position: the phrase that a participle qualifies, right behind it."""

    def position(line: Line, trigger: Trigger, role: Role) -> Slot | None:
        reported = trigger.form == "object" and not line.lexicon.patterns["qualifying"].search(
            line.text[trigger.start : trigger.end]
        )
        if trigger.form not in forms or reported:
            return None
        first = next((p for p in line.after(trigger) if fits(p, role)), None)
        phrase = _led_to(line, first) if first is not None and role is Role.PLACE else first
        if first is None or phrase is None or is_too_unknown(trigger, phrase) or (known and phrase.role is not role):
            return None
        start = min((name.start for name in first.within if name.start >= trigger.end), default=first.start)
        between = line.text[trigger.end : min(start, first.start)].split()
        return slot_of(phrase) if len(between) <= _NEAR and _may_qualify(line, between) else None

    return position


def _led_to(line: Line, phrase: Phrase) -> Phrase:
    """Return the named place right behind one that only says where it lies ("Musul'un doğusundaki Bartella")."""
    if phrase.case != "within":
        return phrase
    end = end_of(line, phrase)
    return next((p for p in line.phrases if p.start == end + 1 and p.names and fits(p, Role.PLACE)), phrase)


def _may_qualify(line: Line, words: list[str]) -> bool:
    """Tell whether only qualifiers stand between a participle and its noun, no noun of its own ("12 tankı")."""
    lists = line.lexicon.words
    known = lists["determiners"] | lists["quantity"] | lists["loose"] | lists["adverbs"]
    return all(word in known or word.isdigit() or word in {'"', ","} for word in words)


def _taken_from(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take an object farther off, where the words name from whom it was taken."""
    found, hands = next(_before(line, trigger, role, _OBJECT), None), line.lexicon.patterns["hands"]
    sides = [p for p in line.before(trigger) if found and p.start >= found.end and may_act_as(p, Role.ACTOR)]
    from_whom = any(p.case == "abl" or hands.match(line.text[end_of(line, p) : trigger.start]) for p in sides)
    return slot_of(found) if from_whom else None


def _owner(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor right before the trigger that owns it, with the ending of the genitive or without."""
    fitting = _before(line, trigger, role, _UNMARKED | {"gen"})
    fitting = (p for p in fitting if p.case == "gen" or p.role is not Role.NAME)
    phrase = next(fitting, None)
    return slot_of(phrase) if phrase and len(words_between(line, phrase, trigger)) <= _NEAR else None


def _controlled(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place in the genitive whose control is the object ("kentin kontrolünü kaybetti")."""
    phrase = next((p for p in line.before(trigger) if fits(p, role) and p.case == "gen"), None)
    between = words_between(line, phrase, trigger) if phrase else []
    return slot_of(phrase) if len(between) <= _NEAR and any(w.startswith("kontrol") for w in between) else None


def _who_behind(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor right behind the trigger, a name that nothing knows as well ("ket destê Heşda Şeibî")."""
    phrase = next((p for p in line.after(trigger) if may_act_as(p, role)), None)
    return slot_of(phrase) if phrase is not None and not line.text[trigger.end : phrase.start].strip() else None


def _case_behind(*cases: str) -> Callable[[Line, Trigger, Role], Slot | None]:
    """Return a position: a phrase of these cases behind a verbal noun ("rizgarkirina Mûsilê ji destê DAIŞ'ê")."""
    return lambda line, trigger, role: slot_of(
        next((p for p in line.after(trigger) if p.case in cases and fits(p, role)), None)
    )


VERB_FINAL: Mapping[str, Callable[[Line, Trigger, Role], Slot | None]] = {
    **persian_seats.POSITIONS,
    **kurmanji_open.OPEN,
    "acting": _subject,
    "force": _force,
    "by-agent": _marked("agent"),
    "by-case": _of_case("by"),
    "out-of-hands": _marked("hands"),
    "over": _marked("over"),
    "acc": _of_case("acc", "either"),
    "acc-next": _of_case("acc", "either", near=1),
    "nom": _unmarked(None),
    "nom-next": _unmarked(1),
    "nom-actor": _unmarked(None),
    "nom-near": _unmarked(4),
    "gen": _of_case("gen"),
    "gen-next": _of_case("gen", near=1),
    "gen-control": _controlled,
    "dat": _of_case("dat"),
    "dat-next": _of_case("dat", near=0),
    "loc": _of_case("loc"),
    "abl": _of_case("abl"),
    "within": _of_case("within"),
    "behind": _behind(_LEADING),
    "behind-taken": _behind(frozenset({"object"}), known=True),
    "behind-any": _behind(_STATES),
    "owner-next": _owner,
    "acc-from": _taken_from,
    "who-behind": _who_behind,
    "abl-behind": _case_behind("abl"),
    "by-behind": _case_behind("by", "hand"),
}
"""Position names of verb-final languages; a lexicon's frames name them beside those of seats.POSITIONS."""
