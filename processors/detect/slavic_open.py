"""Objects that no list knows: what an armed side takes, leaves or hands over is a place, whatever its noun.

The noun stands where the case says an object can stand: behind an active verb or
a verbal noun, before a passive with its agent. Lexicons name what else armies take
(`spoil`) and the endings that no such object has (`never_object`: adverbs, verbs;
`animate`: people in the accusative, who are taken prisoner).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from processors.detect.line import Line, Slot, Trigger
from processors.detect.phrases import Name, Phrase, Role, Word, words
from processors.detect.slavic_around import ADJECTIVE
from processors.detect.slavic_sides import agent, announcer, bearer, is_governed, subject, to_whom, whom
from streams.mentions import Kind

_SHORTEST = 3
_FEW = 5
"""Words that an unlisted subject may have."""

_INSTRUMENTAL = re.compile(r"(?:ом|ем|єм|ою|ею|ам|ям)$")
_JOINING = frozenset({"и", "та", "і", "й", ","})
_ACTIVE = frozenset({"past", "base", "managed", "future", "present", "ing"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Object:
    """Words of an unlisted place: where its qualifiers begin, its noun, whether a number counts it."""

    start: int
    head: Word
    counted: bool


def unlisted_object(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the noun phrase right behind the trigger that an armed side takes or leaves ("заняли насыпь у моста")."""
    if role is not Role.PLACE or not _has_side(line, trigger):
        return None
    stop = line.clause_end(trigger.end)
    found = _read(line, trigger.end, stop)
    if found is None or not _may_be_taken(line, trigger, found):
        return None
    return _slot(line, found, stop)


def unlisted_subject(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the unlisted subject of a passive whose agent is told ("насосная захвачена боевиками")."""
    if role is not Role.PLACE or trigger.form != "stated" or agent(line, trigger, role) is None:
        return None
    start = line.clause_start(trigger.start)
    led = [w for w in words(line.text, start, trigger.start) if w.text not in line.lexicon.words["adverbs"]]
    if not 0 < len(led) <= _FEW or any(p.start < trigger.start and start < p.end for p in line.phrases):
        return None
    found = _read(line, led[0].start, trigger.start)
    if found is None or found.start != led[0].start or line.lexicon.patterns["spoil"].match(found.head.text):
        return None
    return _slot(line, found, trigger.start)


def unlisted_source(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the unlisted place behind "out of" that somebody is driven from ("выбили боевиков из котельной")."""
    stop = line.clause_end(trigger.end)
    preposition = line.lexicon.patterns["out_from"].search(line.text, trigger.end, stop)
    if (
        role is not Role.PLACE
        or preposition is None
        or any(p.start < preposition.end() and preposition.start() < p.end for p in line.phrases)
    ):
        return None
    found = _read(line, preposition.end(), stop)
    adjacent = found is not None and not line.text[preposition.end() : found.start].strip()
    spoil = found is not None and line.lexicon.patterns["spoil"].match(found.head.text)
    return _slot(line, found, stop) if found is not None and adjacent and not spoil else None


def unlisted_left(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the unlisted place that an army comes out of ("ушли из этой зоны"); armies leave talks and fights too."""
    sides = (seat(line, trigger, Role.ACTOR) for seat in (bearer, whom))
    if not any(side is not None and side.phrase is not None and _acts(line, side.phrase) for side in sides):
        return None
    found = unlisted_source(line, trigger, role)
    if found is None or len(line.text[trigger.end : found.start].split()) > _FEW or not _is_pointed(line, found):
        return None
    last = line.text[found.start : found.end].split()[-1]
    patterns, led = line.lexicon.patterns, line.text[: found.start].split()[-1]
    other = led in {"с", "со"} or _INSTRUMENTAL.search(last) or patterns["no_place_left"].match(last)
    return None if other or patterns["no_place_left"].match(line.text, found.start) else found


def _is_pointed(line: Line, place: Slot) -> bool:
    """Tell whether a place is a certain one: "this zone", or one beside a known place."""
    lists = line.lexicon.words
    within = place.phrase is not None and bool(place.phrase.within)
    return within or line.text[place.start : place.end].split()[0] in lists["pointers"] | lists["own"]


def _has_side(line: Line, trigger: Trigger) -> bool:
    """Tell whether somebody armed acts: no pronoun, no place that only stands for its government."""
    seats = (subject, to_whom) if trigger.form in _ACTIVE else (agent, announcer)
    sides = (seat(line, trigger, Role.ACTOR) for seat in seats)
    return any(slot is not None and slot.phrase is not None and _acts(line, slot.phrase) for slot in sides)


def _acts(line: Line, side: Phrase) -> bool:
    """Tell whether an actor is a known one, a noun of armed people, or a nation that fights under its own name."""
    lists = line.lexicon.words
    armed = (
        side.actor is not None or side.head in line.lexicon.armed or side.head in lists["nations"] | lists["anybody"]
    )
    return side.role is Role.ACTOR and armed


def _read(line: Line, start: int, stop: int) -> _Object | None:
    """Read the noun phrase that begins behind adverbs, times and those who act; none where a known place stands."""
    actors = {p.start: p for p in line.phrases if p.role is Role.ACTOR}
    places = {p.start for p in line.phrases if p.role is not Role.ACTOR}
    begun, counted, last = None, False, None
    for word in _unskipped(line, start, stop, actors):
        if word.start in places:
            return None
        if _qualifies(line, word):
            begun, last = begun or word, word
            counted = counted or word.text in line.lexicon.words["quantity"] or word.text[0].isdigit()
            continue
        if _is_noun(line, word):
            return _Object(start=(begun or word).start, head=word, counted=counted)
        break
    alone = last is not None and _is_noun(line, last) and not line.text.startswith(",", last.end)
    return _Object(start=begun.start, head=last, counted=counted) if begun and last and alone else None


def _unskipped(line: Line, start: int, stop: int, actors: dict[int, Phrase]) -> Iterator[Word]:
    """Yield the words that are no adverbs, no times, no asides and no actors with their prepositions."""
    at, lists = start, line.lexicon.words
    for word in words(line.text, start, stop):
        if word.start < at:
            continue
        lying = line.lexicon.patterns["lying"].match(line.text, word.start, stop)
        if lying and lying.end() > word.start:
            at = lying.end()
        elif word.start in actors:
            at = actors[word.start].end
        elif word.text not in lists["adverbs"] and not (word.text in lists["beside"] and word.end + 1 in actors):
            yield word


def _qualifies(line: Line, word: Word) -> bool:
    """Tell whether a number, a quantity or an adjective stands here."""
    lists = line.lexicon.words
    if word.text in lists["quantity"] | lists["pointers"] | lists["own"] or word.text[0].isdigit():
        return True
    if word.text in lists["stops"] or line.lexicon.patterns["noun_like"].search(word.text):
        return False
    return ADJECTIVE[line.lexicon.language].match(word.text) is not None


def _is_noun(line: Line, word: Word) -> bool:
    """Tell whether a word can be a noun: letters, no function word, no ending of adverbs and verbs."""
    lists = line.lexicon.words
    if (
        len(word.text) < _SHORTEST
        or not word.text.replace("-", "").isalpha()
        or word.text in lists["stops"] | lists["shares"]
    ):
        return False
    return line.lexicon.patterns["never_object"].search(word.text) is None


def _may_be_taken(line: Line, trigger: Trigger, found: _Object) -> bool:
    """Tell whether a noun is none of what else armies take; nobody is meant, as people have a case of their own."""
    patterns = line.lexicon.patterns
    if patterns["spoil"].match(found.head.text):
        return False
    instrumental = patterns["of_instrument"].match(line.text, trigger.start, trigger.end)
    counted = found.counted and trigger.frame.kind is not Kind.RECAPTURE  # whom armies free in numbers are people
    accusative = trigger.form in _ACTIVE and not counted and not instrumental
    return not (accusative and patterns["animate"].search(found.head.text))


def _slot(line: Line, found: _Object, stop: int) -> Slot:
    """Make the place of an unlisted noun, with the further ones joined to it and the known place it lies in."""
    names, at = [Name(start=found.start, end=found.head.end)], found.head.end
    while (more := _joined(line, at, stop)) is not None:
        names.append(Name(start=more.start, end=more.head.end))
        at = more.head.end
    listed = tuple(names) if len(names) > 1 else ()
    phrase = Phrase(
        role=Role.PLACE, start=found.start, end=at, first=0, last=1, names=listed, within=_within(line, at), headed=True
    )
    return Slot(start=found.start, end=at, phrase=phrase)


def _joined(line: Line, at: int, stop: int) -> _Object | None:
    """Return the unlisted noun that "and" or a comma adds ("ангары и пилораму")."""
    following = words(line.text, at, stop)[:1]
    if not following or following[0].text not in _JOINING:
        return None
    found = _read(line, following[0].end, stop)
    adjacent = found is not None and not line.text[following[0].end : found.start].strip()
    closed = following[0].text != "," or (found is not None and _ends(line, found.head.end, stop))
    spoil = found is not None and line.lexicon.patterns["spoil"].match(found.head.text)
    return found if adjacent and closed and not spoil else None


def _ends(line: Line, at: int, stop: int) -> bool:
    """Tell whether a list or the clause goes on right behind a noun, so that it belongs to what stands before it."""
    following = words(line.text, at, stop)[:1]
    return not following or following[0].text in _JOINING or not following[0].text[0].isalnum()


def _within(line: Line, at: int) -> tuple[Name, ...]:
    """Return the known place right behind that the unlisted one lies in ("насыпь у Роботино")."""
    near = next((p for p in line.phrases if p.start >= at and p.role is Role.PLACE), None)
    if near is None or len(line.text[at : near.start].split()) > 1 or not near.names:
        return ()
    return near.names[:1] if near.start - at == 1 or is_governed(line, near) else ()
