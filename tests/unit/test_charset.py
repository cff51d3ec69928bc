"""The charset rule: bytes win over declarations, Arabic is read right."""

from __future__ import annotations

import codecs

import pytest

from connectors.reading.charset import decode
from connectors.reading.formats import document
from tests.feedmaker import ARABIC, NOW, URL, entry, rss

CHARSETS = ("utf-8", "windows-1256", "iso-8859-6")
DECLARED = ("right", None, "utf-8", "windows-1256", "iso-8859-6", "iso-8859-1", "windows-1252")
HEADERS = (
    "application/xml; charset=right",
    "application/xml",
    "text/xml; charset=utf-8",
    "text/html; charset=ISO-8859-1",
    "",
)
# The sixty cases: each charset declared right, not at all, and as each of the other two, under five content types.
SIXTY = [
    (charset, declared, header)
    for charset in CHARSETS
    for declared in (charset, None, *(other for other in CHARSETS if other != charset))
    for header in HEADERS
]
SHORT = "وصلت السفينة إلى المرفأ"


@pytest.mark.parametrize("text", [ARABIC, SHORT])
@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("declared", DECLARED)
@pytest.mark.parametrize("charset", CHARSETS)
def test_arabic_feed(charset: str, declared: str | None, header: str, text: str) -> None:
    """An Arabic feed is read right whatever its declaration and its header say."""
    document = rss({"title": text}, encoding=charset if declared == "right" else declared)
    found = decode(document.encode(charset), content_type=header.replace("right", charset))
    assert text in found.text


@pytest.mark.parametrize(("charset", "declared", "header"), SIXTY)
def test_sixty(charset: str, declared: str | None, header: str) -> None:
    """Each of the sixty comes out of the feed reader letter by letter: title, text and author."""
    body = rss(entry(1, title=ARABIC, description=f"<p>{SHORT}</p>", author="ليلى"), encoding=declared).encode(charset)
    decoded = decode(body, content_type=header.replace("right", charset))
    (found,) = document(decoded.text, url=URL, now=NOW).entries
    assert (found.title, found.body, found.author) == (ARABIC, f"<p>{SHORT}</p>", "ليلى")


def test_there_are_sixty() -> None:
    """Three charsets, four declarations and five content types make sixty cases."""
    assert len(set(SIXTY)) == 60


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Войска заняли порт после боёв на севере города", "windows-1251"),
        ("Войска заняли порт после боёв на севере города", "koi8-r"),
        ("Le général a déclaré que la forêt brûlée était très étendue", "iso-8859-1"),
        ("Der Bürgermeister erklärte, die Straße sei gesperrt", "windows-1252"),
        ("港で船が到着したと発表した。荷下ろしは朝から始まっている", "euc_jp"),
    ],
)
def test_others(text: str, charset: str) -> None:
    """Other scripts are read by their header, their declaration or without either."""
    body = text.encode(charset)
    meta = f'<meta charset="{charset}"><p>'.encode() + body
    assert text in decode(body, content_type=f"text/html; charset={charset}").text
    assert text in decode(meta).text


def test_accents_are_no_script() -> None:
    """Latin text with accents keeps its declared charset even if a detector sees something else."""
    text = "Près de la forêt, l'été a été très sec; où sont-ils allés?"
    found = decode(text.encode("iso-8859-1"), content_type="text/html; charset=iso-8859-1")
    assert (found.text, found.rule) == (text, "header")


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-8"])
def test_mark(charset: str) -> None:
    """A byte order mark decides, and is taken off."""
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(charset, codecs.BOM_UTF8)
    mark = codecs.BOM_UTF32_LE if charset == "utf-32-le" else mark
    found = decode(mark + SHORT.encode(charset), content_type="text/html; charset=windows-1256")
    assert (found.text, found.rule) == (SHORT, "mark")


def test_broken_utf8_stays_utf8() -> None:
    """A broken character or two do not turn a UTF-8 text into another charset's letters."""
    body = ARABIC.encode()[:-1] + b" <p>" + ARABIC.encode()
    found = decode(body, content_type="text/html; charset=utf-8")
    assert found.rule == "nearly utf-8"
    assert ARABIC in found.text


@pytest.mark.parametrize("name", ["base64", "zip", "rot13", "no-such-charset", "\x00", "idna" * 10])
def test_strange_names(name: str) -> None:
    """A name that is no charset is passed over."""
    assert decode(SHORT.encode("windows-1256"), content_type=f"text/html; charset={name}").text == SHORT


def test_hint() -> None:
    """Where nothing can be told, an Arabic source is read as windows-1256."""
    body = "نعم".encode("windows-1256") + bytes([0x81])
    assert decode(b"\x98\xff\x98", language="ar").charset in {"cp1256", "cp1252"}
    assert "نعم" in decode(body, language="ar").text


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ['<?xml version="1.0"?><rss><title>Ships</title></rss>', "<rss>السفينة الأولى</rss>"])
def test_wide_without_a_mark(charset: str, text: str) -> None:
    """Wide characters are told by the zeroes of the first one, although with their zeroes they are valid UTF-8."""
    assert (decode(text.encode(charset)).text, decode(text.encode(charset)).charset) == (text, charset)
