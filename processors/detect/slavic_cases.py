"""The nominatives that a declined name of Russian or Ukrainian may have: its ending is exchanged for each possible one.

A name's declension cannot be told from one form (Лимана is of Лиман or Лимано), so
every nominative that the ending allows is returned, the likeliest first; the
gazetteer decides which of them is a name. The tables hold the endings of folded
words, taken from the declensions of school grammars.
"""

from __future__ import annotations

from functools import lru_cache

_LEAST = 2
"""Letters that must be left of a word when its ending is taken off."""

_RUSSIAN = {
    "ового": ("ов", "овое", "овый"),
    "овому": ("ов", "овое", "овый"),
    "ьего": ("ье",),
    "ьему": ("ье",),
    "ьим": ("ье",),
    "ьем": ("ье",),
    "его": ("ее", "ий"),
    "ему": ("ее", "ий"),
    "ого": ("ое", "ый", "ой", "ий"),
    "ому": ("ое", "ый", "ой", "ий"),
    "ыми": ("ые",),
    "ими": ("ие",),
    "ами": ("ы", "и", "а"),
    "ями": ("и", "я"),
    "ией": ("ия",),
    "ым": ("ое", "ый", "ов"),
    "им": ("ое", "ий", "ее"),
    "ых": ("ые",),
    "их": ("ие",),
    "ах": ("ы", "и", "а"),
    "ях": ("и", "я"),
    "ам": ("ы", "и", "а"),
    "ям": ("и", "я"),
    "ов": ("ы", "и"),
    "ев": ("и", "ы"),
    "ом": ("", "о", "ое", "ый", "ой", "ий"),
    "ем": ("ь", "е", "й", "ее", ""),
    "ой": ("а", "ая"),
    "ою": ("а", "ая"),
    "ей": ("я", "ея", "яя", "и"),
    "ею": ("я",),
    "ую": ("ая",),
    "юю": ("яя",),
    "ии": ("ия",),
    "ию": ("ия",),
    "ью": ("ь",),
    "а": ("", "о"),
    "я": ("ь", "е", "й"),
    "у": ("", "а", "о"),
    "ю": ("ь", "я", "е", "й"),
    "е": ("", "а", "о", "я", "ь", "е"),
    "и": ("а", "я", "ь"),
    "ы": ("а",),
}
_UKRAINIAN = {
    "ового": ("ів", "ове", "овий"),
    "овому": ("ів", "ове", "овий"),
    "овим": ("ів", "ове", "овий"),
    "єва": ("їв", "єве"),
    "єву": ("їв", "єве"),
    "євом": ("їв", "єве"),
    "єві": ("їв", "єве"),
    "ова": ("ів", "ове"),
    "ову": ("ів", "ове", "ова"),
    "овом": ("ів", "ове"),
    "ові": ("ів", "ове", ""),
    "поля": ("піль", "поле", "поль"),
    "полю": ("піль", "поле", "поль"),
    "полем": ("піль", "поле", "поль"),
    "полі": ("піль", "поле", "поль"),
    "ього": ("є",),
    "ьому": ("є",),
    "ого": ("е", "ий"),
    "ому": ("е", "ий"),
    "ими": ("і",),
    "ами": ("и", "а"),
    "ями": ("і", "я"),
    "ією": ("ія",),
    "еві": ("ь", "е"),
    "им": ("е", "ий"),
    "их": ("і",),
    "ах": ("и", "а"),
    "ях": ("і", "я"),
    "ам": ("и", "а"),
    "ям": ("я", "і"),
    "ів": ("и", "і"),
    "їв": ("ї",),
    "ом": ("", "о", "е"),
    "ем": ("ь", "е", "є"),
    "єм": ("й",),
    "ою": ("а",),
    "ею": ("я",),
    "єю": ("я",),
    "ої": ("а",),
    "ій": ("а", "я"),
    "ії": ("ія",),
    "ію": ("ія",),
    "ці": ("ка", "ця", "ць"),
    "зі": ("га", "з", "за"),
    "сі": ("ха", "с", "са"),
    "а": ("", "о"),
    "я": ("ь", "й"),
    "у": ("", "а", "о"),
    "ю": ("ь", "я", "й"),
    "і": ("", "а", "я", "ь", "о", "е"),
    "и": ("а",),
    "ї": ("я", "їв"),
}
_TABLES = {"ru": _RUSSIAN, "uk": _UKRAINIAN}


@lru_cache(maxsize=4096)
def nominatives(word: str, language: str) -> tuple[str, ...]:
    """Return the other forms under which a folded word of `language` (ru, uk) may be listed, longest endings first."""
    table = _TABLES[language]
    found: dict[str, None] = {}
    for size in range(5, 0, -1):
        stem, ending = word[:-size], word[-size:]
        if len(stem) >= _LEAST and ending in table:
            found.update(dict.fromkeys(stem + other for other in table[ending]))
    if len(word) > _LEAST and word[-1] not in "аеиіоуыьюяєїйэ":
        found.update(dict.fromkeys(word + other for other in (("и", "і") if language == "uk" else ("ы", "и"))))
    found.pop(word, None)
    return tuple(found)
