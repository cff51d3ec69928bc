"""What an item says is turned into claims put and claims withdrawn."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from processors.revise import ItemMemory, claims_of, revise
from streams.codec import decode_memory, encode_memory
from streams.items import ClaimOp, EnrichedItem, Op, Part
from streams.mentions import Attribution, Precision, Status
from streams.steps import Dropped, Passed, Why
from tests.stories import AREA, BLUE, OTHER, START, TOWN, claims_in, item, mention

SHORT = "The Red Army took Sindiyan on Monday."
LONG = "Fog lay over the valley. The Red  Army took\nSindiyan on Monday. Shops stayed shut."
FIRST = item(SHORT, mention(SHORT, "took Sindiyan"))
PAGE = item(LONG, mention(LONG, "took\nSindiyan"), revision=2, minutes=1)


def after(*items: EnrichedItem) -> tuple[list[object], ItemMemory | None]:
    """Return the last outcome, as (op, kind) pairs or the reason of a drop, and the memory after all items."""
    memory: ItemMemory | None = None
    ended: list[object] = []
    for one in items:
        outcome, memory = revise(one, memory)
        ended = [outcome.why] if isinstance(outcome, Dropped) else [(c.op, c.kind) for c in claims_in(outcome)]
    return ended, memory


def test_one_claim_for_each_place() -> None:
    """A mention of two places makes two claims with keys and ids of their own."""
    both = claims_of(item(SHORT, mention(SHORT, "took Sindiyan", places=(TOWN, OTHER))))
    assert [(c.place_key, c.place.name) for c in both] == [("test:1", "Sindiyan"), ("test:2", "Zaytun")]
    assert len({c.id for c in both}) == 2


def test_a_town_and_its_governorate_in_one_mention_are_one_claim_about_the_town() -> None:
    """A mention that names a governorate and its capital makes one claim, about the capital."""
    (only,) = claims_of(item(SHORT, mention(SHORT, "took Sindiyan", places=(AREA, TOWN))))
    assert only.place == TOWN


def test_a_mention_without_a_place_makes_no_claim() -> None:
    """An item whose mentions name no place ends as one without mention."""
    assert after(item(SHORT, mention(SHORT, "took Sindiyan", places=())))[0] == [Why.NO_MENTION]


def test_an_item_without_mentions_ends() -> None:
    """An item that makes no claim ends as one without mention and is remembered."""
    ended, memory = after(item("Rain is expected."))
    assert ended == [Why.NO_MENTION]
    assert memory is not None


def test_a_second_delivery_is_a_duplicate() -> None:
    """The same revision with the same text changes nothing."""
    once = after(FIRST)[1]
    assert after(FIRST, FIRST) == ([Why.DUPLICATE], once)


def test_the_page_in_other_spacing_repeats_the_entry() -> None:
    """A page that makes the entry's claim in the same words, spaced otherwise, puts nothing anew."""
    ended, memory = after(FIRST, PAGE)
    assert ended == [Why.UNCHANGED]
    assert memory is not None
    assert memory.revision == 2
    assert memory.claims == claims_of(FIRST)


def test_a_new_revision_of_the_same_text_is_unchanged() -> None:
    """A page with exactly the entry's text is unchanged, and its revision counts from then on."""
    ended, memory = after(FIRST, replace(FIRST, revision=2))
    assert ended == [Why.UNCHANGED]
    assert memory is not None
    assert memory.revision == 2


def test_an_older_revision_is_stale() -> None:
    """An entry that comes after its page is stale and changes nothing."""
    assert after(PAGE, FIRST) == ([Why.STALE], after(PAGE)[1])


def test_an_older_reading_of_one_revision_is_stale() -> None:
    """Of two texts under one revision the one fetched later stands."""
    newer = item("Nothing happened.", minutes=5)
    assert after(newer, FIRST)[0] == [Why.STALE]


def test_what_the_page_adds_is_put_and_what_it_drops_is_withdrawn() -> None:
    """A revision puts its new claims first and then withdraws those it no longer makes."""
    text = "The Red Army took Zaytun."
    ended, memory = after(FIRST, item(text, mention(text, "took Zaytun", places=(OTHER,)), revision=2, minutes=1))
    assert [op for op, _ in ended] == [ClaimOp.PUT, ClaimOp.WITHDRAW]
    assert memory is not None
    assert [c.place for c in memory.claims] == [OTHER]


def test_a_withdrawn_claim_is_the_claim_that_was_put_with_the_time_of_the_new_reading() -> None:
    """A withdrawal carries the id and words of the claim and the revision and time of the reading without it."""
    outcome, _ = revise(item("Nothing.", revision=2, minutes=9), after(FIRST)[1])
    (gone,) = claims_in(outcome)
    (put,) = claims_of(FIRST)
    assert (gone.op, gone.id, gone.evidence) == (ClaimOp.WITHDRAW, put.id, put.evidence)
    assert (gone.item.revision, gone.item.fetched_at) == (2, START + timedelta(minutes=9))


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Status.DENIED},
        {"losing": BLUE},
        {"background": True},
        {"attribution": Attribution(speaker="a witness")},
    ],
)
def test_a_claim_told_otherwise_is_put_again_under_its_id(fields: dict[str, object]) -> None:
    """The same words with another status, side or speaker are the same claim, put again."""
    longer = SHORT + " More follows."
    outcome, _ = revise(
        item(longer, mention(longer, "took Sindiyan", **fields), revision=2, minutes=1), after(FIRST)[1]
    )
    assert [(c.op, c.id) for c in claims_in(outcome)] == [(ClaimOp.PUT, claims_of(FIRST)[0].id)]


def test_a_page_that_credits_an_agency_puts_its_claims_again() -> None:
    """The agency named only on the page reaches the claims, because they are no source of their own then."""
    outcome, _ = revise(replace(PAGE, credit="wire"), after(FIRST)[1])
    assert [c.item.credit for c in claims_in(outcome)] == ["wire"]


def test_a_deleted_item_withdraws_all() -> None:
    """A deletion withdraws each claim, and a second deletion is a duplicate."""
    gone = item(op=Op.DELETE, minutes=3)
    ended, _ = after(FIRST, gone)
    assert [op for op, _ in ended] == [ClaimOp.WITHDRAW]
    assert after(FIRST, gone, gone)[0] == [Why.DUPLICATE]


def test_a_late_copy_does_not_bring_a_deleted_item_back() -> None:
    """What was fetched before the deletion is stale; what is fetched after it counts."""
    gone = item(op=Op.DELETE, minutes=3)
    assert after(FIRST, gone, FIRST)[0] == [Why.STALE]
    assert after(gone, FIRST)[0] == [Why.STALE]
    again, _ = after(FIRST, gone, replace(FIRST, fetched_at=START + timedelta(minutes=4)))
    assert [op for op, _ in again] == [ClaimOp.PUT]


def test_an_embedded_post_speaks_for_itself() -> None:
    """A claim inside an embedded post has the post's date, address and author, and not the page's side and credit."""
    text = "Analysts react. Red took Sindiyan, says my cousin. More below."
    start = text.index("Red took")
    part = Part(
        start=start,
        end=text.index(" More"),
        author="Nour",
        url="https://post.example/7",
        published_at=START.replace(hour=0),
    )
    page = item(text, mention(text, "took Sindiyan"), parts=(part,), side="blue", credit="wire", signature="0" * 16)
    (only,) = claims_of(page)
    assert only.attribution == Attribution(speaker="Nour")
    assert (only.item.url, only.item.side, only.item.credit, only.item.signature) == (part.url, None, None, None)
    assert (only.item.published_at, only.item.published_precision) == (part.published_at, Precision.DAY)


def test_memory_comes_back_from_its_bytes() -> None:
    """An item's memory survives the codec."""
    memory = after(FIRST)[1]
    assert decode_memory(encode_memory(memory), ItemMemory) == memory


def test_what_goes_in_alone_decides() -> None:
    """The same item gives the same claims to the byte."""
    first, second = (revise(FIRST, None)[0] for _ in range(2))
    assert isinstance(first, Passed)
    assert encode_memory(claims_in(first)) == encode_memory(claims_in(second))


def test_feed_text_only() -> None:
    """A feed's own text whose page turns out to be shut is told again, with the reason; once read, without it."""
    shut = replace(FIRST, revision=2, stub=True, wall="it asks for consent first")
    outcome, memory = revise(shut, after(FIRST)[1])
    (claim,) = claims_in(outcome)
    assert (claim.op, claim.id, claim.item.wall) == (ClaimOp.PUT, claims_of(FIRST)[0].id, "it asks for consent first")
    assert revise(replace(shut, revision=3), memory)[0] == Dropped(Why.UNCHANGED)
    assert revise(shut, memory)[0] == Dropped(Why.DUPLICATE)
    (read,) = claims_in(revise(replace(PAGE, revision=3), memory)[0])
    assert (read.op, read.id, read.item.wall) == (ClaimOp.PUT, claim.id, None)
    assert claims_of(replace(shut, wall=None))[0].item.wall == ""
