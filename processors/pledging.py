"""Groups that go over to another, told without a place: what follows for the places the ledger says they hold.

Nobody told of these places, so each gets a linked claim of lower certainty
(processors.weighing), which lives and dies with its pledge.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Raw, Struct
from msgspec.structs import replace

from processors.grouping import FACTS
from processors.identity import actor_key, digest
from streams.codec import decode_memory, encode_memory
from streams.holding import By, Holding, Pledge
from streams.items import Claim, ClaimOp
from streams.mentions import Actor, Kind
from streams.steps import Dropped, Outcome, Passed, Why

# A group seldom pledges; what it pledged before that is history the ledger has taken in.
PLEDGES_KEPT = 20


class ActorMemory(Struct, frozen=True, kw_only=True):
    """The places in an actor's hands, its pledges, and the claims sent because of them.

    The holdings, by their pages, are read only where a pledge asks for them all.
    """

    holdings: dict[str, Raw] = {}
    pledges: tuple[Pledge, ...] = ()
    sent: tuple[Claim, ...] = ()


def follow(record: Holding | Pledge, memory: ActorMemory | None) -> tuple[Outcome, ActorMemory | None]:
    """Keep what an actor holds and whom it pledged to; return the claims that follow for its places."""
    before = memory or ActorMemory()
    after = _held(before, record) if isinstance(record, Holding) else _pledged(before, record)
    if isinstance(after, Why):
        return Dropped(after), memory
    due = {claim.id: claim for claim in _due(after)}
    sent = {claim.id: claim for claim in before.sent}
    put = tuple(claim for id_, claim in due.items() if id_ not in sent)
    gone = tuple(replace(claim, op=ClaimOp.WITHDRAW) for id_, claim in sent.items() if id_ not in due)
    after = replace(after, sent=tuple(due.values()))
    records = (*put, *gone)
    return Passed(records) if records else Dropped(Why.KEPT), None if after == ActorMemory() else after


def _held(memory: ActorMemory, holding: Holding) -> ActorMemory | Why:
    """Return the memory with a place entered or left; one left because of a pledge stays: the pledge took it along."""
    place = _place(holding)
    if holding.held:
        if holding.by is By.LINKED and place in memory.holdings:
            return Why.DUPLICATE
        return replace(memory, holdings={**memory.holdings, place: Raw(encode_memory(holding))})
    if holding.by is By.LINKED or place not in memory.holdings:
        return Why.KEPT
    return replace(memory, holdings={key: one for key, one in memory.holdings.items() if key != place})


def _place(holding: Holding) -> str:
    return f"{holding.page}|demo" if holding.demo else holding.page


def _pledged(memory: ActorMemory, pledge: Pledge) -> ActorMemory | Why:
    """Return the memory with a pledge put or withdrawn; plans and denials take nobody along."""
    others = tuple(one for one in memory.pledges if one.id != pledge.id)
    if pledge.op is ClaimOp.WITHDRAW or pledge.status not in FACTS:
        return replace(memory, pledges=others) if len(others) < len(memory.pledges) else Why.NOT_A_FACT
    if pledge in memory.pledges:
        return Why.DUPLICATE
    kept = sorted((*others, pledge), key=lambda one: (one.since, one.id))[-PLEDGES_KEPT:]
    return replace(memory, pledges=tuple(kept))


def _due(memory: ActorMemory) -> Iterable[Claim]:
    """Yield a claim for each pledge and each place that the group came to hold before it."""
    if not memory.pledges:
        return
    holdings = [decode_memory(bytes(one), Holding) for one in memory.holdings.values()]
    for pledge in memory.pledges:
        for holding in holdings:
            if holding.demo == pledge.item.demo and holding.since <= pledge.since:
                yield _linked(pledge, holding)


def _linked(pledge: Pledge, holding: Holding) -> Claim:
    return Claim(
        id=digest("linked", pledge.id, holding.page),
        place_key=holding.place_key,
        kind=Kind.ALLEGIANCE,
        status=pledge.status,
        gaining=pledge.to,
        losing=_named(pledge.pledging, holding),
        place=holding.place,
        evidence=pledge.evidence,
        event_date=pledge.event_date,
        attribution=pledge.attribution,
        confidence=pledge.confidence,
        rule=pledge.rule,
        language=pledge.language,
        generation=1,
        linked_to=pledge.id,
        item=pledge.item,
    )


def _named(actor: Actor, holding: Holding) -> Actor:
    """Return the group as the ledger names it, so that the ledger knows whom it loses the place from."""
    if actor_key(actor) == holding.actor.key:
        return actor
    return Actor(text=holding.actor.text, start=0, end=0, id=holding.actor.id, name=holding.actor.name)
