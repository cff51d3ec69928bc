"""Archives read from end to end: what each kind of document becomes, and that each has exactly one end."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from fastwarc import ZstdWriter

from connectors.archive import MAX_TORN
from streams.codec import encode
from streams.items import ItemKind, RawItem
from streams.mentions import Precision
from tests.archives import DATE, NEWS, WHEN, aged, answer, archive, crawl, http, leafed, line, page, put, record
from tests.feedmaker import entry, rss

ARABIC = "أعلن المجلس يوم الثلاثاء أن الجسر القديم سيفتح أمام العربات والمشاة ابتداء من الأسبوع المقبل"


def zstd(data: bytes, path: Path) -> bytes:
    """Return data as Zstandard packs it."""
    with path.open("wb") as file, ZstdWriter(file) as writer:
        writer.write(data)
    return path.read_bytes()


def packings(tmp_path: Path, data: bytes) -> dict[str, bytes]:
    """Return data in every packing, by the ending of the name."""
    return {
        "": data,
        ".gz": gzip.compress(data),
        ".br": brotli.compress(data),
        ".zst": zstd(data, tmp_path.parent / f"{tmp_path.name}.zst"),
    }


@pytest.mark.parametrize("ending", ["", ".gz", ".br", ".zst"])
def test_lines(tmp_path: Path, ending: str) -> None:
    """Each line of a file is an item, however the file is packed."""
    data = b"".join(line(number) for number in range(3))
    found = leafed(archive(put(tmp_path / f"told.jsonl{ending}", packings(tmp_path, data)[ending])))
    assert [item.title for item in found.items] == ["Ship 0", "Ship 1", "Ship 2"]
    item = found.items[0]
    assert zlib.decompress(item.body).decode() == f"Ship 0: {NEWS}"
    assert (item.published_at, item.published_precision) == (WHEN, Precision.INSTANT)
    assert item.url == f"file://{tmp_path}/told.jsonl{ending}#1"
    assert found.endings == {"ok": 3}


def test_a_line_names_its_publisher(tmp_path: Path) -> None:
    """Where an archive gathers what several brought out, each line's publisher owns its item, else the archive's."""
    put(tmp_path / "told.jsonl", line(1, publisher=" Harbour\nMedia ") + line(2))
    found = leafed(archive(tmp_path).model_copy(update={"owner": "The Collector"}))
    assert [item.owner for item in found.items] == ["Harbour Media", "The Collector"]


def test_lines_whatever_the_name(tmp_path: Path) -> None:
    """A file of lines is known by its lines, packed ones by their mark, and a crawl by its own."""
    put(tmp_path / "a.dat", line(1) + line(2))
    put(tmp_path / "b.dat", gzip.compress(line(3)))
    put(tmp_path / "c.jsonl", crawl(answer(4)))
    assert leafed(archive(tmp_path)).endings == {"ok": 4}


def test_raw_items(tmp_path: Path) -> None:
    """Raw items as we write them come back as they were, with the id and revision they had."""
    items = [
        RawItem(
            id=f"harbour:{number}",
            revision=number,
            source="harbour",
            kind=ItemKind.PAGE,
            url=f"http://news.example/{number}",
            canonical_url=f"http://news.example/{number}",
            fetched_at=WHEN,
            body=zlib.compress(b"words"),
        )
        for number in (1, 2)
    ]
    put(tmp_path / "raw.jsonl", b"".join(encode(item) + b"\n" for item in items))
    assert leafed(archive(tmp_path)).items == items


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (b'{"id": 1, "text": "torn', "line"),
        (b"[1, 2]", "line of"),
        (b'{"id": 1}', "neither text nor html nor title"),
        (b'{"id": 1, "text": 7}', r"\$\.text"),
        (b'{"v": 9, "record": {}}', "version 9"),
        (b'{"v": 1, "record": {"type": "Tick"}}', "no raw item"),
        (b"\xff\xfe\x00", "line"),
        (b'{"a":' * 5000, "line"),
    ],
)
def test_bad_line(tmp_path: Path, told: bytes, why: str) -> None:
    """A line that cannot be read is named by file and number, kept whole, and the lines around it are read."""
    put(tmp_path / "told.jsonl", line(1) + told + b"\n" + line(3))
    found = leafed(archive(tmp_path))
    assert found.endings == {"ok": 2, "dead-letter": 1}
    assert found.torn[0].data == told + b"\n"
    assert found.texts()[0].startswith("told.jsonl, line 2, from byte ")
    with pytest.raises(AssertionError, match=why):
        raise AssertionError(found.texts()[0])


def test_lines_torn_in_their_packing(tmp_path: Path) -> None:
    """Of a packed file that is torn, what can be unpacked is read, and the tear is named."""
    whole = b"".join(line(number, text=os.urandom(3000).hex()) for number in range(20))
    put(tmp_path / "told.jsonl.gz", gzip.compress(whole)[:-2000])
    found = leafed(archive(tmp_path))
    assert found.endings["ok"] >= 10
    assert found.endings["dead-letter"] == 1
    assert "the file is torn here" in found.texts()[0]


def test_repeated_and_changed(tmp_path: Path) -> None:
    """What is told again is no item; what is told otherwise under the same name is its next revision."""
    put(tmp_path / "1.jsonl", line(1) + line(1) + line(1, text="Otherwise.") + line(2))
    found = leafed(archive(tmp_path))
    assert [(item.title, item.revision) for item in found.items] == [("Ship 1", 1), ("Ship 1", 2), ("Ship 2", 1)]
    assert found.endings == {"ok": 3, "repeated": 1}


def test_crawl(tmp_path: Path) -> None:
    """Of a crawl, pages, feeds and JSON feeds are items fetched when it fetched them; each record has one end."""
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "9", "content_text": NEWS}]})
    records = (
        record(b"software: x", "", "warcinfo", "application/warc-fields"),
        answer(1),
        record(http(rss(entry(2), entry(3)), "text/html"), "http://news.example/feed"),
        record(http(feed, "application/json"), "http://news.example/feed.json"),
        record(http(b"\x89PNG", "image/png"), "http://news.example/a.png"),
        record(http("{}", "application/json"), "http://news.example/a.json"),
        record(http("", "text/html"), "http://news.example/empty"),
        record(http(ARABIC.encode("cp1256"), "text/plain; charset=windows-1256"), "http://news.example/ar"),
        answer(1),
    )
    put(tmp_path / "crawl.warc.gz", crawl(*records))
    found = leafed(archive(tmp_path))
    assert found.endings == {"ok": 4, "repeated": 1, "warcinfo": 1, "type": 2, "empty": 1}
    assert {item.fetched_at for item in found.items} == {WHEN}
    assert [item.kind for item in found.items] == [ItemKind.PAGE, *[ItemKind.ENTRY] * 3, ItemKind.PAGE]
    assert zlib.decompress(found.items[-1].body).decode() == ARABIC
    assert found.items[0].url == "http://news.example/1"


def test_torn_crawl(tmp_path: Path) -> None:
    """A torn record is named by its file, its number and where it begins, and the rest is read."""
    whole = [answer(number) for number in range(4)]
    put(tmp_path / "crawl.warc", whole[0] + whole[1][:-50] + whole[2] + whole[3])
    found = leafed(archive(tmp_path))
    assert found.endings == {"ok": 3, "dead-letter": 1}
    assert found.texts()[0].startswith(f"crawl.warc, record 2, from byte {len(whole[0])}: ")


def test_saved_feeds(tmp_path: Path) -> None:
    """A feed that was saved each hour brings each entry once, under one id, and its address is its own."""
    for hour in range(5):
        numbers = range(hour, hour + 10)
        put(tmp_path / f"2014-07-14T{hour:02}.xml", rss(*(entry(number) for number in numbers)))
    found = leafed(archive(tmp_path))
    assert len(found.items) == len({item.id for item in found.items}) == 14
    assert found.endings == {"ok": 5}
    assert leafed(archive(tmp_path), most=1).items[0].id == found.items[0].id


def test_same_names_in_two_feeds(tmp_path: Path) -> None:
    """Entries of two feeds that bear the same name are two items."""
    for name in ("north", "south"):
        head = f'<rss version="2.0"><channel><link>http://{name}.example/</link>'
        put(tmp_path / f"{name}.xml", f"{head}<item><guid>1</guid><title>{name}</title></item></channel></rss>")
    assert len({item.id for item in leafed(archive(tmp_path)).items}) == 2


def test_atom_and_json(tmp_path: Path) -> None:
    """Saved feeds of the other formats are read as well."""
    entry_ = "<entry><id>7</id><title>Seven</title></entry>"
    put(tmp_path / "a.xml", f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{entry_}</feed>')
    put(tmp_path / "b.json", '{"version": "https://jsonfeed.org/version/1",\n"items": [{"id": "9", "title": "Nine"}]}')
    put(tmp_path / "c.json", '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "8", "title": "Eight"}]}')
    assert leafed(archive(tmp_path)).endings == {"ok": 3}


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<link rel="canonical" href="http://news.example/story">', "http://news.example/story"),
        ('<meta property="og:url" content="http://news.example/story">', "http://news.example/story"),
        ('<link rel="canonical" href="javascript:alert(1)">', None),
        ("", None),
    ],
)
def test_page_address(tmp_path: Path, head: str, url: str | None) -> None:
    """A saved page stands at the address it gives itself, else at its file's."""
    put(tmp_path / "saved page.html", page(1, head))
    (item,) = leafed(archive(tmp_path)).items
    assert item.url == (url or f"file://{tmp_path}/saved%20page.html")
    assert item.kind is ItemKind.PAGE


DAY_OF_FILE = datetime(2015, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "text", "day", "said"),
    [
        ("a.txt", NEWS, DAY_OF_FILE, "2015-03-04, when the file was changed"),
        ("2014-07-14 a.txt", NEWS, datetime(2014, 7, 14, tzinfo=UTC), "2014-07-14, in the name of the file"),
        ("20140714/a.txt", NEWS, datetime(2014, 7, 14, tzinfo=UTC), "2014-07-14, in the name of the file"),
        ("20149914.txt", NEWS, DAY_OF_FILE, "2015-03-04, when the file was changed"),
        ("2999-01-01.txt", NEWS, DAY_OF_FILE, "2015-03-04, when the file was changed"),
        ("a.html", page(1), DAY_OF_FILE, "2015-03-04, when the file was changed"),
        ("a.html", page(1, f'<meta property="article:published_time" content="{DATE}">'), None, None),
        ("a.xml", rss({"title": "x"}), DAY_OF_FILE, "2015-03-04, when the file was changed"),
    ],
)
def test_date(tmp_path: Path, name: str, text: str, day: datetime | None, said: str | None) -> None:
    """What has no date of its own has its file's, to the day, and says whence; a page's own is left to be read."""
    aged(put(tmp_path / name, text), datetime(2015, 3, 4, 17, 30, tzinfo=UTC))
    (item,) = leafed(archive(tmp_path)).items
    assert (item.published_at, item.published_raw) == (day, said)
    assert item.published_precision == (Precision.DAY if day else None)


def test_texts(tmp_path: Path) -> None:
    """Each text of a folder is an item, in whatever charset it was written."""
    put(tmp_path / "1.txt", ARABIC.encode("cp1256"))
    put(tmp_path / "2.txt", ARABIC.encode())
    put(tmp_path / "3", ARABIC.encode("utf-16"))
    found = leafed(archive(tmp_path, language="ar"))
    assert [zlib.decompress(item.body).decode() for item in found.items] == [ARABIC] * 3


def test_no_documents(tmp_path: Path) -> None:
    """What is no document ends under the word for what it is, and nothing outside the folder is read."""
    inside = tmp_path / "in"
    put(inside / "a.bin", b"\x00\x00\x01" * 1000)
    put(inside / "b.txt", b"")
    put(tmp_path / "secret.txt", "secret")
    (inside / "c.txt").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(inside / "d.txt")
    found = leafed(archive(inside))
    assert found.endings == {"binary": 1, "empty": 1, "link": 1, "special": 1}
    assert found.items == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bomb.xml.gz", lambda: gzip.compress(b"<rss>" + b"\x20" * (200 << 20))),
        ("bomb.jsonl.gz", lambda: gzip.compress(b"a" * (200 << 20))),
        ("bomb.warc.gz", lambda: crawl(record(http(b"\x20" * (200 << 20))))),
        ("entities.xml", lambda: b'<!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0"><channel/></rss>'),
    ],
)
def test_bombs(tmp_path: Path, name: str, data: Callable[[], bytes]) -> None:
    """A file that unpacks to hundreds of megabytes, or declares entities, is one dead letter of a MiB at most."""
    put(tmp_path / name, data())
    put(tmp_path / "z.jsonl", line(1))
    found = leafed(archive(tmp_path))
    assert found.endings == {"dead-letter": 1, "ok": 1}
    assert len(found.torn[0].data) <= 1 << 20


def test_many_torn(tmp_path: Path) -> None:
    """Of a file of nothing but torn lines so many dead letters are kept; all are counted, and people are told."""
    put(tmp_path / "torn.jsonl", b"{torn\n" * (MAX_TORN + 50))
    found = leafed(archive(tmp_path))
    assert found.endings == {"dead-letter": MAX_TORN + 50}
    assert len(found.torn) == MAX_TORN
