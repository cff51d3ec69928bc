"""When each claim of a sentence happened: a date belongs to the clause it stands in.

A clause reaches from one trigger to the next; it ends at the words that open
the next clause, else where the next claim begins. A clause without a date takes
the date of its neighbour, unless what parts them says that it was another time
("after", "since").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Day  # noqa: N812 (a field and a slot are called date)
from datetime import timedelta
from itertools import pairwise

from processors.detect.anaphora import Where
from processors.detect.dates import dates_in, event_date
from processors.detect.document import Document
from processors.detect.draft import Draft
from processors.detect.line import Line, last_match
from processors.normalise import Folded, fold
from streams.mentions import EventDate, Precision

NEWS = timedelta(days=366)
"""What happened longer than this before the day of the text is history."""

OLDEST = Day(2000, 1, 1)
"""What happened before is history whatever the day of the text, as the texts are of later years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The day from which relative dates are counted, and how exactly it is known."""

    day: Day | None
    precision: Precision | None


def dates(document: Document, where: Where, drafts: Sequence[Draft], anchor: Anchor) -> tuple[EventDate | None, ...]:
    """Return when each of a sentence's claims happened; in a post relative dates count from the post's own day."""
    if not drafts:
        return ()
    part = document.part(document.stretches[where.number])
    if part is not None and part.published_at is not None:
        anchor = Anchor(day=part.published_at.date(), precision=Precision.DAY)
    line = where.line
    sentence = fold(document.folded.span(line.start, line.end).text)
    language = line.lexicon.language
    whole = event_date(sentence, anchor=anchor.day, anchor_precision=anchor.precision, language=language)
    borders = _borders(line, drafts)
    if whole is None or not borders:
        return (whole,) * len(drafts)
    told = _placed(document, line, sentence, anchor)
    return tuple(_of_clause(line, draft.trigger.start, borders, told) for draft in drafts)


def is_history(date: EventDate | None, day: Day | None) -> bool:
    """Tell whether something happened too long before the day of the text to be its news."""
    if date is None or date.to is None:
        return False
    return date.to < OLDEST or (day is not None and day - date.to > NEWS)


def _borders(line: Line, drafts: Sequence[Draft]) -> list[int]:
    """Return where a clause with a trigger ends and the next one with a trigger begins."""
    triggers = sorted((draft.trigger for draft in drafts), key=lambda trigger: trigger.start)
    found = []
    for one, other in pairwise(triggers):
        border = last_match(line.lexicon.patterns["parting"], line.text, one.end, other.start)
        if border is not None:
            found.append(border.start())
    return found


def _placed(document: Document, line: Line, sentence: Folded, anchor: Anchor) -> list[tuple[int, EventDate]]:
    """Return the dates of events in the sentence with the offsets they begin at in the document."""
    found, at, shift = [], 0, document.folded.origin[line.start]
    day, precision, language = anchor.day, anchor.precision, line.lexicon.language
    for dated, of_saying in dates_in(sentence, anchor=day, anchor_precision=precision, language=language):
        at = max(at, sentence.source.find(dated.text, at))
        if not of_saying:
            found.append((document.folded.at(at + shift), dated))
        at += len(dated.text)
    return found


def _of_clause(line: Line, trigger: int, borders: list[int], told: list[tuple[int, EventDate]]) -> EventDate | None:
    """Return the first date in the trigger's clause, else that of the clauses it shares its time with."""
    start = max([line.start, *(border for border in borders if border <= trigger)])
    end = min([line.end, *(border for border in borders if border > trigger)])
    own = next((dated for at, dated in told if start <= at < end), None)
    if own is not None:
        return own
    while start > line.start and not _changes_time(line, start):
        start = max([line.start, *(border for border in borders if border < start)])
    while end < line.end and not _changes_time(line, end):
        end = min([line.end, *(border for border in borders if border > end)])
    return next((dated for at, dated in told if start <= at < end), None)


def _changes_time(line: Line, border: int) -> bool:
    """Tell whether the words at the border of two clauses say that one came after the other."""
    return line.lexicon.patterns["afterwards"].match(line.text, border) is not None
