"""Tables of others: which column tells what, and every row has one end, torn ones by number."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connectors.archives.columns import chosen, told
from streams.errors import SourceUnreadable
from streams.mentions import Precision
from tests.archives import WHEN, archive, leafed, line, put, table

ACLED = (
    "event_id_cnty,event_date,year,event_type,actor1,country,source,source_scale,notes,timestamp\r\n"
    'SYR1,14 July 2014,2014,Strategic developments,Harbour Guild,Syria,Ferry Post,National,"On 14 July, the guild '
    'took the ""old"" quay,\r\nsays the Ferry Post.",1405382400\r\n'
    "SYR2,15 July 2014,2014,Battles,Harbour Guild,Syria,Quay Letter,Local partner,The guild left.,1405382400\r\n"
)


def test_events_as_acled_publishes_them(tmp_path: Path) -> None:
    """Of events, notes are the text, event_date the day, source the publisher, event_id_cnty the name."""
    put(tmp_path / "acled.csv", ACLED)
    first, second = leafed(archive(tmp_path, owner="us")).items
    assert zlib.decompress(first.body).decode() == 'On 14 July, the guild took the "old" quay,\r\nsays the Ferry Post.'
    assert (first.owner, second.owner) == ("Ferry Post", "Quay Letter")
    assert (first.published_at, first.published_precision) == (datetime(2014, 7, 14, tzinfo=UTC), Precision.DAY)
    assert first.id != second.id


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_columns_by_name(tmp_path: Path, form: str) -> None:
    """Columns are named in the configuration, whatever a table calls them."""
    row = {"Überschrift": "Neue Brücke", "inhalt": "Sie ist offen.", "tag": "2014-07-14", "wo": "http://e.example/1"}
    data = {
        "csv": ";".join(row) + "\n" + ";".join(row.values()) + "\n",
        "parquet": table({name: [value] for name, value in row.items()}),
        "jsonl": line(1, **row).replace(b'"id": 1, "title": "Ship 1", ', b""),
    }
    put(tmp_path / f"told.{form}", data[form])
    columns = {"title": "Überschrift", "text": "inhalt", "published": "tag", "url": "wo"}
    (item,) = leafed(archive(tmp_path, columns=columns)).items
    assert (item.title, zlib.decompress(item.body)) == ("Neue Brücke", b"Sie ist offen.")
    assert (item.published_at, item.url) == (datetime(2014, 7, 14, tzinfo=UTC), "http://e.example/1")


@pytest.mark.parametrize(
    ("names", "columns", "why"),
    [
        (["x", "y"], {}, "no column is known to hold a text: its columns are 'x', 'y'"),
        (["text"], {"published": "day"}, "there is no column for published=day"),
        ([], {}, "its columns are none"),
        ([f"c{n}" for n in range(99)], {}, "and 69 more"),
    ],
)
def test_no_such_column(names: list[str], columns: dict[str, str], why: str) -> None:
    """A table without the columns that are asked for, or without any text, is refused by the names it has."""
    with pytest.raises(SourceUnreadable, match=why):
        chosen(names, columns)


def test_one_column_tells_one_thing() -> None:
    """A column that is configured for one thing is not guessed to be another; letters' case does not matter."""
    assert chosen(["Title", "BODY", "source"], {"text": "title"}) == {"text": "Title", "publisher": "source"}


def test_cells_of_tables() -> None:
    """Whole numbers are whole, days and moments are written as such, and what is empty tells nothing."""
    row = {"a": 12.0, "b": float("nan"), "c": date(2014, 7, 14), "d": WHEN, "e": "", "f": b"\xff", "g": None}
    found = told(row, {name: name for name in row})
    assert found == {"a": 12, "c": "2014-07-14", "d": "2014-07-14T10:00:00+00:00", "f": "\ufffd"}


def test_torn_rows(tmp_path: Path) -> None:
    """A row that is torn is named by its number and costs no other, an open quote neither."""
    rows = ["id,text", "1,one", "2,two,more", '3,"open', "4,four", "", ",", "5,five", '6,"six" more']
    put(tmp_path / "told.csv", "\n".join(rows) + "\n")
    found = leafed(archive(tmp_path))
    assert [zlib.decompress(item.body) for item in found.items] == [b"one", b"four", b"five"]
    assert found.endings == {"ok": 3, "dead-letter": 3}
    assert [text.partition(": ")[0] for text in found.texts()] == [f"told.csv, row {n}" for n in (2, 3, 7)]
    assert found.torn[0].data == b"2,two,more\n"
    assert "3 cells, the header 2" in found.texts()[0]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "windows-1256"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_as_spreadsheets_write(tmp_path: Path, charset: str, delimiter: str) -> None:
    """A table reads the same in any encoding and with any delimiter that spreadsheets use."""
    words = "فتح الجسر القديم صباح اليوم أمام المشاة والعربات وقالت البلدية إن العمل انتهى"
    put(
        tmp_path / "told.csv",
        f"id{delimiter}title{delimiter}text\r\n1{delimiter}الجسر{delimiter}{words}\r\n".encode(charset),
    )
    (item,) = leafed(archive(tmp_path)).items
    assert (item.title, zlib.decompress(item.body).decode()) == ("الجسر", words)


@pytest.mark.parametrize("data", ["", "text", "a,a\n1,2\n", '"open\n1,2\n', "\n\n\n"])
def test_no_table(tmp_path: Path, data: str) -> None:
    """What calls itself a table and is none is told, or counted as empty; nothing comes of it."""
    put(tmp_path / "told.csv", data)
    found = leafed(archive(tmp_path))
    assert found.items == []
    assert found.endings in ({"dead-letter": 1}, {"empty": 1}, {})


def test_damaged_group(tmp_path: Path) -> None:
    """Of a Parquet file with a damaged group of rows the other groups are read, and the lost rows are named."""
    words = [f"{number} " + "quay and dock and ferry " * 40 for number in range(30)]
    data = bytearray(table({"id": list(range(30)), "text": words}, rows=10))
    data[data.index(b"11 quay") + 3] ^= 1
    put(tmp_path / "told.parquet", bytes(data))
    found = leafed(archive(tmp_path))
    assert len(found.items) == 20
    assert "told.parquet, row 11" in found.texts()[0]
    assert "this row and all to row 20 are lost" in found.texts()[0]


@pytest.mark.parametrize("cut", [4, 100, -4])
def test_torn_table(tmp_path: Path, cut: int) -> None:
    """A Parquet file that is cut short cannot be read at all, and is named."""
    put(tmp_path / "told.parquet", table({"text": ["one", "two"]})[:cut])
    found = leafed(archive(tmp_path))
    assert found.endings == {"dead-letter": 1}
    assert "told.parquet, row 1: the file cannot be read: " in found.texts()[0]


def test_fetched(tmp_path: Path) -> None:
    """A column that says when a text was fetched is believed."""
    put(tmp_path / "told.csv", "text,fetched_at\nOpen,2014-07-14T10:00:00Z\n")
    assert leafed(archive(tmp_path)).items[0].fetched_at == WHEN


def test_columns_of_no_archive() -> None:
    """Columns are for archives, and a row tells nothing else than what is known."""
    with pytest.raises(ValueError, match="only an archive has"):
        archive(Path("x"), kind="feed", columns={"text": "body"})
    with pytest.raises(ValueError, match="'txt' is nothing that a row tells"):
        archive(Path("x"), columns={"txt": "body"})
