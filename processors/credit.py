"""Which agency a text is taken from, as its first or last words say.

Only the forms of a credit count: a name in brackets or before a dash at the
head, a name in brackets or after "source" at the tail. "Reuters reported"
within the text is attribution and is not looked at here.
"""

from __future__ import annotations

import re

# Id, and the names and short forms under which the agency signs, Arabic first.
AGENCIES: dict[str, tuple[str, ...]] = {
    "afp": ("أ ف ب", "ا ف ب", "أ.ف.ب", "ا.ف.ب", "فرانس برس", "وكالة الصحافة الفرنسية", "AFP", "Agence France-Presse"),
    "reuters": ("رويترز", "Reuters"),
    "ap": ("أ ب", "أ.ب", "أسوشيتد برس", "اسوشيتد برس", "AP", "Associated Press"),
    "sana": ("سانا", "SANA"),
    "anadolu": ("الأناضول", "الاناضول", "Anadolu", "Anadolu Agency"),
    "dpa": ("د ب أ", "د.ب.أ", "dpa"),
    "efe": ("إفي", "EFE"),
    "tass": ("تاس", "TASS"),
    "ria-novosti": ("نوفوستي", "RIA Novosti"),
    "sputnik": ("سبوتنيك", "Sputnik"),
    "xinhua": ("شينخوا", "Xinhua"),
    "ina": ("واع", "INA"),
    "wafa": ("وفا", "WAFA"),
    "wam": ("وام", "WAM"),
    "spa": ("واس", "SPA"),
    "mena": ("أ ش أ", "أ.ش.أ", "MENA"),
    "petra": ("بترا", "Petra"),
    "kuna": ("كونا", "KUNA"),
    "qna": ("قنا", "QNA"),
    "suna": ("سونا", "SUNA"),
    "saba": ("سبأ", "Saba"),
    "irna": ("إرنا", "ارنا", "IRNA"),
    "ukrinform": ("Ukrinform",),
    "interfax": ("إنترفاكس", "انترفاكس", "Interfax"),
}

_HEAD, _TAIL = 160, 120
_BY_NAME = {name.casefold(): agency for agency, names in AGENCIES.items() for name in names}
_NAME = "|".join(re.escape(name) for name in sorted(_BY_NAME, key=len, reverse=True))
_OTHERS = r"(?:[^()\[\]\n]{0,40}[،,/\-–\s])?"
_IN_BRACKETS = re.compile(rf"[(\[]\s*{_OTHERS}(?P<name>{_NAME})\s*[)\]]", re.IGNORECASE)
# Datelines: "AFP -", "Aden, Reuters –", "دمشق-سانا".
_BEFORE_DASH = re.compile(rf"^\s*(?:[\w' .]{{1,30}}[،,/\-–—])?\s*(?P<name>{_NAME})\s*[-–—:]\s", re.IGNORECASE)
_PLACE_DASH = re.compile(rf"^\s*\w[\w' ]{{1,30}}\s?[-–—]\s?(?P<name>{_NAME})\b", re.IGNORECASE)
_AFTER_SOURCE = re.compile(
    rf"(?:المصدر|مصدر|وكالات|Source|Credit|©)\s*[:：\-–]?\s*(?:وكالة\s+)?(?P<name>{_NAME})\s*\.?\s*$", re.IGNORECASE
)


def credit_of(body: str) -> str | None:
    """Return the id of the agency that the body is credited to, or None."""
    head, tail = body[:_HEAD], body[-_TAIL:]
    found = (
        _BEFORE_DASH.match(head)
        or _PLACE_DASH.match(head)
        or _IN_BRACKETS.search(head)
        or _AFTER_SOURCE.search(tail)
        or _last(tail)
    )
    return _BY_NAME[found["name"].casefold()] if found else None


def _last(tail: str) -> re.Match[str] | None:
    return next((found for found in _IN_BRACKETS.finditer(tail) if not tail[found.end() :].strip(" .\n،")), None)
