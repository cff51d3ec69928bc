"""Claims without end for benches: invented reports about many places, day after day, the same for the same seed.

Each place goes from hand to hand between two of eight parties. A change is
told one to three times by publishers of all sides; between changes somebody
says who holds the place, besieges it, fights for it, plans or denies. Places
are drawn with a skew: the tenth that is told of most gets a third of the claims.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from msgspec.structs import replace

from processors.identity import digest
from streams.items import Claim, ItemRef
from streams.mentions import Actor, Attribution, EventDate, Evidence, Kind, Place, Precision, Span, Status

START = datetime(2031, 1, 1, tzinfo=UTC)
_PARTIES = tuple(
    Actor(text=text, start=14, end=14 + len(text), id=f"party-{n}", name=name)
    for n, (text, name) in enumerate(
        (
            ("الجيش الأحمر", "Red Army"),
            ("الجبهة الزرقاء", "Blue Front"),
            ("الحرس الأخضر", "Green Guard"),
            ("كتائب الفجر", "Dawn Brigades"),
            ("قوات السهل", "Forces of the Plain"),
            ("مجلس النهر", "River Council"),
            ("لواء الجبل", "Mountain Brigade"),
            ("حركة الوادي", "Movement of the Valley"),
        )
    )
)
_TEXT = (
    "أعلنت مصادر محلية أن القوات دخلت البلدة فجر اليوم بعد اشتباكات عنيفة استمرت ساعات وسيطرت على المباني "
    "الحكومية والطرق المؤدية إليها بينما انسحب المقاتلون باتجاه القرى المجاورة وسط حركة نزوح للأهالي"
)
_WORDS = _TEXT.split()
_SOURCES = 60
# Besides changes: kind and status of what is told of a place.
_BESIDES = (
    (Kind.HOLDS, Status.ASSERTED),
    (Kind.HOLDS, Status.CLAIMED),
    (Kind.SIEGE_START, Status.ASSERTED),
    (Kind.SIEGE_LIFT, Status.ASSERTED),
    (Kind.CAPTURE, Status.CONTESTED),
    (Kind.CAPTURE, Status.PLANNED),
    (Kind.CAPTURE, Status.DENIED),
)


@dataclass(slots=True)
class Chronicle:
    """The reports about `places` places, `per_day` of them a day; a share of `changing` tells of changes."""

    places: int
    per_day: float
    seed: int = 1
    day: float = 0.0
    prefix: str = "town"
    changing: float = 0.5
    _random: Random = field(init=False)
    _number: int = 0
    _holders: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)

    def claims(self) -> Iterator[Claim]:
        """Yield claims without end, in the order in which they are published."""
        while True:
            at = int(self.places * self._random.random() ** 2)
            yield from self.told_of(at)

    def told_of(self, at: int) -> Iterator[Claim]:
        """Yield what is told next of one place: a change with its tellings, or something beside."""
        if self._random.random() < self.changing:
            yield from self._change(at)
        else:
            kind, status = self._random.choice(_BESIDES)
            holder = self._holders.get(at, at % 8)
            is_held = kind is Kind.HOLDS
            yield self._claim(at, kind, status, gaining=holder if is_held else self._other(at, holder), losing=None)

    def _change(self, at: int) -> Iterator[Claim]:
        before = self._holders.get(at, at % 8)
        after = self._holders[at] = self._other(at, before)
        kind = self._random.choice((Kind.CAPTURE, Kind.RECAPTURE, Kind.WITHDRAWAL, Kind.HANDOVER))
        for _ in range(self._random.randint(1, 3)):
            status = self._random.choice((Status.ASSERTED, Status.CLAIMED))
            losing = before if self._random.random() < 0.7 else None
            yield self._claim(at, kind, status, gaining=after, losing=losing)

    @staticmethod
    def _other(at: int, holder: int) -> int:
        """Return the rival of the holder at this place."""
        pair = (at % 8, (at * 3 + 1) % 8 if (at * 3 + 1) % 8 != at % 8 else (at + 1) % 8)
        return pair[1] if holder == pair[0] else pair[0]

    def _claim(self, at: int, kind: Kind, status: Status, *, gaining: int, losing: int | None) -> Claim:
        self._number += 1
        self.day += 1 / self.per_day
        published = START + timedelta(days=self.day)
        source = self._random.randrange(_SOURCES)
        sentence = " ".join(self._random.choices(_WORDS, k=12))
        dated = self._random.random() < 0.5
        return Claim(
            id=digest("claim", self.prefix, str(self._number)),
            place_key=f"{self.prefix}:{at:07}",
            kind=kind,
            status=status,
            gaining=_PARTIES[gaining],
            losing=None if losing is None else _PARTIES[losing],
            place=_place(self.prefix, at),
            evidence=Evidence(
                text=sentence[:40], start=0, end=40, sentence=sentence, trigger=Span(text=sentence[:6], start=0, end=6)
            ),
            event_date=_on(published) if dated else None,
            attribution=Attribution(speaker=_PARTIES[gaining].id, text=sentence[:12], side=_PARTIES[gaining].id)
            if status is Status.CLAIMED
            else None,
            confidence=round(self._random.uniform(0.5, 0.95), 3),
            rule="ar:captured",
            language="ar",
            item=_item(self._number, source, published, self._random.getrandbits(64)),
        )


def elsewhere(claim: Claim, stride: int, *, to: int | None = None) -> Claim:
    """Return the same claim about the place whose number is `stride` times as high, or is `to`."""
    prefix, _, number = claim.place_key.rpartition(":")
    at = int(number) * stride if to is None else to
    return replace(claim, place_key=f"{prefix}:{at:07}", place=_place(prefix, at))


def _on(published: datetime) -> EventDate:
    day = published.date()
    return EventDate(text="اليوم", from_=day, to=day, precision=Precision.DAY)


def _place(prefix: str, at: int) -> Place:
    key = f"{prefix}:{at:07}"
    return Place(
        text=f"بلدة {at}",
        start=0,
        end=10,
        id=key,
        seat=key,
        name=f"Town {at}",
        name_ar=f"بلدة {at}",
        lat=35.0,
        lon=38.0,
        country="SY",
        admin1="Plain",
        geo_precision=1,
    )


def _item(number: int, source: int, published: datetime, signature: int) -> ItemRef:
    return ItemRef(
        id=digest("item", str(number)),
        revision=1,
        source=f"source-{source}",
        owner=f"Publisher {source}",
        side=f"party-{source % 8}" if source % 3 == 0 else None,
        url=f"https://source-{source}.example/2031/{number}",
        published_at=published,
        published_precision=Precision.INSTANT,
        fetched_at=published + timedelta(seconds=40),
        signature=f"{signature:016x}",
    )
