"""Agency credits, languages and signatures of texts."""

from __future__ import annotations

import pytest

from processors.credit import credit_of
from processors.language import language_of
from processors.signature import signature, text_hash


@pytest.mark.parametrize(
    ("body", "agency"),
    [
        ("بيروت (رويترز) - فتحت الأسواق أبوابها", "reuters"),
        ("دمشق-سانا\n\nبدأ موسم الزيتون", "sana"),
        ("القاهرة (أ ف ب) - عاد الهدوء", "afp"),
        ("القاهرة (ا.ف.ب) - عاد الهدوء", "afp"),
        ("عاد الهدوء إلى الحي.\n\n(د.ب.أ)", "dpa"),
        ("طهران - ارنا: فتحت الحديقة", "irna"),
        ("CAIRO (Reuters) - The market opened.", "reuters"),
        ("AFP - The market opened.", "afp"),
        ("Aden, AP — The market opened.", "ap"),
        ("The market opened.\n\n(AFP)", "afp"),
        ("فتحت الأسواق أبوابها.\n\nالمصدر: وكالة الأناضول", "anadolu"),
        ("The market opened.\n\nSource: Reuters", "reuters"),
    ],
)
def test_credit_at_head_or_tail(body: str, agency: str) -> None:
    """An agency named as a credit at the head or the tail is found."""
    assert credit_of(body) == agency


@pytest.mark.parametrize(
    "body",
    [
        "The market opened, Reuters reported.",
        "قالت رويترز إن السوق فتح أبوابه",
        "He met the AP - and others (on Sunday).",
        "He is a saba player - a good one.",
        "",
    ],
)
def test_attribution_is_no_credit(body: str) -> None:
    """An agency named in the course of the text is not its origin."""
    assert credit_of(body) is None


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("وصل القطار إلى المحطة", None, "ar"),
        ("وصل القطار إلى المحطة", "en", "ar"),
        ("نیروهای امدادی پس از سه ساعت به روستای کوچک در کوهستان رسیدند و مردم چای آوردند", None, "fa"),
        ("The train arrived", None, "en"),
        ("The train arrived", "en-GB", "en"),
        ("The train arrived at the station late in the evening, and nobody was there to meet it.", "ar", "en"),
        ("Le train est arrivé à la gare tard dans la soirée, et personne ne l'attendait là-bas.", "en", "fr"),
        ("", "ar", "ar"),
        ("123", None, None),
    ],
)
def test_language_is_that_of_the_text(text: str, hint: str | None, language: str | None) -> None:
    """The text decides its language, the source's hint only where the text is too short."""
    assert language_of(text, hint) == language


LONG = " ".join(
    f"The {word} train left station {number}." for number, word in enumerate("abcdefghijklmnopqrstuvwxyz" * 3)
)


def distance(one: str, other: str) -> int:
    left, right = signature(one), signature(other)
    assert left
    assert right
    return (int(left, 16) ^ int(right, 16)).bit_count()


def test_near_copies_are_near() -> None:
    """A copy with a word changed, other spelling or a credit is within three bits; another text is far."""
    assert distance(LONG, LONG.upper()) == 0
    assert distance(LONG, LONG.replace("station 17", "halt 17")) <= 3
    assert distance(LONG, f"(AFP) {LONG}") <= 3
    assert distance(LONG, "Tomatoes were cheap in the market on the hill, and onions were dear this week.") > 10


def test_spelling_does_not_change_a_signature() -> None:
    """Stretched letters and vowel marks leave the signature as it is."""
    assert signature("وصل القطار إلى المحطة") == signature("وصـل القِطار إلـى المحـطة")


def test_signature_is_sixteen_hex_digits_or_none() -> None:
    """A signature is 64 bits in hex; a text without words has none."""
    assert signature("a") is not None
    assert len(signature("a") or "") == 16
    assert signature(" - ") is None


def test_text_hash_tells_title_from_text() -> None:
    """What moves from the title to the text changes the hash."""
    assert text_hash("a", "b") != text_hash(None, "ab")
    assert text_hash(None, "b") == text_hash("", "b")
    assert len(text_hash(None, "")) == 64
