"""Who held a place and when: what is told of it, read in the order of the days it speaks of.

A change moves the place from hand to hand. A word about who holds it opens a
stretch only where nothing else is known, or where the change that must have
happened was told by nobody. A disputed change leaves the place where it was
and contested. Those of one camp who take a place on one day hold it together.
The answer depends on what is told, not on the order in which it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from processors.clashes import with_clashes
from processors.mark import Mark
from processors.parties import Parties, nobody, one_camp
from processors.rivalry import TOGETHER, are_rivals, is_told_after, weighed
from processors.turns import GONE, Turn, What, holds, in_order, is_named
from streams.alerts import AlertState, Holder
from streams.holding import By, Spell, Stretch

WORDS_KEPT = 3


class History(Struct, frozen=True, kw_only=True):
    """What the ledger keeps of a place, oldest first; `stood` is how the place stood before each turn, by its id.

    `rivals` are, by the id of a change, those of which not both can be;
    `held_on` the words that its loser holds the place afterwards.
    """

    stretches: tuple[Stretch, ...] = ()
    sieges: tuple[Spell, ...] = ()
    contests: tuple[Spell, ...] = ()
    stood: dict[str, Stretch | None] = {}
    rivals: dict[str, tuple[str, ...]] = {}
    held_on: dict[str, tuple[str, ...]] = {}
    makers: tuple[Turn, ...] = ()


_FROM_THE_START = Mark()
_BY = {What.HOLDS: By.HOLDS, What.PASSING: By.PASSING}


def history(
    turns: Iterable[Turn], *, window_days: float, parties: Parties = nobody, after: Mark = _FROM_THE_START
) -> History:
    """Return who held the place, its sieges and the fighting over it, as the turns together tell it, from a mark on."""
    known, window = sorted(turns, key=in_order), timedelta(days=window_days)
    page = _written(known, _begun(after, window, parties))
    if page.rivals:
        known = weighed((*after.makers, *known), page.rivals)[len(after.makers) :]
        page = _written(known, _begun(after, window, parties, page.rivals))
    return History(
        stretches=with_clashes(page.stretches),
        sieges=tuple(page.sieges),
        contests=tuple(page.contests),
        stood=page.stood,
        rivals=page.rivals,
        held_on=page.held_on,
        makers=tuple(page.makers),
    )


def _begun(mark: Mark, window: timedelta, parties: Parties, rivals: dict[str, tuple[str, ...]] | None = None) -> _Page:
    return _Page(
        window=window,
        parties=parties,
        rivals=rivals or {},
        makers=list(mark.makers),
        stretches=list(mark.stretches),
        sieges=list(mark.sieges),
        contests=list(mark.contests),
    )


def _written(turns: Sequence[Turn], page: _Page) -> _Page:
    for turn in turns:
        page.stood[turn.id] = now(page.stretches)
        if turn.state not in GONE:
            page.write(turn)
    return page


def now(stretches: Sequence[Stretch]) -> Stretch | None:
    """Return the last stretch: how the place stands at the end of what is known."""
    return stretches[-1] if stretches else None


def is_sole(actor: Holder, held: Stretch, parties: Parties) -> bool:
    """Say whether the actor holds all of the place, alone or with those of his camp only."""
    return not held.partial and holds(held, actor) and all(one_camp(actor, one, parties) for one in held.holders)


def is_joint(turn: Turn, held: Stretch | None, parties: Parties) -> bool:
    """Say whether the gainer took the place together with those of his camp who are told to have taken it."""
    if held is None or turn.gainer is None or held.by is not By.CHANGE or held.partial or turn.partial:
        return False
    if turn.first - held.since_last > TOGETHER:
        return False
    return not holds(held, turn.loser) and any(one_camp(turn.gainer, one, parties) for one in held.holders)


@dataclass(slots=True, kw_only=True)
class _Page:
    """A place's page while it is written; `makers` are the changes that the last stretch was told by."""

    window: timedelta
    parties: Parties
    rivals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    held_on: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stood: dict[str, Stretch | None] = field(default_factory=dict)
    makers: list[Turn] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    sieges: list[Spell] = field(default_factory=list)
    contests: list[Spell] = field(default_factory=list)

    def write(self, turn: Turn) -> None:
        match turn.what:
            case What.SIEGE:
                self._spell(self.sieges, turn)
            case What.LIFTED:
                _end(self.sieges, turn.first)
            case What.CONTEST:
                self._spell(self.contests, turn)
            case What.HOLDS:
                self._held(turn)
            case What.CHANGE | What.PASSING:
                self._changed(turn)

    def _changed(self, turn: Turn) -> None:
        if turn.state is AlertState.DISPUTED:
            self._spell(self.contests, turn)
        elif turn.gainer is None:
            self._left(turn)
        elif self._is_with(turn.gainer, alone=not turn.partial):
            self._again(turn)
        elif is_joint(turn, now(self.stretches), self.parties):
            self._again(turn)
            self.stretches[-1] = replace(self.stretches[-1], holders=(*self.stretches[-1].holders, turn.gainer))
        else:
            others = self.makers if self._is_contradicted(turn) else []
            self._open(turn, self._sharing(turn) if turn.partial else (turn.gainer,))
            if others or turn.id in self.rivals:
                self._spell(self.contests, turn)
            self._rival(turn, others)

    def _rival(self, turn: Turn, others: Sequence[Turn]) -> None:
        """Note of which changes not all can be; a third that comes is asked about all of them."""
        self.makers = [*others, turn]
        for other in (one for one in others if are_rivals(one, turn, self.parties)):
            self.rivals = _noted(_noted(self.rivals, turn.id, other.id), other.id, turn.id)

    def _is_contradicted(self, turn: Turn) -> bool:
        """Say whether two are told to have taken the place within a day, the second neither from the first nor back."""
        held = now(self.stretches)
        if held is None or turn.gainer is None or turn.partial or {held.by, _by(turn)} != {By.CHANGE}:
            return False
        if turn.first - held.since_last > TOGETHER:
            return False
        is_from_them = turn.loser is not None and self._is_of_them(turn.loser, held)
        if is_from_them or self._held_before(turn.gainer):
            return False
        return bool(held.holders) and all(map(is_named, (*held.holders, turn.gainer)))

    def _held_before(self, actor: Holder) -> bool:
        """Say whether the place was taken from the actor or his camp, as the change tells or as the page stood."""
        before = (*(self.stretches[-2].holders if len(self.stretches) > 1 else ()), self.stretches[-1].taken_from)
        return any(one and one_camp(actor, one, self.parties) for one in before)

    def _left(self, turn: Turn) -> None:
        """Take out who left; who did not hold the place leaves nothing."""
        held = now(self.stretches)
        if held is None or not held.holders:
            self._open(turn, ())
        elif turn.loser is None or (holds(held, turn.loser) and not turn.partial):
            self._open(turn, tuple(one for one in held.holders if turn.loser and one.key != turn.loser.key))

    def _held(self, turn: Turn) -> None:
        held = now(self.stretches)
        if turn.gainer is None:
            return
        if held is None:
            self._open(turn, (turn.gainer,))
        elif self._is_of_them(turn.gainer, held):
            self._again(turn)
        else:
            self._held_otherwise(turn, turn.gainer, held)

    def _held_otherwise(self, turn: Turn, holder: Holder, held: Stretch) -> None:
        """Write that somebody holds the place who is not of those known to hold it."""
        self._hold_on(turn, holder, held)
        if not held.holders:
            self._open(turn, (holder,))
        elif not is_named(holder):
            self._again(turn)
        elif turn.partial:
            self._open(turn, self._sharing(turn))
        elif held.by is By.CHANGE and turn.first - held.since_last <= self.window:
            self._unsettled(turn, held)
        else:
            self._open(turn, (holder,))

    def _hold_on(self, turn: Turn, holder: Holder, held: Stretch) -> None:
        """Note a word that who lost the place not long ago, or his camp, holds all of it."""
        if turn.partial or held.by is not By.CHANGE or turn.first - held.since_last > self.window:
            return
        if all(map(is_named, (*held.holders, holder))) and self._held_before(holder):
            for change in (one for one in self.makers if is_told_after(turn, one)):
                self.held_on = _noted(self.held_on, change.id, turn.id)

    def _is_of_them(self, actor: Holder, held: Stretch) -> bool:
        return holds(held, actor) or any(one_camp(actor, one, self.parties) for one in held.holders)

    def _unsettled(self, turn: Turn, held: Stretch) -> None:
        """Note that somebody else is said to hold what was just taken; "rebels" who took it may be he."""
        if all(map(is_named, held.holders)):
            self._spell(self.contests, turn)
        else:
            self._again(turn)

    def _is_with(self, actor: Holder, *, alone: bool = False) -> bool:
        held = now(self.stretches)
        return holds(held, actor) and not (alone and held is not None and not is_sole(actor, held, self.parties))

    def _sharing(self, turn: Turn) -> tuple[Holder, ...]:
        """Return who shares a place of which somebody took a part: those who held it, and he."""
        held = now(self.stretches)
        others = held.holders if held and held.holders else tuple(one for one in (turn.loser,) if one)
        return (*others, turn.gainer) if turn.gainer else others

    def _open(self, turn: Turn, holders: tuple[Holder, ...]) -> None:
        self.makers = [turn]
        if self.stretches:
            self.stretches[-1] = replace(self.stretches[-1], until=turn.first)
        if turn.what is not What.HOLDS and not turn.partial:
            # a fight that nobody told of any more was over before; a siege lasts
            _end(self.contests, min([turn.first, *(fight.told_last + self.window for fight in self.contests[-1:])]))
            _end(self.sieges, turn.first)
        self.stretches.append(
            Stretch(
                holders=holders,
                since=turn.first,
                since_last=turn.last,
                since_precision=turn.precision,
                by=_by(turn),
                taken_from=turn.loser,
                partial=turn.partial and len(holders) > 0,
                alert_id=turn.alert_id,
                state=turn.state,
                confidence=turn.confidence,
                words=turn.words[:WORDS_KEPT],
            )
        )

    def _again(self, turn: Turn) -> None:
        """Note that the same is told once more."""
        if turn.what is What.CHANGE:
            self._rival(turn, self.makers)
        held = self.stretches[-1]
        if len(held.words) == WORDS_KEPT:
            return
        known = {word.claim_id for word in held.words}
        words = (*held.words, *(word for word in turn.words if word.claim_id not in known))[:WORDS_KEPT]
        self.stretches[-1] = replace(held, words=words)

    def _spell(self, spells: list[Spell], turn: Turn) -> None:
        """Begin a siege or a fight, or go on with the one that lasts; silence longer than the window ends it."""
        if spells and spells[-1].until is None:
            last = spells[-1]
            if turn.first - last.told_last <= self.window:
                words = (*last.words, *turn.words)[:WORDS_KEPT]
                spells[-1] = replace(
                    last, told_last=max(last.told_last, turn.last), by=last.by or turn.gainer, words=words
                )
                return
            _end(spells, last.told_last)
        spells.append(Spell(since=turn.first, told_last=turn.last, by=turn.gainer, words=turn.words[:WORDS_KEPT]))


def _noted(known: dict[str, tuple[str, ...]], of: str, id_: str) -> dict[str, tuple[str, ...]]:
    ids = known.get(of, ())
    return known if id_ in ids else known | {of: (*ids, id_)}


def _by(turn: Turn) -> By:
    if turn.linked:
        return By.LINKED
    return _BY.get(turn.what, By.CHANGE)


def _end(spells: list[Spell], day: date) -> None:
    if spells and spells[-1].until is None:
        spells[-1] = replace(spells[-1], until=max(day, spells[-1].since))
