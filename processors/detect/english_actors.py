"""Names of groups in English noun phrases: the acronym in brackets, the name behind its noun, the name inside."""

from __future__ import annotations

from processors.detect.english_qualifiers import Qualifiers
from processors.detect.reading import Reading


def past_acronym(at: Reading, word: int, identity: str | None) -> int:
    """Return where a name ends with the acronym in brackets that stands for it ("the ... Forces (SDF)")."""
    if not (at.has(word, {"("}) and at.has(word + 2, {")"})):
        return word
    match = at.actor(word + 1)
    same = match is not None and match.id == identity
    return word + 3 if same or Qualifiers(at=at).is_short_acronym(word + 1) else word


def called(at: Reading, word: int) -> tuple[int, str | None]:
    """Return where the name ends that a noun calls a group by ("the rebel group X"), and its id."""
    match = at.actor(word)
    return (at.after(match.end), match.id) if match and match.id else (word, None)


def named_inside(at: Reading, core: int, end: int) -> str | None:
    """Return the id of a group named behind an adjective of its own ("suspected Boko Haram members")."""
    found = (match for word in range(core + 1, end) if (match := at.actor(word)) is not None)
    return next((match.id for match in found if match.id is not None), None)
