"""Extraction, on any bytes."""

from __future__ import annotations

import re
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from processors.extract import extract
from streams.errors import BadRecord
from streams.items import ItemKind
from tests.raw import raw_item

PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div>",
        "<br>",
        "<article>",
        "<blockquote class='twitter-tweet'>",
        "</blockquote>",
        "<a href='https://x.com/someone/status/1325000000000000000'>",
        "</a>",
        "&mdash; Some One (@someone) ",
        "<div class='tgme_widget_message' data-post='channel/5'>",
        "<div class='js-message_text'>",
        "</div>",
        "<table><tr><td>",
        "<!--",
        "<script>",
        "&#0;&#xD800;&#x1F;",
        "\U000103d00\U000103d0",
        "\U000103d0",
        "وصل القطار صباح اليوم إلى المحطة.",
        "The train arrived in the morning, and a band was playing on the platform for the guests.",
    ]
)
MARKUP = st.lists(PIECES | st.text(max_size=12), max_size=25).map("".join)
BODIES = st.binary(max_size=200) | MARKUP.map(lambda text: text.encode("utf-8", "replace"))
TYPES = st.sampled_from(["text/html", "text/html; charset=utf-8", "text/html; charset=nonsense", "text/plain"])


@settings(deadline=None, max_examples=300)
@given(BODIES, TYPES, st.sampled_from(list(ItemKind)), st.none() | MARKUP)
def test_any_bytes_end_in_text_or_in_our_error(
    body: bytes, content_type: str, kind: ItemKind, title: str | None
) -> None:
    """Whatever a source sends becomes text without control characters and with parts inside it, or is refused by us."""
    with suppress(BadRecord):
        found = extract(raw_item(body, content_type=content_type, kind=kind, title=title))
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e]", found.text)
        assert found.text.encode().decode() == found.text
        assert found.text.endswith(found.body)
        ends = [0, *(end for part in found.parts for end in (part.start, part.end)), len(found.text)]
        assert ends == sorted(ends)
        assert all(found.text[part.start : part.end].strip() for part in found.parts)


@settings(deadline=None)
@given(BODIES, st.sampled_from(list(ItemKind)))
def test_the_same_bytes_give_the_same_text(body: bytes, kind: ItemKind) -> None:
    """Extraction remembers nothing from one item to the next."""
    item = raw_item(body, kind=kind)
    with suppress(BadRecord):
        assert extract(item) == extract(item)
