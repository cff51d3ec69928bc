"""Who gained, who lost and which place: the phrases that stand where a frame says they stand.

A frame names seats. Most seats are patterns over the words between the trigger
and the phrase (the lexicon's `seat` tables); those below are positions that
every language has: right after the trigger, before it, its object, a pronoun
attached to it, the antecedent of a relative clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from processors.detect.lexicon import Frame, Lexicon
from processors.detect.phrases import Phrase, Role

FINITE = frozenset({"perfect", "perfect_of", "imperfect", "past", "base", "passive"})
"""Forms that have a subject of their own."""

REACH = 260
"""How many characters away from its trigger a slot is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """Words that tell a change, the frame they belong to and the form they have."""

    frame: Frame
    form: str
    start: int
    end: int
    pro: tuple[int, int] | None = None
    who: tuple[int, int] | None = None
    particle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A filled slot: a phrase, or a pronoun (`phrase` is none) at these offsets."""

    start: int
    end: int
    phrase: Phrase | None = None

    @property
    def pointing(self) -> bool:
        """Tell whether the slot points back to something named elsewhere."""
        return self.phrase is None or self.phrase.pointing


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence with its phrases; offsets are those of the document."""

    text: str
    start: int
    end: int
    phrases: tuple[Phrase, ...]
    lexicon: Lexicon

    def after(self, trigger: Trigger) -> Iterator[Phrase]:
        """Yield the phrases after the trigger up to the end of its clause."""
        stop = self.clause_end(trigger.end)
        return (phrase for phrase in self.phrases if trigger.end <= phrase.start < stop)

    def before(self, trigger: Trigger) -> Iterator[Phrase]:
        """Yield the phrases before the trigger, nearest first, back to the start of its clause."""
        start = self.clause_start(self.lead_start(trigger))
        return (phrase for phrase in reversed(self.phrases) if start <= phrase.start and phrase.end <= trigger.start)

    def lead_start(self, trigger: Trigger) -> int:
        """Return where the words begin that tie the trigger to its own clause ("after seizing")."""
        limit = max(self.start, trigger.start - 40)
        found = self.lexicon.patterns["lead"].search(self.text, limit, trigger.start)
        return found.start() if found else trigger.start

    def clause_end(self, at: int) -> int:
        """Return where the clause that holds `at` ends."""
        limit = min(self.end, at + REACH)
        found = self.lexicon.patterns["breaks"].search(self.text, at, limit)
        return found.start() if found else limit

    def clause_start(self, at: int) -> int:
        """Return where the clause that holds `at` begins."""
        limit = max(self.start, at - REACH)
        found = None
        for found in self.lexicon.patterns["breaks"].finditer(self.text, limit, at):
            pass
        return found.end() if found else limit

    def is_relative(self, trigger: Trigger) -> bool:
        """Tell whether the trigger is the verb of a relative clause."""
        return bool(
            self.lexicon.patterns["relative"].search(self.text[max(self.start, trigger.start - 60) : trigger.start])
        )


def fill(line: Line, trigger: Trigger, role: Role, seats: tuple[str, ...]) -> Slot | None:
    """Return the first of these seats that is taken by a phrase of this role."""
    for seat in seats:
        slot = _SEATS[seat](line, trigger, role) if seat in _SEATS else _at_seat(line, trigger, role, seat)
        if slot is not None:
            return slot
    return None


def _fits(phrase: Phrase, role: Role) -> bool:
    """Tell whether a phrase can play a role: a country acts as well as it is entered, "it" is either."""
    return (
        phrase.role is role
        or (role is Role.ACTOR and phrase.actor is not None)
        or phrase.head == "it"
        or (phrase.head == "they" and role is Role.ACTOR)
        or (role is Role.PLACE and phrase.role is Role.NAME and not phrase.pointing)
    )


def _slot(phrase: Phrase | None) -> Slot | None:
    return Slot(start=phrase.start, end=phrase.end, phrase=phrase) if phrase else None


def _at_seat(line: Line, trigger: Trigger, role: Role, name: str) -> Slot | None:
    """Find the phrase or the pronoun that the lexicon's seat describes, whichever stands first."""
    seat = line.lexicon.seats[name]
    stop = line.clause_end(trigger.end)
    found = next(
        (p for p in line.after(trigger) if _fits(p, role) and not _is_too_unknown(trigger, p) and seat.between.search(_lead(line, trigger, p))),
        None,
    )
    if found and found.role is Role.PLACE and role is Role.ACTOR and name in {"from", "hands"}:
        found = None
    if found and name == "hands" and not _follows_place(line, found):
        found = None
    pronoun = seat.pronoun.search(line.text[trigger.end : stop]) if seat.pronoun else None
    if pronoun and (found is None or trigger.end + pronoun.start() < found.start):
        start, end = pronoun.span("pro")
        return _pronoun(line, trigger, role, (trigger.end + start, trigger.end + end))
    return _slot(found)


def _follows_place(line: Line, phrase: Phrase) -> bool:
    """Tell whether "from" stands right behind a place, so that it says from whom the place was taken."""
    places = [p for p in line.phrases if p.role is Role.PLACE and p.end <= phrase.start]
    return bool(places) and len(line.text[places[-1].end : phrase.start].split()) <= 6  # noqa: PLR2004


def _lead(line: Line, trigger: Trigger, phrase: Phrase) -> str:
    """Return the words between trigger and phrase, with the ل that swallowed the article of the phrase's first word."""
    swallowed = "ل" if line.text.startswith("لل", phrase.start) else ""
    return line.text[trigger.end : phrase.start] + swallowed


def _pronoun(line: Line, trigger: Trigger, role: Role, span: tuple[int, int]) -> Slot:
    """Return the antecedent of a relative clause where the pronoun resumes it, else the pronoun itself."""
    if line.is_relative(trigger):
        antecedent = _prev_place(line, trigger, role)
        if antecedent is not None:
            return _inner(line, antecedent)
    return Slot(start=span[0], end=span[1])


def _inner(line: Line, slot: Slot) -> Slot:
    """Of "areas in the town of X, which A holds", take the town."""
    phrase = slot.phrase
    if phrase is None or phrase.names or not phrase.within:
        return slot
    name = phrase.within[0]
    if not line.lexicon.patterns["town_before"].search(line.text[phrase.start : name.start]):
        return slot
    town = replace(phrase, start=name.start, end=name.end, names=phrase.within, within=(), share=False)
    return Slot(start=name.start, end=name.end, phrase=town)


def _next(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the phrase right after the trigger, times and the like passed over."""
    phrase = next((p for p in line.after(trigger) if _fits(p, role)), None)
    if phrase is None or not line.lexicon.patterns["next"].search(line.text[trigger.end : phrase.start]):
        return None
    return _slot(phrase)


def _prev(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the nearest phrase before the trigger that can be its subject."""
    if role is Role.PLACE:
        return _prev_place(line, trigger, role)
    oblique = line.lexicon.patterns["oblique"]
    fitting = [p for p in line.before(trigger) if _fits(p, role) and _acts(line, trigger, p)]
    if line.is_relative(trigger) and fitting:
        return _slot(fitting[0])
    free = [p for p in fitting if not oblique.search(line.text[max(line.start, p.start - 24) : p.start])]
    return _slot(_out_of_relative(line, free))


def _acts(line: Line, trigger: Trigger, phrase: Phrase) -> bool:
    """Tell whether a phrase can be the subject here: a country only right before its verb."""
    return phrase.role is not Role.PLACE or len(line.text[phrase.end : trigger.start].split()) <= 3  # noqa: PLR2004


def _out_of_relative(line: Line, nearest_first: list[Phrase]) -> Phrase | None:
    """Of "A who fight B captured", return A."""
    if not nearest_first:
        return None
    chosen = nearest_first[0]
    for earlier in nearest_first[1:2]:
        following = line.text[earlier.end : chosen.start]
        if line.lexicon.patterns["relative_start"].match(following):
            chosen = earlier
    return chosen


def _prev_place(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the nearest place before the trigger, brackets passed over."""
    for phrase in line.before(trigger):
        if _fits(phrase, role) and not _is_too_unknown(trigger, phrase) and line.text[line.start : phrase.start].count("(") == line.text[
            line.start : phrase.start
        ].count(")"):
            return _slot(phrase)
    opening = next((p for p in line.phrases if p.end <= trigger.start and _fits(p, role)), None)
    apart = opening is not None and opening.first <= 2 and line.text[: trigger.start].rstrip().endswith(",")  # noqa: PLR2004
    return _slot(opening) if apart else None


def _is_too_unknown(trigger: Trigger, phrase: Phrase) -> bool:
    """Tell whether a name that nothing knows is longer than the frame takes for a place."""
    return phrase.role is Role.NAME and not phrase.pointing and phrase.last - phrase.first > trigger.frame.unknown


def _prev_near(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take a phrase that ends within four words before the trigger."""
    slot = _prev(line, trigger, role)
    near = slot is not None and len(line.text[slot.end : trigger.start].split()) <= 4  # noqa: PLR2004 (four words)
    return slot if near else None


def _object(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the trigger's object: the first place after it, with nothing between but its subject and adverbs."""
    between = ""
    at = trigger.end
    for phrase in line.after(trigger):
        between += " " + line.text[at : phrase.start]
        if _fits(phrase, role):
            return _slot(phrase) if _is_free(line, between) and not _is_too_unknown(trigger, phrase) else None
        at = phrase.end
    return None


def _is_free(line: Line, between: str) -> bool:
    """Tell whether only adverbs and times stand between a verb and its object."""
    if line.lexicon.patterns["object_stop"].search(between):
        return False
    unknown = [word for word in between.split() if word not in line.lexicon.words["adverbs"]]
    return len(unknown) <= int(min(line.lexicon.words["unknown_between"]))


def _actors_between(line: Line, trigger: Trigger) -> list[Phrase]:
    """Return the actors that stand after the trigger before the first place, with nothing much between."""
    found: list[Phrase] = []
    at = trigger.end
    for phrase in line.after(trigger):
        between = line.text[at : phrase.start]
        if phrase.role is not Role.ACTOR or len(between.split()) > 4 or "،" in between:  # noqa: PLR2004 (four words)
            break
        if not line.lexicon.patterns["oblique"].search(line.text[trigger.end : phrase.start]):
            found.append(phrase)
        at = phrase.end
    return found


def _doer(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Of a verb that takes two actors, take the one who acts."""
    actors = _actors_between(line, trigger)
    enough = 1 if trigger.pro or trigger.frame.pro == "" else 2
    if trigger.form in {"perfect", "perfect_of", "imperfect"} and len(actors) >= enough:
        return _slot(actors[0])
    return _prev(line, trigger, role)


def _victim(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Of a verb that takes two actors, take the one acted upon."""
    del role
    actors = _actors_between(line, trigger)
    if trigger.pro:
        return None
    if trigger.form in {"perfect", "perfect_of", "imperfect"} and len(actors) > 1:
        return _slot(actors[1])
    return _slot(actors[0]) if actors else None


def _pledged(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the one who is pledged to: the first actor after the verb that is not the people who pledge."""
    people = line.lexicon.words["people"] | line.lexicon.words["tribes"]
    oblique = line.lexicon.patterns["oblique"]
    for phrase in line.after(trigger):
        lead = line.text[max(trigger.end, phrase.start - 24) : phrase.start]
        if _fits(phrase, role) and phrase.head not in people and not oblique.search(lead):
            return _slot(phrase)
    return None


def _doer_of(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place whose people act ("the people of X pledged")."""
    del role
    near = [p for p in line.phrases if trigger.start - REACH <= p.start <= trigger.end + REACH]
    for people, place in zip(near, near[1:], strict=False):
        gap = line.text[people.end : place.start].strip()
        if (
            people.head in line.lexicon.words["people"]
            and place.role is Role.PLACE
            and gap in {"", "of", "in", "في", "ب"}
        ):
            return _slot(place)
    return None


def _attached(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the pronoun attached to the trigger."""
    del line, role
    return Slot(start=trigger.pro[0], end=trigger.pro[1]) if trigger.pro else None


def _inside(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take a phrase among the trigger's own words."""
    within = (p for p in line.phrases if trigger.start < p.start < trigger.end or p.start <= trigger.start < p.end)
    return _slot(next((p for p in within if _fits(p, role)), None))


def _own(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor that stands as the owner of a noun ("the army's capture of")."""
    slot = _prev(line, trigger, role)
    return slot if slot and line.text[slot.end : trigger.start].strip() in {"", "'s", "s", "'"} else None


def _gap(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the antecedent of a relative clause whose object is left out ("the town which A captured")."""
    subject = _prev(line, trigger, Role.ACTOR)
    if subject is None or not line.lexicon.patterns["gap"].search(line.text[line.start : subject.start]):
        return None
    antecedents = (p for p in reversed(line.phrases) if p.end <= subject.start and _fits(p, role))
    return _slot(next(antecedents, None))


def _around(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the phrase whose qualifier the trigger is ("the rebel-held town")."""
    near = (p for p in line.phrases if p.start <= trigger.start < p.end or 0 <= p.start - trigger.end <= 1)
    return _slot(next((p for p in near if _fits(p, role)), None))


def _around_before(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the phrase right before the trigger ("areas of X control")."""
    near = (p for p in line.phrases if _fits(p, role) and p.start < trigger.start and trigger.start - p.end <= 1)
    return _slot(next(near, None))


def _next_place(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the first place after the trigger."""
    return _slot(next((p for p in line.after(trigger) if _fits(p, role)), None))


def _earlier(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take a place named earlier in the sentence, where no destination is told."""
    if line.lexicon.patterns["towards"].search(line.text, trigger.end, line.clause_end(trigger.end)):
        return None
    towards = line.lexicon.patterns["towards"]
    if _prev(line, trigger, Role.ACTOR) is None and _next(line, trigger, Role.ACTOR) is None and trigger.pro is None:
        return None
    for phrase in reversed(line.phrases):
        near = line.text[max(line.start, phrase.start - 14) : phrase.start]
        if phrase.end <= trigger.start and phrase.role is role and (phrase.names or phrase.pointing) and not towards.search(near):
            return _slot(phrase)
    return None


def _latter(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take "the latter" before the trigger."""
    del role
    limit = max(line.start, trigger.start - 60)
    found: re.Match[str] | None = line.lexicon.patterns["latter"].search(line.text, limit, trigger.start)
    return Slot(start=found.start(), end=found.end()) if found else None


_SEATS = {
    "next": _next,
    "prev": _prev,
    "prev-near": _prev_near,
    "object": _object,
    "doer": _doer,
    "victim": _victim,
    "pledged": _pledged,
    "doer-of": _doer_of,
    "pro": _attached,
    "inside": _inside,
    "latter": _latter,
    "earlier": _earlier,
    "earlier-pro": lambda line, trigger, role: _earlier(line, trigger, role) if trigger.pro else None,
    "own": _own,
    "gap": _gap,
    "around": _around,
    "around-before": _around_before,
    "next-place": _next_place,
}
