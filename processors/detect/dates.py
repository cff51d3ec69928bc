"""Reads when a sentence says that something happened: weekdays, dates, "a week ago", منذ أسبوع, 12 شباط.

The grammars work on folded text. What several readings share is read by the
longest; a day that belongs to a verb of saying ("he said on Monday") is the
announcement's and only taken when there is no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from processors.detect import dates_arabic, dates_english, dates_listed
from processors.detect.periods import Anchor, Period, anchored, on
from processors.normalise import Folded
from streams.mentions import EventDate, Precision

LONGEST = 1500  # characters of a sentence that are read; no date is told so late
_ARABIC = re.compile("[\u0621-\u064a]")
_LATIN = re.compile("[a-z]")
_NUMERIC = re.compile(
    r"(?<![\d/.:-])(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}))(?![\d/:-])"
)
_SAYING = re.compile(
    r"(?:\b(?:said|says|told|announced|reported|stated|declared|confirmed|claimed"
    r"|according to [^,]{1,40}|statement|interview)"
    r"|(?:قال|قالت|اعلن|اعلنت|اكد|اكدت|افاد|افادت|ذكر|ذكرت|صرح|اوضح|اوضحت|نقلت|بيان|تصريح|تقرير)"
    r"(?: [\u0621-\u064a]+){0,3}),?(?: (?:on|late|early|في|يوم|مساء|صباح))?\s*$"
)


def event_date(
    sentence: Folded, *, anchor: date | None, anchor_precision: Precision | None, language: str | None = None
) -> EventDate | None:
    """Return when it happened as the sentence says, relative words counted from `anchor`, or None where it is not said.

    `language` is the sentence's; without it the words of Arabic and English are read.

    `from` and `to` are null where the words need a day to count from and the
    anchor is absent or only a month or a year.
    """
    found = list(dates_in(sentence, anchor=anchor, anchor_precision=anchor_precision, language=language))
    events = [dated for dated, of_saying in found if not of_saying]
    return events[0] if events else found[0][0] if found else None


def dates_in(
    sentence: Folded, *, anchor: date | None, anchor_precision: Precision | None, language: str | None = None
) -> Iterator[tuple[EventDate, bool]]:
    """Yield every date in the sentence, left to right, and whether it is the day of a saying."""
    text = sentence.text[:LONGEST]
    done = 0
    for start, end, period in _longest_first(text, anchored(anchor, anchor_precision), language):
        if start < done:
            continue
        done = end
        words = sentence.span(start, end).text
        dated = EventDate(text=words, from_=period.first, to=period.last, precision=period.precision)
        yield dated, _SAYING.search(text, max(0, start - 60), start) is not None


def _longest_first(text: str, anchor: Anchor, language: str | None) -> list[tuple[int, int, Period]]:
    """Return all readings by where they begin, of those that begin together the longest first."""
    readings = list(_numeric(text, anchor))
    if language in dates_listed.LANGUAGES:
        readings += dates_listed.read(text, anchor, language)
    if language in {None, "ar"} and _ARABIC.search(text):
        readings += dates_arabic.read(text, anchor)
    if language in {None, "en", "ar"} and _LATIN.search(text):
        readings += dates_english.read(text, anchor)
    return sorted(readings, key=lambda reading: (reading[0], -reading[1]))


def _numeric(text: str, anchor: Anchor) -> Iterator[tuple[int, int, Period]]:
    """Read 2014-02-10 and 10/2/2014, the day before the month as in Arabic and European print."""
    for found in _NUMERIC.finditer(text):
        year, month, day = (int(part) for part in (found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)))
        period = on(anchor, year, month, day)
        if period is not None:
            yield found.start(), found.end(), period
