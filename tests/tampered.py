"""Documents, frames, headers and states of every kind of source, tampered with."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import strategies as st

from tests import instance, skyhouse, xhouse
from tests.accountmaker import reddit, videos
from tests.channelmaker import Message, page
from tests.contract.test_connectors import listing, sitemap
from tests.feedmaker import entry, rss

# What parsers stumble over: numbers without end, dates at the end of time, half a tag, half a letter, names of codecs.
NASTY = [
    *(b"9" * length for length in (20, 400, 5000)),
    *(b"-1", b"1e999", b"NaN", b"\xc2\xb2", b"null", b"[]", b"{}", b"true", b"", b"0"),
    *(b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59", b"Mon, 99 Foo 99999 99:99:99 +9999", b"2026-13-45"),
    *(b"\x00", b"\xed\xa0\x80", b"\xef\xbf\xbe", b"&#xD800;", b"&#99999999999;", b"\xff\xfe", b"\x1b]0;x\x07"),
    *(b"<![CDATA[", b"]]>", b"<!--", b"-->", b"</", b"<", b">", b'"', b"'", b"[", b"{", b"\r\n"),
    *(b"http://[", b"http://[::1", b"https://", b"//", b"javascript:alert(1)", b"http://a:99999/", b"data:,"),
    *(b"xml:base='http://['", b"<base href='http://['>", b"mode='base64'", b"type='xhtml'", b"<!DOCTYPE x>"),
    *(f"encoding='{name}'".encode() for name in ("utf-7", "utf-16", "idna", "punycode", "unicode_escape", "zlib")),
    "\u0301".encode() * 200,
    "\u202e\u200b\u2066".encode() * 20,
    b"<i>" * 2000,
    b"[" * 2000,
]
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a.example/"><title>x</title><link rel="hub" href="/h"/>'
    '<entry><id>x</id><title type="html">t</title><link href="/a"/><author><name>Q</name></author><updated>2026-03-10'
    '</updated><content type="xhtml"><div>x<b>y</b></div></content><summary mode="base64">aGk=</summary></entry></feed>'
)
JSON = (
    '{"version":"https://jsonfeed.org/version/1.1","title":"t","hubs":[{"type":"WebSub","url":"http://h/"}],"items":[{'
    '"id":1,"url":"/a","title":"t","content_html":"<p>x","date_published":"2026-03-10","authors":[{"name":"z"}]}]}'
)
INDEX = "<sitemapindex><sitemap><loc>http://a.example/x.xml</loc><lastmod>2026-03-10</lastmod></sitemap></sitemapindex>"
PDFS = [path.read_bytes() for path in sorted(Path("tests/pdfs").glob("*.pdf"))]
SEEDS: dict[str, list[bytes]] = {
    "feed": [rss(entry(1), entry(2)).encode(), ATOM.encode(), JSON.encode()],
    "listing": [listing(1, 2).encode()],
    "sitemap": [sitemap(1, 2).encode(), INDEX.encode()],
    "page": [b"<html><head><title>x</title></head><body><p>News of the bridge</p></body></html>", PDFS[0]],
    "telegram": [page("harbour", Message(number=1, words='<a href="?q=%23x">#x</a> <b>a</b><br><br><br>b')).encode()],
    "youtube": [videos(1, 2).encode()],
    "reddit": [reddit(1, 2).encode()],
}
QUOTING = {"state": "accepted", "quoted_status": instance.status(3, "quoted")}
POST = instance.status(1, "one", tags=[{"name": "x"}], reblog=instance.status(2, "two"), quote=QUOTING)
SKY = skyhouse.Told(
    1,
    1_772_000_000_000_000,
    "did:plc:abc",
    "commit",
    {
        "rev": "3k1",
        "operation": "create",
        "collection": skyhouse.POSTS,
        "rkey": "abc",
        "record": skyhouse.record(
            "hello",
            facets=[{"index": {"byteStart": 0, "byteEnd": 5}, "features": [{"uri": "http://a.example/"}]}],
            embed={"record": {"record": {"uri": "at://did:plc:abc/app.bsky.feed.post/abc"}}, "media": {"images": [{}]}},
        ),
    },
)
LINKS = {"urls": [{"url": "https://t.co/x", "expanded_url": "http://a.example/", "display_url": "a"}]}
LINE = xhouse.line(1, "hello https://t.co/x", entities=LINKS, referenced_tweets=[{"type": "quoted", "id": "12"}])
FRAMES: dict[str, list[bytes]] = {
    "mastodon": [json.dumps(POST).encode()],
    "bluesky": [(told() if callable(told) else told).encode() for told in (SKY.first, SKY.second)],
    "x": [json.dumps(LINE).encode(), b'{"errors":[{"title":"x","detail":"y"}]}'],
}
ANSWERS = [
    b'{"configuration":{"urls":{"streaming":"wss://stream.example"}}}',
    b'{"did":"did:plc:abc"}',
    b'{"data":[{"id":"1","value":"x","tag":"y"}],"meta":{"next_token":"x"}}',
]
STREAMED = {
    "mastodon": {"url": "https://social.example", "token_file": "/t"},
    "bluesky": {"url": "https://jet.example/subscribe", "accounts": ("amal.example",)},
    "x": {"url": "https://api.x.example", "token_file": "/t", "words": ("hello",)},
}
NAMES = ("etag", "last-modified", "date", "expires", "cache-control", "age", "link", "retry-after", "content-type")
QUOTAS = ("x-ratelimit-remaining", "x-ratelimit-reset", "x-rate-limit-remaining", "x-rate-limit-reset")


@st.composite
def damaged(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """Return a document with stretches of it replaced by what parsers stumble over."""
    body = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, min(len(body), start + 60)))
        body = body[:start] + draw(st.one_of(st.sampled_from(NASTY), st.binary(max_size=20))) + body[end:]
    return body


@st.composite
def values(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """Return a document with one of its values, between quotes or tags, replaced by what no reader expects there."""
    body = draw(st.sampled_from(seeds))
    marks = [at for at, byte in enumerate(body) if byte in b'">:']
    start = draw(st.sampled_from(marks)) + 1
    ends = [at for at in range(start, min(len(body), start + 400)) if body[at] in b'"<,}']
    end = ends[0] if ends else start
    return body[:start] + draw(st.sampled_from(NASTY)) + body[end:]


def documents(seeds: list[bytes]) -> st.SearchStrategy[bytes]:
    """Return a document of this kind that was tampered with, or any bytes."""
    return st.one_of(damaged(seeds), values(seeds), st.binary(max_size=200))


SAID = st.one_of(st.sampled_from(NASTY).map(lambda data: data.decode("utf-8", "surrogateescape")), st.text(max_size=30))
KINDS_OF = st.sampled_from(["text/html", "application/pdf", "text/html; charset=idna", "text/plain; charset=utf-7", ""])
HEADERS = st.dictionaries(st.sampled_from([*NAMES, *QUOTAS]), SAID, max_size=4)
