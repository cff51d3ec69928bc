"""Alternatives of a pattern as a tree of what they begin with: a search drops most of them at one letter.

The regular expression engine tries a hundred alternatives one after another at
every word. A tree finds matches at the same places, though where several begin
together it may be another one that is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_PIECE = re.compile(r"\\(?:x..|u....|.)|\[\^?\]?(?:\\.|[^\\\]])*\]|.", re.DOTALL)
_PAREN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\\\]])*\]|[()]", re.DOTALL)
_QUANTIFIER = re.compile(r"(?:(?:[?*+]|\{\d*,?\d*\})[?+]?)?")
_OPENING, _CLOSING = "(?:", ")"
_AT_MOST_ONCE = ("", "?", "??")
DEEPEST = 3
"""Letters and groups that the tree branches on; words that begin alike in more are few."""


def tree(patterns: Iterable[str]) -> str:
    """Return one pattern that matches where any of these does."""
    return "|".join(_branches(dict.fromkeys(part for pattern in patterns for part in _opened(pattern)), DEEPEST))


def openings(pattern: str, letters: int) -> list[str]:
    """Return patterns of this many letters of which one begins every match of a pattern without named groups.

    What must stand around is left out and a group that may repeat ends the opening, so they begin other words as well.
    """
    return sorted({opening for opening, _ in _begun(pattern, letters)})


def alternatives(pattern: str) -> list[str]:
    """Cut a pattern at the bars outside its groups and classes."""
    found, depth = [""], 0
    for piece in _PIECE.findall(pattern):
        depth += _deeper(piece)
        if piece == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += piece
    return found


def _begun(pattern: str, room: int) -> set[tuple[str, int]]:
    """Return the openings of a pattern, each with how many letters it may still be followed by."""
    return {opening for part in alternatives(pattern) for opening in _begun_in_turn(part, room)}


def _begun_in_turn(part: str, room: int) -> set[tuple[str, int]]:
    """Return the openings of a pattern that is no choice: those of its head, with what follows where there is room."""
    if not part or not room:
        return {("", room)}
    head, often = _head(part)
    rest = part[len(head) + len(often) :]
    heads = _begun_by(head, often, room)
    after = {left: _begun_in_turn(rest, left) for left in {left for _, left in heads}}
    return {(opening + more, least) for opening, left in heads for more, least in after[left]}


def _begun_by(head: str, often: str, room: int) -> set[tuple[str, int]]:
    """Return the openings of a letter, class or group."""
    if not head.startswith("("):
        return {(head + often, room - 1)}
    if not head.startswith(_OPENING):
        return {("", room)}
    if often not in _AT_MOST_ONCE:
        return {("", 0)}
    inner = _begun(head.removeprefix(_OPENING).removesuffix(_CLOSING), room)
    return inner | {("", room)} if often else inner


def _branches(parts: Iterable[str], depth: int) -> list[str]:
    """Return the parts, those that begin alike as one."""
    begun: dict[str, list[str]] = {}
    for part in parts:
        head = "".join(_head(part)) if depth else part
        begun.setdefault(head, []).append(part[len(head) :])
    return [head + _either(_branches(rest, depth - 1) if depth else rest) for head, rest in begun.items()]


def _either(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{_OPENING}{'|'.join(parts)}{_CLOSING}"


def _head(part: str) -> tuple[str, str]:
    """Return the first letter, class or group of an alternative, and how often it may stand."""
    depth, end = 0, 0
    for piece in (_PAREN if part.startswith("(") else _PIECE).finditer(part):
        depth += _deeper(piece[0])
        end = piece.end()
        if depth == 0:
            break
    quantifier = _QUANTIFIER.match(part, end)
    return part[:end], quantifier[0] if quantifier else ""


def _opened(pattern: str) -> Iterator[str]:
    """Yield the alternatives of a pattern, and of those that are a group of alternatives the group's."""
    for part in alternatives(pattern):
        if part.startswith(_OPENING) and part.endswith(_CLOSING) and _head(part) == (part, ""):
            yield from _opened(part.removeprefix(_OPENING).removesuffix(_CLOSING))
        else:
            yield part


def _deeper(piece: str) -> int:
    """Return 1 where a group opens, -1 where one closes."""
    return (piece == "(") - (piece == ")")
