"""Everyday words of Arabic: a word behind words of taking that is none of them may be the name of a small place.

The words are pyspellchecker's Arabic list, some 140,000 forms as subtitles write them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import marisa_trie  # type: ignore[import-not-found]  # it ships no types
from spellchecker import SpellChecker

from processors.normalise import fold

_PARTICLES = ("", "و", "ف", "ب", "ل", "ك")
_ENDINGS = ("", "ها", "هم", "نا", "هما", "يه", "ين", "ون", "ات")
_LEAST = 4  # letters of a word that is left when particles and endings are taken off


def is_everyday(word: str) -> bool:
    """Tell whether a folded word, or what is left of it without particles and endings, is an everyday one."""
    known = _words()
    return any(bare in known for bare in _bare(word))


def _bare(word: str) -> Iterator[str]:
    """Yield a word as it is, and without each particle before and each ending behind it."""
    for particle in _PARTICLES:
        rest = word.removeprefix(particle)
        for ending in _ENDINGS if particle == "" or rest != word else ():
            stem = rest.removesuffix(ending)
            if not ending or (stem != rest and len(stem) >= _LEAST):
                yield stem
                yield stem + "ه" if ending else "ال" + stem


@cache
def _words() -> marisa_trie.Trie:
    listed = SpellChecker(language="ar").word_frequency.keys()
    return marisa_trie.Trie(fold("\n".join(listed)).text.split())
