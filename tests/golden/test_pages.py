"""Pages and the text that they must give, side by side in `pages`."""

from __future__ import annotations

from pathlib import Path

import pytest

from processors.extract import Extracted, extract
from tests.raw import raw_page

PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))


def told(found: Extracted) -> str:
    """Return the text with its posts marked in double brackets, and what was read of it."""
    text = found.text
    for part in reversed(found.parts):
        author = f"{part.author} @{part.handle} {part.published_at:%Y-%m-%d %H:%M}"
        text = f"{text[: part.start]}[[{author}\n{text[part.start : part.end]}]]{text[part.end :]}"
    facts = (
        f"language {found.language}, credit {found.credit}, published {found.published_at}, links {len(found.links)}"
    )
    return f"{text}\n\n= {facts}\n"


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_page_gives_its_text(path: Path) -> None:
    """The page's text is the one beside it: all paragraphs, nothing of what stands around them."""
    found = extract(raw_page(path.read_bytes(), content_type="text/html"))
    assert told(found) == path.with_suffix(".txt").read_text(encoding="utf-8")
