"""A change as it is remembered: an outline, which is all that most of what comes asks of it, and its closed texts."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_fields
from datetime import datetime

from msgspec import Struct

from processors.dating import Days
from processors.directions import Direction
from processors.grouping import Change, Fit, Order, Outline, Read, read_of
from processors.identity import digest
from streams.codec import pack, unpack
from streams.items import Claim

_LEVEL = 1  # of zlib: claims about one place are much alike, and each change is closed anew with each telling


class Sealed(Struct, frozen=True, array_like=True):
    """A change in outline, as `Change` has it, and its claims, closed.

    `told` is how many are told and kept whole, `heard` says that not all of them are silent, `gone` that some were
    withdrawn. `ids` are of the claims told and withdrawn, `counted` of those that are only counted, `of` is a digest
    of them; `denied` are the denials of the change in outline.
    """

    direction: Direction
    days: Days
    known_at: datetime
    newest: datetime
    end: Order
    demo: bool
    retaking: bool
    told: int
    heard: bool
    gone: bool
    ids: str
    counted: str
    of: str
    denied: tuple[Read, ...]
    texts: bytes
    lineages: bytes


class _Texts(Struct, frozen=True, array_like=True):
    told: tuple[Claim, ...]
    withdrawn: tuple[Claim, ...]
    denied: tuple[Claim, ...]


class Pile(Struct, frozen=True, array_like=True):
    """Denials of what nobody told yet: in outline, and their texts, closed."""

    reads: tuple[Read, ...] = ()
    texts: bytes = b""


@dataclass(slots=True)
class Part:
    """One change of a place while something comes: in outline, and whole where it was opened.

    Without an outline it is being changed from what it was `before`; `anchor` is of the one claim that is left to an
    alert whose change is told by another.
    """

    sealed: Sealed | None
    whole: Change | None = None
    anchor: str | None = None
    before: Sealed | None = None

    @property
    def outline(self) -> Outline:
        """What grouping asks of the change."""
        return self.sealed or self.change

    @property
    def remembered(self) -> Sealed:
        """The change in outline, once it was closed."""
        assert self.sealed is not None  # noqa: S101 - asked of what was closed only
        return self.sealed

    @property
    def change(self) -> Change:
        """The change with all its claims."""
        if self.whole is None:
            self.whole = _opened(self.remembered)
        if self.anchor is None:
            return self.whole
        mine = tuple(claim for claim in (*self.whole.told, *self.whole.withdrawn) if claim.id == self.anchor)
        return with_fields(self.whole, told=(), counted=(), withdrawn=mine, denied=())

    @property
    def claim(self) -> str:
        """The id of one claim of the change."""
        return self.anchor or self.remembered.ids.split()[0]

    @property
    def denials(self) -> Sequence[Read]:
        """The denials of the change, in outline."""
        return self.sealed.denied if self.sealed else tuple(map(read_of, self.change.denied))


def joined_ids(ids: Iterable[str]) -> str:
    """Return ids as one text in which each is found by `is_among`."""
    return f" {' '.join(ids)} "


def is_among(id_: str, ids: str) -> bool:
    """Say whether an id is among those that were joined."""
    return f" {id_} " in ids


def sealed(change: Change, before: Sealed | None) -> Sealed:
    """Return the change as it is remembered; `before` is it without what was joined to it since."""
    told, withdrawn, counted = ([one.id for one in each] for each in (change.told, change.withdrawn, change.counted))
    ids, denied = joined_ids((*told, *withdrawn)), tuple(map(read_of, change.denied))
    texts = before.texts if before and (before.ids, before.denied) == (ids, denied) else _closed(change)
    return Sealed(
        change.direction,
        change.days,
        change.known_at,
        change.newest,
        change.end,
        change.demo,
        change.retaking,
        len(told),
        any(not claim.silent for claim in change.told),
        bool(withdrawn),
        ids,
        joined_ids(counted),
        made_of(told, withdrawn, counted),
        denied,
        texts,
        pack(change.counted) if counted else b"",
    )


def _closed(change: Change) -> bytes:
    return zlib.compress(pack(_Texts(change.told, change.withdrawn, change.denied)), _LEVEL)


def made_of(told: Iterable[str], withdrawn: Iterable[str], counted: Iterable[str]) -> str:
    """Return a digest of which claims make a change."""
    return digest(*(",".join(ids) for ids in (told, withdrawn, counted)))


def _opened(one: Sealed) -> Change:
    texts = unpack(zlib.decompress(one.texts), _Texts)
    return Change(
        direction=one.direction,
        days=one.days,
        known_at=one.known_at,
        newest=one.newest,
        end=one.end,
        demo=one.demo,
        retaking=one.retaking,
        told=texts.told,
        counted=unpack(one.lineages, tuple[Read, ...]) if one.lineages else (),
        withdrawn=texts.withdrawn,
        denied=texts.denied,
    )


def piled(claims: Sequence[Claim]) -> Pile:
    """Return denials as they are remembered."""
    return Pile(tuple(map(read_of, claims)), zlib.compress(pack(tuple(claims)), _LEVEL)) if claims else Pile()


def in_pile(pile: Pile) -> tuple[Claim, ...]:
    """Return the denials in a pile."""
    return unpack(zlib.decompress(pile.texts), tuple[Claim, ...]) if pile.reads else ()


def fit_of(outlines: Iterable[Outline], fit: Fit) -> str:
    """Return what changes were put together by: the window, and the camps of those who are told of."""
    keys = {key for one in outlines for key in one.direction if key}
    sides = ((key, fit.parties(key)) for key in sorted(keys))
    camps = ",".join(f"{key}={party.side}" for key, party in sides if party and party.side)
    return f"{fit.window_days} {camps}"
