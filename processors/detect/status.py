"""How a text stands to what it says: asserted, claimed, denied, negated, planned or contested.

The lexicon's cues are tried in their order and the first that reaches the
trigger decides. A cue reaches over a number of words, never out of its scope: a
"but", an "after", a relative clause ends it. A finite past verb of its own
clause states a fact; plans and attempts named before it do not touch it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from functools import cache

from processors.detect.draft import Draft
from processors.detect.lexicon import Cue
from processors.detect.line import Line, Trigger
from processors.detect.phrases import Phrase, Role
from streams.mentions import Kind, Status

_FACTUAL_FORMS = frozenset({"perfect", "perfect_of", "past", "participle", "managed", "stated", "told"})
_TOLD = frozenset({"perfect", "perfect_of", "told"})
_LINKS = frozenset({"", "which", "that"})
"""What may stand between a place and who holds it, so that the clause hangs on the place ("the town, which X held")."""
_INSERTED = re.compile(r",\s+(?:who|which|whose)\s[^,]*$")
_JOINED = 80
_LEAD = 24
_BORDER = 24
"""Characters that a cue may reach beyond the border of its clause."""

_HANGING = re.compile(r"\s+(?:that|it|they)\s")
_ANCHOR = re.compile(r"(?<!\[)\^")
_WEAK = frozenset({"planned", "contested", "negated"})


Words = tuple[int, int]
"""Offsets of words, half open."""

Cued = tuple[Status, Words | None]
"""A status, and the offsets of the words that decided it."""


def status_of(line: Line, draft: Draft) -> Cued:
    """Return the status of a claim with its cue; where no words decide it, it is asserted."""
    for cue in line.lexicon.cues:
        if cue.means == "background" or draft.kind.value in cue.unless_kind:
            continue
        match = _reaches(line, draft, cue)
        if match is not None:
            return Status(cue.means), match
    asked = line.lexicon.patterns["question"].search(line.text, line.start, line.end)
    if asked and draft.kind is not Kind.HOLDS and not _asks_how(line, draft.trigger):
        return Status.PLANNED, asked.span()
    return Status.ASSERTED, None


def _asks_how(line: Line, trigger: Trigger) -> bool:
    """Tell whether a question asks only how, when or why it happened."""
    asking = line.lexicon.patterns.get("asking_how")
    return asking is not None and asking.search(line.text, line.start, trigger.start) is not None


def is_background(line: Line, draft: Draft) -> bool:
    """Tell whether the claim is history told in passing."""
    cues = [cue for cue in line.lexicon.cues if cue.means == "background" and _looks_back(line, draft, cue)]
    return bool(cues) and not (all(cue.unless_reported for cue in cues) and _is_reported(line, draft.trigger))


def _looks_back(line: Line, draft: Draft, cue: Cue) -> bool:
    """Tell whether a cue for history reaches the claim; the length of a siege is none."""
    return draft.kind.value not in cue.unless_kind and _reaches(line, draft, cue) is not None


def _is_reported(line: Line, trigger: Trigger) -> bool:
    """Tell whether the trigger's clause is what a verb of saying reports.

    A relative clause, an "after" or a contact clause ("the town it had lost") inside the report looks back on its own.
    """
    cues = line.lexicon.patterns["saying"].finditer(line.text, line.start, line.end)
    return any(_reports(line, cue, trigger) for cue in cues)


def _reports(line: Line, cue: re.Match[str], trigger: Trigger) -> bool:
    """Tell whether a verb of saying, before its report or closing the sentence, governs the trigger."""
    looking_back = line.lexicon.patterns["looking_back"]
    if cue.end() <= trigger.start:
        looks = looking_back.search(line.text, cue.end(), trigger.start) is not None
        return not looks and not any(_hangs_on(line, p, cue.end(), trigger) for p in line.phrases)
    closing = line.lexicon.patterns["closing"].search(line.text, trigger.end, cue.start())
    return closing is not None and looking_back.search(line.text, line.start, cue.start()) is None


def _hangs_on(line: Line, place: Phrase, start: int, trigger: Trigger) -> bool:
    """Tell whether the trigger's clause hangs on a place without a relative pronoun, or with "that"."""
    inside = (
        place.role is Role.PLACE
        and (place.headed or place.pointing)
        and start <= place.start
        and place.end <= trigger.start
    )
    return inside and _HANGING.match(line.text, place.end, trigger.start) is not None


def _reaches(line: Line, draft: Draft, cue: Cue) -> Words | None:
    """Return where the cue's words stand if they stand so that they decide the claim."""
    if _is_out_of_place(line, draft, cue):
        return None
    return _FINDERS[cue.where](line, draft, cue)


def _is_out_of_place(line: Line, draft: Draft, cue: Cue) -> bool:
    """Tell whether the trigger's form shuts a cue off: a told fact is not planned, a presupposed one not claimed."""
    form = draft.trigger.form
    if (cue.forms and form not in cue.forms) or not _has_particle(draft.trigger, cue):
        return True
    if cue.unless_before and _stands_before(line, draft.trigger, cue.unless_before):
        return True
    if cue.means == "claimed" and draft.kind is not Kind.EXPULSION and _is_given(line, draft.trigger):
        return True  # whom he drove out is told by the one who says that he took the place
    if cue.where == "sentence" and form not in cue.forms & _TOLD:  # a form the cue names is meant behind "that" too
        return _is_presupposed(line, draft.trigger) or _hangs_on_place(line, draft)
    if cue.where == "joined":
        return cue.means == "planned" and form in _TOLD - cue.forms
    return cue.where == "before" and cue.means in _WEAK and form in _FACTUAL_FORMS


def _is_given(line: Line, trigger: Trigger) -> bool:
    """Tell whether whoever speaks takes the change for granted: a noun right behind "after", or a relative clause."""
    given = line.lexicon.patterns.get("given")
    if given is None:
        return False
    lead = line.text[max(line.start, trigger.start - _LEAD) : trigger.start]
    nominal = trigger.form not in _TOLD and (given.search(lead) is not None or _is_remarked_on(line, trigger))
    return line.is_relative(trigger) or nominal


def _is_remarked_on(line: Line, trigger: Trigger) -> bool:
    """Tell whether something is said of the change itself, which so is granted ("that the fall of X was a blow")."""
    that, remarked = line.lexicon.patterns.get("that"), line.lexicon.patterns.get("remarked")
    if that is None or remarked is None or trigger.particle not in {"", "ال"} or trigger.pro:
        return False
    if that.search(line.text, max(line.start, trigger.start - _LEAD), trigger.start) is None:
        return False
    return remarked.match(line.text[trigger.end : line.clause_end(trigger.end)]) is not None


def _is_presupposed(line: Line, trigger: Trigger) -> bool:
    """Tell whether the author himself vouches: in a relative clause, in "X-held", behind a word for "after"."""
    if line.is_relative(trigger) or (trigger.who and line.text[trigger.who[1] : trigger.who[1] + 1] == "-"):
        return True
    presupposing = line.lexicon.patterns.get("presupposing")
    start = line.clause_start(trigger.start)
    if presupposing is None or "," in line.text[start : trigger.start]:
        return False  # behind the comma the main clause tells it
    return presupposing.search(line.text[line.start : start]) is not None


def _hangs_on_place(line: Line, draft: Draft) -> bool:
    """Tell whether the clause only says more of its place ("positions they captured", "in areas taken by X")."""
    gainer, place, depending = draft.gainer, draft.place, line.lexicon.patterns.get("depending")
    if depending is None or gainer is None or place.end > draft.trigger.start:
        return False
    between = line.text[place.end : min(gainer.start, draft.trigger.start)]
    contact = place.end <= gainer.start and gainer.end <= draft.trigger.start and between.strip(", ") in _LINKS
    reduced = draft.trigger.form == "past" and gainer.start >= draft.trigger.end
    reduced = reduced and line.lexicon.words.get("auxiliaries", frozenset()).isdisjoint(between.split())
    return contact or (
        reduced and depending.search(line.text[max(line.start, place.start - _LEAD) : place.start]) is not None
    )


def _has_particle(trigger: Trigger, cue: Cue) -> bool:
    return cue.particle is None or cue.particle.search(trigger.particle) is not None


def _stands_before(line: Line, trigger: Trigger, words: re.Pattern[str]) -> bool:
    """Tell whether words stand earlier in the trigger's clause, a relative clause closed by a comma stepped over."""
    start = line.clause_start(trigger.start)
    inserted = line.text[start : trigger.start].lstrip().startswith(("،", "را "))
    return words.search(line.text, line.start if inserted else start, trigger.start) is not None


def _within(line: Line, draft: Draft, cue: Cue) -> Words | None:
    return _found(line, cue, draft.trigger.start, draft.trigger.end)


def _particle(line: Line, draft: Draft, cue: Cue) -> Words | None:
    """Find the cue in the particles of the trigger; they stand at its head."""
    del line
    found = cue.pattern.search(draft.trigger.particle)
    return (draft.trigger.start, draft.trigger.start + 1) if found else None


def _right_before(line: Line, draft: Draft, cue: Cue) -> Words | None:
    start = draft.trigger.start
    return _found(line, cue, max(line.start, start - _JOINED), start)


def _anywhere(line: Line, draft: Draft, cue: Cue) -> Words | None:
    """Find the cue in the sentence where no contrast parts it from the trigger (", while X said")."""
    contrast = line.lexicon.patterns.get("contrast")
    for start, end in _all(line, cue, line.start, line.end):
        first, last = (end, draft.trigger.start) if end <= draft.trigger.start else (draft.trigger.end, start)
        if contrast is None or not contrast.search(line.text, first, max(first, last)):
            return start, end
    return None


def _found(line: Line, cue: Cue, start: int, end: int) -> Words | None:
    """Find the cue between two offsets."""
    return next(_all(line, cue, start, end), None)


def _all(line: Line, cue: Cue, start: int, end: int) -> Iterator[Words]:
    """Yield where the cue stands between two offsets; one that asks for the beginning means that of these words."""
    if not _asks_for_beginning(cue.pattern):
        yield from (found.span() for found in cue.pattern.finditer(line.text, start, end))
        return
    for found in cue.pattern.finditer(line.text[start:end]):
        yield start + found.start(), start + found.end()


@cache
def _asks_for_beginning(pattern: re.Pattern[str]) -> bool:
    return _ANCHOR.search(pattern.pattern) is not None


def _first_after(line: Line, draft: Draft, cue: Cue) -> Words | None:
    """Find the cue behind the trigger within its reach and clause; the border itself may begin it ("before 2014")."""
    start = draft.trigger.end
    stop = line.clause_end(start)
    match = cue.pattern.search(line.text, start, min(line.end, stop + _BORDER))
    if match is None or match.start() > stop:
        return None
    between = line.text[start : match.start()]
    looking_back = cue.means == "background" and line.lexicon.patterns["looking_back"].search(between)
    return match.span() if len(between.split()) <= cue.within and not looking_back else None


def _last_before(line: Line, draft: Draft, cue: Cue) -> Words | None:
    """Find the cue nearest before the trigger that no border of scope shuts off."""
    trigger = draft.trigger
    scope = line.lexicon.patterns["reported_scope" if cue.means in {"claimed", "denied"} else "scope"]
    open_ones = (m for m in _all(line, cue, line.start, trigger.start) if not _is_bracketed(line, m, trigger.start))
    match = next(iter(deque(open_ones, maxlen=1)), None)
    if match is None:
        return None
    between = line.text[match[1] : trigger.start]
    if cue.means in _WEAK and any(sign in between for sign in ",،") and _is_conceded(line, match[0]):
        return None
    if cue.means in _WEAK and between.rstrip().endswith(",") and _is_apart(line, trigger, match[0]):
        return None
    if cue.means == "background" and any(sign in between for sign in ",،"):
        return None
    return (
        match if len(between.split()) <= cue.within and not scope.search(line.text, match[1], trigger.start) else None
    )


def _is_apart(line: Line, trigger: Trigger, cue: int) -> bool:
    """Tell whether a comma parts a cue from a participle, or ends its clause ("X, who tried it, was ousted")."""
    if trigger.form == "ing":
        return True
    return trigger.form == "passive" and _INSERTED.search(line.text[line.start : cue]) is not None


def _is_bracketed(line: Line, match: Words, stop: int) -> bool:
    """Tell whether a cue stands in brackets that close before the trigger ("a source (who refused to be named)")."""
    return line.text.count(")", match[1], stop) > line.text.count("(", match[1], stop)


def _is_conceded(line: Line, cue: int) -> bool:
    """Tell whether the cue stands in a concession, which ends with its comma ("despite warnings, ...")."""
    return line.lexicon.patterns["conceding"].search(line.text[max(line.start, cue - 40) : cue]) is not None


_FINDERS = {
    "inside": _within,
    "particle": _particle,
    "joined": _right_before,
    "sentence": _anywhere,
    "after": _first_after,
    "before": _last_before,
}
