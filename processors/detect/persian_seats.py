"""Where the slots of a Persian verb stand: subject first, object with را, what a preposition governs, the verb last.

A clause is what stands before the verb back to the verb, the "that" or the sign
that ends the clause before it; a relative clause in its midst is stepped over.
A subject left out is that of the clause before. Positions whose names begin with
"before-" and name a seat of the lexicon take the phrase that its words precede.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from processors.detect.line import REACH, Line, Slot, Trigger, fits, is_too_unknown, last_match, slot_of
from processors.detect.phrases import Phrase, Role

_MARKED = re.compile(r"[\s\")،]*(?:نيز\s+|هم\s+)?را(?!\w)")
_JOINED = re.compile(r"[\s\")،]*(?:و|،)[\s\"(،]*$")
_THAT = re.compile(r"(?<!\w)كه(?!\w)")
_LEAD = 40
_CLAUSES = 4


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


def _phrases(line: Line, trigger: Trigger) -> Iterator[Phrase]:
    """Yield the phrases of the trigger's clause before it, nearest first."""
    for start, end in _spans(line, trigger.start):
        yield from (p for p in reversed(line.phrases) if start <= p.start and p.end <= end)


def _lead(line: Line, phrase: Phrase) -> str:
    """Return the words right before a phrase."""
    return line.text[max(line.start, phrase.start - _LEAD) : phrase.start]


def _first_of_list(line: Line, phrase: Phrase) -> Phrase:
    """Return the first of the places that are listed up to this one."""
    while True:
        before = next((p for p in reversed(line.phrases) if p.end <= phrase.start), None)
        if (
            before is None
            or before.role is not Role.PLACE
            or not _JOINED.fullmatch(line.text[before.end : phrase.start])
        ):
            return phrase
        phrase = before


def _object(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the phrase that را marks as the object."""
    for phrase in _phrases(line, trigger):
        marked = fits(phrase, role) and _MARKED.match(line.text, phrase.end)
        if marked and not is_too_unknown(trigger, phrase) and not _is_governed(line, phrase):
            return slot_of(_first_of_list(line, phrase) if role is Role.PLACE else phrase)
    return None


def _is_governed(line: Line, phrase: Phrase) -> bool:
    """Tell whether the phrase only qualifies the noun before it ("the commander of X")."""
    return line.lexicon.patterns["governing"].search(_lead(line, phrase)) is not None


def _is_free(line: Line, phrase: Phrase) -> bool:
    """Tell whether a phrase can be the subject: no preposition or noun governs it, no را marks it."""
    oblique = line.lexicon.patterns["oblique"].search(_lead(line, phrase))
    return oblique is None and not _MARKED.match(line.text, phrase.end) and not _is_governed(line, phrase)


def _subject(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the first free phrase of the clause, else that of the clause before."""
    end: int | None = trigger.start
    for _ in range(_CLAUSES):
        if end is None:
            return None
        spans = list(_spans(line, end))
        free = (p for start, stop in reversed(spans) for p in line.phrases if start <= p.start and p.end <= stop)
        found = next((p for p in free if fits(p, role) and p.head != "it" and _is_free(line, p)), None)
        if found is not None:
            return slot_of(found)
        end = _clause_before(line, spans[-1][0])
    return None


def _clause_before(line: Line, border: int) -> int | None:
    """Return where the clause before ends whose subject this one shares: "and" or a comma joins the two."""
    breaks = line.lexicon.patterns["breaks"]
    verb = last_match(breaks, line.text, max(line.start, border - REACH), border)
    if verb is None or verb.group().strip() == "كه":
        return None
    if verb.group().strip() == "و":
        verb = last_match(breaks, line.text, max(line.start, border - REACH), verb.start())
        return verb.start() if verb else None
    return verb.start() if line.lexicon.patterns["goes_on"].match(line.text, border) else None


def _place(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the nearest free place: the subject of "fell", or the antecedent that the clause hangs on."""
    for phrase in _phrases(line, trigger):
        if fits(phrase, role) and not is_too_unknown(trigger, phrase) and _is_free(line, phrase):
            return slot_of(_first_of_list(line, phrase))
    return _antecedent(line, trigger, role)


def _antecedent(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the phrase that a relative clause hangs on ("the town that they took")."""
    *_, (start, _end) = _spans(line, trigger.start)
    lead = line.text[max(line.start, start - 16) : start]
    if not lead.rstrip().endswith("كه"):
        return None
    that = line.text.rfind("كه", line.start, start)
    before = next((p for p in reversed(line.phrases) if p.end <= that), None)
    if before is None or not fits(before, role):
        return None
    between = line.text[before.end : that].replace("را", "").strip(' ")،(')
    return slot_of(before) if not between else None


def _preceded(seat: str, line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the nearest phrase of the clause that the seat's words stand right before."""
    between = line.lexicon.seats[seat].between
    for phrase in _phrases(line, trigger):
        if fits(phrase, role) and not is_too_unknown(trigger, phrase) and between.search(_lead(line, phrase)):
            return slot_of(_first_of_list(line, phrase) if role is Role.PLACE else phrase)
    return None


POSITIONS: Mapping[str, Callable[[Line, Trigger, Role], Slot | None]] = {
    "before-object": _object,
    "before-subject": _subject,
    "before-place": _place,
    "before-that": _antecedent,
    **{
        f"before-{seat}": partial(_preceded, seat)
        for seat in ("from", "over", "into", "by", "hands", "to", "with", "in", "flag")
    },
}
