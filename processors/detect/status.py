"""How a text stands to what it says: asserted, claimed, denied, negated, planned or contested.

The lexicon's cues are tried in their order and the first that reaches the
trigger decides. A cue reaches over a number of words, never out of its scope: a
"but", an "after", a relative clause ends it. A finite past verb of its own
clause states a fact; plans and attempts named before it do not touch it.
"""

from __future__ import annotations

import re

from processors.detect.claims import Draft
from processors.detect.lexicon import Cue
from processors.detect.line import Line, last_match
from streams.mentions import Kind, Status

_FACTUAL_FORMS = frozenset({"perfect", "perfect_of", "past"})
_TOLD = frozenset({"perfect", "perfect_of"})
_JOINED = 80
_WEAK = frozenset({"planned", "contested", "negated"})


def status_of(line: Line, draft: Draft) -> tuple[Status, re.Match[str] | None]:
    """Return the status of a claim and the words that decided it (none: asserted)."""
    for cue in line.lexicon.cues:
        if cue.means == "background" or draft.kind.value in cue.unless_kind:
            continue
        match = _reaches(line, draft, cue)
        if match is not None:
            return Status(cue.means), match
    if line.lexicon.patterns["question"].search(line.text, line.start, line.end) and draft.kind is not Kind.HOLDS:
        return Status.PLANNED, None
    return Status.ASSERTED, None


def is_background(line: Line, draft: Draft) -> bool:
    """Tell whether the claim is history told in passing."""
    return any(_reaches(line, draft, cue) is not None for cue in line.lexicon.cues if cue.means == "background")


def _reaches(line: Line, draft: Draft, cue: Cue) -> re.Match[str] | None:
    """Return the cue's words where they stand so that they decide the claim."""
    if _is_out_of_place(line, draft, cue):
        return None
    return _FINDERS[cue.where](line, draft, cue)


def _is_out_of_place(line: Line, draft: Draft, cue: Cue) -> bool:
    """Tell whether the trigger's form shuts a cue off: a told fact is not planned, a presupposed one not claimed."""
    form = draft.trigger.form
    if cue.where == "sentence":
        return line.is_relative(draft.trigger)  # what a relative clause presupposes is the author's own
    if cue.where == "joined":
        return cue.means == "planned" and form in _TOLD
    return cue.where == "before" and cue.means in _WEAK and form in _FACTUAL_FORMS


def _within(line: Line, draft: Draft, cue: Cue) -> re.Match[str] | None:
    return cue.pattern.search(line.text[draft.trigger.start : draft.trigger.end])


def _particle(line: Line, draft: Draft, cue: Cue) -> re.Match[str] | None:
    del line
    return cue.pattern.search(draft.trigger.particle)


def _right_before(line: Line, draft: Draft, cue: Cue) -> re.Match[str] | None:
    start = draft.trigger.start
    return cue.pattern.search(line.text[max(line.start, start - _JOINED) : start])


def _anywhere(line: Line, draft: Draft, cue: Cue) -> re.Match[str] | None:
    del draft
    return cue.pattern.search(line.text, line.start, line.end)


def _first_after(line: Line, draft: Draft, cue: Cue) -> re.Match[str] | None:
    """Find the cue behind the trigger within its reach and clause."""
    start = draft.trigger.end
    match = cue.pattern.search(line.text, start, line.clause_end(start))
    return match if match and len(line.text[start : match.start()].split()) <= cue.within else None


def _last_before(line: Line, draft: Draft, cue: Cue) -> re.Match[str] | None:
    """Find the cue nearest before the trigger that no border of scope shuts off."""
    trigger = draft.trigger
    scope = line.lexicon.patterns["reported_scope" if cue.means in {"claimed", "denied"} else "scope"]
    match = last_match(cue.pattern, line.text, line.start, trigger.start)
    if match is None:
        return None
    between = line.text[match.end() : trigger.start]
    if cue.means in _WEAK and any(sign in between for sign in ",،") and _is_conceded(line, match):
        return None
    if cue.means == "background" and any(sign in between for sign in ",،"):
        return None
    return match if len(between.split()) <= cue.within and not scope.search(between) else None


def _is_conceded(line: Line, cue: re.Match[str]) -> bool:
    """Tell whether the cue stands in a concession, which ends with its comma ("despite warnings, ...")."""
    return (
        line.lexicon.patterns["conceding"].search(line.text[max(line.start, cue.start() - 40) : cue.start()])
        is not None
    )


_FINDERS = {
    "inside": _within,
    "particle": _particle,
    "joined": _right_before,
    "sentence": _anywhere,
    "after": _first_after,
    "before": _last_before,
}
