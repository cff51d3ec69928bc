"""Raw items, whatever they are made of, come back from an archive byte for byte."""

from __future__ import annotations

import io
import tempfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.archives import pairs, tables
from connectors.archives.documents import Anchor, Found, found
from connectors.archives.manifest import Form
from streams.codec import encode
from streams.items import ItemKind, Op, Quote, RawItem
from streams.mentions import Precision
from tests.property.test_codec import moments, text

# What hostile sources put where people look: line ends, a header of WARC, a record's beginning, both directions.
HOSTILE = st.sampled_from(["\r\nWARC-Type: warcinfo", "WARC/1.1\r\n", "\x00\x1b[2J", "قال\u202eword", "a" * 5000, ""])
words = text | HOSTILE
bodies = (
    st.binary(max_size=200)
    | words.map(lambda said: zlib.compress(said.encode()))
    | words.map(lambda said: zlib.compress(said.encode(), 1) + b"behind")
)
quotes = st.builds(
    Quote, text=words, author=st.none() | words, handle=st.none() | words, published_at=st.none() | moments, url=words
)
FIELDS = dict[str, st.SearchStrategy[object]](
    op=st.sampled_from(Op),
    id=words,
    revision=st.integers(1, 2**40),
    source=words,
    owner=st.none() | words,
    side=st.none() | words,
    demo=st.booleans(),
    kind=st.sampled_from(ItemKind),
    url=words,
    canonical_url=words,
    fetched_at=moments,
    published_at=st.none() | moments,
    published_precision=st.none() | st.sampled_from(Precision),
    published_raw=st.none() | words,
    title=st.none() | words,
    author=st.none() | words,
    body=bodies,
    content_type=words,
    language=st.none() | words,
    handle=st.none() | words,
    hashtags=st.lists(words, max_size=3).map(tuple),
    quotes=st.lists(quotes, max_size=2).map(tuple),
    media=st.lists(words, max_size=3).map(tuple),
    stub=st.booleans(),
    wall=st.none() | words,
)
raw_items = st.builds(RawItem, **FIELDS)


def archived(items: list[RawItem], form: Form) -> bytes:
    """Return the file that these items make."""
    file = io.BytesIO()
    told = [(item, pairs.digest_of(encode(item))) for item in items]
    if form is Form.PARQUET:
        tables.write(file, told)
        return file.getvalue()
    for item, digest in told:
        pairs.write(file, item, digest)
    return file.getvalue()


def read(data: bytes) -> list[Found]:
    """Return the documents of a file."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "items").write_bytes(data)
        return [one for one in found(Path(folder), "items", Anchor()) if one]


@pytest.mark.parametrize("form", Form)
@given(items=st.lists(raw_items, max_size=4))
@settings(deadline=None, max_examples=60)
def test_the_very_same(form: Form, items: list[RawItem]) -> None:
    """What is read is what was written, in its order, to the last byte of the record."""
    found_ = read(archived(items, form)) if items else []
    assert [one.torn for one in found_] == [""] * len(items)
    assert [one.item for one in found_] == items
    assert [encode(one.item) for one in found_ if one.item] == [encode(item) for item in items]


def test_every_field() -> None:
    """No field of a raw item is left out above: what it gains must come back as well."""
    assert set(FIELDS) == set(RawItem.__struct_fields__)


@given(item=raw_items, flipped=st.integers(0, 10**6), bit=st.integers(0, 7), form=st.sampled_from(Form))
@settings(deadline=None, max_examples=100)
def test_a_flipped_bit(item: RawItem, flipped: int, bit: int, form: Form) -> None:
    """A bit that is flipped in a file changes nothing that is read, or is told: no item comes back as another."""
    data = bytearray(archived([item], form))
    data[flipped % len(data)] ^= 1 << bit
    found_ = read(bytes(data))
    whole = [one.item for one in found_ if one.item is not None]
    assert whole in ([], [item])
    if not whole:
        assert any(one.torn for one in found_) or {one.ending for one in found_} <= {"binary"} or not found_


@given(items=st.lists(raw_items, min_size=1, max_size=3), cut=st.floats(0, 1, exclude_max=True))
@settings(deadline=None, max_examples=60)
def test_cut_short(items: list[RawItem], cut: float) -> None:
    """Of a crawl that is cut short the items before the cut are read, and none as another."""
    data = archived(items, Form.WARC)
    kept = int(len(data) * cut)
    before = sum(len(archived(items[: number + 1], Form.WARC)) <= kept for number in range(len(items)))
    whole = [one.item for one in read(data[:kept]) if one.item is not None]
    assert whole == items[: len(whole)]
    # Of the one at the cut nothing may be missing but the end of its packing.
    assert before <= len(whole) <= before + 1


def test_a_moment_of_any_year() -> None:
    """Times far from ours, to the microsecond, come back as they were."""
    item = RawItem(
        id="a",
        source="a",
        kind=ItemKind.POST,
        url="u",
        canonical_url="u",
        fetched_at=datetime(990, 1, 2, 3, 4, 5, 6, UTC),
    )
    for form in Form:
        assert [one.item for one in read(archived([item], form))] == [item]
