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
from processors.detect.line import Line
from streams.items import Kind, Status

_FACTUAL_FORMS = frozenset({"perfect", "perfect_of", "past"})
_TOLD = frozenset({"perfect", "perfect_of"})
_WEAK = frozenset({"planned", "contested", "negated"})
_IRREALIS = (Status.DENIED, Status.NEGATED, Status.CONTESTED, Status.PLANNED)


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
    trigger = draft.trigger
    if cue.where == "sentence" and line.is_relative(trigger):
        return None  # what a relative clause presupposes is the author's own
    if cue.where == "particle":
        return cue.pattern.search(trigger.particle)
    if cue.where == "inside":
        return cue.pattern.search(line.text[trigger.start : trigger.end])
    if cue.where == "joined":
        if cue.means == "planned" and trigger.form in _TOLD:
            return None
        lead = line.text[max(line.start, trigger.start - 80) : trigger.start]
        return cue.pattern.search(lead)
    if cue.where == "sentence":
        return cue.pattern.search(line.text, line.start, line.end)
    if cue.where == "after":
        return _first_after(line, draft, cue)
    if cue.where == "before" and cue.means in _WEAK and trigger.form in _FACTUAL_FORMS:
        return None
    return _last_before(line, draft, cue)


def _first_after(line: Line, draft: Draft, cue: Cue) -> re.Match[str] | None:
    """Find the cue behind the trigger within its reach and clause."""
    start = draft.trigger.end
    match = cue.pattern.search(line.text, start, line.clause_end(start))
    return match if match and len(line.text[start : match.start()].split()) <= cue.within else None


def _last_before(line: Line, draft: Draft, cue: Cue) -> re.Match[str] | None:
    """Find the cue nearest before the trigger that no border of scope shuts off."""
    trigger = draft.trigger
    scope = line.lexicon.patterns["reported_scope" if cue.means in {"claimed", "denied"} else "scope"]
    match = None
    for match in cue.pattern.finditer(line.text, line.start, trigger.start):
        pass
    if match is None:
        return None
    between = line.text[match.end() : trigger.start]
    if cue.means == "background" and any(sign in between for sign in ",،"):
        return None
    return match if len(between.split()) <= cue.within and not scope.search(between) else None
