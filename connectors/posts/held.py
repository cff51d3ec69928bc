"""Which posts of a stream we hold, so that an edit becomes the next revision and a deletion is passed on: pure.

Bounded: of the oldest nothing is remembered. An edit of a forgotten post still
gets a higher revision, since that is then counted from the clock of the posts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

MAX_HELD = 2000


class Post(Struct, frozen=True, array_like=True):
    """A post as we passed it on last.

    `mark` orders its versions as text (the time of an edit, the revision of a
    repository); `is_gone` once it was deleted, so that a version that comes
    again does not bring it back.
    """

    mark: str
    revision: int
    is_gone: bool = False


def next_revision(known: Post | None, mark: str, *, written: datetime | None, edited: datetime | None) -> int | None:
    """Return the revision of a version with this mark, None for one that is known.

    The first version is 1. An edit of a post that is not known counts the
    seconds from writing to edit, from 2 on.
    """
    if known is not None:
        return None if mark <= known.mark else known.revision + 1
    if edited is None:
        return 1
    seconds = (edited - written).total_seconds() if written else 0.0
    return max(2, 1 + int(seconds))


class Book:
    """The posts held while a batch is read; `kept` gives back what to remember."""

    def __init__(self, held: dict[str, Post]) -> None:
        self._held = dict(held)

    def get(self, key: str) -> Post | None:
        """Return what is known of a post."""
        return self._held.get(key)

    def put(self, key: str, post: Post) -> None:
        """Remember a post as the newest."""
        self._held.pop(key, None)
        self._held[key] = post

    def of(self, owner: str) -> Iterator[tuple[str, Post]]:
        """Yield the posts whose key begins with this owner, oldest first, those that are gone left out."""
        found = [(key, post) for key, post in self._held.items() if key.startswith(owner) and not post.is_gone]
        yield from found

    def kept(self) -> dict[str, Post]:
        """Return the newest posts, oldest of them first."""
        return dict(list(self._held.items())[-MAX_HELD:])


def remembered(seen: Iterable[str], newer: Iterable[str], *, room: int) -> tuple[str, ...]:
    """Return the last `room` names, each once, where it came first."""
    return tuple(dict.fromkeys((*seen, *newer)))[-room:]
