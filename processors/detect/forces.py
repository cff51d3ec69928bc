"""Finds a state's forces by rule: a word for an armed force beside a word for a nation.

Arabic (القوات العراقية) and English ("Iraqi government forces") are read by
patterns; other languages by their words in `nations.toml`: forces, nations,
fillers and links that stand together, in either order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from processors.detect.stems import is_cyrillic, stem
from processors.gazetteer import Gazetteer
from processors.gazetteer.names import is_arabic
from processors.normalise import fold

MOST_WORDS = 8  # in one phrase for a force
LONGEST_WORD = 4  # letters of a country's name that is an everyday word somewhere
NAME_WORDS = 5  # in one name of a country

_ARABIC_HEAD = re.compile(
    r"(?:ال)?(?:قوات|جيش|قوات الجيش|وحدات|سلطات|حكومه|شرطه|طيران|دفاعات)(?= )"
    r"|(?:ال)?(?:جنود|ضباط|عناصر|عساكر)(?= ال)"
)
_ARABIC_TAIL = re.compile(
    r" (?:(?:ال)?(?:مسلحه|حكوميه|نظاميه|امنيه|حكومه|خاصه|بريه|مشتركه|وطني|عربي|شعبي|جيش|احتلال|امن|قوات|حدود"
    r"|دفاع) ){0,3}"
    r"([\u0621-\u064a]+)"
)
_ENGLISH_TAIL = re.compile(
    r"(?:'s)?(?: (?:government|regime|state|federal|national|armed|security|special|ground|regular|elite|interim"
    r"|transitional|border|federal|military|counter-?terrorism|air ?borne|naval|marine)){0,3}"
    r" (?:forces?|army|troops|soldiers|military|government|regime|police|authorities|servicemen|units|paratroopers"
    r"|marines|command|navy|air force|guards|commandos|service)\b"
)
_ENGLISH_NATION = re.compile(r"u\.s\.|u\.k\.|[a-z]+(?:'(?!s\b)[a-z]+)?")
_SHORT = {"us": "US", "u.s.": "US", "uk": "GB", "u.k.": "GB"}  # with a force only: "us" is a word

_WORD = re.compile(r"(?:[^\W\d_]{1,2}\.){2,}|[^\W\d_]+(?:'[^\W\d_]{6,})?")
_ELIDED = re.compile(r"(?:[dl]|qu)'(?=[^\W\d_])")  # French: l'armée, d'Ukraine
_GAP = re.compile(r"(?:'[^\W\d_]{1,5})?[ \"\-–]{1,3}")
# Turkish case endings behind a possessive: ordusunun, güçlerine, birliklerinden, askerleriyle.
_CASE = re.compile(r"(?<=[iu])(?:n(?:[iu]n|[iuea]|d[ea]n|d[ea])|yl[ea])$")


class Part(StrEnum):
    """What a word adds to the phrase for a force."""

    FORCE = "force"
    NATION = "nation"
    NAME = "name"
    FILLER = "filler"
    LINK = "link"


class _Step(NamedTuple):
    part: Part
    code: str | None
    end: int


class Forces:
    """The words of state forces; immutable."""

    def __init__(self, table: Mapping[str, Any], gazetteer: Gazetteer) -> None:
        """Index the table's words and the gazetteer's names of countries and their people."""
        self._nations, self._countries = gazetteer.nations, gazetteer.countries
        self._words: dict[str, tuple[Part, str | None]] = {}
        self._words.update((_key(name), (Part.NAME, code)) for name, code in gazetteer.countries.items())
        self._words.update((word, (Part.NATION, code)) for word, code in gazetteer.nations.items() if is_arabic(word))
        for language, words in table.items():
            self._words.update(_indexed(language, words))
            for word in words.get("words_not_names", ()):
                del self._words[_key(word)]
        self._firsts = frozenset(key.split(" ")[0] for key in self._words)
        begins = (key for key, (part, _) in self._words.items() if part is not Part.LINK)
        self._openers = frozenset(key.split(" ")[0] for key in begins)

    def opens(self, word: str) -> bool:
        """Tell whether a phrase for a force can begin with this word, a suffix behind its apostrophe left off."""
        if _plain(word) in self._openers or _plain(word.partition("'")[0]) in self._openers:
            return True
        nation = _ENGLISH_NATION.match(word)
        return _ARABIC_HEAD.match(f"{word} ال") is not None or bool(nation and self._english(nation[0]))

    def country(self, word: str) -> str | None:
        """Return the country whose people, things or name this word of any language is ("украинские", Сирии).

        A short name may be a word as well: мали is "had" in Ukrainian.
        """
        part, code = self._words.get(_plain(word), (Part.LINK, None))
        return code if part is Part.NATION or (part is Part.NAME and len(word) > LONGEST_WORD) else None

    def read(self, text: str, start: int) -> tuple[int, str] | None:
        """Return the end of the phrase for a state's force that begins at `start`, and the state (ISO 3166 alpha-2)."""
        ways = (self._by_head(text, start), self._by_nation(text, start), self._by_words(text, start))
        return max((way for way in ways if way), default=None)

    def _by_head(self, text: str, start: int) -> tuple[int, str] | None:
        head = _ARABIC_HEAD.match(text, start)
        rest = head and _ARABIC_TAIL.match(text, head.end())
        code = rest and self._nations.get(rest[1])
        return (rest.end(), code) if rest and code else None

    def _by_nation(self, text: str, start: int) -> tuple[int, str] | None:
        nation = _ENGLISH_NATION.match(text, start)
        code = nation and self._english(nation[0])
        force = nation and code and _ENGLISH_TAIL.match(text, nation.end())
        return (force.end(), code) if force and code else None

    def _english(self, word: str) -> str | None:
        return self._nations.get(word) or self._countries.get(word) or _SHORT.get(word)

    def _by_words(self, text: str, start: int) -> tuple[int, str] | None:
        """Read forces, fillers and links around one nation; the phrase ends with the last word that is no link."""
        end, nation, force = 0, None, False
        for step in self._steps(text, start):
            if step.code and nation and step.code != nation:
                break
            nation, force = nation or step.code, force or step.part is Part.FORCE
            if nation and force and step.part is not Part.LINK:
                end = step.end
        return (end, nation) if nation and end else None

    def _steps(self, text: str, start: int) -> Iterator[_Step]:
        at = start
        for _ in range(MOST_WORDS):
            elided = _ELIDED.match(text, at)
            step = self._step(text, elided.end() if elided else at)
            if step is None or (at == start and not _may_begin(step.part, text, at)):
                return
            yield step
            gap = _GAP.match(text, step.end)
            if gap is None:
                return
            at = gap.end()

    def _step(self, text: str, start: int) -> _Step | None:
        """Return the longest known words from `start`: "Burkina Faso", "sud-soudanais"."""
        found, key, at = None, "", start
        for _ in range(NAME_WORDS):
            word = _WORD.match(text, at)
            if word is None:
                return found
            key = f"{key} {_plain(word[0])}" if key else _plain(word[0])
            if key in self._words:
                found = _Step(*self._words[key], word.end())
            elif not found and key not in self._firsts:
                return None
            gap = _GAP.match(text, word.end())
            if gap is None:
                return found
            at = gap.end()
        return found


def _indexed(language: str, words: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Part, str | None]]]:
    """Yield the words of one language, French and Spanish ones with their plurals."""
    plurals = ("", "s", "es") if language in {"fr", "es"} else ("",)
    for part in (Part.LINK, Part.FILLER, Part.FORCE):
        yield from ((_key(word), (part, None)) for word in words[f"{part}s"])
    for code, adjectives in words["nations"].items():
        yield from ((_key(word + plural), (Part.NATION, code)) for word in adjectives for plural in plurals)
    yield from ((_key(name), (Part.NAME, code)) for name, code in words.get("names", {}).items())


def _may_begin(part: Part, text: str, start: int) -> bool:
    """Tell whether a phrase begins so: no link, and in Cyrillic, where it stands behind in the genitive, no name."""
    return part is not Part.LINK and (part is not Part.NAME or not is_cyrillic(text, start))


def _key(name: str) -> str:
    return " ".join(_plain(word) for word in _WORD.findall(fold(name).text))


def _plain(word: str) -> str:
    """Return a folded word as it is compared: Cyrillic without its ending, Turkish without the case."""
    return _CASE.sub("", stem(word.replace(".", "")))
