"""The words that a post quotes, below its own."""

from __future__ import annotations

from processors.quotes import MAX_QUOTES, passed_on, quoted
from streams.items import Part, Quote


def test_quotes_stand_below_and_are_marked() -> None:
    """Each quote is a paragraph below the post's own words, and its part says whose it is."""
    first, second = Quote(text="One.", handle="a", url="https://x.example/1"), Quote(text=" Two. ", author="B")
    text, parts = quoted("Own.", (), (first, second))
    assert text == "Own.\n\nOne.\n\nTwo."
    assert [(text[part.start : part.end], part.handle, part.author, part.url) for part in parts] == [
        ("One.", "a", None, "https://x.example/1"),
        ("Two.", None, "B", None),
    ]


def test_quote_without_words_leaves_nothing() -> None:
    """A quoted picture adds no text, nor do characters that nobody sees."""
    assert quoted("Own.", (), (Quote(text=""), Quote(text="\u200b\u202e "))) == ("Own.", ())


def test_endless_quotes() -> None:
    """A post with more quotes than any can have is read for the first."""
    assert len(quoted("", (), (Quote(text="x"),) * 99)[1]) == MAX_QUOTES


def test_passed_on() -> None:
    """A text that is one part from its beginning to its end is only passed on."""
    text, parts = quoted("", (), (Quote(text="One."),))
    assert passed_on(parts, text) == Part(start=0, end=4)
    assert passed_on(parts, f"{text} Own.") is None
    assert passed_on((), "") is None
