"""What an entry is, whatever its feed's format, and which entry it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from msgspec import Struct

from streams.mentions import Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as its feed tells it; `body` is of `content_type`, addresses are absolute, times UTC.

    `changed` is when its list says it last changed, as written: another value
    is a reason to read the page again.
    """

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
    changed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed that was read.

    `hint` is how long it asks to be left alone in seconds (ttl, sy:update),
    `flaw` what was wrong, `hub` the WebSub hub and topic it names; `is_part`
    says that it holds only what is new (RFC 3229). `title` is its own, `form`
    the name of its format.
    """

    entries: tuple[Entry, ...]
    title: str | None = None
    form: str = ""
    language: str | None = None
    hint: float = 0.0
    flaw: str | None = None
    hub: tuple[str, str] | None = None
    is_part: bool = False


class Seen(Struct, frozen=True, array_like=True):
    """What is remembered of an entry: hash of its content and link, last revision, count of updates, day last seen.

    `paged` says that its page was read, `page` is the hash of what it told.
    """

    content: str
    link: str
    revision: int
    updates: int
    day: int
    paged: bool = False
    page: str = ""


def digest(*texts: str | None) -> str:
    """Return 24 hex digits that stand for these texts; None and empty differ from nothing else."""
    return sha256("\x00".join(text or "" for text in texts).encode("utf-8", "replace")).hexdigest()[:24]


def content_of(entry: Entry) -> str:
    """Return the hash by which an entry counts as changed: dates are left out, some feeds put the present there."""
    return digest(entry.title, entry.body, entry.url, *((entry.changed,) if entry.changed else ()))


def _name(entry: Entry) -> str:
    return entry.guid or entry.url or digest(entry.title, entry.body)


def _longer(entry: Entry) -> tuple[str, ...]:
    """Return the keys that tell entries of one name apart: by link, then by title, then by text."""
    parts = (_name(entry), entry.url, entry.title, entry.body)
    return digest(*parts[:2]), digest(*parts[:3]), digest(*parts)


def _alone(entry: Entry, seen: Mapping[str, Seen]) -> str:
    """Return the key of an entry whose name no other bears: the name, unless it had a longer key beside another."""
    plain, content = digest(_name(entry)), content_of(entry)
    if plain in seen and seen[plain].content == content:
        return plain
    longer = [key for key in _longer(entry) if key in seen]
    return next((key for key in longer if seen[key].content == content), longer[0] if longer else plain)


def _choices(entry: Entry, seen: Mapping[str, Seen]) -> tuple[str, ...]:
    """Return the keys an entry may bear beside others of its name; one that stood alone before keeps its first."""
    plain = digest(_name(entry))
    was_alone = plain in seen and seen[plain].link == digest(entry.url)
    return (plain, *_longer(entry)) if was_alone else _longer(entry)


def _apart(entries: Iterable[Entry], seen: Mapping[str, Seen]) -> Iterator[tuple[str, Entry]]:
    """Yield the entries of one name with their keys: those that did not change keep theirs before the others choose."""
    different: dict[str, Entry] = {}
    for entry in entries:
        different.setdefault(content_of(entry), entry)
    choices = {content: _choices(entry, seen) for content, entry in different.items()}
    kept = {
        content: next((key for key in keys if key in seen and seen[key].content == content), None)
        for content, keys in choices.items()
    }
    used = {key for key in kept.values() if key}
    for content, entry in different.items():
        key = kept[content] or next((key for key in choices[content] if key not in used), None)
        if key is not None:
            used.add(key)
            yield key, entry


def keyed(entries: Sequence[Entry], seen: Mapping[str, Seen]) -> Iterator[tuple[str, Entry]]:
    """Yield each entry once with its key: the guid, else the link, else title and text.

    A guid that stands for several entries of a document is told apart by link,
    then by title, then by text (an index would move when the feed scrolls);
    the same entry twice is one.
    """
    named: dict[str, list[Entry]] = {}
    for entry in entries:
        named.setdefault(_name(entry), []).append(entry)
    for same in named.values():
        if len(same) == 1:
            yield _alone(same[0], seen), same[0]
        else:
            yield from _apart(same, seen)


def remembered(seen: Mapping[str, Seen], current: Iterable[str], *, today: int, largest: int = 0) -> dict[str, Seen]:
    """Return what to go on remembering: all of this document and the newest of the rest.

    At least 500 and twice the `largest` document, nothing unseen for 90 days.
    """
    kept = set(current)
    rest = sorted((key for key in seen if key not in kept), key=lambda key: (-seen[key].day, key))
    room = max(500, 2 * max(largest, len(kept))) - len(kept)
    kept.update(key for key in rest[:room] if today - seen[key].day <= 90)  # noqa: PLR2004 (days, said above)
    return {key: memory for key, memory in seen.items() if key in kept}
