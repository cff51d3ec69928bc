"""The language a page declares: a hint where its words are too few to tell, and only where the feed has none."""

from __future__ import annotations

import pytest

from processors.extract import extract
from tests.raw import raw_page

FLASH = "<p>Halep'te trafik normale döndü.</p>"
LONG = "<p>" + "The harbour office gave notice that the northern quay would stay closed until May. " * 4 + "</p>"


def language(declared: str, body: str, known: str | None = None) -> str | None:
    """Return the language of a page that declares one."""
    return extract(raw_page(f"<html {declared}><body><article>{body}</article></body></html>", language=known)).language


@pytest.mark.parametrize("declared", ['lang="tr"', 'lang="tr-TR"', 'xml:lang="TR"'])
def test_flash(declared: str) -> None:
    """A flash is in the language that its page declares."""
    assert language(declared, FLASH) == "tr"


def test_feed_first() -> None:
    """What the feed or the source says comes before what the page declares."""
    assert language('lang="en"', FLASH, "tr") == "tr"


def test_words_first() -> None:
    """Words enough to tell come before any declaration: templates declare English on pages of all languages."""
    assert language('lang="tr"', LONG) == "en"
    assert language('lang="en-US"', "<p>عادت حركة المرور إلى طبيعتها في المدينة صباح اليوم.</p>") == "ar"
