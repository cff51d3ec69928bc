"""An entry keeps its key: whatever it shares with others, in whatever order it stands, whoever comes and goes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connectors.reading.entries import Entry, Seen, content_of, digest, keyed

WORDS = st.sampled_from(["a", "b", "c"])
ENTRIES = st.builds(Entry, guid=st.none() | WORDS, url=st.none() | WORDS, title=st.none() | WORDS, body=WORDS)
DOCUMENTS = st.lists(ENTRIES, max_size=12)


def memory(keys: dict[str, Entry]) -> dict[str, Seen]:
    """Return what is remembered of these entries."""
    return {
        key: Seen(content=content_of(entry), link=digest(entry.url), revision=1, updates=0, day=1)
        for key, entry in keys.items()
    }


@given(document=DOCUMENTS)
def test_one_key_each(document: list[Entry]) -> None:
    """Entries that differ have keys that differ, and none is left out."""
    found = [*keyed(document, {})]
    assert len({key for key, _ in found}) == len(found)
    assert {content_of(entry) for _, entry in found} == {content_of(entry) for entry in document}


@given(data=st.data(), document=DOCUMENTS)
def test_kept_in_any_order(data: st.DataObject, document: list[Entry]) -> None:
    """The same entries in another order have the same keys."""
    first = dict(keyed(document, {}))
    again = dict(keyed(data.draw(st.permutations(document)), memory(first)))
    assert {key: content_of(entry) for key, entry in again.items()} == {
        key: content_of(entry) for key, entry in first.items()
    }


@given(data=st.data(), document=DOCUMENTS, newer=DOCUMENTS)
def test_kept_beside_others(data: st.DataObject, document: list[Entry], newer: list[Entry]) -> None:
    """What stays in a feed keeps its key while other entries come and go, so that nothing is told twice."""
    first = dict(keyed(document, {}))
    staying = [entry for entry in first.values() if data.draw(st.booleans())]
    after = dict(keyed(data.draw(st.permutations([*staying, *newer])), memory(first)))
    named = {(digest(entry.guid, entry.url), content_of(entry)): key for key, entry in after.items()}
    for key, entry in first.items():
        if entry in staying:
            assert named.get((digest(entry.guid, entry.url), content_of(entry)), key) == key
