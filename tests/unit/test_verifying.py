"""Archives of ours: parts of days, nothing twice, and what is wrong with one is named by file and record."""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from connectors.archives.manifest import MANIFEST, File, Form, holes, manifest_in
from connectors.archives.verifying import checked, odd, strangers, told_of
from connectors.archives.writing import writing
from streams.codec import encode
from streams.errors import ConfigError, SlotTaken, SourceUnreadable
from streams.items import ItemKind, RawItem
from tests.archives import WHEN, archive, leafed, put


def item(number: int, at: datetime = WHEN) -> RawItem:
    """Return an item about a ship."""
    url = f"http://news.example/{number}"
    body = zlib.compress(f"Ship {number} came in.".encode())
    return RawItem(
        id=f"s:{number}", source="s", kind=ItemKind.ENTRY, url=url, canonical_url=url, fetched_at=at, body=body
    )


def written(folder: Path, items: Sequence[RawItem], forms: Sequence[Form] = tuple(Form)) -> list[File]:
    """Add items to an archive; return the files that came of it."""
    with writing(folder, forms, "test") as one:
        for told in items:
            one.take(told, encode(told))
        return [file for files in one.finish(WHEN) for file in files]


def flaws(folder: Path) -> list[str]:
    """Return what is wrong with an archive."""
    manifest = told_of(folder)
    found = [flaw for _, told in checked(folder, manifest) for flaw in told]
    return [str(flaw) for flaw in (*found, *strangers(folder, manifest))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an archive of two days with ten items each."""
    written(tmp_path, [item(number, WHEN + timedelta(days=number % 2)) for number in range(20)])
    return tmp_path


def test_whole(folder: Path) -> None:
    """An archive as it was written is whole: a file a day in each form, and the manifest tells what is in it."""
    assert flaws(folder) == []
    manifest = told_of(folder)
    assert (manifest.items, manifest.first, manifest.last) == (20, WHEN, WHEN + timedelta(days=1))
    assert [(file.name, file.items) for file in manifest.files] == [
        ("2014-07-14-001.parquet", 10),
        ("2014-07-14-001.warc.gz", 10),
        ("2014-07-15-001.parquet", 10),
        ("2014-07-15-001.warc.gz", 10),
    ]


def test_days_end_at_midnight_utc(tmp_path: Path) -> None:
    """The last microsecond of a day and the first of the next lie in two files."""
    midnight = datetime(2014, 7, 15, tzinfo=UTC)
    files = written(tmp_path, [item(1, midnight - timedelta(microseconds=1)), item(2, midnight)], [Form.WARC])
    assert [(file.day, file.items) for file in files] == [(date(2014, 7, 14), 1), (date(2014, 7, 15), 1)]


@pytest.mark.parametrize("form", Form)
def test_added(tmp_path: Path, form: Form) -> None:
    """What is new of a day is its next part, what is there is not written again, byte for byte and by its time."""
    written(tmp_path, [item(1), item(2)], [form])
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.glob("2014*")}
    files = written(tmp_path, [item(1), item(3), item(2), item(3)], [form])
    assert [(file.part, file.items) for file in files] == [(2, 1)]
    assert {
        name: (Path(tmp_path, name).read_bytes(), Path(tmp_path, name).stat().st_mtime_ns) for name in before
    } == before
    assert written(tmp_path, [item(3), item(2), item(1)], [form]) == []
    assert flaws(tmp_path) == []


def test_read_once(folder: Path) -> None:
    """A source that is an archive of ours reads each item once, though two files tell it, and not the manifest."""
    found = leafed(archive(folder))
    assert sorted(one.id for one in found.items) == sorted(f"s:{number}" for number in range(20))
    assert found.endings == {"ok": 20}


def test_read_from_the_table(folder: Path) -> None:
    """Where the crawl of a day is gone, its table is read."""
    (folder / "2014-07-14-001.warc.gz").unlink()
    assert len(leafed(archive(folder)).items) == 20


def test_damaged(folder: Path) -> None:
    """A damaged file is named with the record that is lost; the others are whole."""
    path = folder / "2014-07-14-001.warc.gz"
    data, middle = path.read_bytes(), path.stat().st_size // 2
    path.write_bytes(data[:middle] + b"\xff" * 60 + data[middle + 60 :])
    found = flaws(folder)
    assert found[0] == "2014-07-14-001.warc.gz: its bytes are not those that were written: the checksum is another"
    assert found[1].startswith("2014-07-14-001.warc.gz, record ")
    assert "items can be read of it, and it had 10" in found[-1]
    assert all(one.startswith("2014-07-14-001.warc.gz") for one in found)


def test_missing_and_strange(folder: Path) -> None:
    """A file that is gone and one that nobody knows are named."""
    (folder / "2014-07-15-001.parquet").unlink()
    put(folder / "more.jsonl", "{}")
    assert flaws(folder) == [
        "2014-07-15-001.parquet: is not there; it held 10 items of 2014-07-15",
        "more.jsonl: is not in the manifest",
    ]


def test_told_otherwise(folder: Path) -> None:
    """A manifest that counts otherwise than its files, or knows other times of them, is found out."""
    told = json.loads((folder / MANIFEST).read_text())
    told["files"][0]["items"] = 9
    told["files"][1]["first"] = "2014-07-14T00:00:00Z"
    (folder / MANIFEST).write_text(json.dumps(told))
    found = flaws(folder)
    assert "10 items can be read of it, and it had 9" in found[0]
    assert "its items are from 2014-07-14 10:00:00" in found[1]


@pytest.mark.parametrize(
    ("data", "why"), [('{"kind":"changehands-archive"', "cannot be read"), ("{}", "has no manifest")]
)
def test_no_manifest(folder: Path, data: str, why: str) -> None:
    """Without a manifest of ours that can be read nothing is verified."""
    (folder / MANIFEST).write_text(data)
    with pytest.raises(ConfigError, match=why):
        told_of(folder)


@pytest.mark.parametrize("name", ["../2014-07-14-001.warc.gz", "/etc/passwd", "a/2014-07-14-001.parquet", "x\n2014"])
def test_names_that_lead_out(folder: Path, name: str) -> None:
    """A manifest that names what is no file of its folder is refused whole."""
    told = json.loads((folder / MANIFEST).read_text())
    told["files"][0]["name"] = name
    (folder / MANIFEST).write_text(json.dumps(told))
    with pytest.raises(ConfigError, match="cannot be read"):
        told_of(folder)


def test_link(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A link in the place of a file is not followed, and told."""
    path = folder / "2014-07-14-001.parquet"
    path.symlink_to(path.rename(tmp_path_factory.mktemp("away") / "table"))
    assert flaws(folder) == ["2014-07-14-001.parquet: is no file of this folder: link"]


def test_newer_manifest(folder: Path) -> None:
    """A manifest of a later format is refused, not guessed at, and the archive is not added to."""
    told = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**told, "format": 2}))
    with pytest.raises(SourceUnreadable, match="format 2"):
        written(folder, [item(99)])


def test_lost_part(folder: Path) -> None:
    """Where a part of a day is gone in all its forms, nothing is added to the day: nobody knows what it held."""
    for path in folder.glob("2014-07-14*"):
        path.unlink()
    with pytest.raises(SourceUnreadable, match="2014-07-14-001"):
        written(folder, [item(99)])


def test_one_writer(tmp_path: Path) -> None:
    """Two processes never add to one archive at once."""
    with writing(tmp_path, tuple(Form), "test"), pytest.raises(SlotTaken, match="another process adds"):
        written(tmp_path, [])


def test_odd(folder: Path) -> None:
    """Before an archive is replayed it is told which files are there twice or gone, and which days are missing."""
    written(folder, [item(50, WHEN + timedelta(days=4))])
    shutil.copy(folder / "2014-07-14-001.warc.gz", folder / "copy.warc.gz")
    (folder / "2014-07-15-001.parquet").unlink()
    assert [str(flaw) for flaw in odd(str(folder))] == [
        "copy.warc.gz: is 2014-07-14-001.warc.gz once more",
        "2014-07-15-001.parquet: is not there; it held 10 items of 2014-07-15",
        "manifest.json: there is nothing of 2014-07-16, a day between the first and the last",
        "manifest.json: there is nothing of 2014-07-17, a day between the first and the last",
        "copy.warc.gz: is not in the manifest",
    ]


def test_holes_of_nothing(tmp_path: Path) -> None:
    """An archive of one day has no holes, and a folder with a manifest of somebody else's is no archive of ours."""
    written(tmp_path, [item(1)])
    assert holes(told_of(tmp_path)) == []
    put(tmp_path / "other" / MANIFEST, '{"files": []}')
    assert manifest_in(tmp_path / "other") is None
