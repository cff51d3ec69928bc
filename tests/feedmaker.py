"""Feeds and entries for tests, made up here."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from connectors.connector import Purpose, Request, Response
from streams.sources import SourceSettings

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
URL = "http://news.example/feed.xml"
SOURCE = SourceSettings(id="harbour", url=URL, owner="Harbour News", reread_minutes=())
ARABIC = "أعلنت إدارة الميناء أن السفينة الأولى وصلت صباح اليوم وأن التفريغ بدأ على الرصيف الشمالي"


def _element(named: tuple[str, str]) -> str:
    return f"<{named[0]}>{escape(named[1])}</{named[0]}>"


def rss(*entries: dict[str, str], head: str = "", encoding: str | None = "utf-8") -> str:
    """Return an RSS 2.0 document; an entry maps element names to their text."""
    declared = f' encoding="{encoding}"' if encoding else ""
    items = "".join(f"<item>{''.join(map(_element, entry.items()))}</item>" for entry in entries)
    channel = f"<channel><title>Harbour</title>{head}{items}</channel>"
    return f'<?xml version="1.0"{declared}?><rss version="2.0">{channel}</rss>'


def entry(number: int, **changes: str) -> dict[str, str]:
    """Return the nth entry of a feed."""
    return {
        "title": f"Ship {number} arrives",
        "link": f"http://news.example/{number}",
        "guid": f"g{number}",
        "pubDate": "Tue, 10 Mar 2026 09:00:00 GMT",
        "description": f"Ship {number} came in this morning.",
        **changes,
    }


def poll(url: str = URL, *, etag: str | None = None) -> Request:
    """Return a poll of the feed."""
    return Request(purpose=Purpose.POLL, url=url, accept="*/*", limit=1000, etag=etag)


def answer(body: str | bytes, url: str = URL, status: int = 200, **headers: str) -> Response:
    """Return a server's answer; underscores in header names stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    data = body.encode() if isinstance(body, str) else body
    return Response(url=url, status=status, headers=named, body=data)
