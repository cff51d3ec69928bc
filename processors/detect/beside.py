"""Reads the words beside a place's name: nouns that say what kind of place it is, capitals that carry a name on."""

from __future__ import annotations

import re

from processors.gazetteer import Entry, Feature, PlaceMatch
from processors.normalise import Folded

LONG = 4  # letters; shorter words are written small in most headlines
TITLE = 80  # characters of a line looked at on either side of a name
TITLE_SHARE = 0.8
LEAST_TITLE = 4  # words that make a title
_AROUND = 28
_LINKED = 240  # characters in which the words behind a name can say where it lies
_BLANK = re.compile(r"\n[^\S\n]*\n")

_WORD_START = r"(?<!\w)[وف]?[بلك]?(?:ال)?"
_OF = r"(?:(?:of|de|du|des|del|de la|de l'|d')[\s']*(?:the )?)?"  # what may join a noun to the name behind it
_ENDS = r"[\s\"(]*$"
_STARTS = r"[\s\")]*(?:'\w{1,3} )?"  # a Turkish case may hang on the name

_AREA_BEFORE = re.compile(
    rf"(?:{_WORD_START}(?:محافظ[هت]\w*|مقاطع[هت]\w*|ولاي[هت]\w*|اقليم|ريف\w*|ارياف|باديه|استان)"
    r"(?: (?:شمال|جنوب|شرق|غرب)\w*)?"
    r"|(?<!\w)(?:провинци|област|регион|мухафаз|провінці|регіон)\w*"
    r"|(?<!\w)(?:province|governorate|region|state|countryside|rural|gouvernorat|etat|provincia|gobernacion|estado"
    rf"|departement|departamento) {_OF}){_ENDS}"
)
_AREA_AFTER = re.compile(
    rf"{_STARTS}(?:(?:governorate|province|region|oblast|state|countryside|wilayat)\b"
    r"|(?:vilayeti|eyaleti|bolgesi|oblasti|kirsali)|(?:област|провинци|провінці|регион|регіон))"
)
_DISTRICT_BEFORE = re.compile(
    rf"(?:{_WORD_START}(?:قضاء|ناحيه|مديريه|مركز|ولسوالي|شهرستان)"
    rf"|(?<!\w)(?:district|territoire|cercle|distrito|municipio) {_OF}){_ENDS}"
)
_REGION_BEFORE = re.compile(rf"{_WORD_START}منطق[هت]{_ENDS}")
_REGION_IS_DISTRICT = frozenset({"SY"})  # where منطقة is a district; elsewhere it is more often a province
_DISTRICT_AFTER = re.compile(rf"{_STARTS}(?:(?:district|subdistrict|territory)\b|ilcesi|район)")
_TOWN_BEFORE = re.compile(
    rf"(?:{_WORD_START}(?:مدين[هت]\w*|مدن|بلد[هت]\w*|بلدات|قري[هت]\w*|قري|ضيع[هت]|حي|احياء|معبر|حقل|مطار|سد|جسر|مخيم"
    r"|جبل|تل|بلديه|شهر|شهرك|روستاي)"
    r"|(?<!\w)(?:город|сел[оаеуі]|деревн|поселк|поселок|хутор|населенн\w+ пункт|міст|селищ|населен\w+ пункт)\w*"
    r"|(?<!\w)(?:пгт|смт|г\.|н\.п\.|м\.)"
    r"|(?<!\w)(?:city|town|village|towns|cities|villages|township|settlement|district|camp|port|ville|localite|cite"
    rf"|commune|bourg|bourgade|aeroport|ciudad|pueblo|aldea|localidad|villa) {_OF}){_ENDS}"
)
_TOWN_AFTER = re.compile(
    rf"{_STARTS}(?:(?:city|town|village|airport|airbase|air base|oil ?field|dam|camp|crossing)\b"
    r"|(?:koy|kasaba|sehr|belde|mahalle)(?:u|i|si|leri)?(?:n[iau]|nde|nden|nin)?\b)"
)
_NEAR_BEFORE = re.compile(
    rf"{_WORD_START}(?:ريف\w*|ارياف|باديه|محيط|اطراف|ضواحي|قرب|بالقرب من|مشارف"
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
    return not any(noun.match(after) for noun in (_TOWN_AFTER, _AREA_AFTER, _DISTRICT_AFTER))


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
    return any(noun.search(before) for noun in (_TOWN_BEFORE, _AREA_BEFORE, _DISTRICT_BEFORE, _REGION_BEFORE)) or any(
        noun.match(after) for noun in (_TOWN_AFTER, _AREA_AFTER, _DISTRICT_AFTER)
    )


def geo_precision(entry: Entry, match: PlaceMatch, text: str) -> int:
    """Return ACLED's geo-precision of a place as named here: near a town or its countryside is 2, not 1."""
    before, _ = beside(match, text)
    return 2 if entry.geo_precision == 1 and _NEAR_BEFORE.search(before) else entry.geo_precision


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


def fitting(entries: list[Entry], match: PlaceMatch, text: str) -> list[Entry]:
    """Keep areas where the words beside the name say area, and points elsewhere, as far as there are any."""
    before, after = beside(match, text)
    if _AREA_BEFORE.search(before) or _AREA_AFTER.match(after):
        wanted = [entry for entry in entries if _kind(entry) >= Feature.GOVERNORATE]
    elif _DISTRICT_BEFORE.search(before) or _DISTRICT_AFTER.match(after):
        wanted = [entry for entry in entries if _kind(entry) is Feature.DISTRICT]
    elif _REGION_BEFORE.search(before):
        wanted = [entry for entry in entries if _kind(entry) is _region_of(entry)]
    else:
        wanted = [entry for entry in entries if _kind(entry) < Feature.DISTRICT or _kind(entry) is Feature.COUNTRY]
    return wanted or entries


def _kind(entry: Entry) -> Feature:
    return Feature[entry.feature.upper()]


def _region_of(entry: Entry) -> Feature:
    return Feature.DISTRICT if entry.country in _REGION_IS_DISTRICT else Feature.GOVERNORATE
