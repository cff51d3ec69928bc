"""Which entry is which, and what is remembered."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from connectors.reading.entries import Entry, Seen, content_of, digest, keyed, remembered


def keys(*entries: Entry, seen: Mapping[str, Seen] | None = None) -> list[str]:
    """Return the entries' keys in order."""
    return [key for key, _ in keyed(entries, seen or {})]


def seen(key: str, url: str, day: int = 1) -> dict[str, Seen]:
    """Return a memory of one entry."""
    return {key: Seen(content="c", link=digest(url), revision=1, updates=0, day=day)}


def test_guid_then_link_then_text() -> None:
    """An entry is known by its guid, without one by its link, without either by title and text."""
    assert keys(Entry(guid="g", url="http://a/", title="x")) == keys(Entry(guid="g", url="http://b/", title="y"))
    assert keys(Entry(url="http://a/", title="x")) == keys(Entry(url="http://a/", title="y"))
    assert keys(Entry(title="x", body="b")) != keys(Entry(title="x", body="c"))


def test_guid_of_several() -> None:
    """Entries that share a guid are told apart by link, then by title."""
    shared = [Entry(guid="g", url=f"http://a/{n}", title="t") for n in range(3)]
    assert len(set(keys(*shared))) == 3
    assert len(set(keys(Entry(guid="g", url="http://a/", title="s"), Entry(guid="g", url="http://a/", title="t")))) == 2


def test_everything_shared_but_the_text() -> None:
    """Entries that share guid, link and title are told apart by their text, whatever their order."""
    shared = [Entry(guid="g", url="http://a/", title="t", body=f"b{n}") for n in range(10)]
    first = dict(keyed(shared, {}))
    assert len(first) == 10
    memory = {
        key: Seen(content=content_of(one), link=digest(one.url), revision=1, updates=0, day=1)
        for key, one in first.items()
    }
    again = dict(keyed([*shared[5:], *shared[:5]], memory))
    assert again == first


def test_the_other_twin_goes() -> None:
    """When the entry that bore the plain key leaves, the one with the longer key keeps it."""
    one, two = (Entry(guid="g", url=f"http://a/{n}", title="t") for n in (1, 2))
    (plain,) = keys(one)
    memory = {
        key: Seen(content=content_of(entry), link=digest(entry.url), revision=1, updates=0, day=1)
        for key, entry in keyed([one, two], seen(plain, "http://a/1"))
    }
    assert plain in memory
    (left,) = keys(two, seen=memory)
    assert left != plain
    assert left in memory


def test_first_stays_first() -> None:
    """An entry that stood alone keeps its key when an edited twin comes to stand before it."""
    old, new = (Entry(guid="g", url="http://a/", title="t", body=body) for body in ("old", "new"))
    (key,) = keys(old)
    memory = {key: Seen(content=content_of(old), link=digest(old.url), revision=1, updates=0, day=1)}
    assert dict(keyed([new, old], memory))[key] == old


def test_order_does_not_matter() -> None:
    """The keys of entries that share a guid do not depend on their order."""
    shared = [Entry(guid="g", url=f"http://a/{n}", title="t") for n in range(3)]
    assert set(keys(*shared)) == set(keys(*reversed(shared)))


def test_twin_appears() -> None:
    """An entry keeps its key when another with the same guid appears beside it."""
    old, new = Entry(guid="g", url="http://a/1", title="t"), Entry(guid="g", url="http://a/2", title="t")
    (key,) = keys(old)
    both = keys(new, old, seen=seen(key, "http://a/1"))
    assert both[1] == key != both[0]


def test_twin_goes() -> None:
    """An entry keeps its key when the other with the same guid leaves the feed."""
    old, new = Entry(guid="g", url="http://a/1", title="t"), Entry(guid="g", url="http://a/2", title="t")
    key = keys(old, new)[0]
    assert keys(old, seen=seen(key, "http://a/1")) == [key]


def test_twice_the_same() -> None:
    """The same entry twice in a document is one entry."""
    assert len(keys(Entry(guid="g", url="http://a/", title="t"), Entry(guid="g", url="http://a/", title="t"))) == 1


@pytest.mark.parametrize("change", [{"title": "n"}, {"body": "n"}, {"url": "http://n/"}])
def test_content(change: dict[str, str]) -> None:
    """Title, text and link make the content; the dates do not."""
    before = {"title": "t", "body": "b", "url": "http://a/"}
    assert content_of(Entry(**before)) != content_of(Entry(**{**before, **change}))
    assert content_of(Entry(**before)) == content_of(Entry(**before, published_raw="now"))


def test_memory_of_a_large_list() -> None:
    """A list that held a thousand entries once is remembered for two thousand, however short it is today."""
    known = {f"k{n}": Seen(content="c", link="l", revision=1, updates=0, day=299) for n in range(3000)}
    assert len(remembered(known, ["k1"], today=300, largest=1000)) == 2000


def test_memory() -> None:
    """Everything in the document stays, of the rest the newest: five hundred in all, none older than ninety days."""
    known = {f"k{n}": Seen(content="c", link="l", revision=1, updates=0, day=200 + n % 100) for n in range(900)}
    known |= seen("ancient", "http://a/", day=50) | seen("current", "http://a/", day=1)
    kept = remembered(known, ["current"], today=300)
    assert "current" in kept
    assert "ancient" not in kept
    assert len(kept) == 500
    assert min(memory.day for key, memory in kept.items() if key != "current") >= 244
