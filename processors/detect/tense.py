"""What the present of "control" tells: news, or a state that lasts."""

from __future__ import annotations

from processors.detect.line import Line, Slot, Trigger
from streams.mentions import Kind

_VAST = 60
"""Characters behind the verb in which its object says how much is controlled."""


def told_kind(line: Line, trigger: Trigger, gainer: Slot | None) -> Kind:
    """Return what is told; the present of "control" is a state, except where it is told as news."""
    frame = trigger.frame
    if frame.kind is Kind.HOLDS and _came_about(line, trigger):
        return Kind.CAPTURE
    if not (frame.state and trigger.form == "imperfect") or trigger.particle:
        return frame.kind
    if line.lexicon.patterns["past_negation"].search(line.text[max(line.start, trigger.start - 8) : trigger.start]):
        return frame.kind
    turned = line.lexicon.patterns.get("turned")
    if turned is not None and turned.search(line.text, line.start, trigger.start):
        return Kind.HOLDS if _is_vast(line, trigger) else frame.kind
    if _lasts(line, trigger):
        return Kind.HOLDS
    headline = (
        gainer is not None and gainer.start < trigger.start and _opens(line, gainer) and not line.is_relative(trigger)
    )
    return frame.kind if headline else Kind.HOLDS


def _is_vast(line: Line, trigger: Trigger) -> bool:
    """Tell whether what has come under control is a share of a land, which is no news of a place."""
    return line.lexicon.patterns["vast"].search(line.text, trigger.end, min(line.end, trigger.end + _VAST)) is not None


def _came_about(line: Line, trigger: Trigger) -> bool:
    """Tell whether the clause says by when somebody came to hold it ("in control of the town by noon")."""
    told = line.lexicon.patterns.get("came_about")
    compound = trigger.who is not None and " " not in line.text[trigger.start : trigger.end]  # "rebel-held"
    if told is None or compound or line.is_relative(trigger):
        return False
    if line.lexicon.patterns["lasting"].search(line.text, line.clause_start(trigger.start), trigger.end):
        return False
    return told.search(line.text, line.clause_start(trigger.start), line.clause_end(trigger.end)) is not None


def _lasts(line: Line, trigger: Trigger) -> bool:
    """Tell whether the clause says that the control goes on ("still controls")."""
    lasting = line.lexicon.patterns.get("lasting")
    return lasting is not None and bool(lasting.search(line.text, line.clause_start(trigger.start), trigger.start))


def _opens(line: Line, slot: Slot) -> bool:
    """Tell whether the slot stands at the head of its sentence or after its colon, and is not what somebody says."""
    reported = line.lexicon.patterns.get("reported")
    if reported is not None and reported.search(line.text, line.start, slot.start):
        return False
    return len(line.text[line.start : slot.start].rpartition(":")[2].split()) <= 3  # noqa: PLR2004 (place or time lead)
