"""Positions that Arabic needs: subjects in the ending of a verb, resumed objects, owners of strongholds.

They ask the lexicon's patterns, so that another language that has the like may name them in its frames.
"""

from __future__ import annotations

import re

from processors.detect.arabic_open import OPEN
from processors.detect.arabic_unsaid import UNSAID, lies_there
from processors.detect.line import Line, Slot, Trigger, slot_of
from processors.detect.phrases import Phrase, Role
from processors.detect.seats import POSITIONS as COMMON

_LEAD = 24
_WAS = re.compile(r"\s+(?:قد\s+)?(?:تم|تمت|جري|جرت|[يت]تم|[يت]جري)\s+")
_OPENING, _AHEAD = 3, 120
_BEFORE_VERB = re.compile(
    r"\s(?:الت?ي|الذي|(?:من\s+)?بينها|ال(?:واقع|قريب|محاذي)\w*|و?هي|و?هو|عاصمه|مركز)\s[^،]*،?\s*$"
)
_OF_ITSELF = re.compile(r"[\s،]+(?:\w+[\s،]+){0,3}?(?:ب?انها\s+(?:قد\s+)?)?")
_WORD = re.compile(r"\s+(?P<word>\w+)")
_OVER_IT = re.compile(r"\s*علي(?:ها|ه|هما)(?!\w)")
_SHE = re.compile(r"[وف]?س?ت")
_PERFECT = re.compile(r"[\s،]*(?:(?:الت?ي|الذي|وقد|قد|كانت?|و?سبق|ان|ثم)\s+){0,4}")
_NEWS = re.compile(r"\W*(?:(?:عاجل|الان|خبر)\W+)*و?")
_ASIDE = re.compile(r"(?:،\s*)?(?:وه[يو]|الت?ي|الذي)\s[^،.؛]{2,60}،?")
"""Words that only say more of a place; a comma may stand on either side."""


def _implied(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Of a verb whose subject is only in its ending take the last actor of the clauses before it."""
    implied = line.lexicon.patterns.get("implied")
    if implied is None or implied.search(line.text, max(line.start, trigger.start - 40), trigger.start) is None:
        return None
    undergoing = line.lexicon.patterns["undergoing"]
    named = (p for p in reversed(line.phrases) if p.end <= trigger.start and p.role is role and not p.pointing)
    acting = (p for p in named if not undergoing.search(line.text, max(line.start, p.start - _LEAD), p.start))
    return slot_of(next(acting, None))


def _late(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the subject that stands behind the place of its verb ("control the base, the largest here, militias")."""
    place = next((p for p in line.after(trigger) if p.role is Role.PLACE), None)
    if place is None or "علي" not in line.text[trigger.end : place.start].split():
        return None
    actor = next((p for p in line.after(trigger) if p.start >= place.end and p.role is role), None)
    if actor is None or line.text[actor.start] == "ل":
        return None
    gap = line.text[place.end : actor.start].strip()
    return slot_of(actor) if not gap or _ASIDE.fullmatch(gap) else None


def _resumed(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the antecedent of a relative clause that a pronoun on its verb resumes ("which it-took")."""
    lead = line.text[max(line.start, trigger.start - 60) : trigger.start]
    return _antecedent(line, trigger, role) if trigger.pro and line.lexicon.patterns["resumes"].search(lead) else None


def _antecedent(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take what a relative clause is said of: of "the palace in the town, which(masc)" the palace."""
    slot = COMMON["prev"](line, trigger, role)
    inner = slot.phrase if slot else None
    if inner is None or inner.role is not Role.PLACE or not lies_there(line, inner):
        return slot
    relative = line.text[inner.end : trigger.start].split()
    masculine = any(word.endswith("الذي") for word in relative[:2])
    outer = next((p for p in reversed(line.phrases) if p.end <= inner.start and p.role is Role.PLACE), None)
    fits_outer = outer is not None and masculine is _is_masculine(line, outer)
    return slot_of(outer) if fits_outer else slot


def _is_masculine(line: Line, place: Phrase) -> bool:
    """Tell whether the noun of a place is masculine; names of towns and plurals are feminine."""
    first = line.text[place.start : place.end].split()[0]
    head = line.lexicon.surfaces["places"].get(first, (place.head or "", ""))[0] if place.headed else ""
    return bool(head) and not head.endswith("ه") and head not in line.lexicon.words["plural"]


def _zone(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take where the areas of somebody's control lie, if it is told right behind him (مناطق سيطرة قسد شرق الفرات)."""
    holder = next((p for p in line.after(trigger) if p.role is Role.ACTOR), None)
    end = trigger.end if trigger.pro or holder is None else holder.end
    place = next((p for p in line.phrases if p.start >= end and p.role is role), None)
    gap = line.text[end : place.start].strip(' "') if place else "."
    return slot_of(place) if gap in {"", "في", "ب"} else None


def _holder(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take whose the place is that the trigger names ("stronghold of A")."""
    del role
    around = next((p for p in line.phrases if p.start <= trigger.start < p.end), None)
    return slot_of(around.holder) if around else None


def _agreeing(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Pass over an actor that the verb's ending shuts out as its subject ("A-fem drove B-masc out and took-fem X")."""
    slot = COMMON["prev"](line, trigger, role) if trigger.form in {"perfect", "imperfect"} else None
    if slot is None or slot.phrase is None or not _is_shut_out(line, trigger, slot.phrase):
        return None
    oblique = line.lexicon.patterns["oblique"]
    earlier = (p for p in reversed(line.phrases) if p.end <= slot.start and p.role is role and not p.pointing)
    free = (p for p in earlier if not oblique.search(line.text, max(line.start, p.start - _LEAD), p.start))
    return slot_of(next((p for p in free if not _is_shut_out(line, trigger, p)), None))


def _is_shut_out(line: Line, trigger: Trigger, actor: Phrase) -> bool:
    """Tell whether an actor before the verb differs from it in gender or number; its first noun is what agrees."""
    verb, words = line.text[trigger.start : trigger.end], line.lexicon.words
    first = line.text[actor.start : actor.end].split(maxsplit=1)[0]
    head, _ = line.lexicon.surfaces["actors"].get(first, (actor.head, ""))
    if trigger.form == "perfect":
        feminine, plural = verb.endswith("ت"), verb.endswith("وا")
    else:
        feminine, plural = _SHE.match(verb) is not None, verb.endswith("ون")
    if plural:
        return head in words["masculine_heads"] | words["feminine_heads"]
    return head in words["human_heads"] or head in words["masculine_heads" if feminine else "feminine_heads"]


def _before_aside(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place before an aside that ends right before the verb ("the town, near X, fell")."""
    added = line.text[trigger.start] in "وف"
    opened = None if added else _BEFORE_VERB.search(line.text, line.clause_start(trigger.start), trigger.start)
    fitting = (p for p in reversed(line.phrases) if opened and p.end <= opened.start() + 1 and p.role is role)
    return slot_of(next(fitting, None))


def _describing(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the indefinite place that the verb right behind it describes (مواقع تسيطر عليها الحركة)."""
    place = next((p for p in line.before(trigger) if not line.text[p.end : trigger.start].strip()), None)
    over = _OVER_IT.match(line.text, trigger.end)
    fits_it = place is not None and over is not None and place.role is role and not (place.pointing or place.names)
    return slot_of(place) if fits_it else None


def _right_before(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place right before a verb that has no subject behind it (كانت البلدة قد حررت من)."""
    place = next((p for p in line.before(trigger) if p.role is role), None)
    return slot_of(place) if place and _PERFECT.fullmatch(line.text, place.end, trigger.start) else None


def _invader(line: Line, trigger: Trigger) -> tuple[Phrase, Phrase] | None:
    """Return a state and the place right behind it, where the state is the subject of the verb before it."""
    first, second = [*line.after(trigger), None, None][:2]
    if trigger.form not in {"perfect", "imperfect"} or first is None or second is None:
        return None
    states = first.role is Role.PLACE and first.actor is not None and second.role is Role.PLACE
    gap = line.timeless(first.end, second.start).strip()
    joined = line.text[trigger.end : first.start].strip() or gap.removeprefix("شبه")
    return (first, second) if states and not joined else None


def _state(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take a state that is the subject of its verb ("A took B", both of them states; "which A took")."""
    del role
    first = next(iter(line.after(trigger)), None) if trigger.form == "perfect_of" else None
    if first is not None and first.actor is not None and not line.text[trigger.end : first.start].strip():
        return slot_of(first)
    pair = _invader(line, trigger)
    return slot_of(pair[0]) if pair else None


def _behind_state(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place that a state took."""
    del role
    pair = _invader(line, trigger)
    return slot_of(pair[1]) if pair else None


def _topic(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place that stands right before "was" and a noun with its pronoun (ثلاث قرى تم تحريرها)."""
    place = next((p for p in line.before(trigger) if p.role is role), None)
    gap = place and _WAS.fullmatch(line.text, place.end, trigger.start)
    return slot_of(place) if trigger.pro and gap else None


def _before_fall(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place before a verb or a definite noun; one that takes its place behind it has none before."""
    bare = trigger.form in {"noun", "noun_f"} and not trigger.particle.endswith(("ال", "لل"))
    return None if bare else COMMON["prev"](line, trigger, role)


def _ahead(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take who is told only behind the clause that opens the sentence ("after its capture of X, A announced ...")."""
    opens = len(line.text[line.start : trigger.start].split()) <= _OPENING
    if not (trigger.pro and opens) or any(p.role is role and p.end <= trigger.start for p in line.phrases):
        return None
    comma = line.text.find("،", trigger.end, min(line.end, trigger.end + _AHEAD))
    said = line.lexicon.patterns["saying"].search(line.text, trigger.end, line.end)
    border = min((at for at in (comma, said.end() if said else -1) if at >= 0), default=line.end)
    behind = (p for p in line.after(trigger) if p.start >= border and p.role is role and not p.pointing)
    return slot_of(next(behind, None))


def _heading(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place that opens the sentence, words that announce news passed over ("Breaking: X in A's hands")."""
    place = next((p for p in line.phrases if p.role is role and p.end <= trigger.start), None)
    opens = place is not None and _NEWS.fullmatch(line.text, line.start, place.start) is not None
    return slot_of(place) if opens else None


def _whose(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the subject of a verb whose object are its own forces ("A pulls its fighters out")."""
    owned = line.lexicon.surfaces["actors"]
    behind = (p for p in line.after(trigger) if p.role is role)
    forces = next((p for p in behind if p.end - trigger.end <= _LEAD), None)
    own = forces is not None and owned.get(line.text[forces.start : forces.end].split()[0], ("", ""))[1] == "owned"
    return COMMON["prev"](line, trigger, role) if own else None


def _government(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the capital that says of itself what it did ("Kyiv announced that it retook", "announced retaking")."""
    del role
    place = next((p for p in line.before(trigger) if p.role is Role.PLACE), None)
    said = line.lexicon.patterns["said_by"]
    if place is None or place.headed or not said.search(line.text, max(line.start, place.start - _LEAD), place.start):
        return None
    return slot_of(place) if _OF_ITSELF.fullmatch(line.text, place.end, trigger.start) else None


def _nation(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the nation whose adjective stands right behind a noun ("the French withdrawal")."""
    del role
    word = _WORD.match(line.text, trigger.end, line.end)
    named = word is not None and word["word"] in line.lexicon.words["nations"]
    return Slot(start=word.start("word"), end=word.end("word")) if word and named else None


def _described(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the indefinite actor that the verb right behind it describes ("from groups that control it")."""
    actor = next((p for p in line.before(trigger) if not line.text[p.end : trigger.start].strip()), None)
    if actor is None or actor.role is not role or actor.actor is not None or trigger.form != "imperfect":
        return None
    said = line.text[actor.start : actor.end].split()
    return (
        None
        if any(word.startswith("ال") for word in said) or not _OVER_IT.match(line.text, trigger.end)
        else slot_of(actor)
    )


def _kept(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the first place behind the trigger that "ب" is written onto ("keeps the eastern half")."""
    place = next((p for p in line.after(trigger) if p.role is role), None)
    led = place is not None and "ب" in line.text[max(trigger.end, place.start - 1) : place.start + 1]
    return slot_of(place) if led else None


ARABIC = {
    **OPEN,
    "ar-described": _described,
    "ar-nation": _nation,
    "ar-whose": _whose,
    "ar-government": _government,
    "ar-kept": _kept,
    "ar-antecedent": _antecedent,
    "ar-zone": _zone,
    **UNSAID,
    "ar-before-fall": _before_fall,
    "ar-topic": _topic,
    "ar-ahead": _ahead,
    "ar-state": _state,
    "ar-behind-state": _behind_state,
    "heading": _heading,
    "right-before": _right_before,
    "agreeing": _agreeing,
    "describing": _describing,
    "before-aside": _before_aside,
    "implied": _implied,
    "late": _late,
    "resumed": _resumed,
    "holder": _holder,
}
