"""Pledges of groups: read from texts without becoming mentions, and followed for the places that the groups hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from processors.detect import detect, find
from processors.knowledge import load
from processors.pledging import ActorMemory, follow
from processors.revise import pledges_of, revise
from streams.holding import DRAWERS, By, Holding, Pledge, drawer_of
from streams.items import Claim, ClaimOp
from streams.mentions import Kind, Place, Status
from streams.steps import Dropped, Passed, Why
from streams.topics import HOLDINGS
from tests.stories import BLUE, OTHER, RED, START, TOWN, claim, item, mention, tell

TEXT = "The Blue Front pledged allegiance to the Red Army."


@pytest.mark.parametrize(
    ("text", "group", "to", "status"),
    [
        ("Ansar al-Islam pledged allegiance to ISIS.", "ansar-al-islam", "islamic-state", Status.ASSERTED),
        ("أعلنت جبهة النصرة مبايعة تنظيم القاعدة.", "nusra-front", "al-qaeda", Status.CLAIMED),
        ("بايعت بوكو حرام تنظيم الدولة الإسلامية.", "boko-haram", "islamic-state", Status.ASSERTED),
        ("Boko Haram a prêté allégeance à l'État islamique.", "boko-haram", "islamic-state", Status.ASSERTED),
        (
            "«Боко Харам» присягнула на верность «Исламскому государству».",
            "boko-haram",
            "islamic-state",
            Status.ASSERTED,
        ),
    ],
)
def test_a_pledge_without_a_place_names_who_goes_over_to_whom(text: str, group: str, to: str, status: Status) -> None:
    """The group that pledges is the loser, whom it pledges to the gainer, and there is no place."""
    found = find(text, knowledge=load())
    assert found.mentions == ()
    assert [(one.losing and one.losing.id, one.gaining and one.gaining.id, one.status) for one in found.pledges] == [
        (group, to, status)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Dozens of fighters of Ahrar al-Sham pledged allegiance to ISIS.",
        "The mayor defected to the opposition party.",
        "The residents of Jarabulus pledged allegiance to ISIS.",
        "ISIS fighters captured the town of Jarabulus.",
    ],
)
def test_fighters_residents_and_places_are_no_pledging_group(text: str) -> None:
    """Some of a group take nobody along, and what is told of a place is a mention."""
    assert find(text, knowledge=load()).pledges == ()


def test_pledges_are_no_mentions() -> None:
    """What `detect` prints has a place in each mention."""
    assert detect("Ansar al-Islam pledged allegiance to ISIS.", knowledge=load()) == ()


def pledge(*, days: float = 3, status: Status = Status.ASSERTED, op: ClaimOp = ClaimOp.PUT) -> Pledge:
    """Return a pledge of blue to red, published so many days after the start."""
    told = mention(TEXT, "pledged", kind=Kind.ALLEGIANCE, places=(), losing=BLUE, gaining=RED, status=status)
    read = item(TEXT, pledges=(told,), published_at=START + timedelta(days=days), minutes=int(days * 1440))
    (found,) = pledges_of(read)
    return replace(found, op=op)


def held(place: Place = TOWN, *, held: bool = True, days: float = 0, by: By = By.CHANGE) -> Holding:
    """Return that blue came to hold a place, or left it."""
    told = tell([claim_of(place)]).holdings[0]
    return replace(told, held=held, since=(START + timedelta(days=days)).date(), by=by)


def claim_of(place: Place) -> Claim:
    """Return a claim that blue took a place."""
    return claim(gaining=BLUE, place=place)


def after(*records: Holding | Pledge) -> tuple[list[Claim], ActorMemory | None]:
    """Return the claims that records led to and what is remembered at last."""
    memory, claims = None, []
    for record in records:
        outcome, memory = follow(record, memory)
        claims += [one for one in outcome.records if isinstance(one, Claim)]
    return claims, memory


def test_a_pledge_brings_a_linked_claim_for_each_place_the_group_holds() -> None:
    """Two places, two claims of allegiance from the group to whom it pledged, linked to the pledge."""
    claims, _ = after(held(), held(OTHER), pledge())
    assert [
        (one.place.id, one.kind, one.losing and one.losing.id, one.gaining and one.gaining.id) for one in claims
    ] == [
        ("test:1", Kind.ALLEGIANCE, "blue", "red"),
        ("test:2", Kind.ALLEGIANCE, "blue", "red"),
    ]
    assert {one.linked_to for one in claims} == {pledge().id}


def test_a_place_that_is_learnt_of_later_goes_over_too() -> None:
    """What the ledger learns after the pledge of the time before it makes a linked claim then."""
    assert len(after(pledge(), held())[0]) == 1


def test_a_place_taken_after_the_pledge_does_not_go_over() -> None:
    """Whoever pledged on the third took on the fifth for himself."""
    assert after(pledge(days=3), held(days=5))[0] == []


def test_a_place_lost_before_the_pledge_does_not_go_over() -> None:
    """A place that the group left is not its to give."""
    assert after(held(), held(held=False), pledge())[0] == []


def test_a_withdrawn_pledge_withdraws_what_it_brought() -> None:
    """The linked claims live and die with the pledge."""
    claims, memory = after(held(), pledge(), pledge(op=ClaimOp.WITHDRAW))
    assert [one.op for one in claims] == [ClaimOp.PUT, ClaimOp.WITHDRAW]
    assert memory is not None
    assert memory.sent == ()


def test_leaving_a_place_because_of_the_pledge_takes_nothing_back() -> None:
    """The ledger's own answer to a linked claim does not undo it."""
    assert len(after(held(), pledge(), held(held=False, by=By.LINKED))[0]) == 1


@pytest.mark.parametrize("status", [Status.DENIED, Status.PLANNED, Status.NEGATED])
def test_a_pledge_that_is_no_fact_takes_nobody_along(status: Status) -> None:
    """Denied, planned and failed pledges end as no facts."""
    outcome, memory = follow(pledge(status=status), None)
    assert (outcome, memory) == (Dropped(Why.NOT_A_FACT), None)


def test_revise_passes_pledges_on_and_withdraws_those_no_longer_told() -> None:
    """An item that drops its pledge withdraws it, in every drawer in which places of the group may lie."""
    told = mention(TEXT, "pledged", kind=Kind.ALLEGIANCE, places=(), losing=BLUE, gaining=RED)
    first, memory = revise(item(TEXT, pledges=(told,)), None)
    second, _ = revise(item("Nothing.", revision=2, minutes=5), memory)
    assert isinstance(first, Passed)
    assert isinstance(second, Passed)
    ops = [(one.op, one.drawer) for one in (*first.records, *second.records) if isinstance(one, Pledge)]
    drawers = range(DRAWERS)
    assert ops == [*((ClaimOp.PUT, one) for one in drawers), *((ClaimOp.WITHDRAW, one) for one in drawers)]
    assert {HOLDINGS.key(one) for one in first.records if isinstance(one, Pledge)} == {f"blue|{n}" for n in drawers}


def test_a_holding_lies_in_a_drawer_that_hears_of_pledges() -> None:
    """Whatever its page, a place is kept in one of the drawers that each pledge is told to."""
    drawers = {drawer_of(f"town:{number}") for number in range(1_000)}
    assert drawers == set(range(DRAWERS))


def test_a_linked_change_is_shown_as_one_and_is_less_sure() -> None:
    """The alert names the pledge that it follows from, and halves the confidence of the pledge."""
    claims, _ = after(held(), pledge())
    (alert,) = tell(claims).alerts
    assert alert.linked_to == pledge().id
    assert alert.confidence == pytest.approx(claims[0].confidence / 2)
    (page,) = tell([claim_of(TOWN), *claims]).ledger.values()
    assert [(one.by, [holder.id for holder in one.holders]) for one in page.stretches] == [
        (By.CHANGE, ["blue"]),
        (By.LINKED, ["red"]),
    ]


def test_a_pledge_told_twice_in_one_item_is_one() -> None:
    """Headline and body tell of the same going over: the first of them counts."""
    text = f"{TEXT} Fighters said they had pledged it for good."
    told = [
        mention(text, words, kind=Kind.ALLEGIANCE, places=(), losing=BLUE, gaining=RED)
        for words in ("pledged allegiance", "pledged it for good")
    ]
    assert [one.evidence.text for one in pledges_of(item(text, pledges=tuple(told)))] == ["pledged allegiance"]
