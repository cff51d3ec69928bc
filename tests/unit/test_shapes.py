"""Every feed format there is, each in a document of its own shape, and what is mended in them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.reading.entries import Document, Entry
from connectors.reading.formats import document
from streams.errors import SourceUnreadable
from tests.feedmaker import ARABIC, NOW, URL, entry, rss

NINE = datetime(2026, 3, 9, 9, tzinfo=UTC)
ITEM = "<item><title>One</title><link>http://a.example/1</link>{more}</item>"
RSS_PLAIN = '<rss version="{version}"><channel><title>t</title>{item}</channel></rss>'
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
RSS_90 = f"""<?xml version="1.0"?><rdf:RDF {RDF} xmlns="http://my.netscape.com/rdf/simple/0.9/">
<channel><title>t</title></channel>{ITEM.format(more="")}</rdf:RDF>"""
RSS_91 = """<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
"http://my.netscape.com/publish/formats/rss-0.91.dtd">""" + RSS_PLAIN.format(
    version="0.91", item=ITEM.format(more="<description>text</description>")
)
RSS_92 = RSS_PLAIN.format(
    version="0.92", item=ITEM.format(more="<description>text</description><pubDate>9 Mar 2026 09:00 GMT</pubDate>")
)
RSS_93 = RSS_PLAIN.format(
    version="0.93", item=ITEM.format(more="<description>text</description><pubDate>09 Mar 2026 09:00:00 UT</pubDate>")
)
RSS_2 = f"""<?xml version="1.0"?><rss version="2.0" {DC} {CONTENT}><channel><title>t</title>
<item><title>One</title><guid isPermaLink="true">http://a.example/1</guid><dc:creator>Layla</dc:creator>
<pubDate>Mon, 09 Mar 2026 09:00:00 +0000</pubDate><description>short</description>
<content:encoded><![CDATA[<p>text</p>]]></content:encoded></item></channel></rss>"""
RSS_1 = f"""<?xml version="1.0"?><rdf:RDF {RDF} {DC} {CONTENT} xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="http://a.example/"><title>t</title></channel><item rdf:about="http://a.example/1">
<title>One</title><link>http://a.example/1</link><dc:date>2026-03-09T09:00:00Z</dc:date><dc:creator>Layla</dc:creator>
<description>text</description></item></rdf:RDF>"""
ATOM_03 = """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>t</title><entry><title>One</title>
<link rel="alternate" type="text/html" href="http://a.example/1"/><id>tag:a,1</id>
<issued>2026-03-09T09:00:00Z</issued><author><name>Layla</name></author>
<content type="text/html" mode="escaped">&lt;p>text&lt;/p></content></entry></feed>"""
ATOM_1 = """<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><title type="html">One</title>
<link rel="self" href="http://a.example/1.atom"/><link href="http://a.example/1"/><id>tag:a,1</id>
<published>2026-03-09T09:00:00Z</published><updated>2026-03-10T09:00:00Z</updated><author><name>Layla</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>text</p></div></content></entry></feed>"""
JSON_1 = """{"version": "https://jsonfeed.org/version/1", "title": "t", "items": [{"id": "1", "title": "One",
"url": "http://a.example/1", "content_html": "<p>text</p>", "date_published": "2026-03-09T09:00:00Z",
"author": {"name": "Layla"}, "attachments": [{"url": "x"}], "_own": {"a": 1}}]}"""
JSON_11 = JSON_1.replace("version/1", "version/1.1").replace(
    '"author": {"name": "Layla"}', '"authors": [{"name": "Layla"}]'
)
SHAPES = {
    "RSS 0.90": (RSS_90, None, None),
    "RSS 0.91": (RSS_91, None, None),
    "RSS 0.92": (RSS_92, NINE, None),
    "RSS 0.93": (RSS_93, NINE, None),
    "RSS 2.0": (RSS_2, NINE, "Layla"),
    "RSS 1.0": (RSS_1, NINE, "Layla"),
    "Atom 0.3": (ATOM_03, NINE, "Layla"),
    "Atom 1.0": (ATOM_1, NINE, "Layla"),
    "JSON Feed 1.0": (JSON_1, NINE, "Layla"),
    "JSON Feed 1.1": (JSON_11, NINE, "Layla"),
}


def read(text: str) -> Document:
    """Read a document at the usual address."""
    return document(text, url=URL, now=NOW)


def only(text: str) -> Entry:
    """Return the one entry of a document."""
    (found,) = read(text).entries
    return found


@pytest.mark.parametrize("name", SHAPES)
def test_shape(name: str) -> None:
    """Each format gives title, link, and where it has them text, date and author, and nothing is wrong with it."""
    text, published_at, author = SHAPES[name]
    found = only(text)
    assert (found.title, found.url) == ("One", "http://a.example/1")
    assert (found.published_at, found.author) == (published_at, author)
    assert ("text" in found.body) is (name != "RSS 0.90")
    assert read(text).flaw is None


@pytest.mark.parametrize(
    ("base", "link", "url"),
    [
        ("", "y/z", "http://news.example/y/z"),
        ("", "/y", "http://news.example/y"),
        ("", "//b.example/y", "http://b.example/y"),
        ("http://b.example/x/", "y", "http://b.example/x/y"),
        ("/x/", "y", "http://news.example/x/y"),
        ("http://b.example/x/", "http://c.example/", "http://c.example/"),
        ("", "javascript:alert(1)", None),
        ("", "mailto:a@b.example", None),
        ("", "http://[bad/", None),
        ("", "http://a.example/" + "x" * 3000, None),
    ],
)
def test_links(base: str, link: str, url: str | None) -> None:
    """A link is read from xml:base, else from the address of the document; what is no web address is no link."""
    attribute = f' xml:base="{base}"' if base else ""
    entries = f'<entry><title>t</title><link href="{link}"/></entry>'
    assert only(f'<feed xmlns="http://www.w3.org/2005/Atom"{attribute}>{entries}</feed>').url == url


def test_nested_bases() -> None:
    """An entry's own base is read from its feed's; RSS may have one too; JSON Feed links are the document's."""
    nested = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://b.example/x/">
    <entry xml:base="deep/"><title>t</title><link href="y"/></entry></feed>"""
    assert only(nested).url == "http://b.example/x/deep/y"
    based = rss(entry(1, link="y")).replace("<rss ", '<rss xml:base="http://b.example/x/" ')
    assert only(based).url == "http://b.example/x/y"
    assert only(JSON_1.replace("http://a.example/1", "y")).url == "http://news.example/y"


SY = '<sy:{name} xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">{text}</sy:{name}>'


@pytest.mark.parametrize(
    ("period", "frequency", "hint"),
    [
        ("hourly", None, 3600),
        ("hourly", "2", 1800),
        (" Hourly\n", "1", 3600),
        ("always", "1", 3600),
        ("dayly", "1", 86400),
        ("daily", "0.1", 86400),
        ("daily", "24", 3600),
        ("weekly", "14", 43200),
        ("yearly", "1", 86400),
        ("hourly", "0", 3600),
        ("hourly", "-3", 3600),
        ("hourly", "often", 3600),
        ("hourly", "nan", 3600),
        ("hourly", "inf", 3600),
        ("now and then", "1", 0),
        ("", None, 0),
    ],
)
def test_update_period(period: str, frequency: str | None, hint: float) -> None:
    """Update periods as written in the wild give seconds, at most a day; what makes no sense says nothing."""
    head = SY.format(name="updatePeriod", text=period)
    head += SY.format(name="updateFrequency", text=frequency) if frequency else ""
    assert read(rss(entry(1), head=head)).hint == hint


@pytest.mark.parametrize(
    ("text", "hint"), [("30", 1800), (" 5 ", 300), ("-5", 0), ("nan", 0), ("inf", 0), ("1e999", 0), ("99999", 86400)]
)
def test_ttl(text: str, hint: float) -> None:
    """A ttl is minutes, at most a day; what makes no sense says nothing."""
    assert read(rss(head=f"<ttl>{text}</ttl>")).hint == hint


@pytest.mark.parametrize(
    "junk",
    ["\n\n", "\ufeff", "\ufeff \t\r\n", "<br />\n", "Warning: mysql_connect() on line 3\n", "x" * 1000, "\x00\x1b"],
)
def test_junk_before(junk: str) -> None:
    """Whitespace, a mark or a program's complaint before the document does not keep it from being read."""
    assert only(junk + rss(entry(1, title=ARABIC))).title == ARABIC


@pytest.mark.parametrize(
    "bad",
    [
        *("\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff", "&#0;", "&#8;", "&#x1F;", "&#xFFFE;"),
        *("&#xD800;", "&#55296;", "&#xDFFF;", "&#x110000;", "&#9999999999;"),
    ],
)
def test_illegal_characters(bad: str) -> None:
    """Characters that XML has not, written out or by number, leave the text and nothing else does."""
    text = rss(entry(1, title="A|B", description="before &amp; after")).replace("|", bad)
    assert only(text).title == "AB"


def test_legal_characters() -> None:
    """Characters by number beyond the first plane, and tabs, are kept."""
    assert only(rss(entry(1, title="A|B")).replace("|", "&#128674;&#x9;")).title == "A\U0001f6a2 B"


BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rss version="2.0"><channel><item><title>&b;</title></item></channel></rss>"""


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "\ufeff\n" + BOMB,
        BOMB.replace("[<!ENTITY a", "[\n<!-- <rss> -->\n<!ENTITY % p SYSTEM 'file:///etc/passwd'><!ENTITY a"),
        BOMB.replace("<!DOCTYPE", "<!--" + "x" * 70_000 + "--><!DOCTYPE"),
    ],
)
def test_entities(text: str) -> None:
    """A document that declares entities is refused before a parser sees it, wherever the declaration stands."""
    with pytest.raises(SourceUnreadable, match="declares XML entities"):
        read(text)


def test_named_entities() -> None:
    """Names of characters that HTML has and XML has not are read, with what is wrong told."""
    found = read(rss(entry(1, title="Caf|")).replace("|", "&eacute;"))
    assert found.entries[0].title == "Café"


@pytest.mark.parametrize(
    "break_",
    [
        lambda text: text.replace("</channel></rss>", ""),
        lambda text: text.replace("<channel>", "<channel><media:thing/>"),
        lambda text: text.replace("Ship 1 came", "Ship < 1 & came"),
        lambda text: text + "<!-- cache --> trailing words",
    ],
)
def test_survivable(break_: object) -> None:
    """A document that is not well-formed but has entries is read, and what is wrong with it is told."""
    found = read(break_(rss(entry(1), entry(2))))  # type: ignore[operator]
    assert found.entries[0].title == "Ship 1 arrives"
    assert found.flaw


def test_not_survivable() -> None:
    """A document that is broken and has no entry is no feed."""
    with pytest.raises(SourceUnreadable, match="is not a feed"):
        read('<rss version="2.0"><channel><title>t</title>')


def test_entries_are_bounded() -> None:
    """Of a document without end the first two thousand entries are read."""
    assert len(read(rss(*(entry(number) for number in range(2500)))).entries) == 2000
