"""`changehands sources add`, `import` and `export` as commands, on real files, against servers on loopback."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from aiohttp import web
from click.testing import CliRunner

from connectors.finding.opml import outlines
from streams.cli import main
from streams.settings import load_settings
from tests.feedmaker import entry
from tests.towns import CONFIG, arabic, feed, offering, running, sources, town
from tests.unruly import Unruly

__all__ = ["running", "town"]


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
