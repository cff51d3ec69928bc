"""Raw items for tests, as a connector would hand them on."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from typing import Any

from streams.items import ItemKind, RawItem

FETCHED = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def raw_item(words: str | bytes = "", **known: Any) -> RawItem:
    """Return an entry in HTML with these words as its body; `known` replaces any field."""
    data = words.encode() if isinstance(words, str) else words
    fields: dict[str, Any] = {
        "id": "item-1",
        "source": "a-source",
        "kind": ItemKind.ENTRY,
        "url": "https://news.example/a",
        "canonical_url": "https://news.example/a",
        "fetched_at": FETCHED,
        "body": zlib.compress(data),
        "content_type": "text/html; charset=utf-8",
    }
    return RawItem(**(fields | known))


def raw_page(html: str | bytes, **known: Any) -> RawItem:
    """Return a page with this HTML; `known` replaces any field."""
    return raw_item(html, kind=ItemKind.PAGE, **known)
