"""How many publishers tell a thing on their own: copies of one text, and tellings of one owner, count once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, product

from msgspec import Struct
from msgspec.structs import replace

from processors.credit import AGENCIES
from processors.identity import digest, letters
from processors.normalise import fold
from streams.items import Claim

# Differing bits of 64 up to which two texts are copies. Measured: a copy of 40 words or more with a word or two changed
# differs in 10 bits at most nine times in ten (in 3 one time in ten), and of half a million pairs of different short
# reports none differed in fewer than 12.
SAME_TEXT_BITS = 10
# Shorter sentences ("the army took the town") are written alike by people who did not copy.
_COPIED_LETTERS = 60
_WORD = re.compile(r"[^\W_]+")
# What those who pass a post on put before it: "Breaking |", "Forwarded from the Channel:", "RT @channel:", "عاجل:".
_LABEL = re.compile(r"^[^|:：\n]{1,40}[|:：]\s")


@lru_cache(maxsize=2048)
def _letters(name: str) -> str:
    return "".join(_WORD.findall(fold(name).text))


_AGENCIES = {_letters(name): agency for agency, names in AGENCIES.items() for name in names}


class Lineage(Struct, frozen=True, kw_only=True):
    """Where a telling comes from: two tellings that share a key, or nearly a signature, have one origin.

    One that was `compared` has a key for each signature near its own among those compared before it.
    """

    claim_id: str
    keys: tuple[str, ...]
    signature: str | None = None
    compared: bool = False


def compared(lineage: Lineage, others: Iterable[Lineage]) -> Lineage:
    """Return the lineage with keys in common with those of the others, all compared, that have nearly its text."""
    if lineage.signature is None:
        return lineage
    mine, known = int(lineage.signature, 16), {one.signature for one in others if one.signature}
    near = {one for one in known if (int(one, 16) ^ mine).bit_count() <= SAME_TEXT_BITS} - {lineage.signature}
    return replace(lineage, keys=(*lineage.keys, *(f"signature:{one}" for one in sorted(near))), compared=True)


def lineage_of(claim: Claim) -> Lineage:
    """Return as keys the claim's publisher, the agency it is credited or ascribed to, address and long sentence."""
    item = claim.item
    speaker = _letters(claim.attribution.speaker or "") if claim.attribution else ""
    ascribed = speaker if speaker in _AGENCIES else None
    publishers = {_publisher(name) for name in (*_tellers(claim), item.credit, ascribed) if name}
    texts = (_sentence(claim.evidence.sentence), f"url:{item.url}")
    return Lineage(
        claim_id=claim.id,
        keys=tuple(sorted(publishers | {digest(text) for text in texts if text})),
        signature=item.signature,
    )


def _tellers(claim: Claim) -> Iterator[str]:
    """Yield who tells: the publisher and the account he posts from, or only whose post he passes on.

    A channel that forwards everybody would else make all of them one.
    """
    item = claim.item
    if item.writer:
        yield f"@{item.writer}"
    if not (item.passed_on and item.writer):
        yield item.owner or item.source


@lru_cache(maxsize=2048)  # the sentences of a place come again with each new claim about it
def _sentence(sentence: str) -> str | None:
    """Return the sentence as copies share it, None where it is too short to be known for a copy."""
    plain = letters(_LABEL.sub("", sentence))
    return f"sentence:{plain}" if len(plain) >= _COPIED_LETTERS else None


def _publisher(name: str) -> str:
    """Return one key for a publisher and for the credit that names it: an agency's own feed is no second source."""
    plain = _letters(name)
    return f"publisher:{_AGENCIES.get(plain) or plain or name}"


def origins(lineages: Sequence[Lineage]) -> tuple[tuple[str, ...], ...]:
    """Return the claim ids of each independent origin, in the order in which the origins first appear."""
    leader = list(range(len(lineages)))
    first: dict[str, int] = {}
    for index, lineage in enumerate(lineages):
        for key in (*lineage.keys, f"signature:{lineage.signature}") if lineage.signature else lineage.keys:
            if (before := first.setdefault(key, index)) != index:
                _together(leader, before, index)
    for one, other in _nearly_the_same(lineages):
        _together(leader, one, other)
    found: dict[int, list[str]] = {}
    for index, lineage in enumerate(lineages):
        found.setdefault(_leader(leader, index), []).append(lineage.claim_id)
    return tuple(tuple(ids) for ids in found.values())


def _together(leader: list[int], one: int, other: int) -> None:
    """Let the first of both lead those of both."""
    low, high = sorted((_leader(leader, one), _leader(leader, other)))
    leader[high] = low


def _leader(leader: list[int], index: int) -> int:
    while leader[index] != index:
        leader[index] = index = leader[leader[index]]
    return index


def _nearly_the_same(lineages: Sequence[Lineage]) -> Iterable[tuple[int, int]]:
    """Yield pairs with nearly one signature, but of those that were compared, which have a key in common."""
    signed = [(at, one.compared, int(one.signature, 16)) for at, one in enumerate(lineages) if one.signature]
    new = [(bits, at) for at, is_compared, bits in signed if not is_compared]
    old = [(bits, at) for at, is_compared, bits in signed if is_compared]
    for (one, at), (other, there) in (*combinations(new, 2), *product(new, old)):
        if (one ^ other).bit_count() <= SAME_TEXT_BITS:
            yield at, there
