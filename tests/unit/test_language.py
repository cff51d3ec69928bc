"""What tells the language of a text, and what does not."""

from __future__ import annotations

import pytest

from processors.language import language_of, likely


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("RSF captured Sinja 🔥", "en"),
        ("🔴🔴 The convoy left the town this morning ✌️🇸🇩", "en"),
        ("سيطرة كاملة على سنجة https://a.example/a/very/long/address/of/a/page?with=many&words=in_it", "ar"),
        ("سيطرة كاملة على سنجة @a_very_long_handle_in_latin_letters", "ar"),
        ("https://a.example/only/an/address", None),
    ],
)
def test_pictures_and_addresses_are_no_language(text: str, language: str | None) -> None:
    """Pictures, addresses and handles do not count for the language of a post."""
    assert language_of(text) == language


def test_a_sentence_with_pictures_is_as_sure() -> None:
    """The classifier is as sure of a sentence with pictures as of the bare one."""
    sentence = "Жители города сообщили, что колонна ушла на север утром"
    assert likely(f"🔴🔴{sentence} 🔥🔥🔥") == likely(sentence) == "ru"
