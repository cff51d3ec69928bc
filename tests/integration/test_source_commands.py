"""`changehands sources …` as commands, on real files and a real journal, against servers on loopback."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from click.testing import CliRunner, Result

from connectors.finding.opml import outlines
from streams.cli import main
from streams.embedded.journal import SqliteJournal
from streams.items import Cursor, SourceHealth
from streams.settings import load_settings
from streams.topics import CURSORS
from tests.channelmaker import Served
from tests.desk import HTML, PAGE, XML
from tests.feedmaker import ARABIC, entry, rss
from tests.instance import TOKEN, Instance, instance, status
from tests.unruly import Unruly, unruly

CONFIG = "changehands.toml"
NOW = datetime.now(UTC)
TOLD = "".join(f"<p>{ARABIC} {number}.</p>" for number in range(6))
ARTICLE = f"<html><body><article>{TOLD}</article></body></html>"


class Town:
    """An unruly web server and a Mastodon instance on loopback, run beside the commands in a thread of their own."""

    def __init__(self) -> None:
        self.web: Unruly
        self.social: Instance
        self._loop = asyncio.new_event_loop()
        self._ready, self._over = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)

    async def _serve(self) -> None:
        async with AsyncExitStack() as stack:
            self.web = await stack.enter_async_context(unruly())
            self.social = await stack.enter_async_context(instance())
            self._ready.set()
            await self._over.wait()

    def open(self) -> None:
        """Begin to serve."""
        self._thread.start()
        assert self._ready.wait(10)

    def close(self) -> None:
        """Stop serving."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    def do(self, work: Callable[[], Any]) -> None:
        """Do something where the servers run."""
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (work(), done.set()))
        assert done.wait(10)


@pytest.fixture(scope="module")
def running() -> Iterator[Town]:
    """Run the servers once."""
    town = Town()
    town.open()
    yield town
    town.close()


@pytest.fixture
def town(running: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Unruly:
    """Stand in an empty folder, before servers that have nothing to say yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CHANGEHANDS_CONFIG", raising=False)
    running.web.says, running.web.asked = {}, []
    return running.web


def sources(*arguments: str, width: int = 160) -> Result:
    """Run a command of the group; those that write name the file, which need not be there."""
    config = ["--config", CONFIG] if arguments[0] in {"add", "import"} else []
    return CliRunner(env={"COLUMNS": str(width)}).invoke(main, [*config, "sources", *arguments])


def attempt(town: Unruly, path: str, *more: str, width: int = 160) -> Result:
    """Try an address of the server."""
    return sources("test", town.url(path), "--allow-private", *more, width=width)


def feed(town: Unruly, *entries: dict[str, str], head: str = "", **headers: str) -> web.Response:
    """Return a feed whose links lead to the server."""
    text = rss(*entries, head=head).replace("http://news.example", town.base)
    return web.Response(body=text.encode(), headers={**XML, **{n.replace("_", "-"): v for n, v in headers.items()}})


def arabic(number: int) -> dict[str, str]:
    """Return the nth entry of an Arabic feed, of the last days."""
    at = NOW - timedelta(hours=5 * number)
    return entry(
        number,
        title=f"سيطرت القوات على قرية {number}",
        description=ARABIC,
        pubDate=at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
    )


def offering(*links: str) -> web.Response:
    """Return a front page that names these feeds."""
    named = "".join(f'<link rel="alternate" type="application/rss+xml" title="News" href="{link}">' for link in links)
    return web.Response(body=f"<html><head>{named}</head><body><p>hello</p></body></html>".encode(), headers=HTML)


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


def test_add_finds_the_feed(town: Unruly) -> None:
    """From a front page the feed it names is tried once, written, and read by the configuration from then on."""
    town.says = {"/": offering("/feed.xml"), "/feed.xml": feed(town, *map(arabic, range(1, 4)))}
    done = sources(
        "add", town.url("/"), "--allow-private", "--owner", "الميناء", "--category", "Syria/War", "--no-full-text"
    )
    assert done.exit_code == 0, done.output
    assert town.paths() == ["/", "/feed.xml"]
    (source,) = load_settings(Path(CONFIG), {}).sources
    assert (source.id, source.name, source.owner, source.language) == ("harbour", "Harbour", "الميناء", "ar")
    assert (source.url, source.categories, source.full_text) == (town.url("/feed.xml"), ("Syria/War",), False)
    listed = [json.loads(line) for line in sources("list", "--json", "--language", "ar").output.splitlines()]
    assert listed[0]["id"] == "harbour"
    assert json.loads(sources("test", "harbour", "--json").output)["entries"] == 3


def test_add_looks_at_the_usual_places(town: Unruly) -> None:
    """Where a page names nothing the usual places are asked, a bounded number of times, until one is a feed."""
    town.says = {"/": offering(), "/feed.xml": feed(town, entry(1))}
    assert sources("add", town.url("/"), "--allow-private", "--no-full-text").exit_code == 0
    assert town.paths() == ["/", "/feed/", "/rss.xml", "/feed.xml"]
    town.asked.clear()
    town.says = {"/other/": offering()}
    lost = sources("add", town.url("/other/"), "--allow-private", width=400)
    assert (lost.exit_code, "nothing was added" in lost.output, len(town.paths()) <= 9) == (1, True, True)
    assert "in vain" in lost.output
    assert len(load_settings(Path(CONFIG), {}).sources) == 1


def test_add_writes_where_it_has_moved(town: Unruly) -> None:
    """A feed that has moved for good is written at its new address, and is a twin of one that stands there."""
    town.says = {"/old": web.Response(status=301, headers={"Location": "/new"}), "/new": feed(town, entry(1))}
    assert sources("add", town.url("/old"), "--allow-private", "--no-full-text").exit_code == 0
    assert load_settings(Path(CONFIG), {}).sources[0].url == town.url("/new")
    twin = sources("add", town.url("/old"), "--allow-private", "--id", "other")
    assert (twin.exit_code, "is read already, by 'harbour' of the configuration" in twin.output) == (2, True)


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


def test_dry_run_and_no_file(town: Unruly) -> None:
    """--dry-run shows the block and writes nothing; without a file that is known it is said how to make one."""
    town.says["/feed.xml"] = feed(town, entry(1))
    shown = CliRunner().invoke(main, ["sources", "add", town.url("/feed.xml"), "--allow-private", "--dry-run"])
    assert (shown.exit_code, f"would be written to {CONFIG}" in shown.output) == (0, True)
    assert "[[sources]]" in shown.output
    refused = CliRunner().invoke(main, ["sources", "add", town.url("/feed.xml"), "--allow-private"])
    assert (refused.exit_code, "--config changehands.toml" in refused.output) == (2, True)
    assert list(Path().iterdir()) == []


def test_force(town: Unruly) -> None:
    """What cannot be read today is added only with --force."""
    town.says["/feed.xml"] = web.Response(status=503)
    again = ("add", town.url("/feed.xml"), "--allow-private")
    assert sources(*again).exit_code == 1
    assert sources(*again, "--force").exit_code == 0
    assert len(load_settings(Path(CONFIG), {}).sources) == 1


def test_wrong_options(town: Unruly) -> None:
    """A setting that cannot be is named as the option it was, before any request."""
    done = sources("add", town.url("/x"), "--kind", "listing", "--select", "h2[")
    assert (done.exit_code, "--select: 'h2[' is not a CSS selector" in done.output) == (2, True)
    assert (sources("test", "aawsta").exit_code, "did you mean aawsat" in sources("test", "aawsta").output) == (1, True)
    assert town.asked == []


LIST = """<opml version="2.0"><body><outline text="سوريا">
<outline type="rss" text="عنب بلدي" xmlUrl="https://www.enabbaladi.net/feed/"/>
<outline type="rss" text="شبكة شام" xmlUrl="https://shaam.example/rss" language="ar-SY"/>
<outline type="rss" text="Harbour &amp; Sea" xmlUrl="https://harbour.example/feed?b=2&amp;a=1"/></outline>
<outline type="rss" text="Twin" xmlUrl="https://harbour.example/feed?a=1&amp;b=2&amp;utm_source=x"/>
<outline type="rss" text="Channel" xmlUrl="https://t.me/harbour_watch"/>
<outline type="rss" text="Bad" xmlUrl="file:///etc/hostname"/></body></opml>"""


def test_import_and_export(town: Unruly, tmp_path: Path) -> None:
    """Each feed of a list is added, known or refused; what is exported and imported again is the same."""
    (tmp_path / "list.opml").write_text(LIST, encoding="utf-8")
    done = sources("import", "list.opml", "--category", "Mine")
    assert done.exit_code == 0, done.output
    assert "6 feeds: 3 added, 2 known, 1 refused; written to changehands.toml" in done.output
    made = load_settings(Path(CONFIG), {}).sources
    assert [(one.id, one.kind, one.categories) for one in made] == [
        ("shaam", "feed", ("Mine", "سوريا")),
        ("harbour-sea", "feed", ("Mine", "سوريا")),
        ("channel", "telegram", ("Mine",)),
    ]
    first = sources("export")
    assert "1 source without a feed left out" in first.stderr
    Path("again.opml").write_text(first.stdout, encoding="utf-8")
    Path(CONFIG).rename("before.toml")
    assert sources("import", "again.opml").exit_code == 0
    assert load_settings(Path(CONFIG), {}).sources == made[:2]
    assert sources("export").stdout == first.stdout
    assert [one.id for one in outlines(first.stdout.encode(), "x")] == ["shaam", "harbour-sea"]
    assert "0 added, 2 known" in sources("import", "again.opml").output
    assert town.asked == []


def test_export_as_toml(town: Unruly) -> None:
    """As TOML everything that can be set is carried, and no secret is, since only its file is named."""
    assert town.asked == []
    Path(CONFIG).write_text(
        '[[sources]]\nid = "town"\nkind = "mastodon"\nurl = "https://social.example"\ntoken_file = "secret"\n'
        'words = ["جسر"]\nenabled = false\n',
        encoding="utf-8",
    )
    Path("secret").write_text("very-secret", encoding="utf-8")
    out = sources("export", "--format", "toml").stdout
    assert tomllib.loads(out)["sources"] == tomllib.loads(Path(CONFIG).read_text(encoding="utf-8"))["sources"]
    assert "very-secret" not in out
    assert len(sources("export", "--json", "--starter").stdout.splitlines()) > 20


@pytest.mark.parametrize("text", ['<!DOCTYPE o [<!ENTITY a "b">]><opml/>', "<opml>" + "<outline>" * 9999, "hello"])
def test_hostile_lists(town: Unruly, text: str) -> None:
    """A list that would do harm, or is none, is refused in a line, and nothing is written."""
    Path("a.opml").write_text(text, encoding="utf-8")
    done = sources("import", "a.opml")
    assert (done.exit_code, len(done.output.splitlines()), Path(CONFIG).exists()) == (1, 1, False)
    assert done.output.startswith("changehands: a.opml is ")
    assert town.asked == []


def test_by_id_with_what_is_known(town: Unruly, tmp_path: Path) -> None:
    """A configured source is told with how it fared so far, such as that its server's word is not to be trusted."""
    town.says["/feed.xml"] = feed(town, entry(1))
    Path(CONFIG).write_text(
        f"journal = 'sqlite:///j.db'\n[[sources]]\nid = 'sea'\nurl = '{town.url('/feed.xml')}'\n"
        "allow_private = true\nfull_text = false\n",
        encoding="utf-8",
    )
    lied = cursor("sea", notes=("validators-lie",), text="its server said 304 while there was news")
    asyncio.run(keep(tmp_path / "j.db", lied))
    out = sources("test", "sea").output
    assert re.search(r"so far: ok, \d+ min ago, validators-lie", out)
    assert "so far: its server said 304 while there was news" in out


async def keep(path: Path, *cursors: Cursor) -> None:
    """Put cursors into a journal."""
    journal = SqliteJournal(f"sqlite:///{path}")
    await journal.publish(CURSORS, cursors)
    await journal.close()


def cursor(source: str, **facts: object) -> Cursor:
    """Return the cursor of a source that answered a minute ago."""
    usual = {"polled_at": NOW - timedelta(minutes=1), "next_at": NOW + timedelta(minutes=9), "outcome": "ok"}
    return Cursor(source=source, state=b"{}", health=SourceHealth(**(usual | facts)), saved_at=NOW)  # type: ignore[arg-type]


def test_health(town: Unruly, tmp_path: Path) -> None:
    """Failing sources come first with since when and why; --failing shows them alone and makes the exit status 1."""
    assert town.asked == []
    Path(CONFIG).write_text("demo = false\njournal = 'sqlite:///j.db'\n", encoding="utf-8")
    nothing = sources("health", "--failing")
    assert (nothing.exit_code, Path("j.db").exists()) == (0, False)
    bad = cursor(
        "bbc-arabic", outcome="refused", text="GET https://a:b@x.example: HTTP 403 Forbidden", http_status=403,
        failures=2.0, failing_since=NOW - timedelta(hours=5, minutes=1),
    )  # fmt: skip
    asyncio.run(keep(tmp_path / "j.db", cursor("aawsat", items_week=77), bad))
    done = sources("health")
    lines = done.output.splitlines()
    assert done.exit_code == 0
    assert lines[1].split()[:4] == ["bbc-arabic", "failing", "5", "h"]
    assert "https://***@x.example: HTTP 403" in lines[1]
    assert "77" in lines[2]
    assert "never asked: skynewsarabia" in done.output
    assert lines[-1] == "1 of 2 sources are failing"
    failing = sources("health", "--failing", "--json")
    assert failing.exit_code == 1
    assert [json.loads(line)["id"] for line in failing.output.splitlines()] == ["bbc-arabic"]
    assert "failing 5 h: HTTP 403" in sources("list").output
