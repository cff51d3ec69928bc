"""Reads the words beside a place's name: nouns that say what kind of place it is, capitals that carry a name on."""

from __future__ import annotations

import re

from processors.detect.wide import AREAS, ENDS, OF, STARTS, WORD_START, Wide, told, told_of_list
from processors.gazetteer import Entry, PlaceMatch
from processors.normalise import Folded

LONG = 4  # letters; shorter words are written small in most headlines
TITLE = 80  # characters of a line looked at on either side of a name
TITLE_SHARE = 0.8
LEAST_TITLE = 4  # words that make a title
_AROUND = 28
_LINKED = 240  # characters in which the words behind a name can say where it lies
_BLANK = re.compile(r"\n[^\S\n]*\n")

_TOWN_BEFORE = re.compile(
    rf"(?:{WORD_START}(?:مدين[هت]\w*|مدن|بلد[هت]\w*|بلدات|قري[هت]\w*|قري|ضيع[هت]|حي|احياء|معبر|حقل|مطار|سد|جسر|مخيم"
    r"|جبل|تل|بلديه|شهر|شهرك|روستاي)"
    r"|(?<!\w)(?:город|сел[оаеуі]|деревн|поселк|поселок|хутор|населенн\w+ пункт|міст|селищ|населен\w+ пункт)\w*"
    r"|(?<!\w)(?:пгт|смт|г\.|н\.п\.|м\.)"
    r"|(?<!\w)(?:city|town|village|towns|cities|villages|township|settlement|district|camp|port|ville|localite|cite"
    rf"|commune|bourg|bourgade|aeroport|ciudad|pueblo|aldea|localidad|villa) {OF}){ENDS}"
)
_TOWN_AFTER = re.compile(
    rf"{STARTS}(?:(?:city|town|village|airport|airbase|air base|oil ?field|dam|camp|crossing)\b"
    r"|(?:koy|kasaba|sehr|belde|mahalle)(?:u|i|si|leri)?(?:n[iau]|nde|nden|nin)?\b)"
)
_NEAR_TAKEN = re.compile(r" (?:outskirts|suburbs?|surroundings|vicinity|banliyo\w*|cevresi\w*)")
_NEAR_BEFORE = re.compile(
    rf"{WORD_START}(?:ريف\w*|ارياف|باديه|محيط|اطراف|ضواحي|قرب|بالقرب من|مشارف"
    r"|near|outside|outskirts of|around|countryside of"
    r"|(?:north|south|east|west)\w* of)[\s\"]*$"
)


def goes_on(folded: Folded, match: PlaceMatch) -> bool:
    """Say whether a capital follows, so that the name may be the beginning of a longer one ("Aden Smith").

    A comma between, a place-noun ("Aden Governorate"), a headline with capitals
    throughout or a script without capitals says that it is not.
    """
    text, at = folded.text, match.end + 1
    if text[match.end : at] not in (" ", "-") or not text[at : at + 1].isalpha():
        return False
    if not folded.source[folded.origin[at]].isupper() or _in_title_case(folded, match):
        return False
    _, after = beside(match, text)
    return not (_TOWN_AFTER.match(after) or told("", (after,)))


def _in_title_case(folded: Folded, match: PlaceMatch) -> bool:
    """Say whether nearly all longer words of the line begin with a capital."""
    first = folded.text.rfind("\n", max(0, match.start - TITLE), match.start) + 1 or max(0, match.start - TITLE)
    last = folded.text.find("\n", match.end, match.end + TITLE)
    line = folded.span(first, last if last > 0 else min(len(folded.text), match.end + TITLE)).text
    words = [word for word in line.split() if len(word) > LONG]
    return len(words) >= LEAST_TITLE and sum(word[0].isupper() for word in words) >= TITLE_SHARE * len(words)


def has_place_noun(match: PlaceMatch, text: str) -> bool:
    """Say whether a noun beside the name says that it is a place ("قرية", "town of", "district")."""
    before, after = beside(match, text)
    return bool(_TOWN_BEFORE.search(before) or _TOWN_AFTER.match(after) or told(before, (after,)))


def wide(match: PlaceMatch, text: str) -> Wide | None:
    """Return what kind of wide place the words beside the name say, or the noun that was taken with it."""
    before, after = beside(match, text)
    return told(before, (after, _taken(match, text)))


def lists_areas(first: PlaceMatch, last: PlaceMatch, text: str) -> bool:
    """Say whether a noun beside a list calls all its names provinces ("Kunduz and Takhar provinces")."""
    before, (_, after) = beside(first, text)[0], beside(last, text)
    return told_of_list(before, (after, _taken(last, text)))


def _taken(match: PlaceMatch, text: str) -> str:
    """Return the last word that was taken with a name behind it, with the space before it; mostly there is none."""
    return text[max(match.proper, text.rfind(" ", match.proper, match.end)) : match.end] if match.proper else ""


def geo_precision(entry: Entry, match: PlaceMatch, text: str) -> int:
    """Return ACLED's geo-precision of a place as named here: near a town, or the area around it, is 2, not 1."""
    before, _ = beside(match, text)
    near = _NEAR_BEFORE.search(before) or _NEAR_TAKEN.fullmatch(_taken(match, text)) or wide(match, text) in AREAS
    return 2 if near and entry.geo_precision == 1 else entry.geo_precision


def beside(match: PlaceMatch, text: str) -> tuple[str, str]:
    """Return the words of the same paragraph before and after a name, proclitics cut off."""
    before = _BLANK.split(text[max(0, match.start - _AROUND) : match.start])[-1]
    after = text[match.end : min(match.end + _AROUND, linked_end(match, text))]
    return re.sub(r"(?<=\s)[وفبل]{1,2}$", "", before), after


def linked_end(match: PlaceMatch, text: str) -> int:
    """Return where the words that can say where a place lies end at the latest: at a blank line, or far behind it."""
    most = match.end + _LINKED
    blank = _BLANK.search(text, match.end, most)
    return blank.start() if blank else min(most, len(text))
