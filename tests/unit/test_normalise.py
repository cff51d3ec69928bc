"""Folding, case by case."""

import pytest

from processors.normalise import fold

CASES = {
    "إدلب": "ادلب",
    "دِيـــــر الزَّور": "دير الزور",
    "البُوكَمَال": "البوكمال",
    "مُؤتة": "موته",
    "القائم": "القايم",
    "حمى": "حمي",
    "ﺩﻳﺮ ﺍﻟﺰﻭﺭ": "دير الزور",
    "اﻻسلام": "الاسلام",
    "٢٠١٤ و۲۰۱۵": "2014 و2015",
    "“Deir ez‑Zor” «ok»": '"deir ez-zor" "ok"',
    "‘Ayn Ḩāfir": "'ayn hafir",
    "Zôr İdlib": "zor idlib",
    "ﬁeld": "field",
    "کرکوک یعنی": "كركوك يعني",
    "a\u200b\u200fb\ufeff": "ab",
    "Балаклiя i Ізюм": "балаклія i ізюм",
    "Cело взятo, HIMARSами": "село взято, himarsами",
    "боевои\u0306 в Украі\u0308ні": "боевой в україні",
    "one\r\n two\u2028three": "one \n two\nthree",
    "one\ftwo\vthree\x1cfour": "one\ntwo\nthree\nfour",
    "one\f\x81": "one\n\x81",
    "Ta`izz": "ta'izz",
    "Ta`izz حلب": "ta'izz حلب",
    "Ｔ｀": "t'",
}


@pytest.mark.parametrize(("source", "text"), CASES.items())
def test_spellings_fold_to_one(source: str, text: str) -> None:
    """What writers spell in many ways folds to one spelling."""
    assert fold(source).text == text


def test_a_span_keeps_the_stretched_words_as_written() -> None:
    """A folded span maps to the stretched, vowelled words of the source."""
    folded = fold("في مدينة حَلَـــبَ اليوم")
    start = folded.text.index("حلب")
    span = folded.span(start, start + 3)
    assert (span.text, span.start, span.end) == ("حَلَـــبَ", 9, 18)


def test_an_empty_span_has_no_words() -> None:
    """A span of no folded characters is empty."""
    assert fold("حلب").span(1, 1).text == ""


def test_text_without_marks_needs_no_map() -> None:
    """Offsets of text that keeps its length are the offsets themselves."""
    assert fold("سيطرت القوات على أعزاز").origin == range(23)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("🇸🇩Sinja🇸🇩", "  sinja  "),
        ("🔴عاجل🔥", "!عاجل!"),
        ("ok ✅ ⚡️", "ok ! !"),
        ("1️⃣ one", "1 one"),
        ("a – b • c", "a – b • c"),
    ],
)
def test_pictures(written: str, folded: str) -> None:
    """A picture is an exclamation mark, each letter of a flag a space; dashes and bullets stay."""
    assert fold(written).text == folded
