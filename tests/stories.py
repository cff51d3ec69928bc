"""Stories for the tests of revise and corroborate: claims and items of invented reports, a few words each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from processors.corroborate import corroborate
from processors.identity import digest, place_key
from processors.placememory import PlaceMemory
from streams.alerts import Alert
from streams.holding import Holding, Ledger
from streams.items import Claim, ClaimOp, EnrichedItem, ItemKind, ItemRef
from streams.mentions import Actor, Attribution, EventDate, Evidence, Extent, Kind, Mention, Place, Precision, Status
from streams.shelves import whole_pages
from streams.steps import Dropped, Outcome, Passed, Why
from streams.verdicts import Feedback

WINDOW = 14.0
START = datetime(2031, 5, 1, 9, tzinfo=UTC)

RED = Actor(text="جيش الأحمر", start=0, end=10, id="red", name="Red Army")
BLUE = Actor(text="the Blue Front", start=0, end=14, id="blue", name="Blue Front")
GREEN = Actor(text="Green Guard", start=0, end=11, id="green", name="Green Guard")
ACTORS = {"red": RED, "blue": BLUE, "green": GREEN}

TOWN = Place(
    text="السنديان",
    start=0,
    end=8,
    id="test:1",
    seat="test:1",
    name="Sindiyan",
    name_ar="السنديان",
    country="SY",
    geo_precision=1,
)
AREA = Place(
    text="محافظة السنديان",
    start=0,
    end=15,
    id="test:100",
    seat="test:1",
    name="Sindiyan Governorate",
    admin1="Sindiyan",
    name_ar="محافظة السنديان",
    country="SY",
    geo_precision=3,
)
OTHER = Place(text="Zaytun", start=0, end=6, id="test:2", seat="test:2", name="Zaytun", country="SY", geo_precision=1)
PLACES = {"town": TOWN, "area": AREA, "other": OTHER}

# What a claim and a mention have where a test says nothing else.
USUAL: dict[str, object] = {"confidence": 0.8, "rule": "test", "language": "en"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of an actor table."""

    name: str
    name_ar: str | None = None
    side: str | None = None
    type: str | None = None
    countries: tuple[str, ...] = ()


def claim(
    source: str = "herald",
    day: float = 0,
    *,
    place: Place = TOWN,
    kind: Kind = Kind.CAPTURE,
    status: Status = Status.ASSERTED,
    extent: Extent = Extent.FULL,
    gaining: Actor | None = None,
    losing: Actor | None = None,
    words: str | None = None,
    on: date | None = None,
    speaker: str | None = None,
    side: str | None = None,
    demo: bool = False,
    item: Mapping[str, object] | None = None,
    **fields: object,
) -> Claim:
    """Return a claim that `source` published `day` days after the start, fetched a minute later."""
    told = words or f"{source} {kind} {gaining and gaining.id} {losing and losing.id} {day} {status}"
    usual: dict[str, object] = {
        "id": digest(source, str(day), told, place.text, kind),
        "place_key": place_key(place, extent),
        "evidence": Evidence(text=told, start=0, end=len(told), sentence=told),
        "event_date": EventDate(text=str(on), from_=on, to=on, precision=Precision.DAY) if on else None,
        "attribution": Attribution(speaker=speaker, side=side) if speaker or side else None,
        "item": ItemRef(**(_ref(source, day, demo=demo) | dict(item or {}))),
        **USUAL,
    }
    roles = {"place": place, "kind": kind, "status": status, "extent": extent, "gaining": gaining, "losing": losing}
    return Claim(**(usual | roles | fields))


def _ref(source: str, day: float, *, demo: bool) -> dict[str, object]:
    published = START + timedelta(days=day)
    return {
        "id": f"{source}-{day}",
        "revision": 1,
        "source": source,
        "owner": source,
        "url": f"https://{source}.example/{day}",
        "published_at": published,
        "fetched_at": published + timedelta(minutes=1),
        "demo": demo,
    }


def withdrawn(claim: Claim) -> Claim:
    """Return the claim as its item no longer makes it, read an hour later."""
    fetched = claim.item.fetched_at + timedelta(hours=1)
    return replace(claim, op=ClaimOp.WITHDRAW, item=replace(claim.item, revision=2, fetched_at=fetched))


@dataclass(slots=True)
class Told:
    """What came of a story: every revision of alerts and pages, who came and left, each ending, the memories."""

    revisions: list[Alert] = field(default_factory=list)
    pages: list[Ledger] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)
    endings: list[Why | None] = field(default_factory=list)
    memories: dict[str, PlaceMemory | None] = field(default_factory=dict)

    @property
    def alerts(self) -> list[Alert]:
        """The last revision of each alert, in the order in which they opened."""
        return list({alert.id: alert for alert in self.revisions}.values())

    @property
    def ledger(self) -> dict[str, Ledger]:
        """The last page of each place, with its volumes, by its key."""
        return whole_pages(self.pages)

    @property
    def lines(self) -> list[tuple[str, str | None, str | None, str]]:
        """Each alert as (place id or text, from, to, state)."""
        return [(a.place.id or a.place.text, _id(a.from_holder), _id(a.to_holder), str(a.state)) for a in self.alerts]


def _id(actor: Actor | None) -> str | None:
    return (actor.id or actor.text) if actor else None


def tell(
    claims: Iterable[Claim | Feedback], *, after: Told | None = None, window_days: float = WINDOW, **bound: object
) -> Told:
    """Run claims through corroborate, each with the memory of its place, as it was `after` another story."""
    told = Told(memories=dict(after.memories)) if after else Told()
    for one in claims:
        memory = told.memories.get(one.place_key)
        outcome, told.memories[one.place_key] = corroborate(one, memory, window_days=window_days, **bound)
        told.endings.append(outcome.why if isinstance(outcome, Dropped) else None)
        records = outcome.records if isinstance(outcome, Passed) else ()
        told.revisions += [record for record in records if isinstance(record, Alert)]
        told.pages += [record for record in records if isinstance(record, Ledger)]
        told.holdings += [record for record in records if isinstance(record, Holding)]
    return told


def mention(text: str, words: str, *, places: Sequence[Place] = (TOWN,), **fields: object) -> Mention:
    """Return a mention whose evidence is `words` where they stand in `text`."""
    start = text.index(words)
    usual: dict[str, object] = {
        "kind": Kind.CAPTURE,
        "status": Status.ASSERTED,
        "gaining": RED,
        "places": tuple(places),
        "evidence": Evidence(text=words, start=start, end=start + len(words), sentence=text),
        **USUAL,
    }
    return Mention(**(usual | fields))


def item(text: str = "", *mentions: Mention, revision: int = 1, minutes: int = 0, **fields: object) -> EnrichedItem:
    """Return an enriched item of the herald, fetched `minutes` after the start."""
    usual: dict[str, object] = {
        "id": "herald-1",
        "source": "herald",
        "owner": "herald",
        "kind": ItemKind.ENTRY,
        "url": "https://herald.example/1",
        "canonical_url": "https://herald.example/1",
        "fetched_at": START + timedelta(minutes=minutes),
        "published_at": START,
        "text": text,
        "mentions": mentions,
        "text_hash": digest(text),
    }
    return EnrichedItem(revision=revision, **(usual | fields))


def claims_in(outcome: Outcome) -> list[Claim]:
    """Return the claims a revise outcome passed on."""
    return [record for record in outcome.records if isinstance(record, Claim)] if isinstance(outcome, Passed) else []
