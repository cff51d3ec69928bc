"""Where the slots of a Persian verb stand: subject first, object with را, what a preposition governs, the verb last.

A clause is what stands before the verb back to the verb, the "that" or the sign
that ends the clause before it; a relative clause in its midst is stepped over.
A subject left out is that of the clause before. Positions whose names begin with
"before-" and name a seat of the lexicon take the phrase that its words precede.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from processors.detect.line import REACH, Line, Slot, Trigger, fits, is_too_unknown, last_match, slot_of
from processors.detect.persian_open import OPEN
from processors.detect.phrases import Phrase, Role

_MARKED = re.compile(r"[\s\")،]*(?:و\s+(?:\w+\s+){1,3})?(?:نيز\s+|هم\s+)?را(?!\w)")
_MARKED_LATE = re.compile(
    r"(?:\s+\w{2,})?[\s\")،]*(?<!\w)كه(?!\w)[^.؛:]{3,110}?\s(?:بود|بودند|است|هست|دارد|دارند|داشت|داشتند)\s+را(?!\w)"
)
"""What stands between an object and را where a relative clause is about it ("this town, which lies there, را")."""

_JOINED = re.compile(
    r"[\s\")،]*(?:و|،|و\s+(?:سرانجام|همچنين|نيز|بعد|سپس)|از\s+جمله|شامل|به\s+شمول|همراه\s+با)[\s\"(،]*"
)
_INCLUDING = re.compile(r"(?<!\w)از\s+جمله[\s\"(]*$")
_THAT = re.compile(r"(?<!\w)كه(?!\w)")
_AFTER = re.compile(r"(?<!\w)(?:پس|بعد|پيش|قبل)\s+از\s+ا(?:ين|ن)\s?كه(?!\w)")
_LEAD = 40
_CLAUSES = 4
_INNER = 8


def _spans(line: Line, end: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of the clause that ends at `end`, the nearest first, relative clauses within it left out."""
    limit = max(line.start, end - REACH)
    for _ in range(_CLAUSES):
        found = last_match(line.lexicon.patterns["breaks"], line.text, limit, end)
        start = found.end() if found else limit
        yield start, end
        skipped = _relative_before(line, limit, found) if found else None
        if skipped is None:
            return
        end = skipped


def _relative_before(line: Line, limit: int, verb: re.Match[str]) -> int | None:
    """Return where a relative clause begins that this verb ends; none where the verb ends a clause of its own."""
    if not verb.group()[-1].isalpha() or verb.group().strip() == "كه":
        return None
    that = last_match(_THAT, line.text, limit, verb.start())
    if that is None or line.lexicon.patterns["breaks"].search(line.text, that.end(), verb.start()):
        return None
    before = line.text[limit : that.start()].rstrip(" ،")
    return None if line.lexicon.patterns["verb_before"].search(before) else that.start()


def _phrases(line: Line, end: int) -> Iterator[Phrase]:
    """Yield the phrases of the clause that ends at `end`, nearest first."""
    for start, stop in _spans(line, end):
        yield from (p for p in reversed(line.phrases) if start <= p.start and p.end <= stop)


def _start(line: Line, end: int) -> int:
    """Return where the clause that ends at `end` begins."""
    *_, (start, _) = _spans(line, end)
    return start


def _clause_before(line: Line, border: int) -> int | None:
    """Return where the clause before ends that "and" or a comma joins to the one behind `border`."""
    breaks, limit = line.lexicon.patterns["breaks"], max(line.start, border - REACH)
    verb = last_match(breaks, line.text, limit, border)
    if verb is None or verb.group().strip() == "كه":
        return None
    if verb.group().strip() == "و":
        verb = last_match(breaks, line.text, limit, verb.start())
        return verb.start() if verb else None
    return verb.start() if line.lexicon.patterns["goes_on"].match(line.text, border) else None


def _lead(line: Line, phrase: Phrase) -> str:
    """Return the words right before a phrase."""
    return line.text[max(line.start, phrase.start - _LEAD) : phrase.start]


def _is_governed(line: Line, phrase: Phrase) -> bool:
    """Tell whether the phrase only qualifies the noun before it ("the commander of X", "the control of the army")."""
    apart = line.lexicon.patterns.get("timed")
    if apart is not None and apart.search(_lead(line, phrase)):
        return False  # "after two hours of fighting" tells when, and the phrase begins behind it
    possessed = phrase.role is Role.ACTOR and line.lexicon.patterns["possessed"].search(_lead(line, phrase))
    return bool(possessed) or line.lexicon.patterns["governing"].search(_lead(line, phrase)) is not None


def _is_oblique(line: Line, phrase: Phrase) -> bool:
    return line.lexicon.patterns["oblique"].search(_lead(line, phrase)) is not None


def _is_free(line: Line, phrase: Phrase) -> bool:
    """Tell whether a phrase can be the subject: no preposition or noun governs it, no را marks it."""
    marked = _MARKED.match(line.text, phrase.end)
    return not (marked or _is_oblique(line, phrase) or _is_governed(line, phrase))


def _first_of_list(line: Line, phrase: Phrase) -> Phrase:
    """Return the first of the places that are listed up to this one."""
    before = next((p for p in reversed(line.phrases) if p.end <= phrase.start), None)
    if before is None or before.role is not Role.PLACE or _is_oblique(line, before):
        return phrase
    joined = _JOINED.fullmatch(line.text[before.end : phrase.start])
    return _first_of_list(line, before) if joined else phrase


def _object(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the phrase that را marks as the object."""
    for phrase in _phrases(line, trigger.start):
        if fits(phrase, role) and _is_marked(line, phrase, trigger.start) and not is_too_unknown(trigger, phrase):
            whole = _of_whole(line, trigger, phrase) if _is_inner(line, phrase) else phrase
            whole = phrase if whole is None and _INCLUDING.search(_lead(line, phrase)) else whole
            if whole is None or _is_governed(line, whole):
                return None
            return slot_of(_first_of_list(line, whole) if role is Role.PLACE else whole)
    return None


def _is_marked(line: Line, phrase: Phrase, end: int) -> bool:
    """Tell whether را stands behind a phrase, or behind the relative clause that is about it."""
    marked = _MARKED.match(line.text, phrase.end) or _MARKED_LATE.match(line.text, phrase.end, end)
    return marked is not None


def _is_inner(line: Line, phrase: Phrase) -> bool:
    """Tell whether the words right before a phrase say that something lies in it ("X in the republic of Y")."""
    return _is_oblique(line, phrase) or line.lexicon.patterns["lying"].search(_lead(line, phrase)) is not None


def _of_whole(line: Line, trigger: Trigger, inner: Phrase) -> Phrase | None:
    """Of "towns in the north of X", whose last words را marks, return the towns."""
    for phrase in _phrases(line, trigger.start):
        if phrase.end <= inner.start and phrase.role is inner.role and not _is_inner(line, phrase):
            between = line.text[phrase.end : inner.start]
            return phrase if len(between.split()) <= _INNER and "را " not in between else None
    return None


def _subject(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the first free phrase of the clause, what the clause hangs on, else the subject of the clause before."""
    end: int | None = trigger.start
    for told in range(_CLAUSES):
        if end is None:
            return None
        around = _around(line, _start(line, end)) if told else None
        free = [] if around is None else [p for p in _phrases(line, around) if fits(p, role) and _acts(line, p)]
        free = free or [p for p in _phrases(line, end) if fits(p, role) and p.head != "it" and _acts(line, p)]
        if free:
            return slot_of(_turned(line, free, trigger))
        start = _start(line, end)
        head = _antecedent(line, start, role)
        if head is not None:
            return head
        end = _clause_before(line, start) or _saying_before(line, start)
    return None


def _around(line: Line, start: int) -> int | None:
    """Return where the clause ends that stands before "after that" and goes on behind it ("A, after B left, ...")."""
    led = last_match(_AFTER, line.text, line.start, start)
    return led.start() if led is not None and not line.text[led.end() : start].strip() else None


def _turned(line: Line, free: Sequence[Phrase], trigger: Trigger) -> Phrase:
    """Return the first of the free phrases, which are given nearest first, or the first behind "having done and"."""
    turning = line.lexicon.patterns.get("turning")
    turn = last_match(turning, line.text, free[-1].end, trigger.start) if turning is not None else None
    later = [phrase for phrase in free if turn is not None and phrase.start >= turn.end()]
    return (later or free)[-1]


def _striving(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take who tries or manages to: the actor right before the words of trying, else the subject of the clause."""
    words = line.lexicon.patterns["striving"].search(line.text, max(line.start, trigger.start - _LEAD), trigger.start)
    if words is None or words.end() != trigger.start:
        return None
    near = (
        p
        for p in line.phrases
        if p.role is role and not line.text[p.end : words.start()].strip() and p.end < trigger.start
    )
    return slot_of(next(near, None)) or _subject(line, trigger, role)


def _victim(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the free phrase nearest before the verb where another one is its subject ("A drove B out")."""
    free = [p for p in _phrases(line, trigger.start) if fits(p, role) and p.head != "it" and _acts(line, p)]
    return slot_of(free[0]) if len(free) > 1 else None


def _announcing(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take who tells its own deed, or begins it: the subject of "told of the capture of X", "began the retreat"."""
    end = line.clause_end(trigger.end)
    told = line.lexicon.patterns["announcing"].search(line.text, trigger.end, min(line.end, end + _LEAD))
    slot = _subject(line, trigger, role) if told is not None and told.start() <= end else None
    return slot if slot is not None and slot.phrase is not None and slot.phrase.role is Role.ACTOR else None


def _acts(line: Line, phrase: Phrase) -> bool:
    """Tell whether a phrase can be the subject; a bare country only where nothing but a time stands before it."""
    if not _is_free(line, phrase):
        return False
    return phrase.role is not Role.PLACE or line.lexicon.patterns["opening"].search(_lead(line, phrase)) is not None


def _saying_before(line: Line, border: int) -> int | None:
    """Return where the verb of saying stands that reports the clause behind `border`: who says "has taken" took."""
    before = re.sub(r"\s*(?:كه|تا|:)?\s*$", "", line.text[max(line.start, border - REACH) : border])
    patterns = (line.lexicon.patterns[name] for name in ("saying", "willing"))
    verbs = (last_match(pattern, before, 0, len(before)) for pattern in patterns)
    verb = next((found for found in verbs if found and found.end() == len(before)), None)
    return max(line.start, border - REACH) + verb.start() if verb else None


def _place(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the nearest free place: the subject of "fell", or what the clause hangs on, or that of the clause before."""
    end: int | None = trigger.start
    while end is not None:
        for phrase in _phrases(line, end):
            if fits(phrase, role) and not is_too_unknown(trigger, phrase) and _is_free(line, phrase):
                return None if _is_thing(line, phrase.end, trigger.start) else slot_of(_first_of_list(line, phrase))
        start = _start(line, end)
        head = _antecedent(line, start, role)
        if head is not None or end != trigger.start:
            return head
        end = _clause_before(line, start)
    return None


def _is_thing(line: Line, start: int, end: int) -> bool:
    """Tell whether weapons or power stand between, which changed hands and not the place before them."""
    return line.lexicon.patterns["things"].search(line.text, start, end) is not None


def _that(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the phrase that the trigger's relative clause hangs on ("the town that they took")."""
    return _antecedent(line, _start(line, trigger.start), role)


def _matrix(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the subject of the clause around the relative one ("A lost the town that it had taken")."""
    that = line.text.rfind("كه", line.start, _start(line, trigger.start))
    free = [p for p in _phrases(line, that) if fits(p, role) and p.head != "it" and _acts(line, p)] if that > 0 else []
    return slot_of(free[-1]) if free else None


def _antecedent(line: Line, start: int, role: Role) -> Slot | None:
    """Return the phrase right before the "that" which ends at `start`."""
    if not line.text[max(line.start, start - 16) : start].rstrip().endswith("كه"):
        return None
    that = line.text.rfind("كه", line.start, start)
    before = next((p for p in reversed(line.phrases) if p.end <= that), None)
    if before is None or not fits(before, role):
        return None
    between = line.text[before.end : that].replace("را", "").replace("است", "").strip(' ")،(')
    return slot_of(before) if not between else None


def _preceded(seat: str, line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the nearest phrase of the clause that the seat's words stand right before."""
    between = line.lexicon.seats[seat].between
    for phrase in _phrases(line, trigger.start):
        if fits(phrase, role) and not is_too_unknown(trigger, phrase) and between.search(_lead(line, phrase)):
            return slot_of(phrase)
    return None


_PREPOSED = ("from", "over", "into", "by", "hands", "to", "with", "in", "flag", "attack", "attacked", "agent", "ruled")

POSITIONS: Mapping[str, Callable[[Line, Trigger, Role], Slot | None]] = {
    "before-object": _object,
    "before-subject": _subject,
    "before-place": _place,
    "before-that": _that,
    "before-victim": _victim,
    "before-matrix": _matrix,
    "striving": _striving,
    "announcing": _announcing,
    **OPEN,
    **{f"before-{seat}": partial(_preceded, seat) for seat in _PREPOSED},
}
