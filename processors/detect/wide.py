"""Reads whether the words beside a name say that a wide place is meant: a province, a district, a countryside.

A noun in the plural or the dual tells it of a whole list ("Kunduz and Takhar
provinces", محافظتي إدلب وحلب). All patterns are over folded text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from processors.gazetteer import Entry, Feature

WORD_START = r"(?<!\w)[وف]?[بلك]?(?:ال)?"
OF = r"(?:(?:of|de|du|des|del|de la|de l'|d')[\s']*(?:the )?)?"  # what may join a noun to the name behind it
ENDS = r"[\s\"(]*$"
STARTS = r"[\s\")]*(?:'\w{1,3} )?"  # a Turkish case may hang on the name
_TOWARDS = r"(?: (?:شمال|جنوب|شرق|غرب)\w*)?"

_AREAS_BEFORE = (
    rf"(?:{WORD_START}(?:محافظتي|محافظتا|محافظات|ولايتي|ولايتا|ولايات|مقاطعتي|مقاطعات|استانهاي|استان هاي)"
    r"|(?<!\w)(?:област(?:и|ях|ями|ей)|провинци(?:и|ях|ями|й)|провінці(?:ї|ях|ями|й))"
    r"|(?<!\w)(?:provinces|governorates|regions|states|oblasts|gouvernorats|prefectures|provincias|gobernaciones"
    rf"|estados|departements|departamentos) {OF}){ENDS}"
)
_AREAS_AFTER = (
    rf"{STARTS}(?:(?:governorates|provinces|regions|states|oblasts|prefectures)\b|(?:il|vilayet|eyalet)leri\w*"
    r"|(?:област|провинци|провінці)(?:и|і|ї|ях|ями|ей|й)\b)"
)
_AREA_BEFORE = re.compile(
    rf"{_AREAS_BEFORE}|(?:{WORD_START}(?:محافظ[هت]\w*|مقاطع[هت]\w*|ولاي[هت]\w*|اقليم|استان|پارێزگاي){_TOWARDS}"
    r"|(?<!\w)(?:провинци|област|регион|мухафаз|провінці|регіон)\w*"
    r"|(?<!\w)(?:province|governorate|region|state|gouvernorat|etat|prefecture|provincia|gobernacion|estado"
    rf"|departement|departamento|parezgeh\w*) {OF}){ENDS}"
)
_AREA_AFTER = re.compile(
    rf"{_AREAS_AFTER}|{STARTS}(?:(?:governorate|province|region|oblast|state|wilayat|prefecture)\b"
    r"|(?:vilayeti|eyaleti|bolgesi|oblasti)|ili(?:n\w{1,3})?\b|(?:област|провинци|провінці|регион|регіон))"
)
_COUNTRYSIDE_BEFORE = re.compile(
    rf"(?:{WORD_START}(?:ريف\w*|ارياف|باديه){_TOWARDS}|(?<!\w)(?:countryside|rural) {OF}){ENDS}"
)
_COUNTRYSIDE_AFTER = re.compile(rf"{STARTS}(?:countryside\b|kirsali)")
_DISTRICT_BEFORE = re.compile(
    rf"(?:{WORD_START}(?:قضاء|ناحيه|مديريه|مركز|ولسوالي|شهرستان)"
    rf"|(?<!\w)(?:district|territoire|cercle|distrito|municipio) {OF}){ENDS}"
)
_DISTRICT_AFTER = re.compile(rf"{STARTS}(?:(?:district|subdistrict|territory)\b|ilcesi|район)")
_REGION_BEFORE = re.compile(rf"{WORD_START}منطق[هت]{ENDS}")
_LIST_BEFORE, _LIST_AFTER = re.compile(_AREAS_BEFORE), re.compile(_AREAS_AFTER)
_REGION_IS_DISTRICT = frozenset({"SY"})  # where منطقة is a district; elsewhere it is more often a province


class Wide(StrEnum):
    """What kind of wide place the words beside a name say."""

    AREA = "area"  # a province
    COUNTRYSIDE = "countryside"  # what of a province is no town
    DISTRICT = "district"
    REGION = "region"  # منطقة, which is one or the other


AREAS = frozenset((Wide.AREA, Wide.COUNTRYSIDE))


def told(before: str, after: Sequence[str]) -> Wide | None:
    """Return what the words before a name say, or those behind it; None where they say nothing of the kind."""
    if _COUNTRYSIDE_BEFORE.search(before) or any(map(_COUNTRYSIDE_AFTER.match, after)):
        return Wide.COUNTRYSIDE
    if _AREA_BEFORE.search(before) or any(map(_AREA_AFTER.match, after)):
        return Wide.AREA
    if _DISTRICT_BEFORE.search(before) or any(map(_DISTRICT_AFTER.match, after)):
        return Wide.DISTRICT
    return Wide.REGION if _REGION_BEFORE.search(before) else None


def told_of_list(before: str, after: Sequence[str]) -> bool:
    """Say whether the words before the first name of a list, or behind its last, call all of them provinces."""
    return bool(_LIST_BEFORE.search(before)) or any(map(_LIST_AFTER.match, after))


def fitting(entries: list[Entry], wide: Wide | None) -> list[Entry]:
    """Keep the areas where an area is told, else the points; where there are none, what is next to them."""
    for wanted in _WANTED[wide]:
        found = [entry for entry in entries if wanted(entry)]
        if found:
            return found
    return entries


def _is_area(entry: Entry) -> bool:
    return _kind(entry) >= Feature.GOVERNORATE


def _is_part(entry: Entry) -> bool:
    return _kind(entry) in (Feature.DISTRICT, Feature.AREA)


def _is_district(entry: Entry) -> bool:
    return _kind(entry) is Feature.DISTRICT


def _is_region(entry: Entry) -> bool:
    return _is_district(entry) if entry.country in _REGION_IS_DISTRICT else _kind(entry) is Feature.GOVERNORATE


def _is_point(entry: Entry) -> bool:
    return _kind(entry) < Feature.DISTRICT or _kind(entry) is Feature.COUNTRY


def _kind(entry: Entry) -> Feature:
    return Feature[entry.feature.upper()]


_WANTED: Mapping[Wide | None, tuple[Callable[[Entry], bool], ...]] = {
    Wide.AREA: (_is_area, _is_part),
    Wide.COUNTRYSIDE: (_is_area, _is_part),
    Wide.DISTRICT: (_is_district,),
    Wide.REGION: (_is_region,),
    None: (_is_point,),
}
