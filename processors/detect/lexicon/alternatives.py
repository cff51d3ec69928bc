"""Alternatives of a pattern as a tree of what they begin with: a search drops most of them at one letter.

The regular expression engine tries a hundred alternatives one after another at
every word. A tree finds matches at the same places, though where several begin
together it may be another one that is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\\\]])*\]|.", re.DOTALL)
_QUANTIFIER = re.compile(r"(?:(?:[?*+]|\{\d*,?\d*\})[?+]?)?")
_OPENING, _CLOSING = "(?:", ")"
DEEPEST = 3
"""Letters and groups that the tree branches on; words that begin alike in more are few."""


def tree(patterns: Iterable[str]) -> str:
    """Return one pattern that matches where any of these does."""
    return "|".join(_branches(dict.fromkeys(part for pattern in patterns for part in _opened(pattern)), DEEPEST))


def _branches(parts: Iterable[str], depth: int) -> list[str]:
    """Return the parts, those that begin alike as one."""
    begun: dict[str, list[str]] = {}
    for part in parts:
        head = _head(part) if depth else part
        begun.setdefault(head, []).append(part[len(head) :])
    return [head + _either(_branches(rest, depth - 1) if depth else rest) for head, rest in begun.items()]


def _either(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{_OPENING}{'|'.join(parts)}{_CLOSING}"


def _head(part: str) -> str:
    """Return the first letter, class or group of an alternative, with how often it may stand."""
    depth, end = 0, 0
    for piece in _PIECE.finditer(part):
        depth += _deeper(piece[0])
        end = piece.end()
        if depth == 0:
            break
    quantifier = _QUANTIFIER.match(part, end)
    return part[: quantifier.end() if quantifier else end]


def _opened(pattern: str) -> Iterator[str]:
    """Yield the alternatives of a pattern, and of those that are a group of alternatives the group's."""
    for part in _alternatives(pattern):
        if part.startswith(_OPENING) and part.endswith(_CLOSING) and _head(part) == part:
            yield from _opened(part.removeprefix(_OPENING).removesuffix(_CLOSING))
        else:
            yield part


def _alternatives(pattern: str) -> list[str]:
    """Cut a pattern at the bars outside its groups and classes."""
    found, depth = [""], 0
    for piece in _PIECE.findall(pattern):
        depth += _deeper(piece)
        if piece == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += piece
    return found


def _deeper(piece: str) -> int:
    """Return 1 where a group opens, -1 where one closes."""
    return (piece == "(") - (piece == ")")
