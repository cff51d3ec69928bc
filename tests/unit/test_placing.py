"""Which place a claim is about: a town, the province called after it, or a facility, countryside or part of either."""

from __future__ import annotations

from functools import cache

import pytest

from processors.detect import detect
from processors.detect.facilities import facility_of_id
from processors.identity import place_key
from processors.knowledge import Knowledge, load
from processors.naming import place_named
from streams.mentions import Extent, Mention

RAQQA, IDLIB, HAMA, MOSUL = "geonames:172955", "geonames:169389", "geonames:170017", "geonames:99072"


@cache
def knowledge() -> Knowledge:
    return load()


def told(language: str, text: str) -> Mention:
    (mention,) = detect(text, knowledge=knowledge(), language=language)
    return mention


@pytest.mark.parametrize(
    ("language", "text", "area"),
    [
        ("en", "Syrian rebels captured Raqqa province.", "changehands:SY-RA"),
        ("en", "Syrian rebels captured the whole of Hama Governorate.", "changehands:SY-HM"),
        ("en", "Syrian rebels captured the province of Hama.", "changehands:SY-HM"),
        ("en", "Iraqi forces recaptured Kirkuk region.", "changehands:IQ-KI"),
        ("en", "Russian forces captured Kharkiv oblast.", "changehands:UA-63"),
        ("en", "The Taliban captured Kandahar district.", "geonames:9653599"),
        ("ar", "سيطر المقاتلون السوريون على محافظة حماة", "changehands:SY-HM"),
        ("ar", "سيطرت قوات الدعم السريع على ولاية الجزيرة", "changehands:SD-GZ"),
        ("ru", "Сирийские повстанцы заняли провинцию Хама.", "changehands:SY-HM"),
        ("fr", "Les rebelles syriens ont pris la province de Hama.", "changehands:SY-HM"),
        ("es", "Los rebeldes sirios tomaron la provincia de Hama.", "changehands:SY-HM"),
        ("tr", "Suriyeli muhalifler Hama ilini ele geçirdi.", "changehands:SY-HM"),
        ("fa", "طالبان استان قندوز را تصرف کرد.", "changehands:AF-KDZ"),
        ("kmr", "QSD parêzgeha Reqayê rizgar kir.", "changehands:SY-RA"),
    ],
)
def test_a_province_is_not_the_town_it_is_called_after(language: str, text: str, area: str) -> None:
    """A noun for an area before the name, behind it or taken with it makes it the area, in every language."""
    assert [place.id for place in told(language, text).places] == [area]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The Taliban captured the provinces of Kunduz and Takhar."),
        ("en", "The Taliban captured Kunduz and Takhar provinces."),
        ("ar", "سيطرت طالبان على ولايتي قندوز وتخار في أفغانستان"),
    ],
)
def test_a_noun_in_the_plural_makes_provinces_of_a_whole_list(language: str, text: str) -> None:
    """A noun for provinces before a list, or behind it, tells of each of its names."""
    assert [place.id for place in told(language, text).places] == ["changehands:AF-KDZ", "changehands:AF-TAK"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The army retook rural Hama."),
        ("en", "The Syrian army retook the Hama countryside."),
        ("en", "The Syrian army retook the countryside of Hama."),
        ("en", "The Syrian army retook Hama's countryside."),
        ("en", "The Syrian army retook a village in Hama province."),
        ("ar", "استعاد الجيش السوري ريف حماة"),
        ("ar", "استعاد الجيش السوري قرية في ريف حماة"),
        ("ru", "Сирийская армия заняла три деревни в провинции Хама."),
        ("tr", "Suriye ordusu Hama kırsalını ele geçirdi."),
    ],
)
def test_a_countryside_or_a_village_is_a_part_of_the_province(language: str, text: str) -> None:
    """What is only a part of a province goes neither under it nor under its capital."""
    mention = told(language, text)
    assert [place.id for place in mention.places] == ["changehands:SY-HM"]
    assert (mention.extent, place_key(mention.places[0], mention.extent)) == (Extent.PARTIAL, f"{HAMA}:parts")


@pytest.mark.parametrize(
    ("language", "text", "site"),
    [
        ("en", "Syrian rebels captured the Raqqa dam.", f"{RAQQA}:dam"),
        ("en", "Syrian rebels captured the dam of Raqqa.", f"{RAQQA}:dam"),
        ("ar", "سيطر المقاتلون السوريون على سد الرقة", f"{RAQQA}:dam"),
        ("fr", "Les rebelles syriens ont pris le barrage de Raqqa.", f"{RAQQA}:dam"),
        ("es", "Los rebeldes sirios tomaron la presa de Raqqa.", f"{RAQQA}:dam"),
        ("tr", "Suriyeli muhalifler Rakka barajını ele geçirdi.", f"{RAQQA}:dam"),
        ("en", "Syrian rebels captured Idlib central prison.", f"{IDLIB}:prison"),
        ("ar", "سيطر المقاتلون السوريون على سجن إدلب المركزي", f"{IDLIB}:prison"),
        ("ar", "سيطر المقاتلون السوريون على جامعة إدلب", f"{IDLIB}:university"),
        ("ru", "Иракская армия заняла аэропорт Мосула.", "changehands:airport-orbm"),
        ("en", "Iraqi troops recaptured the airport in Mosul.", "changehands:airport-orbm"),
        ("en", "Iraqi troops recaptured Mosul's airport.", "changehands:airport-orbm"),
        ("ar", "استعاد الجيش العراقي مطار الموصل", "changehands:airport-orbm"),
    ],
)
def test_a_facility_is_not_its_town(language: str, text: str, site: str) -> None:
    """A facility called after a town is one place in every language: the table's, or one of the town and its kind."""
    mention = told(language, text)
    assert [(place.id, place.seat) for place in mention.places] == [(site, site)]
    assert mention.extent is Extent.FULL


@pytest.mark.parametrize(
    "text",
    [
        "Syrian rebels captured a base in Idlib.",
        "Syrian rebels captured the outskirts of Idlib.",
        "Syrian rebels captured a checkpoint near Idlib.",
    ],
)
def test_what_lies_in_a_town_or_around_it_is_a_part(text: str) -> None:
    """Whoever takes a base in a town, or what lies around it, has not taken the town."""
    mention = told("en", text)
    assert place_key(mention.places[0], mention.extent) == f"{IDLIB}:parts"


@pytest.mark.parametrize(
    ("language", "text", "town"),
    [
        ("en", "Syrian rebels captured the city of Idlib in Idlib province.", IDLIB),
        ("en", "Syrian rebels captured the capital of Idlib province.", IDLIB),
        ("en", "Syrian rebels captured the provincial capital of Idlib.", IDLIB),
        ("en", "Rebels captured the port city of Hodeidah.", "geonames:79415"),
        ("en", "The Syrian army was defeated near Idlib on Monday. A day later rebels captured the city.", IDLIB),
    ],
)
def test_the_town_stays_the_town(language: str, text: str, town: str) -> None:
    """A province beside it, "the capital of", or a facility told of before, does not make the town another place."""
    *_, mention = detect(text, knowledge=knowledge(), language=language)
    assert [place.id for place in mention.places] == [town]


def test_a_named_quarter_is_not_the_town_around_it() -> None:
    """A place that no table knows has where it lies, but neither the id nor the key of the town in which it lies."""
    (mention,) = detect("Halep'in Şeyh Maksud mahallesi YPG'den temizlendi.", knowledge=knowledge(), language="tr")
    (place,) = mention.places
    assert (place.id, place.seat, place.country, place.geo_precision) == (None, None, "SY", 2)
    assert place_key(place, mention.extent) == "sy:seyhmaksud"


def test_a_facility_is_found_by_its_id() -> None:
    """An analyst who gives the id of a facility gets it, with its names; an unknown kind or town is none."""
    place = place_named(f"{RAQQA}:dam", knowledge().gazetteer)
    assert (place.id, place.name, place.name_ar) == (f"{RAQQA}:dam", "Raqqa dam", "سد الرقة")
    assert facility_of_id(f"{RAQQA}:opera", knowledge().gazetteer) is None
    assert facility_of_id("geonames:0:dam", knowledge().gazetteer) is None
