"""Areas told by their size and units that stand for their bases, as Arabic news names what was taken.

An area (نحو ألف كيلومتر مربع) is a place of its own. A numbered unit (الفرقة 16 مشاة) is whoever fights in it,
and the place where it lies where words of taking or leaving ask for a place.
"""

from __future__ import annotations

import re

from processors.detect.phrases import Name, Phrase
from processors.detect.reading import Reading

_AMOUNT = (
    r"(?:مساحه|مساحات|نحو|حوالي|قرابه|زهاء|اكثر|اقل|من|ما|[يت]قارب|[يت]قرب|[يت]زيد|عن|علي|بينها|تبلغ|قدرها|تقدر|ب|الف|الفي|الاف|الفا|"
    r"م[يئ]{1,2}ه|م[يئ]{1,3}ات|عشرات|مليون|\d[\d.,]*|(?:ثلاث|اربع|خمس|ست|سبع|ثماني|ثمان|تسع|عشر)ه?|(?:عشر|ثلاث|اربع|خمس|ست|سبع|ثمان|تسع)ين)"
)
_AREA = re.compile(
    r"(?P<area>(?:مساحه|مساحات|نحو|حوالي|قرابه|زهاء|اكثر\s+من|ما\s+[يت]\w+|عشرات|م[يئ]{1,3}ات|الاف|الف|\d[\d.,]*|(?:ثلاث|اربع|خمس|ست|سبع|ثماني|ثمان|تسع|عشر)ه?)"
    rf"(?:\s+{_AMOUNT})*\s*(?:كيلو\s*متر\w*|كم|كلم|ميل\w*)\s*(?:مربع\w*|2|²))(?!\w)"
)
_LENGTH = re.compile(
    r"(?P<area>(?:(?:نحو|حوالي|قرابه|زهاء)\s+)?(?:\d[\d.,]*|عشرات)\s*(?:كيلو\s*متر\w*|كم|كلم|ال\w+)\s+من\s+"
    r"(?:ال)?(?:شريط|طريق|حدود|ساحل|اوتوستراد|خط)\w*(?:\s+ال\w+)?)(?!\w)"
)
_ORDINAL = r"ال(?:اول|ثان|ثالث|رابع|خامس|سادس|سابع|ثامن|تاسع|عاشر|حادي|حاديه)\w{0,2}(?:\s+عشره?)?"
_UNIT = re.compile(
    rf"[وف]?[بل]?(?P<unit>(?:ال|ل)?(?:لواء|فوج|فرقه|كتيبه)\s+(?:\(?\d+\)?|{_ORDINAL})"
    r"(?:\s+(?:مشاه|مدرع\w*|مدفعيه|دروع|دبابات|دفاع\s+جوي|حرس\s+حدود|صاعقه|مظلات|اسناد|درع\s+وطن|عمالقه|حزم)(?!\w))?)"
)
_ASKING = re.compile(
    r"(?<!\w)[وف]?(?:"
    r"(?:[يت]?سيطر|(?:ال)?سيطره|سيطرت|استول|[يت]ستولي|(?:ال)?استيلا|قبض|استحو|هيمن)\w*\s[^.،؛]{0,50}،?\s*علي|"
    r"(?:انسحب|[يت]نسحب|(?:ال)?انسحاب|طرد|خرج|خروج)\w*\s[^.،؛]{0,40}من|"
    r"(?:(?:ال)?(?:حصار|طوق|خناق)\w*\s[^.،؛]{0,30}علي)|(?:[يت]?حاصر|محاصر|[يت]?طوق|تطويق)\w*(?:\s(?:ال)?قوات\s\w+)?|"
    r"[بل]?(?:اسقاط|سقوط|سقطت?|[يت]سقط|مقر|مقار|قياده|معسكر|اقتحام|استعاده|تحرير|احتلال|تسليم|مباني|محيط)"
    r")(?:\s+(?:مقر|قياده|كامل|معسكر|مباني))*\s+$"
)
_ROOM = 80
_BESIDE = re.compile(
    r"(?<!\w)(?:كلم|كم|كيلومتر\w*|ميلا?|اميال|متر\w*)\s+(?:الي\s+)?(?:(?:ال)?(?:شمال|جنوب|شرق|غرب)\w*\s+){0,2}(?:(?:من|عن|الي)\s+)?$"
    r"|(?:متاخم|محاذي|حدود)\w*\s+(?:(?:مع|ل|علي)\s*)?$"
)
_BESIDE_ROOM = 48
_LEFT, _REMAINS = frozenset({"ما", "وما"}), frozenset({"تبقي", "بقي"})
_HUNDRED = frozenset({"المايه", "الميه"})


def area(at: Reading, first: int) -> Name | None:
    """Return the area that begins at this word."""
    start = at.words[first].start
    found = _AREA.match(at.text, start) or _LENGTH.match(at.text, start)
    return Name(start=found.start("area"), end=found.end("area")) if found else None


def unit(at: Reading, first: int) -> Name | None:
    """Return the numbered unit that begins at this word, with what arms it."""
    found = _UNIT.match(at.text, at.words[first].start)
    return Name(start=found.start("unit"), end=found.end("unit")) if found else None


def is_taken(at: Reading, first: int) -> bool:
    """Tell whether words of taking or leaving right before this word ask for a place."""
    start = at.words[first].start
    return _ASKING.search(at.text, max(0, start - _ROOM), start) is not None


def remainder(at: Reading, first: int, *, counted: bool) -> int:
    """Return how many words mean a share here: "what is left of", or "in the hundred of" behind a number; 0 if none."""
    if at.has(first, _LEFT) and at.has(first + 1, _REMAINS) and at.has(first + 2, {"من"}):
        return 3
    return 2 + at.has(first + 2, {"من"}) if counted and at.has(first, {"في"}) and at.has(first + 1, _HUNDRED) else 0


def is_beside(at: Reading, phrase: Phrase) -> bool:
    """Tell whether a place only says where another one lies (على بعد 20 كلم شرق طرابلس, المتاخمة للصين)."""
    if phrase.pointing or not phrase.names:
        return False
    return _BESIDE.search(at.text, max(0, phrase.start - _BESIDE_ROOM), phrase.start) is not None
