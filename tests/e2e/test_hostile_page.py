"""Every word that a stranger can put before a reader, hostile at once, in a real Chromium: it is read and never run."""

from __future__ import annotations

from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from msgspec import Struct
from playwright.async_api import expect

from streams.alerts import Alert
from streams.items import Cursor, SourceHealth
from streams.topics import CONTROL_ALERTS, DEAD_LETTERS
from tests.alerts import HOSTILE, NOON, alert, telling
from tests.browser import Browsing, in_browser
from tests.e2e.test_page import journal, served
from tests.letters import letter

__all__ = ["journal"]
MORE = (
    "</script><script>document.title='owned'</script>",
    "<a href=\"javascript:document.title='owned'\">x</a>",
    "<math><mtext><table><mglyph><style><img src=x onerror=document.title='owned'>",
    "' onmouseover='document.title=1' x='",
    "data:text/html,<script>document.title='owned'</script>",
    "vbscript:x",
    '=HYPERLINK("http://a.example")',
    "%3Cscript%3Edocument.title=1%3C/script%3E",
    "\\u003cscript\\u003edocument.title=1",
    "a" + "\u0301" * 400,
)
# What is compared by the product itself: who is who, in which language, by which version of the rules.
OWN = frozenset({"id", "claim_id", "source", "language", "key", "feedback_id", "cluster"})


def _is_text(kind: Any) -> bool:
    return kind is str or (get_origin(kind) in {Union, UnionType} and str in get_args(kind))


def everywhere(record: Any, hostile: str) -> Any:
    """Return the record with this text in place of each word of it that a source, a page or a post can have written."""
    if isinstance(record, tuple):
        return tuple(everywhere(one, hostile) for one in record)
    if not isinstance(record, Struct) or isinstance(record, Enum):
        return record
    hints = get_type_hints(type(record))
    changes = {}
    for field in msgspec.structs.fields(record):
        value = getattr(record, field.name)
        if field.name not in OWN and _is_text(hints[field.name]) and not isinstance(value, Enum):
            changes[field.name] = hostile
        elif isinstance(value, Struct | tuple):
            changes[field.name] = everywhere(value, hostile)
    return msgspec.structs.replace(record, **changes)


def test_everywhere() -> None:
    """The text stands in more than a dozen places of one alert."""
    changed: Alert = everywhere(alert("a", telling()), "hostile")
    assert msgspec.json.encode(changed).count(b"hostile") > 12


@in_browser
@pytest.mark.parametrize("hostile", [*HOSTILE, *MORE])
async def test_nothing_is_run(journal: Any, browsing: Browsing, hostile: str) -> None:
    """In each field of an alert, in a source's health and in a dead letter markup is text, and no link is a script."""
    await journal.publish(CONTROL_ALERTS, [everywhere(alert("evil", telling()), hostile)])
    await journal.publish(
        DEAD_LETTERS,
        [letter("f" * 32, key=hostile, payload=hostile.encode(), step="read", error=hostile, text=hostile)],
    )
    health = SourceHealth(
        polled_at=NOON,
        next_at=NOON,
        outcome="refused",
        text=hostile,
        moved_to=hostile,
        notes=(hostile,),
        stubs=1,
        pages=2,
    )
    await journal.save([], Cursor(source="harbour-post", state=b"{}", health=health, saved_at=NOON))
    async with served(journal) as url, browsing(url) as page:
        await expect(page.locator(".card")).to_have_count(1)
        await page.locator("summary").first.click()
        for name in ("#ledger", "#review", "#sources", "#letters", "#"):
            await page.evaluate("name => { location.hash = name }", name)
        assert await page.title() == "changehands"
        assert await page.locator("main :is(script, img, iframe, object, embed, math, style)").count() == 0
        links = await page.locator("main a").evaluate_all("all => all.map(one => one.protocol)")
        assert set(links) <= {"http:", "https:"}
        assert page.said == []
        assert not [asked for asked in page.asked if not asked.startswith(url)]
