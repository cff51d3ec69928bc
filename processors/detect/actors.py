"""Finds who acts in a text: named groups by their aliases, states' forces by rule, and words that do not say which.

The table is `actors.toml`. State forces are not listed: a word for an armed
force beside a word for a nation ("Iraqi troops", القوات العراقية) is that
state's force. A generic word ("rebels", المعارضة) is an actor without an id,
until the document's country says whom it means.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import Any, TypeAlias

from processors.detect.aliases import country_keys, index_of, starts_of, telling
from processors.detect.forces import Forces
from processors.detect.stems import beginnings, wordings
from processors.gazetteer import Gazetteer
from processors.gazetteer.names import is_arabic
from streams.errors import ConfigError

TABLES = ("actors.toml", "nations.toml")
MOST_WORDS = 600  # words of a document read for its actors' countries
CLEAR_SHARE = 0.5  # of a document's evidence for one country, from which on "the army" is that country's

_WORD = re.compile(r"(?:(?<=\b[وفبلك])|(?<![^\W_]))(?=[^\W\d_]{2})")
_FIRST = re.compile(r"[^\W_]+(?:['.][^\W_]+)*[.-]?")
_ELIDED = re.compile(r"(?:[dlnsj]|qu|jusqu|lorsqu)'(?=[^\W_])")  # French: l'AFC, d'Al-Chabab
WORDS_KEPT = 1 << 14  # verdicts on single words that are remembered: the common word opens no actor's name


class ActorKind(StrEnum):
    """How an actor was recognised; a country's bare name acts only where the sentence says so."""

    NAMED = "named"
    STATE = "state"
    GENERIC = "generic"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorEntry:
    """One actor: `side` groups those who hold places for one another; `since`, `until` are its days (ISO 8601).

    `name_ar` is the English name where no Arabic one was read.
    """

    id: str
    name: str
    name_ar: str
    side: str
    type: str
    countries: tuple[str, ...] = ()
    since: str | None = None
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


_Reader: TypeAlias = Callable[[str, int], ActorMatch | None]


class Actors:
    """The actor table; immutable: what it remembers of a word is told by the word alone."""

    def __init__(self, table: Mapping[str, Any], nations: Mapping[str, Any], gazetteer: Gazetteer) -> None:
        """Index the aliases; raises ConfigError where two actors share one or a row names no known source."""
        self._entries = {row["id"]: _entry(row, table["sources"]) for row in table["actor"]}
        self.aliases = tuple(telling(table["actor"], frozenset(table.get("untelling", ()))))
        self._generics = {row["key"]: _generic(row) for row in table["generic"]}
        self._states: Mapping[str, Sequence[str]] = table.get("states", {})
        ended = {entry.id for entry in self._entries.values() if entry.until}
        self._bounded = frozenset(code for code, names in self._states.items() if ended.intersection(names))
        self._named = index_of(table["actor"], "id")
        self._vague = index_of(table["generic"], "key")
        self._starts = frozenset(starts_of((*table["actor"], *table["generic"])))
        self._peoples = gazetteer.peoples
        self._countries = dict(country_keys(gazetteer.countries))
        self._country_starts = frozenset(start for name in gazetteer.countries for start in beginnings(name))
        self._told = gazetteer.nations
        self._forces = Forces(nations, gazetteer)
        self._readers_at = lru_cache(maxsize=WORDS_KEPT)(self._readers)
        self._nation = lru_cache(maxsize=WORDS_KEPT)(self._nation_of)

    def match(self, folded: str, start: int) -> ActorMatch | None:
        """Return the longest words for an actor from `start`, proclitics left off but for the lams of للجيش."""
        first = _FIRST.match(folded, start)
        readers = self._readers_at(first[0]) if first else ()
        if not readers:
            return None
        for text, at, shift in _without_clitics(folded, start):
            ways = (read(text, at) for read in readers)
            found = max((way for way in ways if way), key=lambda way: way.end, default=None)
            if found is not None:
                return ActorMatch(
                    max(found.start + shift, start), found.end + shift, found.id, found.kind, found.generic
                )
        return None

    def within(self, folded: str, start: int, end: int) -> ActorMatch | None:
        """Return the actor that folded[start:end] begins with, or the forces of a nation it says ("control ruso")."""
        match = self.match(folded, start)
        if match is not None:
            return match if match.end <= end else None
        state = next(map(self.of_state, self._nation_of(folded[start:end])), None)
        return ActorMatch(start=start, end=end, id=state, kind=ActorKind.STATE) if state else None

    def opens(self, folded: str, start: int) -> bool:
        """Tell whether the whole word at `start` can begin the words for an actor."""
        first = _FIRST.match(folded, start)
        return first is not None and bool(self._readers_at(first[0]))

    def entry(self, identity: str, on: date | None = None) -> ActorEntry:
        """Return the actor with this id, a state's forces included (`state:IQ`).

        A state's forces are the first listed actor that was there on day `on` of the text, and where the day is not
        known the first.
        """
        code = identity.removeprefix("state:")
        for listed in self._states.get(code, ()) if code != identity else ():
            if _is_there(self._entries[listed], on):
                return self._entries[listed]
        return self._entries.get(identity) or self._by_rule(identity, code)

    def _by_rule(self, identity: str, code: str) -> ActorEntry:
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
        """Return the countries of a text's actors, those only that belong to one country, and of its words for nations.

        A document that speaks of the Rapid Support Forces is about Sudan. The nations
        are those that the gazetteer's words (Arabic and English) do not tell.
        """
        found: list[str] = []
        done = 0
        for word in islice(_WORD.finditer(folded), MOST_WORDS):
            opening = _FIRST.match(folded, word.start())
            if word.start() < done or opening is None:
                continue
            found += self._nation(opening[0])
            if not self._readers_at(opening[0]):
                continue
            match = self._alias(folded, word.start())
            if match is not None and match.id is not None:
                done = match.end
                found += self._entries[match.id].countries if len(self._entries[match.id].countries) == 1 else ()
        return found

    def _nation_of(self, word: str) -> tuple[str, ...]:
        """Return the country that a word for a nation means, an elided article left off (l'Ukraine)."""
        word = word.rpartition("'")[2].rstrip(".-")
        country = None if word in self._told else self._forces.country(word)
        return (country,) if country else ()

    def of_state(self, country: str) -> str:
        """Return the id of a country's state forces; `entry` tells by the day who they were where that ended."""
        listed = self._states.get(country)
        return listed[0] if listed and country not in self._bounded else f"state:{country}"

    def _readers(self, word: str) -> tuple[_Reader, ...]:
        """Return the ways to read an actor that can begin with this word, whatever follows; the more certain first."""
        variants = list(_without_clitics(word, 0))
        keys = {wording.key for text, at, _ in variants for wording in wordings(text, at)}
        opened = (
            (self._alias, not keys.isdisjoint(self._starts)),
            (self._force, any(self._forces.opens(text[at:]) for text, at, _ in variants)),
            (self._country, not keys.isdisjoint(self._country_starts)),
        )
        return tuple(read for read, opens in opened if opens)

    def _alias(self, text: str, start: int) -> ActorMatch | None:
        best = None
        for key, end, whole in wordings(text, start):
            if key in self._named:
                best = ActorMatch(start, end, self._named[key])
            elif key in self._vague:
                best = ActorMatch(start, end, None, ActorKind.GENERIC, self._vague[key])
            elif whole and key not in self._starts:
                break
        return best

    def _force(self, text: str, start: int) -> ActorMatch | None:
        """Read "Iraqi government forces" or قوات الجيش العراقي as a state's force."""
        found = self._forces.read(text, start)
        return ActorMatch(start, found[0], self.of_state(found[1]), ActorKind.STATE) if found else None

    def _country(self, text: str, start: int) -> ActorMatch | None:
        """Read a country's bare name: "Ukraine retook ..."."""
        for key, end, whole in wordings(text, start):
            if key in self._countries:
                return ActorMatch(start, end, self.of_state(self._countries[key]), ActorKind.COUNTRY)
            if whole and key not in self._country_starts:
                return None
        return None


def load_actors(gazetteer: Gazetteer) -> Actors:
    """Read the tables that stand beside this module."""
    actors, nations = (tomllib.loads(files(__package__).joinpath(name).read_text("utf-8")) for name in TABLES)
    return Actors(actors, nations, gazetteer)


def _without_clitics(folded: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Yield the text to read at `start` and what to add to offsets found there, whole word first.

    For للجيش, whose article lost its alef, the text is a copy with the alef put back.
    """
    yield folded, start, 0
    if not is_arabic(folded, start):
        elided = _ELIDED.match(folded, start)
        if elided is not None:
            yield folded, elided.end(), 0
        return
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
        since=row.get("since"),
        until=row.get("until"),
    )


def _is_there(entry: ActorEntry, on: date | None) -> bool:
    """Tell whether the actor was there on a day; a beginning may be a year or a month, as ISO 8601 writes them."""
    day = on.isoformat() if on else None
    return day is None or ((entry.since or "") <= day <= (entry.until or day))


def _generic(row: Mapping[str, Any]) -> Generic:
    return Generic(key=row["key"], state=row.get("state", False), by_country=row.get("by_country", {}))
