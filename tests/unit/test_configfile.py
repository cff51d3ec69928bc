"""The configuration file stays as people wrote it when sources are added."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from streams import configfile
from streams.configfile import add, block_of, blocks, extended, twin_of
from streams.errors import ConfigError
from streams.settings import load_settings
from streams.sources import SourceSettings

EXAMPLE = Path(__file__).parents[2] / "deploy" / "changehands.toml"
ONE = SourceSettings(id="one", url="http://one.example/", name='شبكة "أ"\nb', categories=("Syria/War",))
TWO = SourceSettings(id="two", url="http://two.example/", kind="telegram", full_text=False)
TABLE = SourceSettings(
    id="table", url="a.csv", kind="archive", columns={"text": "notes ]", "title": "الخبر"}, look_back_pages=3
)


@pytest.mark.parametrize(
    "before",
    [
        "",
        "demo = false # off\n",
        "[web]\nport = 1 # own\n# the end\n",
        "# a\n[[sources]]\nid = 'a' # first\nurl = 'http://a.example'\n\n[logs] # behind\nlevel = 'info'\n",
        "sources = [{id = 'a', url = 'http://a.example'}] # in line\n",
        "[web]\r\nport = 1\r\n",
        EXAMPLE.read_text(encoding="utf-8"),
    ],
)  # fmt: skip
def test_comments_and_settings_stay(before: str) -> None:
    """Every line of before is there afterwards, all settings are the same, and the new sources stand last."""
    after = extended(before, [ONE, TWO, TABLE])
    was, is_now = tomllib.loads(before), tomllib.loads(after)
    assert {**was, "sources": None} == {**is_now, "sources": None}
    assert is_now["sources"] == [*was.get("sources", []), block_of(ONE), block_of(TWO), block_of(TABLE)]
    for line in before.splitlines():
        assert line in after or "sources = [" in line
    assert before.count("#") <= after.count("#")


def test_written_and_read(tmp_path: Path) -> None:
    """What is added is read as it was given; a file that was not there is made, readable by services."""
    path = tmp_path / "new" / "changehands.toml"
    add(path, [ONE])
    add(path, [TWO])
    assert load_settings(path, {}).sources == (ONE, TWO)
    assert path.stat().st_mode & 0o777 == 0o644
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_link_and_rights_stay(tmp_path: Path) -> None:
    """A link stays a link, and a file that only its owner may read stays such a file."""
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text("demo = false\n", encoding="utf-8")
    real.chmod(0o600)
    link.symlink_to(real)
    add(link, [ONE])
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o600
    assert load_settings(real, {}).sources == (ONE,)


def test_nothing_is_written_where_it_could_not_be_read(tmp_path: Path) -> None:
    """A source that makes the file unusable (an id twice) leaves it as it was, and nothing beside it."""
    path = tmp_path / "a.toml"
    add(path, [ONE])
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=r"a\.toml as it would be \(nothing was written\): sources: the id 'one'"):
        add(path, [TWO, ONE])
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.toml"]


def test_damaged_file(tmp_path: Path) -> None:
    """A file that is no TOML, or no text, is named and left alone."""
    path = tmp_path / "a.toml"
    for bad in (b"= 1", b"\xff\xfe\x00"):
        path.write_bytes(bad)
        with pytest.raises(ConfigError, match=r"a\.toml: "):
            add(path, [ONE])
        assert path.read_bytes() == bad


def test_changed_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who saves the file while we work on it loses nothing."""
    path = tmp_path / "a.toml"
    path.write_text("demo = true\n", encoding="utf-8")
    checked = configfile._checked

    def edits(beside: Path, at: Path) -> None:
        path.write_text("demo = false\n", encoding="utf-8")
        checked(beside, at)

    monkeypatch.setattr(configfile, "_checked", edits)
    with pytest.raises(ConfigError, match="was changed meanwhile"):
        add(path, [ONE])
    assert path.read_text(encoding="utf-8") == "demo = false\n"


def test_twins() -> None:
    """The same id, or the same address in one spelling, is a twin; anything else is none."""

    def spelled(source: SourceSettings) -> str:
        return source.url.rstrip("/").lower()

    same_id = SourceSettings(id="one", url="http://other.example")
    same_address = SourceSettings(id="other", url="HTTP://ONE.example")
    assert [
        twin and (twin.known.id, twin.by)
        for twin in (twin_of(new, [ONE], spelled) for new in (same_id, same_address, TWO))
    ] == [
        ("one", "id"),
        ("one", "address"),
        None,
    ]


def test_blocks() -> None:
    """Sources as TOML say what differs from the defaults, and nothing where there are none."""
    assert tomllib.loads(blocks([TWO]))["sources"] == [
        {"id": "two", "kind": "telegram", "url": "http://two.example/", "full_text": False}
    ]
    assert blocks([]) == ""
