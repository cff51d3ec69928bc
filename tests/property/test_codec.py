"""Records survive the wire, and what is no record is refused by name."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.codec import decode, decode_memory, encode, unpack
from streams.errors import BadRecord
from streams.items import Cursor, DeadLetter, EnrichedItem, ItemKind, RawItem
from streams.mentions import Actor, Attribution, Evidence, Kind, Mention, Place, Status
from streams.records import Record

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
offsets = st.integers(0, 10**6)
actors = st.builds(Actor, text=text, start=offsets, end=offsets, id=st.none() | text, name=st.none() | text)
places = st.builds(
    Place, text=text, start=offsets, end=offsets, id=st.none() | text, lat=st.none() | st.floats(-90, 90)
)
mentions = st.builds(
    Mention,
    kind=st.sampled_from(Kind),
    status=st.sampled_from(Status),
    gaining=st.none() | actors,
    places=st.lists(places, max_size=3).map(tuple),
    evidence=st.builds(Evidence, text=text, start=offsets, end=offsets, sentence=text, trigger=st.none()),
    attribution=st.none() | st.builds(Attribution, speaker=text, text=text, side=st.none()),
    confidence=st.floats(0, 1),
    rule=text,
    language=text,
    event_date=st.none(),
)
raw_items = st.builds(
    RawItem,
    id=text,
    source=text,
    kind=st.sampled_from(ItemKind),
    url=text,
    canonical_url=text,
    fetched_at=moments,
    published_at=st.none() | moments,
    title=st.none() | text,
    body=st.binary(max_size=100),
    hashtags=st.lists(text, max_size=3).map(tuple),
)
enriched_items = st.builds(
    EnrichedItem,
    id=text,
    revision=offsets,
    source=text,
    kind=st.sampled_from(ItemKind),
    url=text,
    canonical_url=text,
    fetched_at=moments,
    published_at=st.none(),
    text=text,
    mentions=st.lists(mentions, max_size=3).map(tuple),
    parts=st.just(()),
)
letters = st.builds(
    DeadLetter,
    id=text,
    topic=text,
    partition=offsets,
    offset=offsets,
    payload=st.binary(max_size=100),
    size=offsets,
    sha256=text,
    step=text,
    error=text,
    text=text,
    at=moments,
)
cursors = st.builds(Cursor, source=text, state=st.binary(max_size=60), saved_at=moments, health=st.none())


@given(raw_items | enriched_items | letters | cursors)
def test_a_record_comes_back_as_it_was(record: Record):
    """Decoding what was encoded gives an equal record, and encoding that gives equal bytes."""
    data = encode(record)
    assert decode(data) == record
    assert encode(decode(data)) == data


@given(st.binary(max_size=200))
def test_bytes_that_are_no_record_are_refused(data: bytes):
    """Any other bytes raise BadRecord and nothing else."""
    with pytest.raises(BadRecord):
        decode(data)


@given(raw_items, st.integers(0, 300))
def test_a_half_written_record_is_refused(record: RawItem, cut: int):
    """A record cut short is refused as such."""
    data = encode(record)
    with pytest.raises(BadRecord, match="not a record"):
        decode(data[: min(cut, len(data) - 1)])


@pytest.mark.parametrize("data", [b"\x81\xa1\x80", b'{"a":"\xff"}'], ids=["packed", "json"])
def test_a_memory_with_letters_that_are_none_is_refused(data: bytes):
    """Bytes that are no UTF-8 within a memory are refused as such, however it is written."""
    with pytest.raises(BadRecord, match=r"memory is not a dict: .*'utf-8' codec"):
        decode_memory(data, dict)


def test_packed_letters_that_are_none_are_refused():
    """Bytes that are no UTF-8 within what was packed are refused as such."""
    with pytest.raises(BadRecord, match=r"not a packed .*'utf-8' codec"):
        unpack(b"\x81\xa1\x80", dict)


def test_a_refusal_does_not_repeat_what_is_long():
    """A value of a mebibyte that is none of the words a field knows is named by its head."""
    data = b'{"v":1,"record":{"type":"RawItem","op":"%s"}}' % (b"x" * 2**20)
    with pytest.raises(BadRecord, match=r"not a record: .*xxx") as refused:
        decode(data)
    assert len(str(refused.value)) < 1000


def test_a_record_of_a_later_version_is_refused_by_its_number():
    """The version of an unknown record is named."""
    with pytest.raises(BadRecord, match=r"version 99 is unknown here \(known: 1\)"):
        decode(b'{"v":99,"record":{"type":"RawItem"}}')
