"""From HTML to words: fragments by their blocks, pages by trafilatura, and what a page says of itself."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate, islice
from urllib.parse import urljoin

import lxml.html
import trafilatura
from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement
from trafilatura.settings import Document, Extractor

from streams.mentions import Precision

# Trafilatura says through the log that a page is empty; here the outcome says so.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

MAX_LINKS = 100
_MAX_ANCHORS = 1000
_OPENING = 60
# Below its 250 characters trafilatura takes all words of the page's body instead,
# menus and "read also" boxes too; a flash is two sentences, and a headline of
# such a box would be told as this article's own claim. Over the 990 pages of
# trafilatura's own evaluation 80 gives F1 0.924, 250 gives 0.925.
_SHORTEST_ARTICLE = 80
# An article is ordinary, and read the fast way, where its page has so much in paragraphs
# and so much comes of it. Over the same pages this costs a tenth less than the whole
# cascade and gives F1 within 0.002 of it; on scrapinghub's 181 articles it gives more.
_IN_PARAGRAPHS, _LONG_ENOUGH = 1000, 600
_BREAK = "\u2029"
_SILENT = ("script", "style", "template", "noscript", "head", "iframe", "object", "svg", "button", "select", "textarea")
_WORDLESS = (
    *(
        "style",
        "svg",
        "img",
        "picture",
        "source",
        "video",
        "audio",
        "canvas",
        "iframe",
        "link",
        "meta",
        "input",
        "option",
    ),
)
# HTML's blocks, and the names trafilatura gives to its own.
_BLOCKS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "br",
            "caption",
            "dd",
            "div",
            "dl",
            "dt",
            "figcaption",
            "figure",
        ),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre"),
        *("section", "table", "td", "th", "tr", "ul", "head", "item", "lb", "list", "quote", "row", "cell"),
    )
)
_DATE_IN_DATA = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_DATE_IN_META = "//meta[@property='article:published_time' or @itemprop='datePublished']/@content"
_DATE_IN_TIME = "//time[@itemprop='datePublished']/@datetime"

# Taken out of UTF-8 bytes, where they stand for nothing else: over a page's characters the same takes 10 ms.
_CONTROLS = bytes((*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F))
_REFERRED = re.compile(rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[\da-fA-F]));?(?![\da-fA-F])")


def parse(html: str) -> HtmlElement | None:
    """Return the document's tree, or None where there is nothing in it."""
    # Bytes with a stated encoding: lxml would otherwise believe the charset
    # that the page declares, which no longer holds after decoding.
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return lxml.html.document_fromstring(_without_controls(html.encode("utf-8", "replace")), parser=parser)
    except etree.ParserError:
        return None


def _without_controls(html: bytes) -> bytes:
    """Return the text without the characters that XML does not allow, which lxml reads but will not write."""
    return _REFERRED.sub(b"", html.translate(None, _CONTROLS))


def fragment_text(tree: HtmlElement) -> str:
    """Return the visible words of a tree, one blank line between its blocks; changes the tree."""
    etree.strip_elements(tree, *_SILENT, with_tail=False)
    return _paragraphs(tree)


def article_text(tree: HtmlElement) -> str:
    """Return a page's article without what stands around it, one blank line between paragraphs; '' if there is none.

    Trafilatura's fast way is enough for an ordinary article; its whole cascade
    (readability and jusText beside it) reads what is short or has no paragraphs.
    """
    _lighten(tree)
    body = _article(tree, fast=True) if _is_ordinary(tree) else None
    text = _paragraphs(body) if body is not None and _has_paragraphs(body) else ""
    if len(text) >= _LONG_ENOUGH:
        return text
    body = _article(tree, fast=False)
    return _paragraphs(body) if body is not None else ""


def _lighten(tree: HtmlElement) -> None:
    """Take out what holds no words of an article, so that it is not copied and searched time and again."""
    etree.strip_elements(tree, *_WORDLESS, with_tail=False)
    for script in tree.xpath("//script[not(@type='application/ld+json')]"):
        script.drop_tree()


def _article(tree: HtmlElement, *, fast: bool) -> etree._Element | None:
    # Never `dedup`: it remembers what it saw in earlier pages.
    options = Extractor(output_format="txt", comments=False, dedup=False, fast=fast)
    options.min_extracted_size = _SHORTEST_ARTICLE
    found = trafilatura.bare_extraction(tree, options=options)
    return found.body if isinstance(found, Document) else None


def _is_ordinary(tree: HtmlElement) -> bool:
    """Whether there is enough in paragraphs for an article, counted until there is."""
    counted = accumulate(len(paragraph.text_content()) for paragraph in tree.iter("p"))
    return any(length >= _IN_PARAGRAPHS for length in counted)


def _has_paragraphs(body: etree._Element) -> bool:
    paragraphs = sum(1 for _ in body.iter("p"))
    return paragraphs > 0 and sum(1 for _ in body.iter("table")) <= paragraphs


def plain_words(html: str) -> str:
    """Return the words of a short line that may carry tags or entities, in one line."""
    tree = parse(html)
    return " ".join(fragment_text(tree).split()) if tree is not None else ""


def title_of(tree: HtmlElement) -> str | None:
    """Return the page's own headline: og:title, else its only h1, else the title element."""
    heads = tree.xpath("//h1")
    titles = (
        *tree.xpath("//meta[@property='og:title']/@content"),
        *([heads[0].text_content()] if len(heads) == 1 else []),
        *(element.text_content() for element in tree.xpath("//head/title")),
    )
    return next((words for title in titles if (words := " ".join(title.split()))), None)


def published_of(tree: HtmlElement, latest: datetime) -> tuple[datetime | None, Precision | None]:
    """Return when the page says it was published (UTC) and how exactly; nothing after `latest` is believed."""
    for stated in (*tree.xpath(_DATE_IN_META), *tree.xpath(_DATE_IN_TIME), *_dates_in_data(tree)):
        instant = _instant(stated)
        if instant is not None and instant <= latest:
            return instant, Precision.INSTANT
    # A copy, since htmldate prunes the tree it searches.
    day = find_date(
        lxml.html.fromstring(lxml.html.tostring(tree)),
        extensive_search=False,
        original_date=True,
        max_date=latest.date().isoformat(),
    )
    return (datetime.fromisoformat(day).replace(tzinfo=UTC), Precision.DAY) if day else (None, None)


def links_of(tree: HtmlElement, base: str, *, within: str | None = None) -> tuple[str, ...]:
    """Return the tree's web links, absolute, each once; with `within` only those of paragraphs found in that text."""
    anchors = list(islice((anchor for anchor in tree.iter("a") if anchor.get("href")), _MAX_ANCHORS))
    kept = anchors if within is None else _in_text(anchors, within)
    links = dict.fromkeys(link for anchor in kept if (link := _absolute(base, anchor.get("href"))))
    return tuple(links)[:MAX_LINKS]


def _in_text(anchors: Sequence[HtmlElement], text: str) -> list[HtmlElement]:
    blocks = [next(anchor.iterancestors("p", "li"), None) for anchor in anchors]
    known = {block: block is not None and _opening(block) in text for block in dict.fromkeys(blocks)}
    return [anchor for anchor, block in zip(anchors, blocks, strict=True) if known[block]]


def _opening(block: HtmlElement) -> str:
    """Return the first words of a block; a menu in one list item is not read to its end."""
    pieces, length = [], 0
    for piece in block.itertext():
        pieces.append(piece)
        length += len(piece.strip())
        if length > 2 * _OPENING:
            break
    return " ".join("".join(pieces).split())[:_OPENING]


def _absolute(base: str, link: str) -> str | None:
    try:
        joined = urljoin(base, link.strip())
    except ValueError:
        return None
    return joined if joined.startswith(("http://", "https://")) else None


def _paragraphs(tree: HtmlElement) -> str:
    lines = (" ".join(paragraph.split()) for paragraph in "".join(_words(tree)).split(_BREAK))
    return "\n\n".join(line for line in lines if line)


def _words(tree: HtmlElement) -> Iterator[str]:
    # Collected, not written back into the tree: lxml refuses text with control characters.
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if element.tag in _BLOCKS:
            yield _BREAK
        yield (element.text if event == "start" else element.tail) or ""


def _dates_in_data(tree: HtmlElement) -> list[str]:
    data = tree.xpath("//script[@type='application/ld+json']/text()")
    return [date for text in data for date in _DATE_IN_DATA.findall(text)]


def _instant(stated: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(stated.strip())
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
