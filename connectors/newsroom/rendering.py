"""Articles as the bytes a news site would serve: RSS, Atom and pages full of what is not the article."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape
from string import Template

from connectors.newsroom.article import Article, Desk, Post, Words, page_template
from connectors.newsroom.ugly import shaped, stretched

_RSS = Template(
    '<?xml version="1.0" encoding="$declared"?>\n<rss version="2.0"><channel><title>$title</title><link>$link</link>'
    "<description>$title</description><language>$language</language>\n$entries</channel></rss>\n"
)
_RSS_ENTRY = Template(
    '<item><title>$title</title><link>$link</link><guid isPermaLink="false">$guid</guid>'
    "<pubDate>$published</pubDate><description>$summary</description></item>\n"
)
_ATOM = Template(
    '<?xml version="1.0" encoding="$declared"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="$language">'
    '<title>$title</title><id>$link</id><link rel="alternate" href="$link"/>'
    "<updated>$updated</updated>\n$entries</feed>\n"
)
_ATOM_ENTRY = Template(
    '<entry><title>$title</title><id>$guid</id><link rel="alternate" href="$link"/><published>$published</published>'
    "<updated>$updated</updated><summary>$summary</summary></entry>\n"
)
_POST = Template(
    '<figure class="wp-block-embed-twitter"><div class="embed"><blockquote class="twitter-tweet" data-lang="$language">'
    '<p lang="ar" dir="rtl">$words</p>&mdash; $author (@$handle) '
    '<a href="https://x.com/$handle/status/$number">$date</a></blockquote></div></figure>'
)
# The port is another at each start: an id made from the address would tell all articles again.
_TAG = "tag:changehands.invalid,2026:"
# The layout of a post's id: milliseconds since this moment, then 22 bits (twitter-archive/snowflake).
_POST_EPOCH_MS = 1288834974657


def feed(desk: Desk, base: str, entries: Sequence[tuple[Article, Words, datetime, datetime]]) -> bytes:
    """Return the desk's feed: entries are articles, their words now, and when published and updated (UTC)."""
    whole, one = (_ATOM, _ATOM_ENTRY) if desk.format == "atom" else (_RSS, _RSS_ENTRY)
    dated = _atom_date if desk.format == "atom" else _rss_date
    items = [
        one.substitute(
            title=escape(_line(article, words.title)),
            link=escape(page_url(desk, base, article)),
            guid=f"{_TAG}{desk.name}/{article.slug}",
            summary=escape(_line(article, words.summary)),
            published=dated(published),
            updated=dated(updated),
        )
        for article, words, published, updated in entries
    ]
    updated = max((updated for *_, updated in entries), default=None)
    text = whole.substitute(
        declared=desk.declared,
        title=escape(desk.title),
        link=escape(f"{base}/{desk.name}/"),
        language=desk.language,
        updated=dated(updated) if updated else "",
        entries="".join(items),
    )
    return text.encode(desk.charset, "xmlcharrefreplace")


def page(desk: Desk, base: str, article: Article, words: Words, published: datetime) -> bytes:
    """Return the article's page in the desk's encoding, or a page with nothing in it where the article has no words."""
    if not words.paragraphs:
        return b"<!doctype html><html><head></head><body></body></html>"
    text = Template(page_template(desk.language)).substitute(
        base=escape(base),
        link=escape(page_url(desk, base, article)),
        site=escape(desk.title),
        title=escape(_line(article, words.title)),
        published=_atom_date(published),
        day=published.date().isoformat(),
        body=_body(desk, article, words, published),
    )
    return text.encode(desk.charset, "xmlcharrefreplace")


def page_url(desk: Desk, base: str, article: Article) -> str:
    """Return the address of the article's page."""
    return f"{base}/{desk.name}/{article.slug}.html"


def _body(desk: Desk, article: Article, words: Words, published: datetime) -> str:
    set_as = shaped if "presentation-forms" in article.ugly else str
    blocks = [f"<p>{escape(set_as(_line(article, paragraph)))}</p>" for paragraph in words.paragraphs]
    if article.post:
        blocks.insert(article.post.after_paragraph, _post(desk, article.post, published))
    if article.credit:
        blocks.append(f"<p>({escape(article.credit)})</p>")
    return "\n".join(blocks)


def _post(desk: Desk, post: Post, published: datetime) -> str:
    number = (int(published.timestamp() * 1000) - _POST_EPOCH_MS) << 22
    return _POST.substitute(
        language=desk.language,
        words=escape(post.words),
        author=escape(post.author),
        handle=post.handle,
        number=number,
        date=f"{published:%B} {published.day}, {published.year}",
    )


def _line(article: Article, text: str) -> str:
    return stretched(text) if "tatweel" in article.ugly else text


def _rss_date(moment: datetime) -> str:
    return format_datetime(moment)


def _atom_date(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
