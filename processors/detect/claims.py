"""Claims about control in one sentence: each trigger with its slots filled, or dropped.

A trigger is dropped where its place is missing or where what acts is no actor
(fear, fire, a club). Where a side that its frame needs stays empty the claim is
spare: it counts where no other tells a change and war is told all around.
"""

from __future__ import annotations

from collections.abc import Sequence

from processors.detect.draft import APART, GAINS, Draft
from processors.detect.lexicon import Frame
from processors.detect.line import FINITE, Line, Slot, Trigger
from processors.detect.merging import merged
from processors.detect.phrases import Phrase, Role
from processors.detect.slots import fill
from processors.detect.tense import told_kind
from streams.mentions import Kind

_LEAVING = frozenset({Kind.WITHDRAWAL, Kind.EXPULSION})
_BY_FORCE = _LEAVING | {Kind.CAPTURE, Kind.RECAPTURE}


def drafts(line: Line, found: Sequence[Trigger]) -> tuple[Draft, ...]:
    """Return the claims of one sentence, tellings of one change by several words made one."""
    return merged(line, [draft for trigger in found if (draft := _draft(line, trigger)) is not None])


def _draft(line: Line, trigger: Trigger) -> Draft | None:
    """Fill the slots of a trigger; return none where it tells no claim."""
    frame = trigger.frame
    place = fill(line, trigger, Role.PLACE, frame.place)
    if place is None or not _is_bounded(line, place, trigger):
        return None
    line = line.seeing(place)
    gainer = _who(trigger) or _acting(line, trigger, place)
    loser = fill(line, trigger, Role.ACTOR, frame.loser)
    gainer, loser = _apart(gainer, loser or _holder(place, frame.kind), frame.kind)
    if _has_other_subject(line, trigger, place, gainer or loser):
        return None
    spare = _is_wanting(trigger, gainer, loser)
    if _is_civilian(line, loser if frame.kind in _LEAVING else gainer) and frame.kind in _BY_FORCE:
        if frame.kind in _LEAVING or trigger.form in FINITE:
            return None
        gainer = None
    if frame.kind is Kind.ALLEGIANCE and gainer and gainer.phrase and gainer.phrase.head in _people(line):
        return None
    kind = told_kind(line, trigger, gainer)
    if (kind is Kind.HOLDS and gainer is None) or (spare and not _may_lack(line, frame, place)):
        return None
    return Draft(
        trigger=trigger,
        kind=kind,
        place=place,
        more=_more(line, trigger, place),
        gainer=gainer,
        loser=loser,
        spare=spare,
    )


def _acting(line: Line, trigger: Trigger, place: Slot) -> Slot | None:
    """Return who gains: the first who stands at a seat of the frame, a country that is taken itself passed over."""
    frame = trigger.frame
    seats = frame.gainer if "leading" in frame.loser else (*frame.gainer, "leading")
    slots = (fill(line, trigger, Role.ACTOR, (seat,)) for seat in seats)
    return next((slot for slot in slots if slot and (slot.start, slot.end) != (place.start, place.end)), None)


def _is_civilian(line: Line, side: Slot | None) -> bool:
    """Tell whether those who leave or come are residents, which changes no control."""
    phrase = side.phrase if side and side.phrase and side.phrase.actor is None else None
    head = phrase.head if phrase else ""
    if phrase and phrase.generic == "armed" and head in line.lexicon.words.get("parted", ()):
        return False  # "militia members" are no members of a family
    return head in line.lexicon.words.get("civilians", ())


def _heads_relative(line: Line, phrase: Phrase) -> bool:
    """Tell whether a relative clause follows the noun that a place qualifies ("council seats that X held")."""
    following = line.text[phrase.end : line.end].split(maxsplit=3)
    return bool(line.lexicon.words["relatives"] & set(following[1:3]))


def _owns(line: Line, phrase: Phrase, trigger: Trigger) -> bool:
    """Tell whether a place only owns what the trigger is told of ("Iraq's most wanted man was captured")."""
    owned = line.text.endswith("'s", phrase.start, phrase.end) and trigger.form in FINITE
    return owned and phrase.end + 1 < trigger.start


def _is_bounded(line: Line, place: Slot, trigger: Trigger) -> bool:
    """Tell whether a place is one that its frame can be about."""
    phrase = place.phrase
    if phrase is None:
        return True
    if phrase.bound and (place.start >= trigger.end or _heads_relative(line, phrase) or _owns(line, phrase, trigger)):
        return False
    overlaps = phrase.start < trigger.end and trigger.start < phrase.end
    if overlaps and not (trigger.who or "inside" in trigger.frame.place):
        return False
    owned = not line.lexicon.words.get("own", frozenset()).isdisjoint(line.text[phrase.start : phrase.end].split()[:3])
    nameless = phrase.head in line.lexicon.words.get("nameless", ()) and trigger.frame.kind is not Kind.HOLDS
    part = phrase.share and phrase.head not in line.lexicon.words["plural"] and trigger.frame.kind is not Kind.HOLDS
    told = owned or nameless or part or phrase.names or phrase.pointing or phrase.within
    return not trigger.frame.named or bool(told) or any(p.names for p in _more(line, trigger, place))


def _people(line: Line) -> frozenset[str]:
    """Return the nouns of those who pledge and are not pledged to."""
    return line.lexicon.words["people"] | line.lexicon.words["tribes"]


def _who(trigger: Trigger) -> Slot | None:
    """Return the holder inside a compound ("rebel-held")."""
    return Slot(start=trigger.who[0], end=trigger.who[1]) if trigger.who else None


def _holder(place: Slot, kind: Kind) -> Slot | None:
    """Return whom the place belonged to by its own words ("the last areas of the opposition")."""
    holder = place.phrase.holder if place.phrase and kind in GAINS else None
    return Slot(start=holder.start, end=holder.end, phrase=holder) if holder else None


def _apart(gainer: Slot | None, loser: Slot | None, kind: Kind) -> tuple[Slot | None, Slot | None]:
    """Keep one phrase from being both sides."""
    if gainer and loser and gainer.start < loser.end and loser.start < gainer.end:
        return (None, loser) if kind in {Kind.EXPULSION, Kind.WITHDRAWAL, Kind.LOSS} else (gainer, None)
    return gainer, loser


def _is_wanting(trigger: Trigger, gainer: Slot | None, loser: Slot | None) -> bool:
    """Tell whether a slot that the frame needs is empty."""
    filled = {"gainer": gainer, "loser": loser}
    return any(filled[name] is None for name in trigger.frame.needs)


def _may_lack(line: Line, frame: Frame, place: Slot) -> bool:
    """Tell whether a claim can lack the side that it needs: no siege, no pronoun, nothing that residents may do."""
    residents = line.lexicon.patterns.get("residents")
    if residents is None or frame.kind in APART or place.pointing:
        return False
    return not residents.search(line.text, line.start, line.end)


def _has_other_subject(line: Line, trigger: Trigger, place: Slot, side: Slot | None) -> bool:
    """Tell whether something that is no actor does it (fear, fire, a company)."""
    words = line.lexicon.words["moods"]
    limit = min(line.end, trigger.end + 40, place.start if place.start >= trigger.end else line.end)
    after = line.text[trigger.end : limit].split()[:2]
    before = line.text[line.clause_start(trigger.start) : trigger.start].split()[-3:]
    near = after if trigger.form in FINITE | {"noun", "noun_f"} else before
    if side is None and {w.strip("،,.") for w in (*near, *before)} & words:
        return True
    if side is not None or trigger.form not in FINITE or place.phrase is None or place.start < trigger.end:
        return bool(set(after[:1]) & words)
    first = line.text[trigger.end : place.start].strip()
    plain = [word for word in first.split() if word not in line.lexicon.words["adverbs"]]
    unknown = len(plain) > 1 and not line.lexicon.patterns["next"].search(first + " ")
    return unknown and not (place.phrase.headed and _is_known(place.phrase))


def _is_known(phrase: Phrase) -> bool:
    """Tell whether a place is one that the gazetteer has, or lies in one."""
    return bool(phrase.within) or any(name.rows for name in phrase.names)


def _more(line: Line, trigger: Trigger, place: Slot) -> tuple[Phrase, ...]:
    """Return places that are added to the first ("with three other villages", "including X")."""
    found: list[Phrase] = []
    holder = place.phrase.holder if place.phrase else None
    at = max(place.end, holder.end if holder else 0)  # "five bases of A, among them X"
    stop = line.clause_end(trigger.end)
    for phrase in line.phrases:
        named = phrase.role is Role.NAME and not phrase.pointing and bool(found or phrase.start >= place.end)
        if not (phrase.role is Role.PLACE or named) or not at <= phrase.start < stop or _is_this(line, phrase):
            continue
        if line.lexicon.patterns["together"].search(line.text[at : phrase.start].removeprefix(")")):
            found.append(phrase)
            at = phrase.end
        elif found:
            break
    if not found:
        found = _after_subject(line, trigger, place, stop)
    return tuple(found)


def _is_this(line: Line, phrase: Phrase) -> bool:
    """Tell whether the phrase points at a place named before, none that is added to it ("this town", "its hills")."""
    word = line.text[phrase.start : phrase.end].split()[0]
    owned = line.lexicon.surfaces.get("places", {}).get(word, ("", ""))[1] == "owned"
    return phrase.pointing and (owned or word in line.lexicon.words.get("this", ()))


def _after_subject(line: Line, trigger: Trigger, place: Slot, stop: int) -> list[Phrase]:
    """Find an added place where the subject stands between ("which A took, with the village of X")."""
    if place.end > trigger.start:
        return []
    together = line.lexicon.patterns["together_late"]
    fitting = (p for p in line.phrases if p.role is Role.PLACE and trigger.end <= p.start < stop)
    return [p for p in fitting if together.search(line.text[trigger.end : p.start])][:1]
