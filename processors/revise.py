"""From what an item says now and what it said before to the claims that are new and those withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from processors.coverage import heard_of
from processors.dating import days_told
from processors.identity import actor_key, digest, letters, place_key, vagueness
from processors.quotes import passed_on
from streams.holding import DRAWERS, Pledge
from streams.items import Claim, ClaimOp, EnrichedItem, ItemKind, ItemRef, Op, Part
from streams.mentions import Actor, Attribution, Mention, Place, Precision
from streams.notices import Heard
from streams.steps import Dropped, Outcome, Passed, Why

_MIDNIGHT = time()
Said = TypeVar("Said", Claim, Pledge)


class ItemMemory(Struct, frozen=True, kw_only=True):
    """What an item said last; a deleted item is remembered so that a late copy does not bring it back."""

    revision: int
    text_hash: str
    fetched_at: datetime
    wall: str | None = None
    deleted: bool = False
    claims: tuple[Claim, ...] = ()
    pledges: tuple[Pledge, ...] = ()


def revise(item: EnrichedItem, memory: ItemMemory | None) -> tuple[Outcome, ItemMemory | None]:
    """Put the claims the item did not make before and withdraw those it no longer makes.

    New claims come before withdrawn ones, so that an alert whose telling was
    only reworded is never without evidence in between.
    """
    why = _nothing_new(item, memory)
    if why is Why.UNCHANGED and memory is not None:
        return Dropped(why), replace(memory, revision=item.revision, fetched_at=item.fetched_at)
    if why is not None:
        return Dropped(why), memory
    claims, news = _renewed(memory.claims if memory else (), claims_of(item), item, _told)
    pledges, more = _renewed(memory.pledges if memory else (), pledges_of(item), item, _pledged)
    heard = heard_of(item, [one for one in news if one.op is ClaimOp.PUT]) if item.op is Op.PUT else ()
    return _ending((*news, *_to_every_drawer(more)), heard, memory, item), ItemMemory(
        revision=item.revision,
        text_hash=item.text_hash,
        fetched_at=item.fetched_at,
        wall=_wall(item),
        deleted=item.op is Op.DELETE,
        claims=claims,
        pledges=pledges,
    )


def _to_every_drawer(pledges: Sequence[Pledge]) -> Iterator[Pledge]:
    """Yield a pledge for each drawer in which what the group holds is remembered."""
    for pledge in pledges:
        yield from (replace(pledge, drawer=drawer) for drawer in range(DRAWERS))


def _renewed(
    before: Sequence[Said], told: Sequence[Said], item: EnrichedItem, saying: Callable[[Said], object]
) -> tuple[tuple[Said, ...], tuple[Said, ...]]:
    """Return what the item says now, and of it what is new, followed by what is withdrawn."""
    known, now = {one.id: one for one in before}, {one.id: one for one in told}
    kept = {id_: known[id_] for id_ in now if id_ in known and saying(now[id_]) == saying(known[id_])}
    put = tuple(one for one in now.values() if one.id not in kept)
    withdrawn = tuple(_withdrawn(one, item) for one in known.values() if one.id not in now)
    return tuple({**now, **kept}.values()), put + withdrawn


def _nothing_new(item: EnrichedItem, memory: ItemMemory | None) -> Why | None:
    """Return why the item says nothing that is not known already, None where it may."""
    if memory is None:
        return None
    if memory.deleted:
        late = item.fetched_at <= memory.fetched_at
        return Why.DUPLICATE if item.op is Op.DELETE else Why.STALE if late else None
    if item.op is Op.DELETE:
        return Why.STALE if item.fetched_at < memory.fetched_at else None
    if item.revision < memory.revision:
        return Why.STALE
    if item.revision == memory.revision:
        late = item.fetched_at < memory.fetched_at
        return Why.DUPLICATE if item.text_hash == memory.text_hash else Why.STALE if late else None
    return Why.UNCHANGED if (item.text_hash, _wall(item)) == (memory.text_hash, memory.wall) else None


def _wall(item: EnrichedItem) -> str | None:
    """Return why the item's page lets nobody read on; None where it was read, or was not looked at yet."""
    return (item.wall or "") if item.stub else None


def _ending(
    records: tuple[Claim | Pledge, ...], heard: tuple[Heard, ...], memory: ItemMemory | None, item: EnrichedItem
) -> Outcome:
    if records:
        return Passed((*records, *heard))
    return Dropped(Why.NO_MENTION if memory is None and item.op is Op.PUT else Why.UNCHANGED, heard)


def claims_of(item: EnrichedItem) -> tuple[Claim, ...]:
    """Return one claim for each mention and each of its places; told twice in the same words, it is one."""
    if item.op is Op.DELETE:
        return ()
    claims: dict[str, Claim] = {}
    for mention in item.mentions:
        part = _part_of(mention, item)
        for place in sorted(mention.places, key=vagueness):
            claim = _claim(mention, place, part, item)
            claims.setdefault(claim.id, claim)
    return tuple(claims.values())


def pledges_of(item: EnrichedItem) -> tuple[Pledge, ...]:
    """Return the pledges of groups that the item tells of, told twice in the same words as one."""
    if item.op is Op.DELETE:
        return ()
    found: dict[str, Pledge] = {}
    for mention in item.pledges:
        if pledge := _pledge(mention, _part_of(mention, item), item):
            found.setdefault(pledge.id, pledge)
    return tuple(found.values())


def _pledge(mention: Mention, part: Part | None, item: EnrichedItem) -> Pledge | None:
    """Return the pledge of a mention that names who goes over and to whom, None for any other."""
    group, to = actor_key(mention.losing), actor_key(mention.gaining)
    if mention.losing is None or mention.gaining is None or group is None or to is None or group == to:
        return None
    ref = _ref(item, part)
    return Pledge(
        id=digest("pledge", item.id, group, to),
        pledging=mention.losing,
        pledging_key=group,
        to=mention.gaining,
        status=mention.status,
        since=days_told(mention.event_date, ref).first,
        event_date=mention.event_date,
        evidence=mention.evidence,
        attribution=_attribution(mention, part, item),
        confidence=mention.confidence,
        rule=mention.rule,
        language=mention.language,
        item=ref,
    )


def _part_of(mention: Mention, item: EnrichedItem) -> Part | None:
    """Return the embedded post in which the mention stands."""
    return next((part for part in item.parts if part.start <= mention.evidence.start < part.end), None)


def _claim(mention: Mention, place: Place, part: Part | None, item: EnrichedItem) -> Claim:
    key = place_key(place, mention.extent)
    return Claim(
        id=digest("claim", item.id, mention.kind, key, letters(mention.evidence.text)),
        place_key=key,
        kind=mention.kind,
        status=mention.status,
        extent=mention.extent,
        gaining=mention.gaining,
        losing=mention.losing,
        place=place,
        evidence=mention.evidence,
        event_date=mention.event_date,
        background=mention.background,
        attribution=_attribution(mention, part, item),
        confidence=mention.confidence,
        rule=mention.rule,
        language=mention.language,
        item=_ref(item, part),
    )


def _attribution(mention: Mention, part: Part | None, item: EnrichedItem) -> Attribution | None:
    """Return who says so; in somebody else's post that names nobody, its author."""
    said = mention.attribution
    if part is None:
        return said
    if _is_own(part, item):
        # Detection names the writer of each post within a text; who quotes himself is the source itself.
        return None if said and said.text == part.handle else said
    author = part.author or part.handle
    return said or (Attribution(speaker=author) if author else None)


def _ref(item: EnrichedItem, part: Part | None) -> ItemRef:
    return _item_ref(item) if part is None else _post_ref(item, part)


def _item_ref(item: EnrichedItem) -> ItemRef:
    return ItemRef(
        id=item.id,
        revision=item.revision,
        source=item.source,
        owner=item.owner,
        side=item.side,
        demo=item.demo,
        url=item.canonical_url or item.url,
        title=item.title,
        published_at=item.published_at,
        published_precision=item.published_precision,
        fetched_at=item.fetched_at,
        signature=item.signature,
        credit=item.credit,
        writer=item.handle,
        wall=_wall(item),
    )


def _post_ref(item: EnrichedItem, part: Part) -> ItemRef:
    """Return the item as a post in it sees it: the date is the post's, side and credit are not those around it.

    A post that is passed on whole is its writer's, whoever passes it on, and
    an earlier post of the same writer is his like the rest.
    """
    ref = replace(_item_ref(item), url=part.url or item.canonical_url or item.url)
    if item.kind is ItemKind.POST and passed_on(item.parts, item.text):
        side = ref.side if _is_own(part, item) else None
        ref = replace(ref, side=side, writer=part.handle or part.author, passed_on=True)
    elif not _is_own(part, item):
        ref = replace(ref, side=None, credit=None, signature=None)
    if part.published_at is None:
        return ref
    precision = Precision.DAY if part.published_at.time() == _MIDNIGHT else Precision.INSTANT
    return replace(ref, published_at=part.published_at, published_precision=precision)


def _is_own(part: Part, item: EnrichedItem) -> bool:
    """Say whether a post within a post is by the same account."""
    return part.handle is not None and item.handle is not None and part.handle.lower() == item.handle.lower()


def _withdrawn(said: Said, item: EnrichedItem) -> Said:
    ref = replace(said.item, revision=item.revision, fetched_at=item.fetched_at)
    return replace(said, op=ClaimOp.WITHDRAW, item=ref)


def _told(claim: Claim) -> tuple[object, ...]:
    """Return what a reader is told by the claim, without where in the text it stands."""
    date = claim.event_date
    return (
        claim.status,
        claim.extent,
        _words(claim.gaining),
        _words(claim.losing),
        claim.background,
        claim.attribution,
        (date.from_, date.to, date.precision) if date else None,
        (claim.place.id, claim.place.geo_precision),
        claim.item.credit,
        claim.item.wall,
    )


def _pledged(pledge: Pledge) -> tuple[object, ...]:
    """Return what a reader is told by the pledge."""
    return pledge.status, pledge.since, pledge.attribution


def _words(actor: Actor | None) -> tuple[str | None, str] | None:
    return (actor_key(actor), letters(actor.text)) if actor else None
