"""Pages: what any page is read as, and one that is polled on its own."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime

import lxml.etree
import lxml.html
import msgspec
from msgspec import Struct

from connectors.asking.validators import Validators, conditions, is_unchanged, learned
from connectors.connector import PAGE_LIMIT, Connector, Failure, Purpose, Reading, Request, Response
from connectors.reading.charset import decode
from connectors.reading.entries import digest
from connectors.reading.items import item_at
from connectors.reading.pdf import pdf_text
from connectors.reading.urls import canonical, resolved
from streams.errors import SourceUnreadable
from streams.items import ItemKind, RawItem
from streams.sources import SourceSettings
from streams.topics import MAX_RECORD

ACCEPT = "text/html, application/xhtml+xml;q=0.9, application/pdf;q=0.6, text/plain;q=0.5, */*;q=0.1"
READABLE = ("text/html", "application/xhtml+xml", "text/plain", "")
PDF, PDF_MARK = ("application/pdf", "application/x-pdf"), b"%PDF-"
# In JSON bytes grow by a third, and the rest of the record needs room.
MAX_BODY = MAX_RECORD * 5 // 8
# A paragraph of an article is longer than a clock, a counter or a menu entry.
PARAGRAPH = 60
MAX_TITLE = 1000


class PageState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of a page that is polled on its own."""

    validators: Validators = Validators()
    content: str | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """A page's text, its content type in UTF-8, and the title where the file names one beside the text (PDF)."""

    text: str
    content_type: str
    title: str | None = None

    @property
    def is_html(self) -> bool:
        """Whether the text is markup."""
        return not self.content_type.startswith("text/plain")


def packed(text: str, url: str) -> bytes:
    """Return the text as the body of a RawItem; raises SourceUnreadable where no record can carry it."""
    body = zlib.compress(text.encode("utf-8", "replace"))
    if len(body) > MAX_BODY:
        raise SourceUnreadable(f"{url} is too large for a record: {len(body)} bytes compressed, {MAX_BODY} at most")
    return body


def _is_pdf(kind: str, body: bytes) -> bool:
    return kind in PDF or (kind in {"", "application/octet-stream"} and body.startswith(PDF_MARK))


def page_text(response: Response, language: str | None) -> PageText:
    """Return a page's text; raises SourceUnreadable for what is no page. A PDF goes on as plain text."""
    declared = response.headers.get("content-type", "")
    kind = declared.partition(";")[0].strip().lower()
    if _is_pdf(kind, response.body):
        pdf = pdf_text(response.body, response.url)
        return PageText(text=pdf.text, content_type="text/plain; charset=utf-8", title=pdf.title)
    if kind not in READABLE:
        raise SourceUnreadable(f"{response.url} is not a page: its content type is {kind[:80]!r}")
    if not response.body.strip():
        raise SourceUnreadable(f"{response.url} is an empty page")
    text = decode(response.body, content_type=declared, language=language).text
    if "\x00" in text[:4096]:
        raise SourceUnreadable(f"{response.url} is not a page: it begins with binary data")
    return PageText(text=text, content_type=f"{kind or 'text/html'}; charset=utf-8")


def tree_of(text: str) -> lxml.html.HtmlElement | None:
    """Return the tree of a page's text, or None where it has none."""
    try:
        return lxml.html.document_fromstring(text.encode("utf-8", "replace"), lxml.html.HTMLParser(encoding="utf-8"))
    except (lxml.etree.LxmlError, ValueError):
        return None


def _is_front(url: str) -> bool:
    return url.split("?", 1)[0].rstrip("/").count("/") <= 2  # noqa: PLR2004 (the slashes of "https://host")


def canonical_link(tree: lxml.html.HtmlElement | None, url: str) -> str:
    """Return the address the page gives itself; a front page named by every page of a site is not believed."""
    found = tree.xpath("//link[@rel='canonical']/@href") if tree is not None else []
    link = resolved(str(found[0]), url) if found else None
    return canonical(url if link is None or (_is_front(link) and not _is_front(url)) else link)


def content_of_page(tree: lxml.html.HtmlElement | None, text: str) -> str:
    """Return a hash of what the page tells: its paragraphs, not its clocks and counters."""
    if tree is None:
        return digest(text)
    lines = [" ".join(part.split()) for part in tree.xpath("//body//text()[not(ancestor::script or ancestor::style)]")]
    return digest(*([line for line in lines if len(line) >= PARAGRAPH] or [line for line in lines if line]))


def _title(tree: lxml.html.HtmlElement | None) -> str | None:
    found = tree.xpath("//title/text()") if tree is not None else []
    return " ".join(str(found[0])[: 4 * MAX_TITLE].split())[:MAX_TITLE] or None if found else None


def _state(state: bytes) -> PageState:
    return msgspec.json.decode(state, type=PageState) if state else PageState()


def plan(source: SourceSettings, state: bytes, now: datetime) -> tuple[Request, ...]:
    """Return the one request: the page itself."""
    etag, last_modified = conditions(_state(state).validators, now)
    return (
        Request(
            purpose=Purpose.POLL,
            url=source.url,
            accept=ACCEPT,
            limit=PAGE_LIMIT,
            etag=etag,
            last_modified=last_modified,
        ),
    )


def _standing(source: SourceSettings, response: Response, revision: int, now: datetime) -> tuple[RawItem, str]:
    page = page_text(response, source.language)
    tree = tree_of(page.text) if page.is_html else None
    key, there = digest(source.url), canonical_link(tree, response.url)
    item = msgspec.structs.replace(
        item_at(source, key, ItemKind.PAGE, response.url, canonical_url=there, revision=revision, now=now),
        title=page.title or _title(tree),
        body=packed(page.text, response.url),
        content_type=page.content_type,
        language=source.language,
    )
    return item, content_of_page(tree, page.text)


def _unchanged(known: PageState, validators: Validators) -> Reading:
    state = msgspec.structs.replace(known, validators=validators)
    return Reading(state=msgspec.json.encode(state), outcome="unchanged", has_validators=validators.are_usable)


def read(source: SourceSettings, state: bytes, request: Request, response: Response, now: datetime) -> Reading:
    """Return the page as an item if what it tells has changed; raises SourceUnreadable."""
    known = _state(state)
    if is_unchanged(known.validators, request, response):
        return _unchanged(known, learned(known.validators, request, response, now))
    item, content = _standing(source, response, known.revision + 1, now)
    validators = learned(known.validators, request, response, now, content=content)
    if content == known.content:
        return _unchanged(known, validators)
    after = PageState(validators=validators, content=content, revision=item.revision)
    return Reading(
        items=(item,), state=msgspec.json.encode(after), fresh=1, weekly=1, has_validators=validators.are_usable
    )


def missed(source: SourceSettings, state: bytes, request: Request, failure: Failure, now: datetime) -> Reading:  # noqa: ARG001 (the contract's signature)
    """Return the state as it was: a page polled on its own waits for its next poll."""
    return Reading(state=state, outcome=failure.outcome, text=failure.text)


PAGES = Connector(kind="page", plan=plan, read=read, missed=missed, asks_robots=True)
