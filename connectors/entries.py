"""What an entry is, whatever its feed's format, and which entry it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from msgspec import Struct

from streams.mentions import Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as its feed tells it; `body` is of `content_type`, addresses are absolute, times UTC."""

    guid: str | None = None
    url: str | None = None
    title: str | None = None
    author: str | None = None
    body: str = ""
    content_type: str = "text/html"
    published_at: datetime | None = None
    published_precision: Precision | None = None
    published_raw: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed that was read; `hint` is how long it asks to be left alone (ttl, sy:update), `flaw` what was wrong."""

    entries: tuple[Entry, ...]
    language: str | None = None
    hint: float = 0.0
    flaw: str | None = None


class Seen(Struct, frozen=True, array_like=True):
    """What is remembered of an entry: hash of its content and link, last revision, count of updates, day last seen."""

    content: str
    link: str
    revision: int
    updates: int
    day: int
    paged: bool = False


def digest(*texts: str | None) -> str:
    """Return 24 hex digits that stand for these texts; None and empty differ from nothing else."""
    return sha256("\x00".join(text or "" for text in texts).encode("utf-8", "replace")).hexdigest()[:24]


def content_of(entry: Entry) -> str:
    """Return the hash by which an entry counts as changed: dates are left out, some feeds put the present there."""
    return digest(entry.title, entry.body, entry.url)


def _name(entry: Entry) -> str:
    return entry.guid or entry.url or digest(entry.title, entry.body)


def _key(entry: Entry, name: str, *, is_shared: bool, seen: Mapping[str, Seen]) -> str:
    """Return the entry's key: its name, or name and link where several entries bear the name.

    One that stood alone before keeps its first key when a second appears, and
    one that had the longer key keeps it when it stands alone.
    """
    plain, long = digest(name), digest(name, entry.url)
    if is_shared:
        return plain if plain in seen and seen[plain].link == digest(entry.url) else long
    return long if long in seen else plain


def keyed(entries: Sequence[Entry], seen: Mapping[str, Seen]) -> Iterator[tuple[str, Entry]]:
    """Yield each entry once with its key: the guid, else the link, else title and text.

    A guid that stands for several entries of a document is told apart by link,
    then by title; the same entry twice is one.
    """
    names = Counter(map(_name, entries))
    used: dict[str, Entry] = {}
    for entry in entries:
        name = _name(entry)
        key = _key(entry, name, is_shared=names[name] > 1, seen=seen)
        if key in used and used[key].title != entry.title:
            key = digest(name, entry.url, entry.title)
        if key not in used:
            used[key] = entry
            yield key, entry


def remembered(seen: Mapping[str, Seen], current: Iterable[str], *, today: int) -> dict[str, Seen]:
    """Return what to go on remembering: all of this document and the newest of the rest.

    At least 500 and twice the document, nothing unseen for 90 days.
    """
    kept = set(current)
    rest = sorted((key for key in seen if key not in kept), key=lambda key: (-seen[key].day, key))
    room = max(500, 2 * len(kept)) - len(kept)
    fresh = [key for key in rest[:room] if today - seen[key].day <= 90]  # noqa: PLR2004 (days, said above)
    return {key: seen[key] for key in seen if key in kept or key in set(fresh)}
