"""What a sentence names: places and actors as phrases, found once and then asked for by their position.

Offsets count characters of the folded text of the whole document. `plain` is
the folded text with quotes, hash signs and addresses blanked out, so that a
quoted or tagged name is read like any other; its length is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

_ADDRESS = re.compile(r"https?://[!-~]+")
_JOINING = re.compile(r"_(?<=[^\W\d]_)(?=[^\W\d])")
_WORD = re.compile(r"(?<![^\W_])(?:[a-z]\.){2,4}(?=\s)|[^\W_]+(?:['\-.](?=[^\W_])[^\W_]+)*|[^\w\s]")


class Role(StrEnum):
    """What a phrase stands for; a `NAME` is capitalised words that nothing knows."""

    PLACE = "place"
    ACTOR = "actor"
    NAME = "name"


class Word(NamedTuple):
    """A word or a sign of punctuation, folded; a tuple, as thousands are made for a text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A place name within a phrase and the gazetteer's rows that bear it (none: unknown)."""

    start: int
    end: int
    rows: tuple[int, ...] = ()
    common: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A noun phrase that names places or an actor.

    `names` are the places it lists, `within` the places it lies in ("villages
    in X"), `share` tells that only a part is meant, `pointing` that it points
    back ("the city", it), `headed` that a common noun says what it is, and
    `actor` is the actor's id, `generic` the key of a word that does not say which,
    `holder` whose the place is ("areas of the opposition"); `bound` tells that it only
    qualifies the noun behind it ("port operator"); `open` that its noun is a place only
    because somebody armed takes or leaves it ("the escarpment"); `case` is the one its
    ending marks, in languages whose readers tell it.
    """

    role: Role
    start: int
    end: int
    first: int
    last: int
    names: tuple[Name, ...] = ()
    within: tuple[Name, ...] = ()
    share: bool = False
    pointing: bool = False
    headed: bool = False
    actor: str | None = None
    generic: str | None = None
    holder: Phrase | None = None
    bound: bool = False
    open: bool = False
    head: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A speaker at folded offsets `start` to `end`, the words of saying at `cue`.

    `core` is where the phrase begins without its article, `closing` tells that
    it may stand behind what it says, `spoken` is the speaker's name where the
    words as written hide its article behind a preposition (للمرصد).
    """

    cue: tuple[int, int]
    start: int
    end: int
    core: int
    closing: bool
    spoken: str | None = None


def open_place(names: Sequence[Name], *, end: int, head: str, within: tuple[Name, ...] = ()) -> Phrase:
    """Make a place that only its taker makes one, from the names it lists to offset `end`; it has no words numbered."""
    return Phrase(
        role=Role.PLACE,
        start=names[0].start,
        end=end,
        first=0,
        last=1,
        names=tuple(names),
        within=within,
        open=True,
        head=head,
    )


def plain(folded: str) -> str:
    """Return folded text with quotes, hash signs, joining underscores and addresses blanked out, length kept."""
    if "http" in folded:
        folded = _ADDRESS.sub(lambda match: " " * len(match.group()), folded)
    if "_" in folded:
        folded = _JOINING.sub(" ", folded)
    for quote in ("' ", " '", "'\n", "\n'"):
        folded = folded.replace(quote, quote.replace("'", " "))
    return folded.replace('"', " ").replace("#", " ")


def words(text: str, start: int, end: int) -> tuple[Word, ...]:
    """Return the words and signs of text[start:end]; letters that stand for words keep their full stops ("u.n.")."""
    return tuple(Word(m[0], *m.span()) for m in _WORD.finditer(text, start, end))


Reader = Callable[[int], Phrase | None]
"""Reads the phrase that begins at a word, or none."""


def scan(count: int, read: Reader) -> tuple[Phrase, ...]:
    """Read phrases from left to right without overlap over `count` words."""
    found: list[Phrase] = []
    at = 0
    while at < count:
        phrase = read(at)
        if phrase is not None:
            found.append(phrase)
        at = phrase.last if phrase is not None and phrase.last > at else at + 1
    return tuple(found)
