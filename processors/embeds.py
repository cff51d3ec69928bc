"""Social posts embedded in a page: taken out as words, kept in their place, marked with who wrote them and when.

A post's words go back into the page as one plain paragraph between marks that
no news text uses, so that article extraction neither drops nor reorders them;
`read_back` takes the marks out again and says where each post stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree
from lxml.html import HtmlElement

from processors.decode import clean
from processors.markup import fragment_text, parse
from streams.items import Part

MAX_POSTS = 100
_MARK = "\U000103d0"  # Old Persian word divider: survives trafilatura, which drops private-use characters
_MARKED = re.compile(f"{_MARK}([0-9]{{1,4}}){_MARK}([^{_MARK}]*){_MARK}")
_EMBEDS = frozenset({"twitter-tweet", "twitter-video", "bluesky-embed", "mastodon-embed"})
_POST_URL = re.compile(
    r"https?://(?:(?:www\.|mobile\.|m\.)?(?:twitter|x)\.com/(?P<x>\w{1,30})/status(?:es)?/(?P<x_id>\d{1,20})"
    r"|bsky\.app/profile/(?P<bsky>[^/?#\s]+)/post/\w+"
    r"|t\.me/(?:s/)?(?P<telegram>\w{3,40})/\d+"
    r"|[\w.-]+/@(?P<mastodon>[\w.]+)/\d{6,})"
)
# What is possessive (*+), or begins where no space stands before, reads a run of spaces once and not from each of them.
_SIGNATURE = re.compile(
    r"[—–]\s*+(?P<name>[^\n—–]{0,80}?)\s*+\(\s*+@(?P<handle>[\w.:-]{1,80})\s*+\)(?P<date>[^\n()]{0,60})\s*+$"
)
_SHORT_LINKS = re.compile(r"(?<!\s)\s*+(?:https?://t\.co/\w+|pic\.(?:twitter|x)\.com/\w+)")

# The first 41 bits of a post's id are milliseconds since this moment of 2010
# (twitter-archive/snowflake, IdWorker.twepoch). Ids before that were counted.
_X_EPOCH_MS = 1288834974657
_FIRST_TIMED_ID = 1 << 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One embedded post: its words, its author and when it was written (UTC)."""

    words: str
    author: str | None = None
    handle: str | None = None
    published_at: datetime | None = None
    url: str | None = None
    beside: bool = False


def mark_posts(tree: HtmlElement) -> tuple[Post, ...]:
    """Replace each embedded post of the tree by a marked paragraph; returns the posts in their order."""
    posts: list[Post] = []
    taken: set[HtmlElement] = set()
    for element in list(tree.iter("blockquote", "div")):
        # A post that quotes a post is one part: what is inside a taken one is gone from the tree.
        post = None if taken and not taken.isdisjoint(element.iterancestors()) else _post_in(element)
        if post is not None and len(posts) < MAX_POSTS:
            _replace(element, post, len(posts))
            posts.append(post)
            taken.add(element)
    return tuple(posts)


def read_back(text: str, posts: Sequence[Post]) -> tuple[str, tuple[Part, ...]]:
    """Return the text without marks, and the posts as parts of it; a post that extraction lost is put at the end.

    Posts that stood beside the article (in a side bar or a footer) are not put back.
    """
    kept = {int(found[1]) for found in _MARKED.finditer(text)}
    lost = (
        _marked(number, post)
        for number, post in enumerate(posts)
        if post.words and number not in kept and not post.beside
    )
    pieces, parts, length = [], [], 0
    for words, post in _pieces("\n\n".join(filter(None, (text, *lost))), posts):
        pieces.append(words)
        if post is not None and words:
            parts.append(_part(post, length, length + len(words)))
        length += len(words)
    return "".join(pieces), tuple(parts)


def _pieces(text: str, posts: Sequence[Post]) -> Iterator[tuple[str, Post | None]]:
    end = 0
    for found in _MARKED.finditer(text):
        yield text[end : found.start()].replace(_MARK, ""), None
        yield found[2].strip(), posts[int(found[1])] if int(found[1]) < len(posts) else None
        end = found.end()
    yield text[end:].replace(_MARK, ""), None


def _part(post: Post, start: int, end: int) -> Part:
    return Part(
        start=start, end=end, author=post.author, handle=post.handle, published_at=post.published_at, url=post.url
    )


def _marked(number: int, post: Post) -> str:
    return f"{_MARK}{number}{_MARK}{post.words}{_MARK}"


def _post_in(element: HtmlElement) -> Post | None:
    if element.getparent() is None:
        return None
    classes = set((element.get("class") or "").split())
    if "tgme_widget_message" in classes:
        return _telegram(element)
    if element.tag != "blockquote":
        return None
    words = _words(element)
    signature = _SIGNATURE.search(words)
    found = _post_url(element)
    if not classes & _EMBEDS and not (signature and found):
        return None
    return Post(
        words=_SHORT_LINKS.sub("", words[: signature.start()] if signature else words).strip()
        if signature or "mastodon-embed" not in classes
        else "",
        author=(signature["name"] or None) if signature else None,
        handle=signature["handle"] if signature else _handle(found),
        published_at=_written_at(element, found),
        url=found[0] if found else None,
        beside=_is_beside(element),
    )


def _telegram(element: HtmlElement) -> Post | None:
    said = element.xpath(".//*[contains(concat(' ', @class, ' '), ' js-message_text ')]")
    owner = element.xpath(".//*[contains(@class, 'tgme_widget_message_owner_name')]")
    number = element.get("data-post") or ""
    found = _POST_URL.match(f"https://t.me/{number}")
    return Post(
        words=_words(said[-1]) if said else "",
        author=" ".join(owner[0].text_content().split()) or None if owner else None,
        handle=_handle(found),
        published_at=_written_at(element, None),
        url=found[0] if found else None,
        beside=_is_beside(element),
    )


def _words(element: HtmlElement) -> str:
    copied = parse(etree.tostring(element, encoding="unicode", with_tail=False))
    return clean(fragment_text(copied)).replace(_MARK, "") if copied is not None else ""


def _post_url(element: HtmlElement) -> re.Match[str] | None:
    links = [element.get("data-embed-url") or "", element.get("cite") or "", *element.xpath(".//a/@href")]
    return next((found for link in reversed(links) if (found := _POST_URL.match(link))), None)


def _handle(found: re.Match[str] | None) -> str | None:
    return next((name for key, name in found.groupdict().items() if name and key != "x_id"), None) if found else None


def _written_at(element: HtmlElement, found: re.Match[str] | None) -> datetime | None:
    if found and found["x_id"] and int(found["x_id"]) >= _FIRST_TIMED_ID:
        return datetime.fromtimestamp(((int(found["x_id"]) >> 22) + _X_EPOCH_MS) // 1000, UTC)
    for stated in element.xpath(".//time/@datetime"):
        try:
            moment = datetime.fromisoformat(stated)
        except ValueError:
            continue
        return moment.astimezone(UTC) if moment.tzinfo else None
    return None


def _is_beside(element: HtmlElement) -> bool:
    return next(element.iterancestors("aside", "nav", "footer"), None) is not None


def _replace(element: HtmlElement, post: Post, number: int) -> None:
    outer = _wrapper(element)
    paragraph = element.makeelement("p")
    lines = [line for line in _marked(number, post).splitlines() if line]
    paragraph.text = lines[0]
    for line in lines[1:]:
        etree.SubElement(paragraph, "br").tail = line
    if post.words:
        outer.addprevious(paragraph)
    outer.drop_tree()


def _wrapper(element: HtmlElement) -> HtmlElement:
    # Sites wrap embeds in figures and in boxes of class "embed" or "social", which
    # article extraction throws away as a whole: the post must stand outside of them.
    words = _bare(element)
    while (
        (parent := element.getparent()) is not None
        and parent.tag in ("figure", "div", "span", "center")
        and _bare(parent) == words
    ):
        element = parent
    return element


def _bare(element: HtmlElement) -> str:
    return "".join("".join(element.itertext()).split())
