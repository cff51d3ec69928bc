"""Words of Arabic that say nothing of their own, and the particles written onto a word."""

from __future__ import annotations

import re

FUNCTION = re.compile(
    r"[وف]?(?:تمت?|جرت|[يت]تم|في|من|الي|علي|عن|مع|بعد|قبل|خلال|التي|الذي|الذين|ان|او|ثم|كما|حيث|بين|ضد|تحت|فوق|نحو|قرب|عند|منذ|لكن|بل|هي|هو|هم|"
    r"حتي|كان|كانت|قد|لم|لن|لا|ما|ليس|بحسب|وفق|وفقا|غير|دون|بشكل|اثر|عقب|وسط|بما|مما|لها|له|لهم|منها|فيها|عليها|بها|هناك|كل|اذ|عبر|ضمن|حول|امس|اليوم|"
    r"[يتن]\w{2,}ون|بسبب|نتيجه|جراء|لصالح|بعدما|خشيه|تمهيدا|رغم|بهدف|بغيه|بدعم|بمساعده|بقياده|بالقرب|بينما|فيما|حين|مقابل|بدون|اثناء|بمشاركه|بواسطه|بعيدا|قريبا|ايضا|كذلك|لاحقا|حاليا|تزامنا|انطلاقا|ردا|قال|قالت|اعلن|اعلنت|بالكامل|مجددا|تماما|موخرا|اخيرا|سابقا|لاحقا|يوم|صباح|مساء|فجر|بيد|بايدي)$"
)

QUOTED = {
    "الشباب": "حركه الشباب",
    "القاعده": "تنظيم القاعده",
    "الدوله": "تنظيم الدوله",
    "الوفاق": "حكومه الوفاق",
    "النصره": "جبهه النصره",
}
"""Groups that newspapers name by one quoted word («الشباب»), and the names they bear in full."""


_ENDINGS = ("", "ه", "ها", "هم", "ا", "ات", "ته", "تها", "تهم", "ين", "ان", "ون", "نا")


def is_listed(word: str, listed: frozenset[str]) -> bool:
    """Tell whether a word, or what is left of it without its article and an ending, is one of a list of nouns."""
    bare = word.removeprefix("ال")
    stems = (bare.removesuffix(ending) for ending in _ENDINGS if not ending or bare.endswith(ending))
    return word in listed or any(stem in listed or stem + "ه" in listed for stem in stems if stem)


def proclitic_off(word: str, known: frozenset[str]) -> str | None:
    """Return the known word within `word`, with up to two attached particles and the article taken off."""
    two, three = word[:2] in {"ال", "وب", "ول"}, word[:3] in {"وال", "فال", "بال"}
    for bare in (word, word[1:] if word[:1] in "وفبلك" else "", word[2:] if two else "", word[3:] if three else ""):
        if bare in known:
            return bare
    return None
