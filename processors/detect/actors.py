"""Finds who acts in a text: named groups by their aliases, states' forces by rule, and words that do not say which.

The table is `actors.toml`. State forces are not listed: a word for an armed
force beside a word for a nation ("Iraqi troops", القوات العراقية) is that
state's force. A generic word ("rebels", المعارضة) is an actor without an id,
until the document's country says whom it means.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources import files
from itertools import islice
from typing import Any

from processors.gazetteer import Gazetteer
from processors.gazetteer.names import key_of, readings
from processors.normalise import fold
from streams.errors import ConfigError

MOST_WORDS = 600  # words of a document read for its actors' countries
CLEAR_SHARE = 0.5  # of a document's evidence for one country, from which on "the army" is that country's

_FORCE_AR = re.compile(
    r"(?:ال)?(?:قوات|جيش|قوات الجيش|وحدات|سلطات|حكومه|شرطه|طيران|دفاعات)(?= )"
    r"|(?:ال)?(?:جنود|ضباط|عناصر|عساكر)(?= ال)"
)
_AFTER_FORCE_AR = re.compile(
    r" (?:(?:ال)?(?:مسلحه|حكوميه|نظاميه|امنيه|حكومه|خاصه|بريه|مشتركه|وطني|عربي|شعبي|جيش|امن|قوات|حدود|دفاع) ){0,3}"
    r"([\u0621-\u064a]+)"
)
_FORCE_EN = re.compile(
    r"(?:'s)?(?: (?:government|regime|state|federal|national|armed|security|special|ground|regular|elite|interim"
    r"|transitional|border|federal|military|counter-?terrorism|air ?borne|naval|marine)){0,3}"
    r" (?:forces?|army|troops|soldiers|military|government|regime|police|authorities|servicemen|units|paratroopers"
    r"|marines|command|navy|air force|guards|commandos|service)\b"
)
_WORD = re.compile(r"(?:(?<=\b[وفبلك])|(?<![^\W_]))[^\W\d_]{2}")
_NATION_EN = re.compile(r"u\.s\.|u\.k\.|[a-z]+(?:'(?!s\b)[a-z]+)?")
_BEFORE = re.compile(
    r"(?:^|(?<=[\s\"(،,؛:.])|(?<=\s[وفبلك])|(?<=\n))"
    r"((?:(?:ال)?(?:مقاتلو|مقاتلي|مقاتلون|مقاتلين|عناصر|مسلحو|مسلحي|مسلحون|مسلحين|قوات|وحدات|جنود|ميليشيا|مليشيا"
    r"|ميليشيات|مليشيات|فصايل|كتايب|متمردو|متمردي|افراد|مجموعات|مجاهدو|مجاهدي|ارهابيو|ارهابيي|انصار|تنظيم|جماعه|حركه)"
    r"|(?:fighters|militants|members|forces|troops|gunmen|elements|soldiers) (?:of|from|loyal to) (?:the )?)[\s\"]+)+$"
)
_AFTER = re.compile(
    r"(?:\"?\s+(?:(?:ال)?(?:ارهابي|ارهابيه|متطرف|متشدد|مسلح|مسلحه|متمرد|متمرده|انقلابيه|مواليه|حليفه)(?![\u0621-\u064a])"
    r"|(?:fighters|militants|forces|troops|rebels|insurgents|jihadists|gunmen|militia|militiamen|group|movement|units"
    r"|soldiers|terrorists|extremists|organi[sz]ation)\b))+"
)


_SHORT = {"us": "US", "u.s.": "US", "uk": "GB", "u.k.": "GB"}  # with a force only: "us" is a word


class ActorKind(StrEnum):
    """How an actor was recognised; a country's bare name acts only where the sentence says so."""

    NAMED = "named"
    STATE = "state"
    GENERIC = "generic"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorEntry:
    """One actor: `side` groups those who hold places for one another, `until` is its last day (ISO 8601).

    `name_ar` is the English name where no Arabic one was read.
    """

    id: str
    name: str
    name_ar: str
    side: str
    type: str
    countries: tuple[str, ...] = ()
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Generic:
    """A word for an armed actor that does not say which, and whom it means where the country is clear."""

    key: str
    state: bool
    by_country: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ActorMatch:
    """Words for an actor in a folded text; `id` is None where they do not say which."""

    start: int
    end: int
    id: str | None
    kind: ActorKind = ActorKind.NAMED
    generic: str | None = None


class Actors:
    """The actor table; immutable."""

    def __init__(self, table: Mapping[str, Any], gazetteer: Gazetteer) -> None:
        """Index the aliases; raises ConfigError where two actors share one or a row names no known source."""
        self._entries = {row["id"]: _entry(row, table["sources"]) for row in table["actor"]}
        self._generics = {row["key"]: _generic(row) for row in table["generic"]}
        self._states: Mapping[str, str] = table.get("states", {})
        ended = {entry.id for entry in self._entries.values() if entry.until}
        self._bounded = frozenset(code for code, name in self._states.items() if name in ended)
        self._named = _index(table["actor"], "id")
        self._vague = _index(table["generic"], "key")
        self._starts = frozenset(_starts((*self._named, *self._vague)))
        self._country_starts = frozenset(_starts(tuple(gazetteer.countries)))
        self._nations, self._peoples, self._countries = gazetteer.nations, gazetteer.peoples, gazetteer.countries

    def match(self, folded: str, start: int) -> ActorMatch | None:
        """Return the longest words for an actor from `start`, proclitics left off but for the lams of للجيش."""
        for text, at, shift in _without_clitics(folded, start):
            found = self._match(text, at)
            if found is not None:
                return ActorMatch(
                    max(found.start + shift, start), found.end + shift, found.id, found.kind, found.generic
                )
        return None

    def entry(self, identity: str, on: date | None = None) -> ActorEntry:
        """Return the actor with this id, a state's forces included (`state:IQ`).

        A state's forces are the listed actor's up to its last day, and where the day `on` of the text is not known.
        """
        code = identity.removeprefix("state:")
        known = self._entries.get(self._states.get(code, identity))
        if known is not None and (code == identity or not _is_over(known, on)):
            return known
        people, country_ar = self._peoples[code]
        return ActorEntry(
            id=identity,
            name=f"{people} forces",
            name_ar=f"قوات {country_ar}",
            side=f"{code.lower()}-government",
            type="state",
            countries=(code,),
        )

    def settle(self, match: ActorMatch, countries: Mapping[str, float], on: date | None = None) -> ActorEntry | None:
        """Return whom the words of day `on` mean, given the document's countries by share; None where unclear."""
        if match.id is not None:
            return self.entry(match.id, on)
        generic = self._generics.get(match.generic or "")
        if generic is None or not countries:
            return None
        (share, country), *others = sorted(((share, code) for code, share in countries.items()), reverse=True)
        if share < CLEAR_SHARE or (others and others[0][0] == share):
            return None
        identity = self.of_state(country) if generic.state else generic.by_country.get(country)
        known = identity in self._entries or country in self._peoples
        return self.entry(identity, on) if identity and known else None

    def countries_in(self, folded: str) -> list[str]:
        """Return the countries of the actors named in a text, those only that belong to one country.

        A document that speaks of the Rapid Support Forces is about Sudan.
        """
        found: list[str] = []
        done = 0
        for word in islice(_WORD.finditer(folded), MOST_WORDS):
            match = self._alias(folded, word.start()) if word.start() >= done else None
            if match is not None and match.id is not None:
                done = match.end
                found += self._entries[match.id].countries if len(self._entries[match.id].countries) == 1 else ()
        return found

    def of_state(self, country: str) -> str:
        """Return the id of a country's state forces; `entry` tells by the day who they were where that ended."""
        return f"state:{country}" if country in self._bounded else self._states.get(country, f"state:{country}")

    def _match(self, text: str, start: int) -> ActorMatch | None:
        """Take the longest of the ways to read the words here; of two as long, the more certain."""
        ways = (self._alias(text, start), self._force(text, start), self._country(text, start))
        return max((way for way in ways if way), key=lambda way: way.end, default=None)

    def _alias(self, text: str, start: int) -> ActorMatch | None:
        best = None
        for reading in readings(text, start):
            if reading.key in self._named:
                best = ActorMatch(start, reading.end, self._named[reading.key])
            elif reading.key in self._vague:
                best = ActorMatch(start, reading.end, None, ActorKind.GENERIC, self._vague[reading.key])
            elif reading.key not in self._starts:
                break
        return best

    def _force(self, text: str, start: int) -> ActorMatch | None:
        """Read "Iraqi government forces" or قوات الجيش العراقي as a state's force."""
        head = _FORCE_AR.match(text, start)
        if head is not None:
            rest = _AFTER_FORCE_AR.match(text, head.end())
            code = rest and self._nations.get(rest[1])
            return ActorMatch(start, rest.end(), self.of_state(code), ActorKind.STATE) if rest and code else None
        nation = _NATION_EN.match(text, start)
        code = nation and self._nation(nation[0])
        force = nation and code and _FORCE_EN.match(text, nation.end())
        return ActorMatch(start, force.end(), self.of_state(code), ActorKind.STATE) if force and code else None

    def _nation(self, word: str) -> str | None:
        return self._nations.get(word) or self._countries.get(word) or _SHORT.get(word)

    def _country(self, text: str, start: int) -> ActorMatch | None:
        """Read a country's bare name: "Ukraine retook ..."."""
        for reading in readings(text, start):
            name = text[start : reading.end]
            if name in self._countries:
                return ActorMatch(start, reading.end, self.of_state(self._countries[name]), ActorKind.COUNTRY)
            if name not in self._country_starts:
                return None
        return None


def load_actors(gazetteer: Gazetteer) -> Actors:
    """Read the table that stands beside this module."""
    return Actors(tomllib.loads(files(__package__).joinpath("actors.toml").read_text("utf-8")), gazetteer)


def phrase(folded: str, match: ActorMatch) -> tuple[int, int]:
    """Return the folded offsets of the whole noun phrase: مقاتلو جبهة النصرة, "Islamic State fighters".

    Opening and closing quotes are taken together or not at all.
    """
    before = _BEFORE.search(folded, max(0, match.start - 60), match.start)
    after = _AFTER.match(folded, match.end)
    start, end = before.start(1) if before else match.start, after.end() if after else match.end
    if folded.count('"', start, end) % 2 and folded[end : end + 1] == '"':
        end += 1
    return start, end


def _without_clitics(folded: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Yield the text to read at `start` and what to add to offsets found there, whole word first.

    For للجيش, whose article lost its alef, the text is a copy with the alef put back.
    """
    yield folded, start, 0
    first, second = folded[start : start + 1], folded[start + 1 : start + 2]
    bare = start + 1 if first in ("و", "ف") else start
    if bare > start:
        yield folded, bare, 0
    if folded[bare : bare + 1] in ("ب", "ل", "ك"):
        yield folded, bare + 1, 0
    if folded[bare : bare + 2] == "لل" or first == second == "ل":
        copy = "ال" + folded[bare + 2 : bare + 160]
        yield copy, 0, bare


def _entry(row: Mapping[str, Any], sources: Mapping[str, str]) -> ActorEntry:
    unknown = [source for source in row.get("source", ()) if source not in sources]
    if unknown or not row.get("source"):
        raise ConfigError(f"actors.toml: {row['id']} names no known source ({unknown}); add it under [sources]")
    return ActorEntry(
        id=row["id"],
        name=row["name"],
        name_ar=row.get("name_ar", row["name"]),
        side=row["side"],
        type=row["type"],
        countries=tuple(row.get("countries", ())),
        until=row.get("until"),
    )


def _is_over(entry: ActorEntry, on: date | None) -> bool:
    return entry.until is not None and on is not None and on.isoformat() > entry.until


def _generic(row: Mapping[str, Any]) -> Generic:
    return Generic(key=row["key"], state=row.get("state", False), by_country=row.get("by_country", {}))


def _index(rows: list[Mapping[str, Any]], field: str) -> dict[str, str]:
    """Return key of each alias -> id of its row."""
    index: dict[str, str] = {}
    for row in rows:
        for alias in (*row.get("aliases", ()), *(row[name] for name in ("name", "name_ar") if name in row)):
            key = key_of(fold(alias).text)
            if key is None:
                raise ConfigError(f"actors.toml: alias {alias!r} of {row[field]} has no words that can be matched")
            if index.setdefault(key.key, row[field]) != row[field]:
                raise ConfigError(f"actors.toml: alias {alias!r} stands for {index[key.key]} and for {row[field]}")
    return index


def _starts(keys: tuple[str, ...]) -> Iterator[str]:
    """Yield every beginning of a key, so that reading stops where no alias goes on."""
    for key in keys:
        yield from (key[:end] for end in range(1, len(key) + 1))
