"""Positions of languages whose verb closes the clause: the object before it, the subject before the object."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from processors.detect.line import Line, Slot, Trigger
from processors.detect.phrases import Role

VERB_FINAL: Mapping[str, Callable[[Line, Trigger, Role], Slot | None]] = {}
"""Position names of verb-final languages; a lexicon's frames name them beside those of seats.POSITIONS."""
