"""Positions that every language has: right after the trigger, before it, its object, an antecedent, a pronoun.

Each takes a sentence, a trigger and a role and returns the slot that stands
there, or none; frames name them in `POSITIONS`.
"""

from __future__ import annotations

import re
from itertools import pairwise

from processors.detect.line import FINITE, REACH, Line, Slot, Trigger, fits, is_too_unknown, slot_of
from processors.detect.phrases import Phrase, Role

_TOLD, _LEAD = 24, 48


def _next(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the phrase right after the trigger, times and the like passed over."""
    phrase = next((p for p in line.after(trigger) if fits(p, role)), None)
    if phrase is None or not line.lexicon.patterns["next"].search(line.text[trigger.end : phrase.start]):
        return None
    return slot_of(phrase)


def _prev(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the nearest phrase before the trigger that can be its subject."""
    if role is Role.PLACE:
        return _prev_place(line, trigger, role)
    oblique = line.lexicon.patterns["oblique"]
    fitting = [p for p in line.before(trigger) if fits(p, role) and _acts(line, trigger, p)]
    if line.is_relative(trigger) and fitting:
        return slot_of(fitting[0])
    if fitting and line.lexicon.patterns["striving"].search(line.text[fitting[0].end : trigger.start]):
        return slot_of(fitting[0])
    free = [
        p
        for p in fitting
        if not line.text.startswith("لل", p.start)
        and not oblique.search(line.text[max(line.start, p.start - _LEAD) : p.start])
    ]
    if len(free) > 1 and trigger.form == "ing" and line.text[line.start : trigger.start].endswith(", "):
        return slot_of(free[-1])  # who did what the clause tells does this as well ("A drove B out, taking the town")
    return slot_of(_out_of_relative(line, free))


def _acts(line: Line, trigger: Trigger, phrase: Phrase) -> bool:
    """Tell whether a phrase can be the subject here: a country only right before its verb."""
    return phrase.role is not Role.PLACE or len(line.text[phrase.end : trigger.start].split()) <= 3  # noqa: PLR2004


def _out_of_relative(line: Line, nearest_first: list[Phrase]) -> Phrase | None:
    """Of "A who fight B captured", return A; of "told A that B captured", B."""
    if len(nearest_first) < 2:  # noqa: PLR2004 (a pair)
        return next(iter(nearest_first), None)
    chosen, earlier = nearest_first[:2]
    told = line.lexicon.patterns.get("told_to")
    if told is not None and told.search(line.text, max(line.start, earlier.start - _TOLD), earlier.start):
        return chosen
    relative = line.lexicon.patterns["relative_start"].match(line.text[earlier.end : chosen.start])
    return earlier if relative else chosen


def _prev_place(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the nearest place before the trigger, brackets passed over."""
    for phrase in line.before(trigger):
        if (
            fits(phrase, role)
            and not is_too_unknown(trigger, phrase)
            and line.text[line.start : phrase.start].count("(") == line.text[line.start : phrase.start].count(")")
        ):
            return slot_of(phrase)
    opening = next((p for p in line.phrases if p.end <= trigger.start and fits(p, role)), None)
    apart = opening is not None and opening.first <= 2 and line.text[line.start : trigger.start].rstrip().endswith(",")  # noqa: PLR2004
    return slot_of(opening) if apart else None


def _prev_near(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take a phrase that ends within four words before the trigger."""
    slot = _prev(line, trigger, role)
    near = slot is not None and len(line.text[slot.end : trigger.start].split()) <= 4  # noqa: PLR2004 (four words)
    return slot if near else None


def _object(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the trigger's object: the first place after it, with nothing between but its subject, asides and adverbs."""
    between = ""
    at = trigger.end
    asides = _asides(line, trigger)
    for phrase in line.after(trigger):
        if any(start <= phrase.start and phrase.end <= end for start, end in asides):
            at = max(at, phrase.end)
            continue
        at = max([at, *(end for _, end in asides if end <= phrase.start)])
        piece = line.text[at : phrase.start]
        from_whom = phrase.role is Role.ACTOR and piece.strip() == "من"  # whom it was taken from stands before it
        between += " " if from_whom else " " + piece
        if fits(phrase, role):
            return slot_of(phrase) if _is_free(line, between) and not is_too_unknown(trigger, phrase) else None
        at = phrase.end
    return None


def _asides(line: Line, trigger: Trigger) -> list[tuple[int, int]]:
    """Return where words between commas behind the trigger only say more of its subject."""
    aside = line.lexicon.patterns.get("aside")
    return [m.span() for m in aside.finditer(line.text, trigger.end, line.clause_end(trigger.end))] if aside else []


def _is_free(line: Line, between: str) -> bool:
    """Tell whether only adverbs and times stand between a verb and its object."""
    when = line.lexicon.patterns.get("when")
    between = when.sub(" ", between) if when else between
    if line.lexicon.patterns["object_stop"].search(between):
        return False
    bare = between.replace("،", " ").replace("(", " ").replace(")", " ").split()
    unknown = [word for word in bare if word not in line.lexicon.words["adverbs"]]
    return len(unknown) <= int(min(line.lexicon.words["unknown_between"]))


def _actors_between(line: Line, trigger: Trigger) -> list[Phrase]:
    """Return the actors that stand after the trigger before the first place, with nothing much between."""
    found: list[Phrase] = []
    at = trigger.end
    for phrase in line.after(trigger):
        between = line.timeless(at, phrase.start)
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
        return slot_of(actors[0])
    return _prev(line, trigger, role)


def _victim(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Of a verb that takes two actors, take the one acted upon."""
    del role
    actors = _actors_between(line, trigger)
    if trigger.pro:
        return None
    if trigger.form in {"perfect", "perfect_of", "imperfect"} and len(actors) > 1:
        return slot_of(actors[1])
    return slot_of(actors[0]) if actors else None


def _pledged(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the one who is pledged to: the first actor after the verb that is not the people who pledge."""
    people = line.lexicon.words["people"] | line.lexicon.words["tribes"]
    oblique = line.lexicon.patterns["oblique"]
    for phrase in line.after(trigger):
        lead = line.text[max(trigger.end, phrase.start - 24) : phrase.start]
        if fits(phrase, role) and phrase.head not in people and not oblique.search(lead):
            return slot_of(phrase)
    return None


def _pledging(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take those who pledge: the subject of the verb, or whoever a noun's relative clause names as the doer."""
    if trigger.form in FINITE:
        return _doer(line, trigger, role)
    actor = next((p for p in line.after(trigger) if fits(p, role)), None)
    if actor is None:
        return None
    between = line.text[trigger.end : actor.start]
    done_by = line.lexicon.patterns["done_by"].search(between) and "،" not in between
    return slot_of(actor) if done_by else None


def _doer_of(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place whose people act ("the people of X pledged")."""
    del role
    near = [p for p in line.phrases if trigger.start - REACH <= p.start <= trigger.end + REACH]
    for people, place in pairwise(near):
        gap = line.text[people.end : place.start].strip()
        if (
            people.head in line.lexicon.words["people"]
            and place.role is Role.PLACE
            and gap in {"", "of", "in", "في", "ب"}
        ):
            return slot_of(place)
    return None


def _attached(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the pronoun attached to the trigger."""
    del line, role
    return Slot(start=trigger.pro[0], end=trigger.pro[1]) if trigger.pro else None


def _inside(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take a phrase among the trigger's own words."""
    within = (p for p in line.phrases if trigger.start < p.start < trigger.end or p.start <= trigger.start < p.end)
    return slot_of(next((p for p in within if fits(p, role)), None))


def _own(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the owner of a noun: an actor ("the army's capture of") or a pronoun ("their capture of")."""
    owner = line.lexicon.patterns["owning"].search(line.text, max(line.start, trigger.start - 24), trigger.start)
    if owner and owner.end() == trigger.start:
        start, end = owner.span("pro")
        return slot_of(Phrase(role=role, start=start, end=end, first=0, last=1, pointing=True, head="it"))
    slot = _prev(line, trigger, role)
    return slot if slot and line.text[slot.end : trigger.start].strip() in {"", "'s", "s", "'"} else None


def _gap(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the antecedent of a relative clause whose object is left out ("the town which A captured")."""
    subject = _prev(line, trigger, Role.ACTOR)
    if subject is None or not line.lexicon.patterns["gap"].search(line.text[line.start : subject.start]):
        return None
    antecedents = (p for p in reversed(line.phrases) if p.end <= subject.start and fits(p, role))
    return slot_of(next(antecedents, None))


def _around(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the phrase whose qualifier the trigger is ("the rebel-held town")."""
    near = (p for p in line.phrases if p.start <= trigger.start < p.end or 0 <= p.start - trigger.end <= 1)
    return slot_of(next((p for p in near if fits(p, role)), None))


def _around_before(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the phrase right before the trigger ("areas of X control")."""
    near = (p for p in line.phrases if fits(p, role) and p.start < trigger.start and trigger.start - p.end <= 1)
    return slot_of(next(near, None))


def _next_place(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the first place after the trigger."""
    return slot_of(next((p for p in line.after(trigger) if fits(p, role)), None))


def _earlier(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take a place named earlier in the sentence, where no destination is told."""
    if line.lexicon.patterns["towards"].search(line.text, trigger.end, line.clause_end(trigger.end)):
        return None
    towards = line.lexicon.patterns["towards"]
    if _prev(line, trigger, Role.ACTOR) is None and _next(line, trigger, Role.ACTOR) is None and trigger.pro is None:
        return None
    for phrase in reversed(line.phrases):
        near = line.text[max(line.start, phrase.start - 14) : phrase.start]
        if (
            phrase.end <= trigger.start
            and phrase.role is role
            and (phrase.names or phrase.pointing)
            and not towards.search(near)
        ):
            return slot_of(phrase)
    return None


def _latter(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take "the latter" before the trigger."""
    del role
    limit = max(line.start, trigger.start - 60)
    found: re.Match[str] | None = line.lexicon.patterns["latter"].search(line.text, limit, trigger.start)
    return Slot(start=found.start(), end=found.end()) if found else None


def _leading(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Of a participle that opens the sentence take the subject of the main clause ("After seizing X, A ...")."""
    if trigger.form != "ing" or not line.lexicon.patterns["opening"].search(line.text[line.start : trigger.start]):
        return None
    comma = line.text.find(",", trigger.end, line.end)
    subject = next((p for p in line.phrases if comma < p.start <= comma + 2), None) if comma > 0 else None
    known = subject is not None and (fits(subject, role) or line.text.startswith("the ", subject.start))
    return slot_of(subject) if known else None


POSITIONS = {
    "next": _next,
    "prev": _prev,
    "prev-near": _prev_near,
    "object": _object,
    "doer": _doer,
    "victim": _victim,
    "pledged": _pledged,
    "pledging": _pledging,
    "doer-of": _doer_of,
    "pro": _attached,
    "inside": _inside,
    "latter": _latter,
    "earlier": _earlier,
    "earlier-pro": lambda line, trigger, role: _earlier(line, trigger, role) if trigger.pro else None,
    "own": _own,
    "leading": _leading,
    "gap": _gap,
    "around": _around,
    "around-before": _around_before,
    "next-place": _next_place,
}
