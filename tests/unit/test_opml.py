"""Lists of feeds: what other readers write is read, what would do harm is refused, what we write comes back."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.finding.opml import MAX_BYTES, MAX_DEPTH, MAX_OUTLINES, Outline, outlines, written
from streams.errors import SourceUnreadable
from streams.sources import SourceSettings

HEAD = '<?xml version="1.0" encoding="{}"?><opml version="2.0"><head><title>feeds</title></head><body>'
TAIL = "</body></opml>"


def listed(body: str, encoding: str = "utf-8", declared: str | None = None) -> list[Outline]:
    """Return the outlines of a list with this body."""
    return outlines(f"{HEAD.format(declared or encoding)}{body}{TAIL}".encode(encoding), "a.opml")


def feed(text: str, url: str, more: str = "") -> str:
    """Return one outline."""
    return f'<outline type="rss" text="{text}" xmlUrl="{url}" {more}/>'


def test_folders_and_categories() -> None:
    """Folders are categories joined by slashes, with those of the attribute before them."""
    inner = feed("A", "http://a.example/", 'category="/x/y,z"')
    body = f'<outline text="سوريا"><outline text="وكالات">{inner}</outline></outline>'
    assert listed(body) == [Outline(url="http://a.example/", name="A", categories=("x/y", "z", "سوريا/وكالات"))]


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1256", "iso8859-6", "utf-16", "utf-8-sig"])
def test_arabic_names(encoding: str) -> None:
    """Arabic names are read in any charset that says so, and UTF-8 also where another is declared."""
    names = "شبكة أخبار الميناء الشمالي والمدينة القديمة"
    assert listed(feed(names, "http://a.example/"), encoding, encoding.removesuffix("-sig"))[0].name == names
    assert listed(feed(names, "http://a.example/"), "utf-8", "windows-1252")[0].name == names


def test_without_a_declaration() -> None:
    """A list without any declaration of its charset is read as what its bytes are."""
    data = f"<opml><body>{feed('الميناء', 'http://a.example/')}</body></opml>".encode()
    assert outlines(data, "a.opml")[0].name == "الميناء"


def test_slips_of_writers() -> None:
    """Bare ampersands, line breaks in names and outlines left open do no harm; twins are one with both folders."""
    body = (
        '<outline text="One">' + feed("A & B\n  C", "http://a.example/?x=1&y=2") + "</outline>"
        '<outline text="Two">' + feed("again", "http://a.example/?x=1&amp;y=2") + "<outline text='open'>"
    )
    assert listed(body) == [Outline(url="http://a.example/?x=1&y=2", name="A & B C", categories=("One", "Two"))]


def test_entities() -> None:
    """A list that declares entities is refused, whatever they hold, and in any case of letters."""
    for declared in ('<!ENTITY a "b">', '<!entity x SYSTEM "file:///etc/hostname">'):
        with pytest.raises(SourceUnreadable, match=r"a\.opml is refused: it declares XML entities"):
            outlines(f"<!DOCTYPE opml [{declared}]><opml><body>&a;&x;</body></opml>".encode(), "a.opml")


def test_entities_in_other_charsets() -> None:
    """A bomb in UTF-16 is no less refused."""
    with pytest.raises(SourceUnreadable, match="entities"):
        outlines('<!DOCTYPE o [<!ENTITY a "b">]><opml/>'.encode("utf-16"), "a.opml")


def test_too_many() -> None:
    """More outlines than anybody has are refused, a list of just as many is not."""
    assert listed("<outline/>" * MAX_OUTLINES) == []
    with pytest.raises(SourceUnreadable, match="more than 20000 outlines; cut it"):
        listed("<outline/>" * 1_000_000)


def test_too_deep() -> None:
    """Outlines nested ten thousand deep are refused, thirty-two deep are not."""
    nested = '<outline text="a">' * (MAX_DEPTH - 1) + feed("in", "http://a.example/")
    assert listed(nested)[0].categories == ("/".join("a" * (MAX_DEPTH - 1)),)
    with pytest.raises(SourceUnreadable, match="nested more than 32 deep"):
        listed('<outline text="a">' * 10_000)


def test_too_large() -> None:
    """What is larger than any list is refused before it is read."""
    with pytest.raises(SourceUnreadable, match="larger than 10 MiB"):
        outlines(b" " * (MAX_BYTES + 1), "a.opml")


@pytest.mark.parametrize("data", [b"", b"hello", b"<html><body>no</body></html>", b"\x00\xff\xfe", b"<rss/>"])
def test_what_is_no_opml(data: bytes) -> None:
    """Anything else is refused with its name."""
    with pytest.raises(SourceUnreadable, match=r"a\.opml is not OPML"):
        outlines(data, "a.opml")


def test_languages_and_ids() -> None:
    """A language is its code alone, an id is taken only where it is one."""
    one, two = listed(
        feed("A", "http://a.example/", 'language="AR-sy" changehands:id="harbour"')
        + feed("B", "http://b.example/", 'language="?" changehands:id="../etc"')
    )
    assert (one.language, one.id) == ("ar", "harbour")
    assert (two.language, two.id) == (None, None)


NAMES = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=40).map(
    lambda text: " ".join(text.split())
)
PARTS = st.lists(
    NAMES.map(lambda text: text.replace(",", "").replace("/", "").strip()).filter(bool), min_size=1, max_size=3
)
SOURCES = st.builds(
    SourceSettings,
    id=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True),
    kind=st.just("feed"),
    url=st.from_regex(r"https?://[a-z]{1,9}\.example/[a-z0-9/?&=;%#'\"<>-]{0,30}", fullmatch=True),
    name=NAMES.filter(bool),
    language=st.sampled_from([None, "ar", "en", "ckb"]),
    categories=st.lists(PARTS.map("/".join), max_size=3, unique=True).map(tuple),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no failure
@given(st.lists(SOURCES, max_size=6, unique_by=lambda source: source.url))
def test_round_trip(sources: list[SourceSettings]) -> None:
    """What we write is read as it was: address, name, language, categories, id."""
    expected = {
        Outline(url=one.url, name=one.name or "", categories=one.categories, language=one.language, id=one.id)
        for one in sources
    }
    assert set(outlines(written(sources, "t").encode(), "t")) == expected
