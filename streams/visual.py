"""Lines of mixed direction for terminals: isolates for those that know of direction, visual order for the others."""

from __future__ import annotations

import unicodedata
from typing import Any

from bidi import algorithm  # type: ignore[import-untyped]  # it ships no types
from rich.text import Text

_RLI, _LRI, _PDI, _LRM = "\u2067", "\u2066", "\u2069", "\u200e"


def isolated(line: Text, direction: str) -> Text:
    """Wrap a line in isolates (UAX #9), so that it neither takes nor gives direction to what stands around it.

    A line without right-to-left letters needs none, and some terminals draw a box for them.
    """
    if direction == "ltr" and not _turns(line.plain):
        return line
    return Text(_RLI if direction == "rtl" else _LRI).append_text(line).append(_PDI)


def anchored(name: Text) -> Text:
    """Set a name between left-to-right marks where it would else turn the row it stands in.

    Marks rather than isolates: rows have columns, and some terminals give an isolate a column of its own.
    """
    return Text(_LRM).append_text(name).append(_LRM) if _turns(name.plain) else name


def _turns(text: str) -> bool:
    return not text.isascii() and any(unicodedata.bidirectional(char) in {"R", "AL", "RLI"} for char in text)


def visual(line: Text, direction: str) -> Text:
    """Return the line with its characters from left to right as they are to be seen, styles with them."""
    shown = Text(style=line.style)
    for at, char in _order(line.plain, "R" if direction == "rtl" else "L"):
        shown.append_text(_one(line, at, char))
    return shown


def _one(line: Text, at: int, char: str) -> Text:
    """Return the character at `at` with its style; `char` differs where a bracket is mirrored."""
    styles = [str(span.style) for span in line.spans if span.start <= at < span.end]
    return Text(char, style=" ".join(styles))


def _order(text: str, base: str) -> list[tuple[int, str]]:
    """Run the bidirectional algorithm and keep where each character came from."""
    storage: dict[str, Any] = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = algorithm.PARAGRAPH_LEVELS[base], base
    algorithm.get_embedding_levels(text, storage, False, False)
    for at, char in enumerate(storage["chars"]):
        char["at"] = at
    for rule in (
        algorithm.explicit_embed_and_overrides,
        algorithm.resolve_weak_types,
        algorithm.resolve_neutral_types,
        algorithm.resolve_implicit_levels,
        algorithm.reorder_resolved_levels,
        algorithm.apply_mirroring,
    ):
        rule(storage, False)
    return _marks_behind([(char["at"], char["ch"]) for char in storage["chars"]])


def _marks_behind(chars: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Put combining marks behind their letter again (UAX #9, L3): reversed they would sit on the neighbour."""
    done: list[tuple[int, str]] = []
    waiting: list[tuple[int, str]] = []
    for at, char in chars:
        if unicodedata.combining(char) and not (done and not waiting and done[-1][0] == at - 1):
            waiting.append((at, char))
        else:
            done += [(at, char), *reversed(waiting)]
            waiting = []
    return done + waiting
