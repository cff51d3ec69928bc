"""From whom a place was taken, where the words of the gain itself do not say so.

Within the sentence the loser is told by a participle ("driving X out"), by the
leaving of X without a place of its own ("X fled and Y took it"), by a clause that
hangs on the place ("territory that X held"), or by another claim about the same
place ("hours after X abandoned the town", "a day after X had captured it").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from processors.detect.anaphora import Where, actor_before, place_before
from processors.detect.document import Document
from processors.detect.draft import GAINS, Draft
from processors.detect.line import REACH, Line, Slot, Trigger, fits, slot_of
from processors.detect.phrases import Phrase, Role
from processors.detect.slots import fill
from processors.detect.status import status_of
from streams.mentions import Kind, Status

_LOSSES = frozenset({Kind.WITHDRAWAL, Kind.EXPULSION, Kind.LOSS})
_TOLD = frozenset({Status.ASSERTED, Status.CLAIMED})
_TAKEN = frozenset({Kind.CAPTURE, Kind.RECAPTURE})
_NEAR = 120
_ADJACENT = 2
_BESIDE = 24
_OF = re.compile(r"\s+of\s+(?:the\s+)?(?:\w+\s+){0,3}")


def leavings(line: Line, triggers: Sequence[Trigger], found: Sequence[Draft]) -> tuple[Draft, ...]:
    """Return the leavings, told without a place, of places that somebody else takes ("X took the town, Y fled").

    Where nobody takes one, the place is the last that the sentence names before ("X deployed in the town as Y left").
    """
    taken = [draft for draft in found if draft.kind in _TAKEN and draft.place.phrase is not None]
    if ("gone" if taken else "left_there") not in line.lexicon.patterns:
        return ()
    told = {draft.trigger.start for draft in found}
    gone = {draft.loser.start for draft in found if draft.kind is Kind.WITHDRAWAL and draft.loser}
    left = (trigger for trigger in triggers if trigger.start not in told)
    drafts = (_left(line, trigger, taken) if taken else _left_there(line, trigger) for trigger in left)
    found_left = {(draft.trigger.start, draft.trigger.end): draft for draft in drafts if draft}.values()
    new = [draft for draft in found_left if draft.loser is None or draft.loser.start not in gone]
    return tuple(draft for draft in new if not any(_holds_words_of(other, draft) for other in new))


def _holds_words_of(other: Draft, draft: Draft) -> bool:
    """Tell whether another leaving's words hold this one's ("were forced to withdraw" holds "to withdraw")."""
    inside = other.trigger.start <= draft.trigger.start and draft.trigger.end <= other.trigger.end
    return other is not draft and inside


def _left(line: Line, trigger: Trigger, taken: Sequence[Draft]) -> Draft | None:
    """Return the leaving of the place taken nearby that the trigger tells, or none."""
    gain = next((d for d in taken if abs(d.trigger.start - trigger.start) <= _NEAR), None)
    loser = _leaver(line, trigger) if gain else None
    if gain is None or loser is None:
        return None
    taker = gain.gainer is not None and gain.gainer.start < loser.end and loser.start < gain.gainer.end
    again = line.lexicon.patterns["leaving_again"].search(line.text, gain.trigger.end, trigger.start)
    if taker and not again:
        return None
    return Draft(trigger=trigger, kind=Kind.WITHDRAWAL, place=gain.place, loser=loser)


def _left_there(line: Line, trigger: Trigger) -> Draft | None:
    """Return the leaving of the place that the sentence names last before the trigger, where armed men leave."""
    there = line.lexicon.patterns["left_there"]
    before = (p for p in reversed(line.phrases) if p.end <= trigger.start and fits(p, Role.PLACE) and not p.bound)
    place = next((p for p in before if p.names or (p.pointing and p.head not in {"it", "they"})), None)
    if place is None or not there.search(line.text[max(line.start, place.start - _BESIDE) : place.start]):
        return None
    if line.lexicon.patterns["saying"].search(line.text, place.end, trigger.start):
        return None
    loser = _leaver(line, trigger)
    if loser is None or loser.start < place.end:
        return None
    return Draft(
        trigger=trigger, kind=Kind.WITHDRAWAL, place=Slot(start=place.start, end=place.end, phrase=place), loser=loser
    )


def _leaver(line: Line, trigger: Trigger) -> Slot | None:
    """Return who leaves where the trigger names no place: no pronoun and no residents."""
    gone = line.lexicon.patterns["gone_of" if trigger.form == "noun" else "gone"]
    if trigger.frame.kind is not Kind.WITHDRAWAL or not gone.match(line.text[trigger.end : line.end]):
        return None
    loser = who_leaves(line, trigger)
    civilians = line.lexicon.words.get("civilians", ())
    return None if loser is None or loser.pointing or (loser.phrase and loser.phrase.head in civilians) else loser


def who_leaves(line: Line, trigger: Trigger) -> Slot | None:
    """Return who stands at a seat of those who leave, a strange name where the grammar has a seat for one."""
    named = ("en-named",) if "group_gap" in line.lexicon.patterns else ()
    return fill(line, trigger, Role.ACTOR, (*trigger.frame.loser, *named))


def with_losers(document: Document, where: Where, drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """Fill the empty losers of gains from the words around them in the same sentence."""
    filled = [_completed(document, where, draft, drafts) if _lacks(draft) else draft for draft in drafts]
    kept = tuple(draft for draft in filled if not _is_over(document, where, draft, filled))
    return (*kept, *(d.held for d in kept if d.held is not None and status_of(where.line, d)[0] not in _TOLD))


def _is_over(document: Document, where: Where, held: Draft, drafts: Sequence[Draft]) -> bool:
    """Tell whether a holding in the past ended with a gain that the same sentence tells."""
    past = where.line.lexicon.patterns.get("had_held")
    if held.kind is not Kind.HOLDS or past is None or not past.match(where.line.text, held.trigger.start):
        return False
    place = _meant(document, where, held.place)
    return any(draft.kind in GAINS | _LOSSES and place & _meant(document, where, draft.place) for draft in drafts)


def _lacks(draft: Draft) -> bool:
    return draft.loser is None and draft.kind in GAINS - {Kind.EXPULSION, Kind.ALLEGIANCE}


def _completed(document: Document, where: Where, draft: Draft, drafts: Sequence[Draft]) -> Draft:
    found = _beside(where.line, draft) or _of_another(document, where, draft, drafts)
    if found is None or (draft.gainer and _is_one(document, found, _named(document, where, draft.gainer))):
        return draft
    return replace(draft, loser=found)


def _named(document: Document, where: Where, slot: Slot) -> Slot:
    """Return the actor that a pointing slot means, else the slot itself."""
    return (slot_of(actor_before(document, where, slot)) if slot.pointing else None) or slot


def _is_one(document: Document, one: Slot, other: Slot) -> bool:
    """Tell whether two slots name the same actor."""
    if one.phrase and other.phrase and one.phrase.actor and one.phrase.actor == other.phrase.actor:
        return True
    return document.text[one.start : one.end] == document.text[other.start : other.end]


def _beside(line: Line, draft: Draft) -> Slot | None:
    """Return an actor of this sentence that is told to be driven out, to leave or to have held the place."""
    actors = [p for p in line.phrases if p.role is Role.ACTOR and abs(p.start - draft.trigger.start) <= REACH]
    tests = (_held, _is_driven, _leaves, _belonged_to)
    return slot_of(next((p for p in actors if any(test(line, draft, p) for test in tests)), None))


def _held(line: Line, draft: Draft, actor: Phrase) -> bool:
    """Tell whether the actor is the subject of a clause that hangs on the place ("territory X once held")."""
    adjacent = 0 <= actor.start - draft.place.end <= _ADJACENT
    return adjacent and line.lexicon.patterns["holding"].search(line.text[actor.end : line.end]) is not None


def _belonged_to(line: Line, draft: Draft, actor: Phrase) -> bool:
    """Tell whether the words between the place and the actor say that it was his ("X, the last stronghold of Y")."""
    belonging = line.lexicon.patterns.get("belonging")
    if belonging is None or draft.place.start < draft.trigger.start or actor.start < draft.trigger.end:
        return False
    if _owns_it(line, draft, actor):
        return True
    if line.text.startswith("'s ", actor.end) and draft.place.start <= actor.end + len("'s ") <= draft.place.end:
        return True
    ends = [end for end in (draft.place.end, *(p.end for p in draft.more)) if end <= actor.start]
    return bool(ends) and belonging.search(line.text[max(ends) : actor.start]) is not None


def _owns_it(line: Line, draft: Draft, actor: Phrase) -> bool:
    """Tell whether the place is its owner's ("the army's command"), its stronghold, or told to be ("X, their base")."""
    phrase, place = draft.place.phrase, draft.place
    manned = line.lexicon.words.get("manned", frozenset())
    if phrase is not None and phrase.head in manned and _OF.fullmatch(line.text, place.end, actor.start):
        return True
    if not line.text.endswith("'s", actor.start, actor.end):
        return False
    what = next((p for p in line.phrases if p.start >= actor.end), None)
    told = what is not None and what.head in manned and line.text[place.end : actor.start] == ", "
    return told or actor.end + 1 == place.start


def _is_driven(line: Line, draft: Draft, actor: Phrase) -> bool:
    """Tell whether a participle beside the claim drives the actor out, of no other place."""
    if actor.start < draft.trigger.end:
        return False
    driving = line.lexicon.patterns["driving"].search(line.text, draft.trigger.end, actor.start)
    if driving is None or driving.end() != actor.start:
        return False
    place = next((p for p in line.phrases if p.role is Role.PLACE and 0 < p.start - actor.end <= _BESIDE), None)
    towards = line.lexicon.patterns["towards"]
    return place is None or place.pointing or not place.names or _ends_with(line.text[actor.end : place.start], towards)


def _ends_with(between: str, words: re.Pattern[str]) -> bool:
    """Tell whether the last of the words between two phrases is one of these."""
    return any(words.fullmatch(last) for last in between.split()[-1:])


def _leaves(line: Line, draft: Draft, actor: Phrase) -> bool:
    """Tell whether the actor leaves, no place named, in the clause before or after the claim."""
    leaving = line.lexicon.patterns["leaving"].match(line.text[actor.end : line.end])
    if leaving is None:
        return False
    left = actor.end + leaving.end()
    beside = line.lexicon.patterns["beside_leaving"]
    start = draft.gainer.start if draft.gainer and draft.gainer.start < draft.trigger.start else draft.trigger.start
    if left <= start:
        return beside.search(line.text[left:start]) is not None
    first = max(draft.place.end, draft.trigger.end)
    return first <= actor.start and beside.search(line.text[first : actor.start]) is not None


def _of_another(document: Document, where: Where, draft: Draft, drafts: Sequence[Draft]) -> Slot | None:
    """Return whom another claim about the same place names as the one who left it or had taken it before."""
    mine = _meant(document, where, draft.place)
    for other in drafts:
        slot = _side(where.line, draft, other)
        usable = slot is not None and slot.phrase is not None and _says_who(slot.phrase)
        same = usable and (_leaves_its_own(where.line, other) or mine & _meant(document, where, other.place))
        if same and status_of(where.line, other)[0] in _TOLD:
            return slot
    return None


def _leaves_its_own(line: Line, other: Draft) -> bool:
    """Tell whether somebody leaves "their positions", so that what is taken beside it was theirs."""
    phrase = other.place.phrase
    if other.kind is not Kind.WITHDRAWAL or phrase is None or phrase.names or phrase.within:
        return False
    return line.text[phrase.start : phrase.end].split()[0] in line.lexicon.words.get("own", ())


def _says_who(phrase: Phrase) -> bool:
    """Tell whether an actor is more than a pointing word: "fighters of the movement" says enough."""
    return not phrase.pointing or phrase.last - phrase.first > 1


def _side(line: Line, draft: Draft, other: Draft) -> Slot | None:
    """Return who lost by another claim: its loser, or its gainer where that gain is told to have come before."""
    if other.kind in _LOSSES and not (other.kind is Kind.LOSS and other.gainer):
        return other.loser
    if other.kind is Kind.HOLDS:
        held = line.lexicon.patterns.get("held_before")
        once = held is not None and held.match(line.text, other.trigger.start, other.trigger.end) is not None
        return other.gainer if once or _holds_what_is_taken(line, draft, other) else None
    if other.trigger.start == draft.trigger.start:
        return None
    if other.trigger.start < draft.trigger.start:
        if draft.kind is Kind.RECAPTURE and other.kind is Kind.CAPTURE:
            return other.gainer
        before = line.lexicon.patterns.get("taken_before")
        between = line.text[other.trigger.end : draft.trigger.start]
        return other.gainer if before is not None and before.search(between) else None
    between = line.text[draft.trigger.end : other.trigger.start]
    after = line.lexicon.patterns["taken_after"].search(between) is not None
    hangs = not line.text[draft.place.end : other.trigger.start].strip()
    return other.gainer if after or hangs or line.is_relative(other.trigger) else None


def _holds_what_is_taken(line: Line, draft: Draft, held: Draft) -> bool:
    """Tell whether the holding only says more of the place that is taken ("took villages that B controls")."""
    between = line.text[draft.place.end : held.trigger.start].split()
    told_apart = "held_apart" in line.lexicon.patterns and held.trigger.start >= draft.place.end
    return told_apart and (not between or (len(between) == 1 and line.is_relative(held.trigger)))


def _meant(document: Document, where: Where, slot: Slot) -> frozenset[object]:
    """Return keys of what a slot means: its names and their rows, else the words that it stands for."""
    phrase = place_before(document, where, slot) if slot.pointing else slot.phrase
    if phrase is None:
        return frozenset({(slot.start, slot.end)})
    if not phrase.names:
        return frozenset({(phrase.start, phrase.end)})
    return frozenset(document.text[n.start : n.end] for n in phrase.names) | {r for n in phrase.names for r in n.rows}
