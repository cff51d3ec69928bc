"""The files of an archive: found in a stable order, opened without ever leaving the folder.

Names within an archive may be anybody's: they are written percent-encoded
wherever they are kept or shown, and links are never followed.
"""

from __future__ import annotations

import os
import stat
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from connectors.archives.manifest import MANIFEST, passed_over
from streams.errors import SourceUnreadable

NS = 10**9
# Unreserved characters of RFC 3986, and the slash between folders.
_SAFE = "/"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Not blocking, since a pipe without a writer would be waited for.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What lies in an archive and changed after `since` and until `until` (ns since 1970), by name.

    `is_more` says that something has changed after `until` already.
    """

    url: str
    root: Path
    since: int
    until: int
    names: tuple[str, ...]
    is_more: bool

    def after(self, name: str) -> str | None:
        """Return the name that follows, None after the last."""
        place = bisect_right(self.names, name)
        return self.names[place] if place < len(self.names) else None


def path_of(url: str) -> Path:
    """Return the path that an archive's address names: a path or a file: address."""
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(url).path))) if url.startswith("file:") else Path(url)


def place_of(url: str) -> tuple[Path, str]:
    """Return the folder in which an archive lies and the name of its one file there; of a folder the name is empty.

    Raises FileNotFoundError and other OSErrors.
    """
    path = path_of(url).resolve(strict=True)
    return (path, "") if path.is_dir() else (path.parent, _quoted(path.name))


def _quoted(name: str) -> str:
    return quote_from_bytes(os.fsencode(name), safe=_SAFE)


def address_of(root: Path, name: str) -> str:
    """Return the file: address of a file in an archive."""
    return f"file://{_quoted(str(root)).rstrip('/')}/{name}"


def _walked(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    for folder, folders, files in os.walk(root, followlinks=False):
        # Hidden folders are a program's own: of a version control, of a desktop.
        folders[:] = [name for name in folders if not name.startswith(".")]
        passed = passed_over(Path(folder)) if MANIFEST in files else frozenset[str]()
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in (*files, *links):
            path = Path(folder, name)
            if not name.startswith(".") and name not in passed:
                yield _quoted(str(path.relative_to(root))), path.lstat()


def listed(url: str, since: int, until: int) -> Listing:
    """Return the files that changed within this time; raises OSError where the archive is not there."""
    root, only = place_of(url)
    found = iter([(only, Path(root, os.fsdecode(unquote_to_bytes(only))).stat())]) if only else _walked(root)
    changed = [(name, facts.st_ctime_ns) for name, facts in found if facts.st_ctime_ns > since]
    names = sorted(name for name, at in changed if at <= until)
    return Listing(url=url, root=root, since=since, until=until, names=tuple(names), is_more=len(names) < len(changed))


def newest(url: str) -> datetime:
    """Return when the file of an archive that was changed last was changed (UTC, whole seconds); raises as listed."""
    root, only = place_of(url)
    found = [Path(root, os.fsdecode(unquote_to_bytes(only))).stat()] if only else [facts for _, facts in _walked(root)]
    return datetime.fromtimestamp(max((int(facts.st_mtime) for facts in found), default=0), UTC)


def opened(root: Path, name: str) -> BufferedReader:
    """Open a file of an archive, going down folder by folder without following a link.

    Raises SourceUnreadable for what is no file of this folder, with the one
    word that says what it is, and OSError.
    """
    parts = unquote_to_bytes(name).split(b"/")
    if any(part in {b"", b".", b".."} for part in parts):
        raise SourceUnreadable("outside")
    with ExitStack() as stack:
        folder = os.open(root, _FOLDER)
        stack.callback(os.close, folder)
        for part in parts[:-1]:
            _no_link(part, folder)
            folder = os.open(part, _FOLDER, dir_fd=folder)
            stack.callback(os.close, folder)
        _no_link(parts[-1], folder)
        file = os.open(parts[-1], _FILE, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise SourceUnreadable("special")
    return os.fdopen(file, "rb")


def _no_link(part: bytes, folder: int) -> None:
    mode = os.stat(part, dir_fd=folder, follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        raise SourceUnreadable("link")
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise SourceUnreadable("special")
