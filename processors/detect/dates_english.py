"""The English words for days and months: "on Monday", "last week", "10 February 2014", "since March"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from processors.detect import periods
from processors.detect.periods import Anchor, Period
from streams.mentions import Precision

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = ("a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_UNITS = {"day": Precision.DAY, "week": Precision.WEEK, "month": Precision.MONTH, "year": Precision.YEAR}

_MONTH_OF = {
    **{name: number for number, name in enumerate(_MONTHS, 1)},
    **{name[:3]: number for number, name in enumerate(_MONTHS, 1)},
    "sept": 9,
}
_FULL = "|".join(_MONTHS)
_SHORT = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_PART = r"(?:(?:early|mid|late)[ -])?"

Reading = tuple[int, int, Period]
_Rule = tuple[re.Pattern[str], Callable[[re.Match[str], Anchor], Period | None]]


def read(text: str, anchor: Anchor) -> Iterator[Reading]:
    """Yield every reading of a date in folded text: offsets and period."""
    for pattern, period_of in _RULES:
        for found in pattern.finditer(text):
            period = period_of(found, anchor)
            if period is not None:
                yield found.start(), found.end(), period


def _year(found: re.Match[str]) -> int | None:
    year = found.groupdict().get("year")
    return int(year) if year else None


def _on_day(found: re.Match[str], anchor: Anchor) -> Period | None:
    return periods.on(anchor, _year(found), _MONTH_OF[found["month"]], int(found["day"]))


def _in_month(found: re.Match[str], anchor: Anchor) -> Period:
    return periods.named_month(anchor, _year(found), _MONTH_OF[found["month"]])


def _weekday(found: re.Match[str], anchor: Anchor) -> Period:
    which = found["which"] or ""
    number = _WEEKDAYS.index(found["weekday"])
    return periods.weekday(anchor, number, before=which in ("last", "past"), after=which in ("next", "coming"))


def _ago(found: re.Match[str], anchor: Anchor) -> Period:
    count = found["count"]
    number = int(count) if count.isdigit() else 1 if count == "an" else _NUMBERS.index(count) + 1
    return periods.units_ago(anchor, number, _UNITS[found["unit"]])


def _this_or_last(found: re.Match[str], anchor: Anchor) -> Period:
    back = 0 if found["which"] in ("this", "the current") else 1
    of = {"week": periods.week, "month": periods.month_of, "year": periods.year_of}[found["unit"]]
    return of(anchor, back)


def _few(found: re.Match[str], anchor: Anchor) -> Period:
    unit = (found["unit"] or found["recent"] or "day").removesuffix("s")
    return periods.few(anchor, _UNITS.get(unit, Precision.DAY))


_RULES: tuple[_Rule, ...] = (
    (re.compile(rf"\b{_DAY}(?: of)? (?P<month>{_SHORT})\b\.?(?:,? {_YEAR}\b)?"), _on_day),
    (re.compile(rf"\b(?P<month>{_SHORT})\b\.? {_DAY}\b(?!:)(?:,? {_YEAR}\b)?"), _on_day),
    (re.compile(rf"\b{_PART}(?P<month>{_SHORT})\b\.?,? {_YEAR}\b"), _in_month),
    (re.compile(rf"(?<=\bin )(?:early |mid-|late )?(?P<month>{_FULL})\b"), _in_month),
    (re.compile(rf"(?<=\bsince )(?:early |mid-|late )?(?P<month>{_FULL})\b"), _in_month),
    (re.compile(rf"\b(?:early|mid|late|last)[ -](?P<month>{_FULL})\b"), _in_month),
    (
        re.compile(
            rf"\b(?:on |(?P<which>last|past|next|coming|this) |late |early |since |by )?"
            rf"(?P<weekday>{'|'.join(_WEEKDAYS)})\b"
            r"(?: (?:morning|afternoon|evening|night))?"
        ),
        _weekday,
    ),
    (
        re.compile(r"\b(?:earlier )?(?:today|this (?:morning|afternoon|evening)|tonight)\b"),
        lambda _, anchor: periods.days_ago(anchor, 0),
    ),
    (
        re.compile(r"\b(?:yesterday(?: (?:morning|afternoon|evening))?|last night|overnight)\b"),
        lambda _, anchor: periods.days_ago(anchor, 1),
    ),
    (
        re.compile(
            rf"\b(?:(?:about|around|some|nearly|more than|over) )?(?P<count>\d{{1,3}}|an?|{'|'.join(_NUMBERS[1:])})"
            r" (?P<unit>day|week|month|year)s? (?:ago|earlier)\b"
        ),
        _ago,
    ),
    (re.compile(r"\b(?P<which>this|last|the past|the current|past) (?P<unit>week|month|year)\b"), _this_or_last),
    (
        re.compile(
            r"\b(?:a few days ago|in recent (?P<recent>days|weeks|months)|(?:over|in|during) the (?:past|last) "
            r"(?:few|two|three|several|\d{1,2}) (?P<unit>days|weeks|months|hours)"
            r"|(?:over|at) the weekend|last weekend)\b"
        ),
        _few,
    ),
    (
        re.compile(
            r"\b(?:(?<=in )|(?<=since )|(?<=during )|(?<=early )|(?<=late )|(?<=of )|(?<=in the )|(?<=during the ))"
            r"(?P<year>(?:19|20)\d\d|1[5-8]\d\d(?=[,.;:)]))\b(?!-)"  # "of 1500 men" tells no year
        ),
        lambda found, _: periods.year(int(found["year"])),
    ),
)
