"""Files of an archive: a stable order, hostile names, and no way out of the folder."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from connectors.archives.shelf import address_of, listed, opened, path_of
from streams.errors import SourceUnreadable

ALWAYS = time.time_ns() * 2
HOSTILE = [
    "a\nb.txt",
    "\x1b[31mred.txt",
    "\u202egpj.txt",
    "=cmd()|x.txt",
    "a%2Fb.txt",
    "a..txt",
    "-rf",
    "a?b#c.txt",
    "اسم.txt",
]


def names(root: Path) -> tuple[str, ...]:
    """Return all names of an archive."""
    return listed(str(root), -1, ALWAYS).names


def put(path: Path, text: str = "x") -> None:
    """Write a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_order(tmp_path: Path) -> None:
    """Files come by name, whatever the file system's order; hidden ones do not."""
    for name in ("b/2.xml", "b/10.xml", "a.xml", "c.xml", ".hidden.xml", ".git/x.xml"):
        put(tmp_path / name)
    assert names(tmp_path) == ("a.xml", "b/10.xml", "b/2.xml", "c.xml")


def test_one_file(tmp_path: Path) -> None:
    """An archive of one file is that file, and not what lies beside it; a path and a file: address name the same."""
    put(tmp_path / "one file.jsonl")
    put(tmp_path / "other.jsonl")
    for url in (str(tmp_path / "one file.jsonl"), f"file://{tmp_path}/one%20file.jsonl"):
        assert path_of(url) == tmp_path / "one file.jsonl"
        assert names(Path(url) if "://" not in url else path_of(url)) == ("one%20file.jsonl",)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(tmp_path: Path, name: str) -> None:
    """A name is kept and shown in plain ASCII, and still opens the file it names and no other."""
    put(tmp_path / "folder" / name, f"this is {name}")
    (known,) = names(tmp_path)
    assert known.isascii()
    assert known.isprintable()
    with opened(tmp_path, known) as file:
        assert file.read().decode() == f"this is {name}"


def test_name_that_is_no_text(tmp_path: Path) -> None:
    """A name of bytes that are no UTF-8 is a name like any other."""
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(path, "wb") as file:  # noqa: PTH123 (bytes)
        file.write(b"x")
    assert names(tmp_path) == ("caf%E9.txt",)
    opened(tmp_path, "caf%E9.txt").close()
    assert address_of(tmp_path, "caf%E9.txt").endswith("/caf%E9.txt")


def test_links(tmp_path: Path) -> None:
    """A link is never followed, be it to a file, to a folder, or within one, wherever it leads."""
    inside, outside = tmp_path / "in", tmp_path / "out"
    put(outside / "secret.txt", "secret")
    put(inside / "own.txt")
    (inside / "file.txt").symlink_to(outside / "secret.txt")
    (inside / "home.txt").symlink_to(inside / "own.txt")
    (inside / "folder").symlink_to(outside)
    assert names(inside) == ("file.txt", "folder", "home.txt", "own.txt")
    for name in ("file.txt", "home.txt", "folder", "folder/secret.txt"):
        with pytest.raises(SourceUnreadable, match=r"^link$"):
            opened(inside, name)


@pytest.mark.parametrize("name", ["../out.txt", "a/../../out.txt", "/etc/passwd", "%2e%2e/out.txt", "", "a//b", "."])
def test_way_out(tmp_path: Path, name: str) -> None:
    """A name that leads out of the folder, plain or encoded, opens nothing."""
    put(tmp_path / "out.txt")
    put(tmp_path / "in" / "a" / "b")
    with pytest.raises(SourceUnreadable, match=r"^outside$"):
        opened(tmp_path / "in", name)


def test_pipe(tmp_path: Path) -> None:
    """A pipe, from which reading would wait for ever, is not opened."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceUnreadable, match=r"^special$"):
        opened(tmp_path, "pipe")


def test_look(tmp_path: Path) -> None:
    """A look names what has changed since the last one, and says that there is more to come."""
    put(tmp_path / "old.txt")
    since = (tmp_path / "old.txt").stat().st_ctime_ns
    time.sleep(0.02)
    put(tmp_path / "new.txt")
    new = (tmp_path / "new.txt").stat().st_ctime_ns
    assert listed(str(tmp_path), since, new).names == ("new.txt",)
    early = listed(str(tmp_path), since, new - 1)
    assert (early.names, early.is_more) == ((), True)
