"""How far an archive was read: what its cursor holds. Pure."""

from __future__ import annotations

from hashlib import sha256

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from connectors.archives.documents import Anchor, Found
from connectors.archives.unpacking import Form
from connectors.reading.entries import Seen

# How many keys are remembered to tell what is repeated, and how many read files to tell what has only been touched.
MAX_SEEN, MAX_READ = 4000, 1000
# How much of a file must be as it was for what lies behind to count as added.
HEAD = 4096


class Read(Struct, frozen=True, array_like=True):
    """A file as it was when it was opened, and its last document then.

    `size` in bytes, `changed` in ns since 1970, `head` a hash of its first
    bytes. Number 0: its documents cannot be continued, the file is read anew.
    """

    size: int
    changed: int
    head: str
    number: int = 0
    anchor: Anchor = Anchor()


class Bookmark(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far an archive was read.

    What changed after `since` and until `until` (ns since 1970) is being read;
    `until` is 0 where nothing is. Of `file`, if it `is_open`, the documents to
    `number` are done; `anchor` is where the last of them is found again.
    `torn` counts the file's dead letters, `fatal` the documents in a row that
    ended their reader. `seen` are the last keys, `read` the last files. A
    replay is `with_enriched` items, which a source has no use for.
    """

    since: int = -1
    until: int = 0
    file: str = ""
    is_open: bool = False
    number: int = 0
    anchor: Anchor = Anchor()
    torn: int = 0
    fatal: int = 0
    with_enriched: bool = False
    seen: dict[str, Seen] = {}
    read: dict[str, Read] = {}


def bookmark_of(state: bytes) -> Bookmark:
    """Return what a cursor's state holds; raises msgspec.DecodeError for one of another make."""
    return msgspec.json.decode(state, type=Bookmark) if state else Bookmark()


def state_of(mark: Bookmark, seen: dict[str, Seen]) -> bytes:
    """Return the state to save: the keys met last are kept."""
    kept = dict(list(seen.items())[-MAX_SEEN:])
    read = dict(list(mark.read.items())[-MAX_READ:])
    return msgspec.json.encode(replace(mark, seen=kept, read=read))


def head_of(data: bytes) -> str:
    """Return the hash by which the beginning of a file is known."""
    return sha256(data).hexdigest()[:16]


def is_touched(mark: Bookmark, name: str, *, size: int, changed: int) -> bool:
    """Whether a file that comes again is the one that was read, renamed or given other rights at most."""
    known = mark.read.get(name)
    return known is not None and (known.size, known.changed) == (size, changed)


def began(mark: Bookmark, name: str, now: Read, *, is_grown: bool) -> Bookmark:
    """Return the bookmark at a file that was just opened: at its beginning, or behind what was read of it before."""
    known = mark.read.get(name) if is_grown else None
    start = replace(now, number=known.number, anchor=known.anchor) if known else now
    read = {**{other: one for other, one in mark.read.items() if other != name}, name: start}
    return replace(mark, file=name, is_open=True, number=start.number, anchor=start.anchor, torn=0, fatal=0, read=read)


def behind(mark: Bookmark, one: Found) -> Bookmark:
    """Return the bookmark behind a document."""
    return replace(mark, number=one.number, anchor=one.anchor, fatal=0)


def over(mark: Bookmark, form: Form | None) -> Bookmark:
    """Return the bookmark behind a file; what may grow is remembered by its last document."""
    read = mark.read
    if mark.file in read and form in {Form.LINES, Form.WARC}:
        read = {**read, mark.file: replace(read[mark.file], number=mark.number, anchor=mark.anchor)}
    return replace(mark, is_open=False, number=0, anchor=Anchor(), read=read)
