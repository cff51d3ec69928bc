"""`changehands sources try` as a command, on real files and a real journal, against servers on loopback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aiohttp import web
from click.testing import Result

from tests.channelmaker import Served
from tests.desk import HTML, PAGE, XML
from tests.feedmaker import ARABIC, entry, rss
from tests.instance import TOKEN, status
from tests.towns import CONFIG, NOW, Town, arabic, feed, offering, running, sources, town
from tests.unruly import Unruly

__all__ = ["running", "town"]
TOLD = "".join(f"<p>{ARABIC} {number}.</p>" for number in range(6))
ARTICLE = f"<html><body><article>{TOLD}</article></body></html>"


def attempt(town: Unruly, path: str, *more: str, width: int = 160) -> Result:
    """Try an address of the server."""
    return sources("test", town.url(path), "--allow-private", *more, width=width)


def test_one_screen(town: Unruly) -> None:
    """A feed is told with its answer, format, encoding, language, items, schedule, validators, hub and first page."""
    head = "<language>ar</language>"
    town.says["/feed.xml"] = feed(town, *map(arabic, range(1, 9)), head=head, ETag='"a"', Link='</hub>; rel="hub"')
    town.says["/1"] = web.Response(body=ARTICLE.encode(), headers=HTML)
    done = attempt(town, "/feed.xml")
    assert done.exit_code == 0, done.output
    for words in (
        "can be read", "HTTP 200", "RSS 2.0, “Harbour”", "utf-8, because the bytes are valid UTF-8",
        "language    ar", "8 entries, from", "in 5 min, at", "ETag: it is asked whether anything changed",
        "/hub (WebSub)", "characters of text; robots.txt: not asked", "سيطرت القوات على قرية 1", "nothing is wrong",
    ):  # fmt: skip
        assert words in done.output
    assert town.paths() == ["/feed.xml", "/1"]
    assert not Path("var").exists()
    assert not Path(CONFIG).exists()


@pytest.mark.parametrize("width", [60, 80, 140])
def test_screens_fit(town: Unruly, width: int) -> None:
    """No line of a screen is wider than the terminal, but for addresses on lines of their own."""
    town.says["/feed.xml"] = feed(town, *map(arabic, range(1, 4)))
    town.says["/1"] = web.Response(body=ARTICLE.encode(), headers=HTML)
    for done in (attempt(town, "/feed.xml", width=width), sources("list", width=width), sources("health", width=width)):
        for line in done.output.splitlines():
            shown = "".join(char for char in line if char not in "\u2066\u2067\u2069\u200e")
            assert len(shown.rstrip()) <= width or shown.strip().startswith("http"), shown


def test_lying_charset_and_language(town: Unruly) -> None:
    """An Arabic feed in windows-1256 that calls itself English UTF-8 is read, and both lies are told."""
    text = rss(*map(arabic, range(1, 5)), head="<language>en-US</language>")
    town.says["/feed.xml"] = web.Response(body=text.encode("cp1256"), headers=XML)
    done = attempt(town, "/feed.xml", "--no-full-text")
    assert "windows-1256, because the bytes look like it; the document says utf-8" in done.output
    assert "it says that its language is en, its items read as ar: say --language ar" in done.output


def test_page_that_offers_feeds(town: Unruly) -> None:
    """A front page is no feed: it is said which it offers, and none of those is asked."""
    town.says["/"] = offering("/feed.xml", "/ar.xml")
    done = attempt(town, "/")
    assert done.exit_code == 1
    assert town.url("/ar.xml") in done.output
    assert "it is an HTML page; name one of the feeds it offers" in done.output
    assert town.paths() == ["/"]


def test_json(town: Unruly) -> None:
    """As JSON the same is one object: redirects, entries, page, what is wrong."""
    undated = [{name: value for name, value in entry(n).items() if name != "pubDate"} for n in range(3)]
    town.says["/old.xml"] = web.Response(status=301, headers={"Location": "/feed.xml"})
    town.says["/feed.xml"] = feed(town, *undated)
    town.says["/0"] = web.Response(body=PAGE.encode(), headers=HTML)
    told = json.loads(attempt(town, "/old.xml", "--json").output)
    assert (told["readable"], told["kind"], told["format"], told["entries"]) == (True, "feed", "RSS 2.0", 3)
    assert told["redirects"] == [town.url("/feed.xml")]
    assert told["items"][0]["words"] == "Ship 0 arrives"
    assert told["page"]["url"] == town.url("/0")
    assert any("3 of 3 entries have no date" in flaw for flaw in told["wrong"])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (web.Response(status=403), "the server refuses us: see that fetch.user_agent"),
        (web.Response(status=404), "run `sources add` on the site's front page"),
        (web.Response(status=429, headers={"Retry-After": "7200"}), "asked too often"),
        (web.Response(body=b"", headers=XML), "it is empty"),
        (
            web.Response(body=b"<html><body><h2><a href='/1'>Ship 1</a></h2></body></html>", headers=HTML),
            "--select CSS",
        ),
        (web.Response(body=b'<!DOCTYPE r [<!ENTITY a "b">]><rss/>', headers=XML), "declares XML entities"),
        (web.Response(status=302, headers={"Location": "/x"}), "its redirects lead nowhere"),
    ],
)
def test_what_is_wrong(town: Unruly, answer: web.Response, words: str) -> None:
    """What cannot be read is told with what to do, with exit status 1 and one request."""
    town.says["/x"] = answer
    done = attempt(town, "/x", width=400)
    assert (done.exit_code, words in done.output, town.paths()) == (1, True, ["/x"]), done.output


def test_guard(town: Unruly) -> None:
    """A private address is refused unless the person allows it, and nothing is asked."""
    done = sources("test", town.url("/feed.xml"))
    assert (done.exit_code, "say --allow-private" in done.output, town.asked) == (1, True, [])


def test_rules_of_a_public_source(town: Unruly, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is not our own the schedule is the public one, and robots.txt is asked for the page and told."""
    monkeypatch.setattr("streams.dial.is_dialable", lambda _address, **_rules: True)
    town.says = {
        "/feed.xml": feed(town, *map(arabic, range(1, 4)), Cache_Control="max-age=7200"),
        "/robots.txt": web.Response(text="User-agent: *\nDisallow: /1\nCrawl-delay: 2"),
        "/1": web.Response(body=ARTICLE.encode(), headers=HTML),
    }
    done = sources("test", town.url("/feed.xml"))
    assert done.exit_code == 0, done.output
    for words in (
        "3 items in the last seven days", "no ETag and no Last-Modified: each poll downloads the whole",
        "calls the answer fresh for 2 h", "robots.txt: forbids it", "the site's robots.txt forbids it to us",
    ):  # fmt: skip
        assert words in done.output, done.output
    assert town.paths() == ["/feed.xml", "/robots.txt"] or town.paths() == ["/robots.txt", "/feed.xml"]


def test_hostile_titles(town: Unruly) -> None:
    """Terminal orders and turned text in a title are shown as pictures or left out."""
    town.says["/feed.xml"] = feed(town, entry(1, title="a\u202etxt\x9b31m end"), head="<title>x\u2066</title>")
    done = attempt(town, "/feed.xml", "--no-full-text")
    assert "a" in done.output
    assert not {"\x1b", "\x9b", "\u202e"} & set(done.output)


def test_listing(town: Unruly) -> None:
    """A listing is tried with its selector; one that finds nothing is told where the links stand."""
    town.says["/news"] = web.Response(body=b"<h2><a href='/1'>Ship 1 came in</a></h2>", headers=HTML)
    assert "1 entries" in attempt(town, "/news", "--kind", "listing", "--select", "h2").output
    lost = attempt(town, "/news", "--kind", "listing", "--select", "h3", width=300)
    assert "the selector 'h3' finds nothing; its links: 1 at 'h2 > a' ('Ship 1 came in')" in lost.output


def test_sitemap(town: Unruly) -> None:
    """A sitemap is known as one without being told; of an index the first sitemap is read for its entries."""
    now = NOW.isoformat(timespec="seconds")
    urls = f"<urlset><url><loc>{town.url('/1')}</loc><lastmod>{now}</lastmod></url></urlset>"
    index = f"<sitemapindex><sitemap><loc>{town.url('/part.xml')}</loc></sitemap></sitemapindex>"
    town.says = {
        "/map.xml": web.Response(body=index.encode(), headers=XML),
        "/part.xml": web.Response(body=urls.encode(), headers=XML),
        "/1": web.Response(body=ARTICLE.encode(), headers=HTML),
    }
    told = json.loads(attempt(town, "/map.xml", "--json").output)
    assert (told["kind"], told["readable"], told["format"]) == ("sitemap", True, "index of 1 sitemaps")
    assert town.paths()[:2] == ["/map.xml", "/part.xml"]


def test_telegram(town: Unruly) -> None:
    """A channel shows its newest posts by their own words."""
    channel = Served()
    channel.write(1, 25)
    town.says["/s/harbour"] = channel.answer
    told = json.loads(attempt(town, "/s/harbour", "--kind", "telegram", "--json").output)
    assert (told["entries"], told["items"][0]["words"], told["items"][0]["handle"]) == (
        20,
        "Ship 25 came in.",
        "harbour",
    )


def test_stream(town: Unruly, running: Town, tmp_path: Path) -> None:  # noqa: ARG001 (stands in the folder)
    """A stream is heard for some seconds and shows what it brought; its token is never shown."""
    token = tmp_path / "token"
    token.write_text(TOKEN)
    running.do(lambda: [running.social.put(status(number, f"The bridge is open {number}")) for number in range(6)])
    url = f"{running.social.base}/public"
    done = sources("test", url, "--kind", "mastodon", "--allow-private", "--token-file", str(token), "--seconds", "20")
    assert done.exit_code == 0, done.output
    assert "The bridge is open 5" in done.output
    assert "streams: each post as it is written" in done.output
    assert TOKEN not in done.output
    without = sources("test", url, "--kind", "mastodon", "--allow-private", "--seconds", "5", width=300)
    assert (without.exit_code, "--token-file FILE" in without.output) == (1, True)


def test_archive(town: Unruly, tmp_path: Path) -> None:  # noqa: ARG001 (stands in the folder)
    """A file of saved items is leafed through like the rest."""
    (tmp_path / "a.jsonl").write_text('{"title": "Ship 1", "text": "Ship 1 came in this morning."}\n', encoding="utf-8")
    assert "Ship 1" in sources("test", "a.jsonl", "--kind", "archive").output
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "1.html").write_text(ARTICLE, encoding="utf-8")
    assert "• " in sources("test", "pages", "--kind", "archive").output


def test_table(town: Unruly, tmp_path: Path) -> None:  # noqa: ARG001
    """A table is tried with the names of its columns, and added with them."""
    (tmp_path / "a.csv").write_text("heading,what\nShip 1,Ship 1 came in this morning.\n", encoding="utf-8")
    asked = ("a.csv", "--kind", "archive", "--id", "ships", "--columns", "title=heading,text=what")
    assert "Ship 1" in sources("test", *asked).output
    assert sources("add", *asked).exit_code == 0
    assert 'columns = {title = "heading", text = "what"}' in (tmp_path / "changehands.toml").read_text(encoding="utf-8")


def test_pdf(town: Unruly) -> None:
    """A PDF has no charset that could be told."""
    body = (Path(__file__).parents[1] / "pdfs" / "arabic.pdf").read_bytes()
    town.says["/a.pdf"] = web.Response(body=body, headers={"Content-Type": "application/pdf"})
    done = attempt(town, "/a.pdf", "--kind", "page")
    assert "can be read" in done.output
    assert "encoding" not in done.output


def test_refused_token(town: Unruly, running: Town, tmp_path: Path) -> None:  # noqa: ARG001 (stands in the folder)
    """What to do about a token that is not accepted is told by the stream's own kind alone."""
    token = tmp_path / "token"
    token.write_text("another")
    url = f"{running.social.base}/public"
    done = sources("test", url, "--kind", "mastodon", "--allow-private", "--token-file", str(token), width=600)
    assert "it needs read:statuses" in done.output
    assert "ask the publisher" not in done.output


def test_xml_that_is_no_feed(town: Unruly) -> None:
    """XML that nothing can be made of is told in our words alone."""
    body = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><rss version="2.0"><channel/></rss>'
    town.says["/bad.xml"] = web.Response(text=body, content_type="application/xml")
    done = attempt(town, "/bad.xml")
    assert "declares XML entities" in done.output
    assert "Warning" not in done.output + done.stderr


def test_add_refuses_twins_unasked(town: Unruly) -> None:
    """An address in another spelling, an id that is taken, one of the starter list: refused before any request."""
    town.says["/feed.xml"] = feed(town, entry(1))
    assert sources("add", town.url("/feed.xml"), "--allow-private", "--no-full-text").exit_code == 0
    town.asked.clear()
    spelled = sources("add", town.url("/feed.xml?utm_source=a#top"), "--allow-private")
    named = sources("add", town.url("/b.xml"), "--allow-private", "--id", "harbour")
    starter = sources("add", "aawsat.com/feed")
    assert [one.exit_code for one in (spelled, named, starter)] == [2, 2, 2]
    assert "give another --id" in named.output
    assert "say --id aawsat to put yours in its place" in starter.output
    assert town.asked == []
