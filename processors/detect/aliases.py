"""The names of the actor table by the keys under which a text is looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from processors.detect.stems import beginnings, wordings
from processors.normalise import fold
from streams.errors import ConfigError

_WORD = re.compile(r"[^\W_]+")
LEAST_STEM = 4  # letters that a country's name keeps without its ending


def names_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return all names of a row of the table, as written."""
    return (*row.get("aliases", ()), *(row[name] for name in ("name", "name_ar") if name in row))


def index_of(rows: Iterable[Mapping[str, Any]], field: str) -> dict[str, str]:
    """Return the key of each name -> the value of its row's `field`.

    Raises ConfigError where two rows share a name, or a name has no words that can be matched.
    """
    index: dict[str, str] = {}
    for row in rows:
        for alias in names_of(row):
            key = key_of(fold(alias).text)
            if key is None:
                raise ConfigError(f"actors.toml: alias {alias!r} of {row[field]} has no words that can be matched")
            if index.setdefault(key, row[field]) != row[field]:
                raise ConfigError(f"actors.toml: alias {alias!r} stands for {index[key]} and for {row[field]}")
    return index


def telling(rows: Iterable[Mapping[str, Any]], weak: AbstractSet[str]) -> Iterator[str]:
    """Yield the names that tell of an actor by one word: those whose longest word is none of these folded words."""
    for row in rows:
        for name in (row["name"], *row.get("aliases", ())):
            if max(_WORD.findall(fold(name).text), key=len, default="") not in weak:
                yield name


def starts_of(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the keys from which a text can go on to a name of these rows."""
    for row in rows:
        for name in names_of(row):
            yield from beginnings(_bare(fold(name).text))


def country_keys(countries: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the key of each country's name -> code, without those that lose too much with an ending (Мали, малые)."""
    for name, code in countries.items():
        key = key_of(name) or name
        if len(key) >= len(name) or len(key) >= LEAST_STEM:
            yield key, code


def key_of(folded_name: str) -> str | None:
    """Return the key of a whole folded name, or None where the name has no words or too many."""
    bare = _bare(folded_name)
    last = None
    for last in wordings(bare, 0):  # noqa: B007 - the last one is wanted
        pass
    return last.key if last is not None and last.end == len(bare) else None


def _bare(folded_name: str) -> str:
    return folded_name.strip(" '\"")
