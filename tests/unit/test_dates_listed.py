"""Dates in the languages whose words for them are listed, counted from Wednesday, 15 May 2024."""

from datetime import date

import pytest

from processors.detect.dates import event_date
from processors.normalise import fold
from streams.mentions import Precision

DAY = date(2024, 5, 15)


@pytest.mark.parametrize(
    ("language", "text", "words", "first", "last"),
    [
        ("fr", "Les rebelles ont pris la ville lundi.", "lundi", date(2024, 5, 13), date(2024, 5, 13)),
        ("fr", "La ville est tombée le 3 février 2023.", "3 février 2023", date(2023, 2, 3), date(2023, 2, 3)),
        ("fr", "Ils l'ont quittée il y a deux semaines.", "il y a deux semaines", date(2024, 4, 28), date(2024, 5, 4)),
        ("fr", "La ville, prise hier matin, est calme.", "hier matin", date(2024, 5, 14), date(2024, 5, 14)),
        ("es", "Tomaron el pueblo el 7 de marzo de 2022.", "7 de marzo de 2022", date(2022, 3, 7), date(2022, 3, 7)),
        ("es", "Se retiraron hace tres días.", "hace tres días", date(2024, 5, 12), date(2024, 5, 12)),
        ("es", "Cayó el martes pasado.", "martes pasado", date(2024, 5, 14), date(2024, 5, 14)),
        ("ru", "Войска заняли село 5 мая.", "5 мая", date(2024, 5, 5), date(2024, 5, 5)),
        ("ru", "Город взяли в марте 2022 года.", "в марте 2022", date(2022, 3, 1), date(2022, 3, 31)),
        ("ru", "Село освободили два дня назад.", "два дня назад", date(2024, 5, 13), date(2024, 5, 13)),
        ("ru", "Город взяли в среду.", "среду", date(2024, 5, 15), date(2024, 5, 15)),
        ("uk", "Село звільнили 24 лютого.", "24 лютого", date(2024, 2, 24), date(2024, 2, 24)),
        ("uk", "Ворог зайшов у село вчора.", "вчора", date(2024, 5, 14), date(2024, 5, 14)),
        ("tr", "Köy 12 Nisan 2024'te alındı.", "12 Nisan 2024", date(2024, 4, 12), date(2024, 4, 12)),
        ("tr", "Kasaba pazartesi günü düştü.", "pazartesi", date(2024, 5, 13), date(2024, 5, 13)),
        ("tr", "Köy üç gün önce kurtarıldı.", "üç gün önce", date(2024, 5, 12), date(2024, 5, 12)),
        ("fa", "ولسوالی دیروز سقوط کرد.", "دیروز", date(2024, 5, 14), date(2024, 5, 14)),
        ("fa", "شهر دو هفته پیش سقوط کرد.", "دو هفته پیش", date(2024, 4, 28), date(2024, 5, 4)),
    ],
)  # fmt: skip
def test_date_in_its_language(language: str, text: str, words: str, first: date, last: date) -> None:
    """The words of a date are found as written, and come to these days."""
    found = event_date(fold(text), anchor=DAY, anchor_precision=Precision.DAY, language=language)
    assert found is not None
    assert (found.text, found.from_, found.to) == (words, first, last)


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", "La maison de mai est prise."), ("es", "El mar y la marzuela."), ("tr", "Pazarcık köyü alındı.")],
)
def test_words_that_only_look_like_dates(language: str, text: str) -> None:
    """A word that begins like a month's or a day's name is none."""
    assert event_date(fold(text), anchor=DAY, anchor_precision=Precision.DAY, language=language) is None


def test_relative_words_need_a_day() -> None:
    """Where the text's own day is only a month, words counted from it give no days."""
    found = event_date(fold("La ville est tombée hier."), anchor=DAY, anchor_precision=Precision.MONTH, language="fr")
    assert found is not None
    assert (found.text, found.from_, found.precision) == ("hier", None, Precision.DAY)
