"""Who gained, who lost and which place: the phrases that stand where a frame says they stand.

A frame names seats in order. A seat is a position (seats.POSITIONS) or a
pattern over the words between the trigger and the phrase (the lexicon's `seat`
tables), which a pronoun may take as well.
"""

from __future__ import annotations

from dataclasses import replace

from processors.detect import arabic_open, english_open, kurmanji_open, persian_open, romance_open, turkish_open
from processors.detect.arabic_seats import ARABIC
from processors.detect.english_seats import ENGLISH
from processors.detect.line import Line, Slot, Trigger, fits, is_too_unknown, slot_of
from processors.detect.phrases import Phrase, Role
from processors.detect.romance_seats import ROMANCE
from processors.detect.seats import POSITIONS as COMMON
from processors.detect.slavic_seats import SLAVIC
from processors.detect.turkish_seats import TURKISH
from processors.detect.verb_final import VERB_FINAL

POSITIONS = {**COMMON, **ARABIC, **VERB_FINAL, **SLAVIC, **ENGLISH, **ROMANCE, **romance_open.OPEN, **TURKISH}

OPEN_SEATS = frozenset[str]().union(
    *(
        language.OPEN
        for language in (arabic_open, english_open, kurmanji_open, persian_open, romance_open, turkish_open)
    )
)
"""The seats of open nouns ("two villages"), which are tried though a place was found that only qualifies a noun."""


def fill(line: Line, trigger: Trigger, role: Role, seats: tuple[str, ...]) -> Slot | None:
    """Return the first of these seats that is taken by a phrase of this role, by one that stands for itself if any."""
    qualifying = None
    for seat in seats:
        if qualifying is not None and seat not in OPEN_SEATS:
            continue
        own = seat in line.lexicon.seats  # a pattern of the language goes before a position of the same name
        slot = _at_seat(line, trigger, role, seat) if own else POSITIONS[seat](line, trigger, role)
        if slot is not None and not _qualifies(line, slot, trigger):
            return slot
        qualifying = qualifying or slot
    return qualifying


def _qualifies(line: Line, slot: Slot, trigger: Trigger) -> bool:
    """Tell whether a place behind the trigger only qualifies a noun ("the border hub"), or lacks the name it needs."""
    phrase = slot.phrase
    if phrase is None or phrase.role is not Role.PLACE or slot.start < trigger.end:
        return False
    part = phrase.share and phrase.head not in line.lexicon.words["plural"]
    owned = line.text[phrase.start : phrase.end].split()[0] in line.lexicon.words.get("own", ())
    told = phrase.names or phrase.pointing or phrase.within or part or owned
    return phrase.bound or (trigger.frame.named and not told)


def _at_seat(line: Line, trigger: Trigger, role: Role, name: str) -> Slot | None:
    """Find the phrase or the pronoun that the lexicon's seat describes, whichever stands first."""
    seat = line.lexicon.seats[name]
    stop = line.clause_end(trigger.end)
    found = next(
        (
            p
            for p in line.after(trigger)
            if fits(p, role) and not is_too_unknown(trigger, p) and seat.between.search(_lead(line, trigger, p))
        ),
        None,
    )
    if found and found.role is Role.PLACE and role is Role.ACTOR and name in {"from", "hands"}:
        found = None
    at_once = found is not None and line.text[trigger.end : found.start].strip() == "من"  # "retook from A the town"
    if found and name == "hands" and not (at_once or _follows_place(line, found)):
        found = None
    pronoun = seat.pronoun.search(line.text[trigger.end : stop]) if seat.pronoun else None
    if pronoun and (found is None or trigger.end + pronoun.start() < found.start):
        start, end = pronoun.span("pro")
        return _pronoun(line, trigger, role, (trigger.end + start, trigger.end + end))
    return slot_of(found)


def _follows_place(line: Line, phrase: Phrase) -> bool:
    """Tell whether "from" stands right behind a place, so that it says from whom the place was taken."""
    places = [p for p in line.phrases if p.role is Role.PLACE and p.end <= phrase.start]
    if not places or len(line.text[places[-1].end : phrase.start].split()) > 6:  # noqa: PLR2004
        return False
    return not any(p.role is Role.ACTOR and places[-1].end <= p.start < phrase.start for p in line.phrases)


def _lead(line: Line, trigger: Trigger, phrase: Phrase) -> str:
    """Return the words between trigger and phrase, with the ل that swallowed the article of the phrase's first word."""
    swallowed = "ل" if line.text.startswith("لل", phrase.start) else ""
    return line.text[trigger.end : phrase.start] + swallowed


def _pronoun(line: Line, trigger: Trigger, role: Role, span: tuple[int, int]) -> Slot | None:
    """Return the antecedent of a relative clause where the pronoun resumes it, else the pronoun itself."""
    lead = line.text[max(line.start, trigger.start - 60) : trigger.start]
    resumed = line.lexicon.patterns["resumes"].search(lead)
    if _is_of_goods(line, lead[: resumed.start()] if resumed else lead):
        return None
    if resumed:
        seat = min(line.lexicon.words.get("antecedent", {"prev"}))
        antecedent = POSITIONS[seat](line, trigger, role)
        if antecedent is not None:
            return _inner(line, antecedent)
    return Slot(start=span[0], end=span[1])


def _is_of_goods(line: Line, lead: str) -> bool:
    """Tell whether a relative clause is said of what else armies take than places ("the weapons that they took")."""
    goods, near = line.lexicon.words.get("goods", frozenset()), lead.split()[-2:]
    return any(word.removeprefix("و").removeprefix(article) in goods for word in near for article in ("", "ال"))


def _inner(line: Line, slot: Slot) -> Slot:
    """Of "areas in the town of X, which A holds", take the town."""
    phrase = slot.phrase
    if phrase is None or phrase.names or not phrase.within:
        return slot
    name = phrase.within[0]
    if not line.lexicon.patterns["town_before"].search(line.text[phrase.start : name.start]):
        return slot
    town = replace(phrase, start=name.start, end=name.end, names=phrase.within, within=(), share=False)
    return Slot(start=name.start, end=name.end, phrase=town)
