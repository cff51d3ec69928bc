"""Feed text to entries."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.reading.entries import Entry
from connectors.reading.formats import cleaned, document
from streams.errors import SourceUnreadable
from streams.mentions import Precision
from tests.feedmaker import NOW, URL, entry, rss

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://other.example/x/"><title>t</title>
<entry xml:lang="ar"><id>tag:1</id><title type="html">A &amp;lt; B &amp;amp; C</title><link href="y/z"/>
<updated>2026-03-09T10:00:00+03:00</updated><author><name>Layla</name></author>
<summary>short</summary><content type="html">&lt;p&gt;long text&lt;/p&gt;</content></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="http://a.example/"><title>t</title></channel>
<item rdf:about="http://a.example/1"><title>One</title><link>http://a.example/1</link><dc:date>2026-02</dc:date></item>
</rdf:RDF>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "language": "ar", "items": [{"id": 7, "url": "/seven",
"title": "Seven", "content_text": "a < b", "date_published": "2026-03-09T10:00:00+03:00",
"authors": [{"name": "L"}]}]}"""


def only(text: str) -> Entry:
    """Return the one entry of a feed."""
    (found,) = document(text, url=URL, now=NOW).entries
    return found


def test_atom() -> None:
    """Atom: the longer text, the entry's own base and language, the title as plain text."""
    found = only(ATOM)
    assert (found.title, found.url, found.language) == ("A < B & C", "http://other.example/x/y/z", "ar")
    assert (found.body, found.author) == ("<p>long text</p>", "Layla")
    assert found.published_at == datetime(2026, 3, 9, 7, tzinfo=UTC)


def test_rdf() -> None:
    """RDF (RSS 1.0): a date that is only a month says so."""
    found = only(RDF)
    assert (found.published_at, found.published_precision) == (datetime(2026, 2, 1, tzinfo=UTC), Precision.MONTH)


def test_json() -> None:
    """JSON Feed: numbers as ids, relative links, plain text stays plain."""
    found = only(JSON)
    assert (found.guid, found.url, found.body) == ("7", "http://news.example/seven", "a < b")
    assert (found.content_type, found.author) == ("text/plain", "L")
    assert found.published_at == datetime(2026, 3, 9, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "moment", "precision"),
    [
        ("Mon, 09 Mar 2026 10:00:00 +0300", datetime(2026, 3, 9, 7, tzinfo=UTC), Precision.INSTANT),
        ("2026-03-09", datetime(2026, 3, 9, tzinfo=UTC), Precision.DAY),
        ("2026", datetime(2026, 1, 1, tzinfo=UTC), Precision.YEAR),
        ("9 مارس 2026", datetime(2026, 3, 9, tzinfo=UTC), Precision.DAY),
        ("الاثنين 9 آذار 2026 10:30", datetime(2026, 3, 9, 10, 30, tzinfo=UTC), Precision.INSTANT),
        ("٢٠ كانون الثاني ٢٠٢٦", datetime(2026, 1, 20, tzinfo=UTC), Precision.DAY),
        ("Sun, 09 Mar 2036 10:00:00 GMT", None, None),
        ("when it happened", None, None),
    ],
)
def test_dates(raw: str, moment: datetime | None, precision: Precision | None) -> None:
    """A date is read with its precision; one far ahead or unreadable is unknown, and its text is kept."""
    found = only(rss(entry(1, pubDate=raw)))
    assert (found.published_at, found.published_precision, found.published_raw) == (moment, precision, raw)


def test_no_date() -> None:
    """An entry without a date has none, and none is made up."""
    one = entry(1)
    del one["pubDate"]
    found = only(rss(one))
    assert (found.published_at, found.published_raw) == (None, None)


def test_title() -> None:
    """Markup and doubled escapes leave a title; it is one line."""
    assert only(rss(entry(1, title="<b>Port</b>\n &quot;open&quot; again"))).title == 'Port "open" again'


def test_junk() -> None:
    """Junk before the first tag and characters XML forbids do not stop the reading."""
    text = "\n garbage " + rss(entry(1, title="A\x01B")).replace("came in", "came&#xD800;&#2; in &#128674;")
    found = only(text)
    assert (found.title, "came in" in found.body) == ("AB", True)
    assert "&#xD800;" not in cleaned(text)


def test_truncated() -> None:
    """A feed cut short gives the entries it has, and what is wrong with it."""
    text = rss(entry(1), entry(2))
    found = document(text[: text.index("Ship 2") + 3], url=URL, now=NOW)
    assert found.entries[0].title == "Ship 1 arrives"
    assert found.flaw


def test_hints() -> None:
    """A ttl is minutes, sy:updatePeriod is shared by its frequency, the longer of them counts, a day at most."""
    sy = '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">daily</sy:updatePeriod>'
    assert document(rss(head="<ttl>30</ttl>"), url=URL, now=NOW).hint == 1800
    assert document(rss(head=sy + "<ttl>30</ttl>"), url=URL, now=NOW).hint == 86400
    assert document(rss(head="<ttl>x</ttl>"), url=URL, now=NOW).hint == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "it is an HTML page"),
        ("just words", "no feed format"),
        ('{"a": 1}', "version"),
        ('{"version": "2", "items": []}', "JSON of version"),
        ('{"version": "https://jsonfeed.org/version/1", "items": [', "DecodeError"),
        ('<!DOCTYPE r [<!ENTITY a "b">]><rss version="2.0"><channel/></rss>', "XML entities"),
    ],
)
def test_unreadable(text: str, why: str) -> None:
    """What is no feed is refused with its address and the reason."""
    with pytest.raises(SourceUnreadable) as caught:
        document(text, url=URL, now=NOW)
    assert why in str(caught.value)
    assert URL in str(caught.value)


NAMES = (
    '<!ENTITY % HTMLlat1 PUBLIC "-//W3C//ENTITIES Latin 1 for XHTML//EN" "http://www.w3.org/TR/xhtml1/xhtml-lat1.ent">'
)


def test_names_of_characters() -> None:
    """A feed that declares nothing but W3C's own names of characters, as Drupal's did, is read; others are refused."""
    body = '<rss version="2.0"><channel><item><title>Caf&eacute;</title></item></channel></rss>'
    assert [entry.title for entry in document(f"<!DOCTYPE rss [{NAMES}]>{body}", url=URL, now=NOW).entries] == ["Café"]
    for more in (
        '<!ENTITY a "b">',
        NAMES.replace("www.w3.org", "evil.example"),
        "%HTMLlat1;" + NAMES.replace("lat1", "x"),
    ):
        with pytest.raises(SourceUnreadable, match="XML entities"):
            document(f"<!DOCTYPE rss [{NAMES}{more}]>{body}", url=URL, now=NOW)


def test_damaged() -> None:
    """A feed that breaks off before its first entry is said to be damaged, not to be no feed."""
    with pytest.raises(SourceUnreadable, match="is damaged and has no entry"):
        document('<rss version="2.0"><channel><title>x', url=URL, now=NOW)


def test_no_fetching(tmp_path: object) -> None:
    """A document that is an address or a path is text like any other, never opened."""
    for text in ("http://127.0.0.1:9/feed", str(tmp_path), __file__):
        with pytest.raises(SourceUnreadable):
            document(text, url=URL, now=NOW)


def test_empty_feed() -> None:
    """A feed without entries is a feed."""
    assert document(rss(), url=URL, now=NOW).entries == ()
