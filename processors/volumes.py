"""What lies long back on a page of the ledger, bound into volumes: not read again until something touches it.

The turns of a page are read in the order of their days. Those that come first
and that nothing remembered can still move are bound, a few at a time: their
stretches are told once as a volume of the page, the turns are kept compressed,
and reading goes on from how the page stood behind them (its `Mark`). What
comes later and belongs before the mark, or bears on what is bound, opens all
volumes again; so what is bound saves work and changes nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from itertools import takewhile
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from processors.identity import digest, digest_of
from processors.ledger import History, history
from processors.mark import STRETCHES_MARKED, Edge, Mark
from processors.parties import Parties
from processors.retelling import told_once
from processors.turns import Turn, What, in_order
from streams.codec import decode_memory, encode_memory, pack

# How many turns make a volume, how many volumes can be opened again, and how many turns lie loose at most.
TURNS_BOUND = 8
VOLUMES_KEPT = 8
LOOSE_AT_MOST = 48
_MAKERS_KEPT = 8
_LEVEL = 1  # of zlib
_ID_KEPT = 12  # characters of an id by which its volume is found

T = TypeVar("T")


class Volume(Struct, frozen=True, kw_only=True):
    """One volume, closed: its turns compressed, how their ids begin, and a digest of what readers were told."""

    turns: bytes
    ids: str
    face: str


class Shelf(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The volumes of a page that can be opened again, and how it stood behind them.

    `base` is how it stood before them, compressed, and `floor` its edge: what
    is older comes too late to be entered. `passed` and `changed` are the last
    days that they speak of, in passing and otherwise: what looks back as far
    as that touches them.
    """

    mark: Mark = Mark()
    base: bytes = b""
    floor: Edge | None = None
    volumes: tuple[Volume, ...] = ()
    passed: date | None = None
    changed: date | None = None


class Bound(Struct, frozen=True, kw_only=True):
    """A shelf after binding, what was bound just now by the number of the volume, and what is left of the history."""

    shelf: Shelf
    told: tuple[tuple[int, History], ...] = ()
    rest: History


def holds_turn(shelf: Shelf, id_: str) -> bool:
    """Say whether the turn of this id is in a volume; one that begins alike is taken for it, and the volumes opened."""
    return any(id_[:_ID_KEPT] in volume.ids for volume in shelf.volumes)


def emptied(shelf: Shelf) -> tuple[Shelf, tuple[Turn, ...]]:
    """Return the shelf without its volumes, and the turns that were in them."""
    if not shelf.volumes:
        return shelf, ()
    turns = tuple(turn for volume in shelf.volumes for turn in _opened(volume.turns, tuple[Turn, ...]))
    return Shelf(mark=_opened(shelf.base, Mark)), turns


def _closed(what: Mark | Sequence[Turn]) -> bytes:
    return zlib.compress(pack(what), _LEVEL)


def _opened(data: bytes, kind: type[T]) -> T:
    return decode_memory(zlib.decompress(data), kind)


def is_touched(shelf: Shelf, turns: Iterable[Turn], *, window_days: float) -> bool:
    """Say whether any of the turns belongs among those bound, or may tell of the same as one of them."""
    if not shelf.volumes or shelf.mark.edge is None:
        return False
    window = timedelta(days=window_days)
    touching = (turn for turn in turns if not _is_behind(turn, shelf.mark.edge) or _bears_on(shelf, turn, window))
    return any(shelf.floor is None or in_order(turn) > shelf.floor for turn in touching)


def _is_behind(turn: Turn, edge: Edge | None) -> bool:
    """Say whether a turn comes after an edge; most do by their day alone."""
    return edge is None or turn.first > edge[0] or in_order(turn) > edge


def _bears_on(shelf: Shelf, turn: Turn, window: timedelta) -> bool:
    """Say whether a turn behind the edge may tell of the same as one that is bound."""
    if turn.what is What.CHANGE:
        return shelf.passed is not None and turn.first <= shelf.passed + window
    if turn.what is What.PASSING:
        is_of_that_day = shelf.mark.edge is not None and turn.first <= shelf.mark.edge[0]
        return is_of_that_day or (shelf.changed is not None and turn.first - window <= shelf.changed)
    return False


def is_rivalled(shelf: Shelf, found: History) -> bool:
    """Say whether a change that is bound cannot be true together with one that came now."""
    return bool(shelf.volumes) and any(maker.id in found.rivals for maker in shelf.mark.makers)


def reachable(shelf: Shelf, turns: Iterable[Turn]) -> list[Turn]:
    """Return the turns that are not older than all that can still be revised."""
    return [turn for turn in turns if _is_behind(turn, shelf.mark.edge)]


def bound(
    shelf: Shelf, turns: Sequence[Turn], live: Collection[str], found: History, *, window_days: float, parties: Parties
) -> Bound:
    """Bind what comes first among the turns and is not `live`: told by alerts that may yet be revised.

    `found` is the history that the shelf and the turns together tell.
    """
    told: list[tuple[int, History]] = []
    rest, loose = _shown(shelf.mark, found), sorted(turns, key=in_order)
    while cut := _cut(shelf, loose, live, found, window_days=window_days):
        mine, loose = loose[:cut], loose[cut:]
        part = history(
            told_once(mine, window_days=window_days), window_days=window_days, parties=parties, after=shelf.mark
        )
        number, kept = shelf.mark.number, _kept(shelf.mark, part)
        told.append((number, kept))
        rest = _without(rest, kept)
        shelf = _shelved(shelf, mine, part)
        if len(shelf.volumes) > VOLUMES_KEPT:
            shelf = _shortened(shelf, window_days=window_days, parties=parties)
    return Bound(shelf=shelf, told=tuple(told), rest=rest)


def _cut(
    shelf: Shelf, loose: Sequence[Turn], live: Collection[str], found: History, *, window_days: float
) -> int | None:
    """Return how many turns to bind now: a volume, or somewhat more where the last is tied to what follows."""
    free = sum(1 for _ in takewhile(lambda turn: turn.id not in live, loose))
    for cut in range(TURNS_BOUND, free + 1):
        ids = {turn.id for turn in loose[:cut]}
        if all(ids.issuperset(found.rivals.get(id_, ())) for id_ in ids):
            after = _with_days(shelf, loose[:cut])
            if not is_touched(after, loose[cut:], window_days=window_days):
                return cut
    return TURNS_BOUND if len(loose) > LOOSE_AT_MOST and free >= TURNS_BOUND else None


def _with_days(shelf: Shelf, turns: Sequence[Turn]) -> Shelf:
    """Return the shelf with the days that these turns reach, as though they were bound."""
    passed = [turn.last for turn in turns if turn.what is What.PASSING]
    changed = [turn.last for turn in turns if turn.what is not What.PASSING]
    return Shelf(
        mark=replace(shelf.mark, edge=in_order(turns[-1])),
        volumes=shelf.volumes or (Volume(turns=b"", ids="", face=""),),
        passed=max([*passed, *([shelf.passed] if shelf.passed else [])], default=None),
        changed=max([*changed, *([shelf.changed] if shelf.changed else [])], default=None),
    )


def _shown(mark: Mark, found: History) -> History:
    """Return the history without the stretch that is remembered for what it was only."""
    return replace(found, stretches=found.stretches[mark.context :])


def _kept(mark: Mark, part: History) -> History:
    """Return what nothing that follows can alter: all but the last stretches and spells."""
    return History(
        stretches=part.stretches[mark.context : max(mark.context, len(part.stretches) - 2)],
        sieges=part.sieges[:-1],
        contests=part.contests[:-1],
    )


def _without(rest: History, kept: History) -> History:
    return replace(
        rest,
        stretches=rest.stretches[len(kept.stretches) :],
        sieges=rest.sieges[len(kept.sieges) :],
        contests=rest.contests[len(kept.contests) :],
    )


def _shelved(shelf: Shelf, turns: Sequence[Turn], part: History) -> Shelf:
    """Return the shelf with one volume more; of more than can be opened again the first is closed for good."""
    kept = _kept(shelf.mark, part)
    face = digest_of(encode_memory((kept.stretches, kept.sieges, kept.contests)))
    volume = Volume(turns=_closed(turns), ids=" ".join(turn.id[:_ID_KEPT] for turn in turns), face=face)
    return replace(
        _with_days(shelf, turns),
        base=shelf.base if shelf.volumes else _closed(shelf.mark),
        floor=shelf.floor if shelf.volumes else shelf.mark.edge,
        volumes=(*shelf.volumes, volume),
        mark=_marked(shelf.mark, turns, part, face),
    )


def _marked(before: Mark, turns: Sequence[Turn], part: History, face: str) -> Mark:
    """Return how the page stood behind a volume of these turns."""
    return Mark(
        stretches=part.stretches[-STRETCHES_MARKED:],
        sieges=part.sieges[-1:],
        contests=part.contests[-1:],
        makers=part.makers[-_MAKERS_KEPT:],
        edge=in_order(turns[-1]),
        number=before.number + 1,
        edition=digest(before.edition, face),
    )


def _shortened(shelf: Shelf, *, window_days: float, parties: Parties) -> Shelf:
    """Return the shelf with its first volume closed for good."""
    first, before = shelf.volumes[0], _opened(shelf.base, Mark)
    turns = _opened(first.turns, tuple[Turn, ...])
    part = history(told_once(turns, window_days=window_days), window_days=window_days, parties=parties, after=before)
    base = _marked(before, turns, part, first.face)
    return replace(shelf, base=_closed(base), floor=base.edge, volumes=shelf.volumes[1:])


def faces(shelf: Shelf) -> dict[int, str]:
    """Return the digests of what was told of the volumes that can be opened again, by their numbers."""
    first = shelf.mark.number - len(shelf.volumes)
    return {first + at: volume.face for at, volume in enumerate(shelf.volumes)}
