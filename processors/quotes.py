"""What a post forwards or answers: its words stand below the post's own, marked as somebody else's."""

from __future__ import annotations

from collections.abc import Sequence

from processors.decode import clean
from streams.items import Part, Quote

MAX_QUOTES = 20


def quoted(body: str, parts: tuple[Part, ...], quotes: Sequence[Quote]) -> tuple[str, tuple[Part, ...]]:
    """Return the body with the words of the quotes below it, each a paragraph or more, and where they stand.

    A post without words of its own is the quoted one's: it only passes it on.
    """
    for quote in quotes[:MAX_QUOTES]:
        words = clean(quote.text).strip()
        if words:
            start = len(body) + 2 if body else 0
            body = f"{body}\n\n{words}" if body else words
            parts = (*parts, _part(quote, start, start + len(words)))
    return body, parts


def passed_on(parts: Sequence[Part], text: str) -> Part | None:
    """Return the post that a text is from its first character to its last, None for a text with words of its own."""
    return next((part for part in parts if part.start == 0 and part.end == len(text)), None)


def _part(quote: Quote, start: int, end: int) -> Part:
    return Part(
        start=start,
        end=end,
        author=quote.author,
        handle=quote.handle,
        published_at=quote.published_at,
        url=quote.url,
    )
