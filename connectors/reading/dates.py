"""Dates as feeds write them: the moment in UTC, how exactly it is known, and never a guess."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from streams.mentions import Precision

# A clock an hour or a time zone wrong is common; more than a day ahead is a date of something else.
AHEAD = timedelta(days=1)
_SHAPES = (
    (re.compile(r"^\s*\d{4}\s*$"), Precision.YEAR),
    (re.compile(r"^\s*\d{4}-\d{2}\s*$"), Precision.MONTH),
)
_CLOCK = re.compile(r"\d:\d|\dT\d")
_LANGUAGES = ["ar", "en", "fa", "ru", "uk", "fr", "tr"]
# Month names that dateparser 1.5 does not read, by those it reads. Source: Unicode CLDR, ar-SY, ar-DZ, ar-EG.
_MONTHS = {
    "كانون الثاني": "يناير",
    "شباط": "فبراير",
    "آذار": "مارس",
    "نيسان": "أبريل",
    "أيار": "مايو",
    "حزيران": "يونيو",
    "تموز": "يوليو",
    "آب": "أغسطس",
    "أيلول": "سبتمبر",
    "تشرين الأول": "أكتوبر",
    "تشرين الثاني": "نوفمبر",
    "كانون الأول": "ديسمبر",
    "جانفي": "يناير",
    "فيفري": "فبراير",
    "أفريل": "أبريل",
    "ماي": "مايو",
    "جوان": "يونيو",
    "جويلية": "يوليو",
    "أوت": "أغسطس",
}
_MONTH = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})(?!\w)")


def _by_words(raw: str, now: datetime) -> datetime | None:
    import dateparser  # noqa: PLC0415 (slow to import, needed for one date in thousands)

    settings = {"TIMEZONE": "UTC", "RETURN_AS_TIMEZONE_AWARE": True, "RELATIVE_BASE": now.replace(tzinfo=None)}
    text = _MONTH.sub(lambda match: _MONTHS[match[0]], raw[:100])
    moment = dateparser.parse(text, languages=_LANGUAGES, settings=settings)
    return moment.astimezone(UTC) if moment else None


def _moment(raw: str, parsed: Any, now: datetime) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else _by_words(raw, now)
    except (ValueError, OverflowError, OSError):
        return None


def _precision(raw: str) -> Precision:
    shape = next((word for pattern, word in _SHAPES if pattern.match(raw)), None)
    return shape or (Precision.INSTANT if _CLOCK.search(raw) else Precision.DAY)


def date(raw: str | None, parsed: Any, now: datetime) -> tuple[datetime | None, Precision | None]:
    """Return a date and its precision from its text and feedparser's reading of it (UTC), or nothing.

    A date more than a day ahead of `now` is unknown: its text is kept beside it.
    """
    moment = _moment(raw, parsed, now) if raw else None
    if raw is None or moment is None or moment - now > AHEAD:
        return None, None
    return moment, _precision(raw)


def iso_date(raw: str | None, now: datetime) -> tuple[datetime | None, Precision | None]:
    """Return a date written as RFC 3339 asks (JSON Feed), or in words; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(raw or "")
    except ValueError:
        return date(raw, None, now)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return date(raw, aware.astimezone(UTC).timetuple(), now)
    except OverflowError:  # a zone that leads out of the years there are
        return None, None
