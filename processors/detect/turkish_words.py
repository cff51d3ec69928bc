"""Endings of Turkish words: which case a word stands in, whether it is owned, and the noun it is a form of.

Over folded text vowel harmony leaves two vowels to each ending (i, u and a, e).
Names take their endings behind an apostrophe, or in careless print without one.
The ending `-i` of a bare noun is the accusative or the owned form ("köyü");
only the words around it tell, so its case is `either`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

_OWNED = r"(?:(?:s?[iu])?n)"
_CASES = tuple(
    (case, re.compile(pattern))
    for case, pattern in (
        ("nom", r""),
        ("owned", r"s[iu]"),
        ("either", r"[iu]"),
        ("acc", r"y[iu]|(?:s?[iu])?n[iu]"),
        ("gen", r"(?:s?[iu])?n?[iu]n"),
        ("dat", rf"(?:{_OWNED}|y)?[ae]"),
        ("loc", rf"{_OWNED}?[dt][ae]"),
        ("abl", rf"{_OWNED}?[dt][ae]n"),
        ("within", rf"{_OWNED}?[dt][ae]ki(?:l[ae]r\w*)?"),
        ("with", r"(?:s?[iu])?y?l[ae]"),
        ("by", rf"{_OWNED}?c[ae]"),
    )
)
_PLURAL = re.compile(r"l[ae]r(?=$|[iuaedntclys])")
_MANY = re.compile(r"l[ae]r(?:[iuaedn]\w{0,4})?$")
_OURS = re.compile(r"[iu]?m[iu]z")
_BARE_ENDING = re.compile(r"(?:n?[dt][ae](?:n|ki)?|n[iu]n|y[iuae]|n[iuae]|[iu]n|[iuae])$")
_MARK = re.compile(r"(?:n[iu]n?|[iu]n|y[iu]|n?[dt][ae](?:n|ki\w*)?|[ny]?[ae]|y?l[ae]|n?c[ae])$")
_MARK_OF_UNKNOWN = re.compile(r"(?<=\w\w\w[iu])n(?:[iu]n?|[dt][ae]n)$|(?<=[aeo])(?:y[iu]|n[iu]n)$|[dt][ae]n$|[iu]n?$")
_NO_WORDS = ("g", "sehr", "nehr", "emr")
_LEAST = 3

PERSON = "person"
"""What is given for a case to persons, whom no verb of a frame takes."""

UNMARKED = frozenset({"nom", "owned", "either"})
"""Cases that a subject can stand in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A noun's form: its stem, its case, and whether it is plural and owned ("güçleri" is both)."""

    stem: str
    case: str
    plural: bool = False
    owned: bool = False


def case_of(ending: str) -> str | None:
    """Return the case that an ending makes, its plural left off; None where it is no ending."""
    plural = _PLURAL.match(ending)
    rest = ending[plural.end() :] if plural else ending
    ours = _OURS.match(rest)
    rest = rest[ours.end() :] if ours else rest
    return next((case for case, pattern in _CASES if pattern.fullmatch(rest)), None)


def form_of(word: str, stems: AbstractSet[str]) -> Form | None:
    """Return the longest of the nouns that a folded word is a form of."""
    word = word.replace("'", "")
    for size in range(len(word), 1, -1):
        if word[:size] in stems:
            case = case_of(word[size:])
            if case is not None:
                return _form(word[:size], word[size:], case, whole=word[: size - 1] in stems)
    return None


def _form(stem: str, ending: str, case: str, *, whole: bool) -> Form:
    """Make a noun's form; `whole`: its stem is a compound that is owned by itself ("havalimanı" of "havaliman")."""
    plural = _PLURAL.match(ending)
    rest = ending[plural.end() :] if plural else ending
    owned = rest.startswith(("si", "su")) or rest[:1] in {"i", "u"}
    owned = (owned and rest not in {"in", "un"}) or (whole and stem[-1] in "iu")
    return Form(stem=stem, case=case, plural=plural is not None, owned=owned)


def uncased(word: str, form: Form) -> int:
    """Return how long a noun is without the ending of its case, its plural and its owner kept ("yolunda": "yolu")."""
    ending = _MARK.search(word, len(form.stem)) if form.case not in UNMARKED else None
    return _unsoftened(word, ending.start()) if ending else len(word)


def uncased_unknown(word: str) -> int:
    """Return how long a noun that no list knows is without the ending of its case ("siperlerini": "siperleri")."""
    ending = _MARK_OF_UNKNOWN.search(word, _LEAST)
    return _unsoftened(word, ending.start()) if ending else len(word)


def _unsoftened(word: str, size: int) -> int:
    """Return where a stem ends before a vowel: a doubled consonant is one ("üssü"); what lost a sound is no word."""
    if size < len(word) and word[:size].endswith(_NO_WORDS):
        return len(word)
    return size - (word[size - 1] == word[size - 2] and word[size - 1] not in "aeiou")


def singular(word: str) -> tuple[int, str] | None:
    """Return where a name ends before a plural ("Talibanlar", "Husilerin") and the case of what follows."""
    found = _MANY.search(word)
    case = case_of(word[found.start() :]) if found is not None and found.start() >= _LEAST else None
    return (found.start(), case) if found is not None and case is not None else None


@lru_cache(maxsize=1 << 14)
def cuts(word: str) -> tuple[tuple[int, str], ...]:
    """Return where a name may end within a folded word, with the case of what follows: at its apostrophe, else bare."""
    return tuple(_cuts(word))


def _cuts(word: str) -> Iterator[tuple[int, str]]:
    at = word.rfind("'")
    if at > 0:
        case = case_of(word[at + 1 :])
        if case is not None:
            yield at, _of_name(case)
            return
    yield len(word), "nom"
    bare = _BARE_ENDING.search(word) if at < 0 else None
    while bare is not None and bare.start() >= _LEAST:
        case = case_of(bare[0])
        if case is not None:
            yield bare.start(), _of_name(case)
        bare = _BARE_ENDING.search(word, bare.start() + 1)


def _of_name(case: str) -> str:
    """Return the case of a name: as nothing owns it, its -i is the accusative."""
    return "acc" if case == "either" else case
