"""The Arabic words for days and months: Levantine, Egyptian and Maghrebi names, weekdays, أمس, منذ أسبوع."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from processors.detect import periods
from processors.detect.periods import Anchor, Period
from streams.mentions import Precision

_MONTHS = {
    1: "كانون الثاني|كانون ثاني|يناير|جانفي",
    2: "شباط|فبراير|فيفري",
    3: "اذار|مارس",
    4: "نيسان|ابريل|افريل",
    5: "ايار|مايو|ماي",
    6: "حزيران|يونيو|يونيه|جوان",
    7: "تموز|يوليو|يوليه|جويليه|يوليوز",
    8: "اب|اغسطس|اوت|غشت",
    9: "ايلول|سبتمبر|شتنبر",
    10: "تشرين الاول|تشرين اول|اكتوبر",
    11: "تشرين الثاني|تشرين ثاني|نوفمبر|نونبر",
    12: "كانون الاول|كانون اول|ديسمبر|دجنبر",
}
_WEEKDAYS = {"الاثنين": 0, "الثلاثاء": 1, "الاربعاء": 2, "الخميس": 3, "الجمعه": 4, "السبت": 5, "الاحد": 6}
_NUMBERS = {
    "واحد": 1, "ثلاث": 3, "اربع": 4, "خمس": 5, "ست": 6, "سبع": 7, "ثمان": 8, "ثماني": 8, "تسع": 9, "عشر": 10,
}  # fmt: skip
_UNITS = {
    "يوم": Precision.DAY, "ايام": Precision.DAY, "اسبوع": Precision.WEEK, "اسابيع": Precision.WEEK,
    "شهر": Precision.MONTH, "اشهر": Precision.MONTH, "شهور": Precision.MONTH, "سنه": Precision.YEAR,
    "سنوات": Precision.YEAR, "عام": Precision.YEAR, "اعوام": Precision.YEAR,
}  # fmt: skip
_DUALS = {"يومين": "يوم", "اسبوعين": "اسبوع", "شهرين": "شهر", "سنتين": "سنه", "عامين": "عام"}

_NAMES = "|".join(_MONTHS.values())
_MONTH_OF = {name: number for number, names in _MONTHS.items() for name in names.split("|")}
_MONTH = rf"(?P<month>{_NAMES})(?:\s*[/\-]\s*(?:{_NAMES}))?"
_EDGE, _END = r"(?<![\u0621-\u064a\d])", r"(?![\u0621-\u064a\d])"
_LAST = r"(?:الماضي|الماضيه|الفايت|الفايته|المنصرم|المنصرمه|الفارط|الفارطه)"
_THIS = r"(?:الجاري|الجاريه|الحالي|الحاليه)"
_NEXT = r"(?:المقبل|القادم|المقبله|القادمه)"
_OF_DAY = r"(?:(?:و|ب|ف)?(?:(?:يوم|نهار|مساء|صباح|فجر|ظهر|عصر|ليل|ليله|بعد ظهر|منتصف ليل)\s+){0,2})"

Reading = tuple[int, int, Period]
_Rule = tuple[re.Pattern[str], Callable[[re.Match[str], Anchor], Period | None]]


def read(text: str, anchor: Anchor) -> Iterator[Reading]:
    """Yield every reading of a date in folded text: offsets and period."""
    for pattern, period_of in _RULES:
        for found in pattern.finditer(text):
            period = period_of(found, anchor)
            if period is not None:
                start = found.start()
                while text[start] in "وبف" and text[start + 1 : start + 2] not in ("ا", "") and _is_clitic(text, start):
                    start += 1
                yield start, found.end(), period


def _is_clitic(text: str, start: int) -> bool:
    """Say whether a letter before a word of day is written onto it (ومساء)."""
    return re.match(r"[وبف](?:يوم|نهار|مساء|صباح|فجر|ظهر|عصر|ليل|ليله)\s", text[start:]) is not None


def _year(found: re.Match[str]) -> int | None:
    year = found.groupdict().get("year")
    return int(year) if year else None


def _on_day(found: re.Match[str], anchor: Anchor) -> Period | None:
    return periods.on(anchor, _year(found), _MONTH_OF[found["month"]], int(found["day"]))


def _in_month(found: re.Match[str], anchor: Anchor) -> Period:
    return periods.named_month(anchor, _year(found), _MONTH_OF[found["month"]])


def _weekday(found: re.Match[str], anchor: Anchor) -> Period:
    number = _WEEKDAYS[found["weekday"]]
    return periods.weekday(anchor, number, before=bool(found["last"]), after=bool(found["next"]))


def _yesterday(found: re.Match[str], anchor: Anchor) -> Period:
    return periods.days_ago(anchor, 2 if "الاول" in found[0] or "اول" in found[0] else 1)


def _ago(found: re.Match[str], anchor: Anchor) -> Period:
    if found["few"]:
        return periods.few(anchor, Precision.DAY)
    unit = found["dual"] or found["unit"]
    return periods.units_ago(anchor, _count(found), _UNITS[_DUALS.get(unit, unit)])


def _count(found: re.Match[str]) -> int:
    if found["dual"]:
        return 2
    written = found["count"] or ""
    return int(written) if written.isdigit() else _NUMBERS.get(written.removesuffix("ه"), 1)


def _recently(found: re.Match[str], anchor: Anchor) -> Period:
    unit = Precision.WEEK if found["weeks"] else Precision.MONTH if found["months"] else Precision.DAY
    return periods.few(anchor, unit)


_COUNTS = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_RULES: tuple[_Rule, ...] = (
    (
        re.compile(
            rf"{_EDGE}(?P<day>\d{{1,2}})\s+(?:من\s+)?(?:شهر\s+)?{_MONTH}{_END}(?:\s*[,،]?\s*(?:عام\s+)?(?P<year>(?:19|20)\d\d){_END})?"
        ),
        _on_day,
    ),
    (
        re.compile(rf"{_EDGE}{_MONTH}\s+(?:من\s+)?(?:عام\s+|العام\s+|سنه\s+)?(?P<year>(?:19|20)\d\d){_END}"),
        _in_month,
    ),
    (re.compile(rf"(?:(?<=شهر )|(?<=في )|(?<=منذ )|(?<=مطلع )|(?<=اواخر )){_MONTH}{_END}(?:\s+{_LAST})?"), _in_month),
    (re.compile(rf"{_EDGE}{_MONTH}\s+{_LAST}"), _in_month),
    (
        re.compile(
            rf"{_EDGE}{_OF_DAY}(?:امس\s+|اليوم\s+)?(?P<weekday>{'|'.join(_WEEKDAYS)}){_END}(?:\s+(?:(?P<last>{_LAST})|(?P<next>{_NEXT})|{_THIS}))?"
        ),
        _weekday,
    ),
    (
        re.compile(rf"{_EDGE}{_OF_DAY}(?:اول\s+(?:من\s+)?امس|امس(?:\s+الاول)?|البارحه|الليله الماضيه|ليله امس){_END}"),
        _yesterday,
    ),
    (
        re.compile(rf"{_EDGE}{_OF_DAY}(?:هذا\s+)?اليوم{_END}(?!\s+(?:الذي|نفسه|ذاته|ال[تث]|الاول|الثاني))"),
        lambda _, anchor: periods.days_ago(anchor, 0),
    ),
    (
        re.compile(
            rf"{_EDGE}(?:منذ|قبل|من)\s+(?:نحو\s+|حوالي\s+|قرابه\s+|اكثر من\s+)?"
            rf"(?:(?P<few>ايام{_END}|عده ايام|بضعه ايام|ايام قليله)"
            rf"|(?P<dual>{'|'.join(_DUALS)}){_END}"
            rf"|(?:(?P<count>\d{{1,3}}|(?:{_COUNTS})ه?)\s+)?(?P<unit>{'|'.join(_UNITS)}){_END})"
        ),
        _ago,
    ),
    (
        re.compile(
            rf"{_EDGE}(?:(?:خلال|في)\s+)?(?:ال)?(?:ايام|يومين|ساعات|(?P<weeks>اسابيع)|(?P<months>اشهر|شهور))"
            r"\s+(?:ال)?(?:قليله\s+|معدوده\s+)?(?:ال)?(?:ماضيه|ماضيين|اخيره|فايته)"
        ),
        _recently,
    ),
    (re.compile(rf"{_EDGE}(?:هذا\s+الاسبوع|الاسبوع\s+{_THIS}){_END}"), lambda _, anchor: periods.week(anchor, 0)),
    (re.compile(rf"{_EDGE}الاسبوع\s+{_LAST}"), lambda _, anchor: periods.week(anchor, 1)),
    (re.compile(rf"{_EDGE}(?:هذا\s+الشهر|الشهر\s+{_THIS}){_END}"), lambda _, anchor: periods.month_of(anchor, 0)),
    (re.compile(rf"{_EDGE}الشهر\s+{_LAST}"), lambda _, anchor: periods.month_of(anchor, 1)),
    (
        re.compile(rf"{_EDGE}(?:هذا\s+العام|(?:العام|السنه)\s+{_THIS}){_END}"),
        lambda _, anchor: periods.year_of(anchor, 0),
    ),
    (re.compile(rf"{_EDGE}(?:العام|السنه)\s+{_LAST}"), lambda _, anchor: periods.year_of(anchor, 1)),
    (
        re.compile(rf"{_EDGE}(?:عام|العام|سنه|في|منذ|مطلع|اواخر|نهايه|بدايه)\s+(?P<year>(?:19|20)\d\d){_END}"),
        lambda found, _: periods.year(int(found["year"])),
    ),
)
