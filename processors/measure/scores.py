"""Precision, recall and F1 of detection over texts with gold, by language, kind and status.

`decision` asks of each text that is no whole document: does it say, as fact or as a
claim, that a place changed hands? `event`, `holds`, `siege` and `irrealis` count
single events. Intervals are percentile bootstrap over texts (Efron 1979), confidence
is judged by its expected calibration error over ten bins (Guo et al. 2017).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from processors.measure.gold import GoldEvent, GoldItem
from processors.measure.matching import CHANGES, FACTS, Pair, group, matched, names, same_kind
from streams.mentions import Kind, Mention, Status

GROUPS = ("event", "holds", "siege", "irrealis")
ROUNDS = 1000
BINS = 10
_TAIL = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One text with what was found in it, and which mention answers which event."""

    item: GoldItem
    mentions: tuple[Mention, ...]
    pairs: tuple[Pair, ...]

    @property
    def expected(self) -> bool:
        """Tell whether the text tells a change as fact or claim."""
        return any(event.kind in CHANGES and event.statuses & FACTS for event in self.item.events)

    @property
    def told(self) -> bool:
        """Tell whether detection found one."""
        return any(mention.kind in CHANGES and mention.status in FACTS for mention in self.mentions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """True positives, false positives and misses."""

    hits: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """Return the share of what was found that is right; 0 where nothing was found."""
        return self.hits / (self.hits + self.false) if self.hits + self.false else 0.0

    @property
    def recall(self) -> float:
        """Return the share of what there is that was found; 0 where there is nothing."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 0.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return 2 * self.hits / (2 * self.hits + self.false + self.missed) if self.hits else 0.0


def judged(item: GoldItem, mentions: Sequence[Mention]) -> Judged:
    """Compare a text's mentions with its gold, group by group as they count."""
    pairs: list[Pair] = []
    for name in GROUPS:
        ms = [i for i, m in enumerate(mentions) if group(m.kind, frozenset({m.status})) == name]
        es = [j for j, e in enumerate(item.events) if group(e.kind, e.statuses) == name]
        found = matched([mentions[i] for i in ms], [item.events[j] for j in es])
        pairs += [(ms[i], es[j]) for i, j in found]
    return Judged(item=item, mentions=tuple(mentions), pairs=tuple(sorted(pairs)))


def decision(texts: Iterable[Judged]) -> Rate:
    """Return how well it is decided whether a text tells a change; whole documents are left out."""
    counts = Counter((text.told, text.expected) for text in texts if not text.item.whole)
    return Rate(hits=counts[True, True], false=counts[True, False], missed=counts[False, True])


def events(texts: Iterable[Judged], fits: Callable[[Kind, frozenset[Status]], bool]) -> Rate:
    """Return how well events are found whose kind and statuses fit."""
    hits = false = missed = 0
    for text in texts:
        answered = {j for _, j in text.pairs}
        used = {i for i, _ in text.pairs}
        hits += sum(_fits(text.item.events[j], fits) for j in answered)
        missed += sum(_fits(e, fits) for j, e in enumerate(text.item.events) if j not in answered)
        false += sum(fits(m.kind, frozenset({m.status})) for i, m in enumerate(text.mentions) if i not in used)
    return Rate(hits=hits, false=false, missed=missed)


def in_group(name: str) -> Callable[[Kind, frozenset[Status]], bool]:
    """Return the test for one of GROUPS."""
    return lambda kind, statuses: group(kind, statuses) == name


def shares(texts: Iterable[Judged]) -> dict[str, float | None]:
    """Return over matched facts the share whose kind, gaining and losing actor are right; status over all changes."""
    right: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for text in texts:
        for i, j in text.pairs:
            mention, event = text.mentions[i], text.item.events[j]
            if group(event.kind, event.statuses) == "event":
                of["kind"] += 1
                right["kind"] += same_kind(mention.kind, event.kind)
                for field in ("gaining", "losing"):
                    of[field] += bool(getattr(event, field))
                    right[field] += names(getattr(mention, field), getattr(event, field))
        moving = [e for e in text.item.events if e.kind is not Kind.HOLDS]
        answers = [m for m in text.mentions if m.kind is not Kind.HOLDS]
        of["status"] += len(moving)
        right["status"] += sum(answers[i].status in moving[j].statuses for i, j in matched(answers, moving))
    return {name: right[name] / of[name] if of[name] else None for name in ("kind", "gaining", "losing", "status")}


def interval(texts: Sequence[Judged], figure: Callable[[Sequence[Judged]], float]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a figure over texts; the same texts give the same interval."""
    chance = random.Random(len(texts))  # noqa: S311 - a draw, no secret
    drawn = sorted(figure(chance.choices(texts, k=len(texts))) for _ in range(ROUNDS))
    return drawn[int(ROUNDS * _TAIL)], drawn[int(ROUNDS * (1 - _TAIL)) - 1]


def calibration_error(texts: Iterable[Judged]) -> float | None:
    """Return the expected calibration error of confidence over told changes; none where none was told."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for text in texts:
        used = {i for i, _ in text.pairs}
        for i, mention in enumerate(text.mentions):
            if mention.kind in CHANGES and mention.status in FACTS:
                bins.setdefault(min(int(mention.confidence * BINS), BINS - 1), []).append(
                    (mention.confidence, i in used)
                )
    total = sum(map(len, bins.values()))
    gaps = (abs(sum(c for c, _ in found) - sum(right for _, right in found)) for found in bins.values())
    return sum(gaps) / total if total else None


def _fits(event: GoldEvent, fits: Callable[[Kind, frozenset[Status]], bool]) -> bool:
    return fits(event.kind, event.statuses)
