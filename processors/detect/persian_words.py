"""Words of Persian that end a noun phrase, and the gazetteer asked without the particles of Arabic."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from processors.detect.phrases import Name
from processors.detect.reading import Reading

_DAYS = frozenset({"شنبه"})
_KNOWN = 50_000  # people

FUNCTION = re.compile(
    r"(?:شديم|بوديم|داديم|گرفتيم|رفتيم|زديم|هستيم|اماده|فراهم|مهيا|ممكن|در|به|از|را|كه|و|با|بر|تا|براي|توسط|بدست|هم|نيز|هنوز|پس|پيش|بعد|قبل|ضد|عليه|مقابل|برابر|جريان|نتيجه|پي|اثر|حالي|حال|اما|ولي|"
    r"اين|ان|انها|انان|وي|او|خود|خودش|يك|هيچ|هر|همين|همان|اگر|چون|زيرا|يا|نه|نيست|است|اند|بود|بودند|باشد|هست|هستند|دارد|دارند|"
    r"داشت|داشتند|شد|شدند|شده|شود|شوند|كرد|كردند|كرده|كند|كنند|گرفت|گرفتند|گرفته|داد|دادند|داده|گفت|گفتند|گفته|خواهد|خواهند|"
    r"ن?مي\w+(?:د|ند|يم)|ن?مي|هاي?|هايي|بدون|طي|هنگام|همراه|تحت|زير|روي|ميان|بين|سوي|سمت|طرف|دست|چنگ|كنترل|تصرف|سقوط|اشغال|تسلط|سيطره|"
    r"ازاد|ازادسازي|پاكسازي|محاصره|عقب\w*|خارج|وارد|ترك|تخليه|تسليم|بيرون|باز\s?پس|بازپس\w*|پس|مسلط|اختيار|فتح|تسخير|حاكميت|سلطه|هشدار|واقع|جمله|"
    r"دوباره|مجددا|كاملا|سرانجام|رسما|عملا|فورا|بامداد|صبح|ظهر|عصر|شب|شام|نيمه|امروز|ديروز|امشب|ديشب|پريروز|روز|هفته|ماه|سال|"
    r"گذشته|اكنون|حدود|نزديك|نزديكي|قرار|مورد|وجود|ادامه|جنگ|نبرد|درگيري|حمله|حملات|انفجار|عمليات|"
    r"گريخت\w*|راند\w*|كشيد\w*|بازگشت\w*|برگشت\w*|رسيد\w*|افتاد\w*|شدند|شويم|كنيم|كرديم|كردن|شدن|گرفتن|دادن|پيوست\w*|زد|زدند|رفت\w*|امد\w*|"
    r"اورد\w*|نشست\w*|سپرد\w*|برد|بردند|كشت|كشتند|نوشت\w*|افزود\w*|يافت\w*|داشته|نشد\w*|نكرد\w*|مانده?|ماندند|گرديد\w*|نمود\w*|من|ما|شما|تو|شان|مان|تان|چه|كي|چنين|چنان|يكي|مربوط|موسوم|معروف|وابسته|مجبور|ناچار|ناگزير|وادار|موفق|قادر|مدعي|همچنان|همواره|اكنون|ديگر|ورودي|خروجي)$"
)
"""Words that no name contains: prepositions, verbs, times and the words of control themselves."""


LIGHT_VERB = re.compile(r"ن?(?:شد|شدند|شده|كرد|كردند|كرده|گرديد|گرديدند|نمود|نمودند|كند|كنند|شود|شوند)$")
"""Verbs that make a verb of the noun or adjective before them."""


def is_closed(at: Reading, here: int) -> bool:
    """Tell whether a word cannot belong to a name that nothing knows."""
    word = at.words[here].text
    return (
        not word[0].isalpha()
        or len(word) < 2  # noqa: PLR2004 (one letter is no name)
        or FUNCTION.match(word) is not None
        or word in at.lists["loose"]
        or word in at.lists["sides"]
        or word in at.lists["days"]
        or word in at.lists["compass"]
        or word in at.lexicon.surfaces["places"]
        or word in at.lexicon.surfaces["actors"]
        or at.actor(here) is not None
        or word in at.knowledge.gazetteer.nations
        or tells(at, here)
    )


@cache
def _pattern(entries: frozenset[str]) -> re.Pattern[str]:
    """Return a pattern of words; an entry that ends in * stands for every word that begins so."""
    return re.compile("|".join(entry.replace("*", r"\w*") for entry in sorted(entries)))


def tells(at: Reading, here: int) -> bool:
    """Tell whether a word is one of those that tell a change: no name that nothing knows is looked for there."""
    return _pattern(at.lists["telling"]).fullmatch(at.words[here].text) is not None


@cache
def _full_names(entries: frozenset[str]) -> Mapping[str, str]:
    """Return the full name of each state that has a short one."""
    return dict(entry.split("=") for entry in entries)


def state(at: Reading, here: int) -> str | None:
    """Return the id of the state whose bare name is at a word, a short one included (امریکا)."""
    full = _full_names(at.lists["short_states"]).get(at.words[here].text)
    return at.state_named(full) if full else at.country(here)


def known(at: Reading, here: int) -> Name | None:
    """Return the gazetteer's name at a word, also of an Arabic name without its article or its final hamza."""
    start = at.words[here].start
    if at.has(here + 1, _DAYS):
        return None  # "دو شنبه" is Monday and no town
    full = _full_names(at.lists["short_states"]).get(at.words[here].text)
    if full is not None and (whole := at.knowledge.gazetteer.match(full, 0)) is not None:
        return Name(start=start, end=at.words[here].end, rows=whole.rows)
    match = at.knowledge.gazetteer.match(at.text, start)
    if match is not None:
        common = match.common and not _is_large(at, match.rows)
        return Name(start=match.start, end=match.end, rows=match.rows, common=common)
    return _respelled(at, here)


def _is_large(at: Reading, rows: Sequence[int]) -> bool:
    """Tell whether all know a place of the name: an everyday word of Arabic is seldom one in Persian (موصل)."""
    return any(at.knowledge.gazetteer.entry(row).population >= _KNOWN for row in rows[:2])


def _respelled(at: Reading, here: int) -> Name | None:
    """Return the name that the gazetteer has with a final hamza or ه or with the article (صنعا, حما, لاذقیه)."""
    word = at.words[here]
    if len(word.text) < 3:  # noqa: PLR2004 (too short to be told from another word)
        return None
    for spelling in (word.text + "ء", "ال" + word.text, word.text + "ه" if word.text.endswith("ا") else ""):
        match = at.knowledge.gazetteer.match(spelling, 0) if spelling else None
        if match is not None and match.end == len(spelling) and not match.common:
            return Name(start=word.start, end=word.end, rows=match.rows)
    return None
