"""What a document says of itself, in words for people: its charset, title, language, and its wish to be left alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.connector import Response
from connectors.reading.charset import declared, decode
from connectors.reading.formats import document
from connectors.reading.sitemapforms import sitemap
from streams.errors import SourceUnreadable
from streams.sources import SourceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What was read of a document that is no item.

    `charset` is the one it was read with and `rule` says why that one,
    `stated` what the HTTP header and the document call it. `form` is the name
    of a feed's format, `hint` the seconds it asks to be left alone;
    `entries` counts what it holds, `undated` those
    without a date. `is_sitemap` says that it is one, whatever it was taken for.
    """

    charset: str
    rule: str
    stated: tuple[str | None, str | None]
    form: str = ""
    title: str | None = None
    language: str | None = None
    hint: float = 0.0
    entries: int = 0
    undated: int = 0
    is_sitemap: bool = False


def described(source: SourceSettings, response: Response, now: datetime) -> Described:
    """Return what a document says of itself, whatever kind it was taken for. Runs in a worker process."""
    kind = response.headers.get("content-type", "")
    decoded = decode(response.body, content_type=kind, language=source.language)
    plain = Described(charset=decoded.charset, rule=decoded.rule, stated=declared(response.body, kind))
    return _feed(plain, decoded.text, response, now) if source.kind != "sitemap" else _sitemap(plain, response, now)


def _feed(plain: Described, text: str, response: Response, now: datetime) -> Described:
    try:
        feed = document(text, url=response.url, now=now)
    except SourceUnreadable:
        return _sitemap(plain, response, now)
    return Described(
        charset=plain.charset,
        rule=plain.rule,
        stated=plain.stated,
        form=feed.form,
        title=feed.title,
        language=feed.language,
        hint=feed.hint,
        entries=len(feed.entries),
        undated=sum(1 for entry in feed.entries if entry.published_at is None),
    )


def _sitemap(plain: Described, response: Response, now: datetime) -> Described:
    try:
        found = sitemap(response.body, response.url, now)
    except SourceUnreadable:
        return plain
    held = found.document.entries if found.document else ()
    return Described(
        charset=plain.charset,
        rule=plain.rule,
        stated=plain.stated,
        form="news sitemap" if found.document else f"index of {len(found.children)} sitemaps",
        entries=len(held),
        undated=sum(1 for entry in held if entry.published_at is None),
        is_sitemap=True,
    )
