"""Days and months in languages whose words for them are listed: French, Spanish, Russian, Ukrainian, Turkish, Persian.

Names of months and weekdays are Unicode CLDR's (babel); a Russian or Ukrainian
name is read in every case. "Three weeks ago" is left to dateparser, told in
digits. Persian and Turkish dates are Gregorian ones.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from babel.dates import get_day_names, get_month_names

from processors.detect import periods
from processors.detect.periods import Anchor, Period
from processors.detect.stems import stem
from processors.normalise import fold
from streams.mentions import Precision

Reading = tuple[int, int, Period]

LANGUAGES = ("fr", "es", "ru", "uk", "tr", "fa")
"""The languages listed in dates_words.toml."""

_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_MODERN = r"(?P<year>(?:19|20)\d\d)"  # alone; "en 1500" may count something else
_UNITS = {"day": Precision.DAY, "week": Precision.WEEK, "month": Precision.MONTH, "year": Precision.YEAR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language's patterns and the numbers of its months and weekdays by their beginnings."""

    language: str
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    on_day: re.Pattern[str]
    in_month: re.Pattern[str]
    weekday: re.Pattern[str]
    year: re.Pattern[str]
    days: tuple[tuple[re.Pattern[str], int], ...]
    ago: re.Pattern[str]
    numbers: tuple[re.Pattern[str], ...]
    units: Mapping[Precision, re.Pattern[str]]
    backs: tuple[tuple[re.Pattern[str], Precision], ...]


def read(text: str, anchor: Anchor, language: str) -> Iterator[Reading]:
    """Yield every reading of a date in folded text of a listed language: offsets and period."""
    words = _listed()[language]
    for pattern, days in words.days:
        yield from ((*found.span(), periods.days_ago(anchor, days)) for found in pattern.finditer(text))
    for found in words.on_day.finditer(text):
        period = periods.on(anchor, _year(found), _number(words.months, found["month"]), int(found["day"]))
        if period is not None:
            yield *found.span(), period
    for found in words.in_month.finditer(text):
        yield *found.span(), periods.named_month(anchor, _year(found), _number(words.months, found["month"]))
    for found in words.weekday.finditer(text):
        number = _number(words.weekdays, found["weekday"])
        yield *found.span(), periods.weekday(anchor, number, before=bool(found["last"]))
    yield from _loose(words, text, anchor)


def _loose(words: Words, text: str, anchor: Anchor) -> Iterator[Reading]:
    """Yield readings that are no single day: years, last week, three months ago."""
    for found in words.year.finditer(text):
        yield *found.span("year"), periods.year(int(found["year"]))
    back = {Precision.WEEK: periods.week, Precision.MONTH: periods.month_of, Precision.YEAR: periods.year_of}
    for pattern, unit in words.backs:
        yield from ((*found.span(), back[unit](anchor, 1)) for found in pattern.finditer(text))
    for found in words.ago.finditer(text):
        unit = next(unit for unit, pattern in words.units.items() if pattern.fullmatch(found["unit"]))
        yield *found.span(), _ago(words, found, anchor, unit)


def _ago(words: Words, found: re.Match[str], anchor: Anchor, unit: Precision) -> Period:
    """Count back from the anchor; dateparser reads the phrase with its number in digits."""
    said = found["n"]
    count = next((n for n, pattern in enumerate(words.numbers, 1) if pattern.fullmatch(said)), None)
    number = int(said) if said.isdigit() else count or 1
    if not (anchor.day and anchor.exact):
        return periods.units_ago(anchor, number, unit)
    phrase = found[0].replace(said, str(number), 1)
    day = _parsed(phrase, words.language, anchor.day)
    if day is None or unit in (Precision.WEEK, Precision.YEAR):
        return periods.units_ago(anchor, number, unit)
    return Period(day, day, unit) if unit is Precision.DAY else periods.month(day.year, day.month)


def _parsed(phrase: str, language: str, day: dt.date) -> dt.date | None:
    import dateparser  # noqa: PLC0415 (slow to import, needed for few texts)

    base = dt.datetime.combine(day, dt.time())
    settings = {"RELATIVE_BASE": base, "PREFER_DATES_FROM": "past", "TIMEZONE": "UTC"}
    found = dateparser.parse(phrase, languages=[language], settings=settings)
    return found.date() if found else None


def _year(found: re.Match[str]) -> int | None:
    return int(found["year"]) if found["year"] else None


def _number(names: Mapping[str, int], word: str) -> int:
    return next(number for name, number in names.items() if word.startswith(name))


@cache
def _listed() -> Mapping[str, Words]:
    data = tomllib.loads(files(__package__).joinpath("dates_words.toml").read_text("utf-8"))
    return {language: _words(language, entry) for language, entry in data.items()}


def _words(language: str, entry: Mapping[str, Any]) -> Words:
    names = {**get_month_names("wide", "stand-alone", language)}, {**get_month_names("wide", "format", language)}
    months = {**_names(names[0]), **_names(names[1])}
    weekdays = _names(get_day_names("wide", "format", language))
    ending = entry.get("endings", "")
    month, weekday = (f"(?:{'|'.join(names)}){ending}" for names in (months, weekdays))
    number = rf"(?P<n>\d{{1,3}}|{'|'.join(entry['numbers'])})"
    unit = f"(?P<unit>{'|'.join(entry['units'].values())})"
    joined = f"(?P<month>{month})(?:{entry['joins']}{_YEAR})?"
    return Words(
        language=language,
        months=months,
        weekdays=weekdays,
        on_day=_compiled(rf"(?P<day>\d{{1,2}}){entry['of']}{joined}"),
        in_month=_compiled(rf"(?:{entry['in']})\s?{joined}"),
        weekday=_compiled(f"(?P<weekday>{weekday})(?: (?P<last>{entry['last']}))?"),
        year=_compiled(f"(?:{entry['in']}) {_MODERN}"),
        days=tuple((_compiled(pattern), int(back)) for back, pattern in entry["days"].items()),
        ago=_compiled(entry["ago"].replace("{n}", number).replace("{unit}", unit)),
        numbers=tuple(re.compile(word) for word in entry["numbers"]),
        units={_UNITS[name]: re.compile(pattern) for name, pattern in entry["units"].items()},
        backs=tuple((_compiled(entry[name]), _UNITS[name]) for name in ("week", "month", "year")),
    )


def _names(names: Mapping[int, str]) -> dict[str, int]:
    """Return the beginning that a name keeps in every case with its number, longest first ("pazartesi", "pazar")."""
    folded = {fold(name).text: number for number, name in names.items()}
    cut = {stem(name): number for name, number in folded.items()}
    return dict(sorted(cut.items(), key=lambda pair: -len(pair[0])))


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")
