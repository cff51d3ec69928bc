"""Which mention answers which gold event: one to one, the best pair first.

Two tell the same when both are gains or both losses (or the same siege, or both
static control) and one place of each shares a word that names it. Among such pairs
the one that agrees in more of kind, status, words, places and sides goes first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from processors.measure.gold import GoldEvent, Readings
from processors.normalise import fold
from streams.mentions import Actor, Kind, Mention, Place, Status

FACTS = frozenset({Status.ASSERTED, Status.CLAIMED})
SIEGES = frozenset({Kind.SIEGE_START, Kind.SIEGE_LIFT})
CHANGES = frozenset(Kind) - SIEGES - {Kind.HOLDS}
_LOSSES = frozenset({Kind.WITHDRAWAL, Kind.LOSS})
_WORD = re.compile(r"[^\W_]+")
_ARTICLE = re.compile(r"^(?:وال|بال|كال|فال|لل|ال)(?=..)")
_SAYS_LITTLE = frozenset(
    re.findall(
        r"\w+",
        """
    مدينه بلده قريه قريتي منطقه محافظه معسكر قضاء ريف مناطق مواقع
    town city village area province district the of in
""",
    )
)

Pair = tuple[int, int]
"""Index of the mention, index of the event."""


def group(kind: Kind, statuses: frozenset[Status]) -> str:
    """Return what an event counts as: siege, holds, event (told as fact or claim), irrealis (anything less)."""
    if kind in SIEGES:
        return "siege"
    if kind is Kind.HOLDS:
        return "holds"
    return "event" if statuses & FACTS else "irrealis"


def same_kind(one: Kind, other: Kind) -> bool:
    """Tell whether two kinds are the same; capture and recapture count as one."""
    return one is other or {one, other} == {Kind.CAPTURE, Kind.RECAPTURE}


def matched(mentions: Sequence[Mention], events: Sequence[GoldEvent]) -> list[Pair]:
    """Return the pairs, each mention and each event used at most once."""
    pairs = [(likeness(m, e), i, j) for i, m in enumerate(mentions) for j, e in enumerate(events)]
    found: list[Pair] = []
    for score, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if score and all(i != a and j != b for a, b in found):
            found.append((i, j))
    return found


def likeness(mention: Mention, event: GoldEvent) -> float:
    """Return how well a mention fits an event; 0 where they tell different things."""
    if _family(mention.kind) != _family(event.kind):
        return 0
    shared = [[names(place, expected) for expected in event.places] for place in mention.places]
    if event.places and not any(map(any, shared)):
        return 0
    words, gold = _tokens(mention.evidence.text), _tokens(event.evidence)
    overlap = len(words & gold) / len(words | gold) if words & gold else 0.0
    places = sum(map(sum, shared)) / (len(event.places) * len(mention.places) or 1)
    sides = names(mention.gaining, event.gaining) + names(mention.losing, event.losing)
    agree = (mention.kind is event.kind) + 2 * (mention.status in event.statuses)
    return 1 + agree + 2 * overlap + places + sides


def names(told: Actor | Place | None, expected: Readings | None) -> bool:
    """Tell whether words share a naming word with what is expected, or carry its id."""
    if told is None or not expected:
        return False
    return told.id in expected or any(_overlap(told.text, words) for words in expected)


def _family(kind: Kind) -> str:
    if kind in SIEGES or kind is Kind.HOLDS:
        return kind.value
    return "loss" if kind in _LOSSES else "gain"


def _overlap(one: str, other: str) -> bool:
    first, second = _tokens(one), _tokens(other)
    telling = (first - _SAYS_LITTLE, second - _SAYS_LITTLE)
    return bool(telling[0] & telling[1]) if all(telling) else bool(first & second)


@lru_cache(maxsize=4096)
def _tokens(words: str) -> frozenset[str]:
    return frozenset(_ARTICLE.sub("", word) for word in _WORD.findall(fold(words).text))
