"""Which posts a source wants, and which revision a version of a post is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.posts.held import MAX_HELD, Book, Post, next_revision
from connectors.posts.wanted import is_wanted
from streams.sources import SourceSettings
from tests.feedmaker import NOW


def wants(text: str = "", *, of: tuple[str, ...] = (), names: tuple[str, ...] = (), **settings: object) -> bool:
    """Return whether such a source wants such a post."""
    source = SourceSettings(id="s", kind="bluesky", url="https://x.example", **settings)  # type: ignore[arg-type]
    return is_wanted(source, text, tags=of, names=names)


@pytest.mark.parametrize(
    ("word", "text", "wanted"),
    [
        ("captur", "They CAPTURED it", True),
        ("mali", "In normality", False),
        ("mali", "in Mali.", True),
        ("взят", "ВЗЯТО село", True),
        ("سيطر", "وسيطرت القوات", True),
        ("سيطرت", "سَيْطَرَتْ", True),
        ("الأبيض", "في الابيض", True),
        ("القنيطرة", "القنيطره", True),
        ("took control", "took\n control", True),
        ("a.b", "axb", False),
        ("istanbul", "İSTANBUL", True),
        ("", "anything", False),
        ("   ", "anything", False),
    ],
)
def test_words(word: str, text: str, wanted: bool) -> None:
    """Words are compared without case and marks, at the beginning of a word, in Arabic anywhere."""
    assert wants(text, words=(word,)) is wanted


def test_any_of_them() -> None:
    """A post that has any of words, tags and accounts is taken, and all where none is given."""
    both = {"words": ("bridge",), "tags": ("#Sudan",), "accounts": ("@amal@social.example",)}
    assert wants("anything")
    assert not wants("anything", **both)
    assert wants("anything", of=("sudan",), **both)
    assert wants("anything", names=("Amal@social.example",), **both)


def test_revisions() -> None:
    """A version has the revision after the last; one known before has none; of a forgotten post the clock tells."""
    assert next_revision(None, "", written=NOW, edited=None) == 1
    assert next_revision(Post("1", 1), "1", written=NOW, edited=None) is None
    assert next_revision(Post("1", 4), "2", written=NOW, edited=NOW) == 5
    assert next_revision(None, "2", written=NOW, edited=NOW) == 2
    assert next_revision(None, "2", written=None, edited=NOW) == 2
    assert next_revision(None, "2", written=NOW, edited=NOW + timedelta(minutes=1)) == 61


def test_held() -> None:
    """The newest posts are remembered, an edited one among them, and of an account those that are not gone."""
    book = Book({"b/0": Post("", 1)})
    for number in range(MAX_HELD):
        book.put(f"a/{number}", Post("", 1))
    book.put("a/1", Post("x", 2))
    book.put("a/2", Post("y", 2, is_gone=True))
    kept = book.kept()
    assert len(kept) == MAX_HELD
    assert list(kept)[-2:] == ["a/1", "a/2"]
    assert "b/0" not in kept
    assert len(list(book.of("a/"))) == MAX_HELD - 1
