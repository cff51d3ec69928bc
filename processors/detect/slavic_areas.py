"""Areas that share their noun in Russian and Ukrainian: "Кельбаджарский, Агдамский и Лачинский районы"."""

from __future__ import annotations

import re

from processors.detect.phrases import Name, Phrase, Role
from processors.detect.reading import Reading

_REGIONAL = re.compile(r"(?P<stem>[\w'-]+[сц]ь?к)\w{1,3}$")
_JOINTS = frozenset({",", "и", "та", "і", "й"})
_FEMININE = ("ь", "я")
_ENDINGS = {"ru": ("ий", "ая"), "uk": ("ий", "а")}
"""Endings of an adjective in the nominative beside a masculine and a feminine noun."""


def areas(at: Reading, first: int) -> Phrase | None:
    """Return the areas that two or more adjectives in a row name with one noun in the plural behind the last."""
    found, here = [first], first + 1
    if not _names_area(at, first):
        return None
    while at.has(here, _JOINTS) and _names_area(at, here + 1):
        found.append(here + 1)
        here += 2
    if len(found) == 1 or not at.has(here, at.lists["areas"]):
        return None
    noun, case = at.lexicon.surfaces["places"].get(at.words[here].text, ("", ""))
    names = tuple(_name(at, word, noun) for word in found)
    return at.phrase(Role.PLACE, first, here + 1, names=names, headed=True, head=noun, case=case.rstrip("+"))


def _names_area(at: Reading, word: int) -> bool:
    """Tell whether an adjective made of a name stands here."""
    return word < len(at.words) and at.capital(word) and _REGIONAL.match(at.words[word].text) is not None


def _name(at: Reading, adjective: int, noun: str) -> Name:
    """Look one of the areas up by its adjective with the noun in the singular."""
    word = at.words[adjective]
    masculine, feminine = _ENDINGS[at.lexicon.language]
    stem = _REGIONAL.sub(r"\g<stem>", word.text)
    full = f"{stem}{feminine if noun.endswith(_FEMININE) else masculine} {noun}"
    match = at.knowledge.gazetteer.match(full, 0)
    rows = match.rows if match is not None and match.end == len(full) else ()
    return Name(start=word.start, end=word.end, rows=rows)
