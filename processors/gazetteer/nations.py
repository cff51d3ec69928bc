"""The words for a country's people and things: "Syrian", السوري, السورية, and the country they speak of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from processors.normalise import fold

_ARTICLE = "ال"
_ENDINGS = ("ي", "يه", "يين", "يون", "يتين")
_LEAST_LETTERS = 4


def nation_words(countries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return folded word -> ISO 3166 alpha-2, leaving out words that two countries share.

    A word that the table gives to a country is that country's, whoever shares it.
    """
    found: dict[str, str | None] = {}
    countries = tuple(countries)
    for country in countries:
        for word in set(_words(country)):
            found[word] = country["code"] if found.get(word, country["code"]) == country["code"] else None
    found |= {fold(word).text: country["code"] for country in countries for word in country.get("words", ())}
    return {word: code for word, code in sorted(found.items()) if code and len(word) >= _LEAST_LETTERS}


def peoples(countries: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    """Return for each country the English word for its people and its Arabic name ("Iraqi", العراق)."""
    return {row["code"]: (row.get("demonym") or row["name"], row.get("name_ar") or row["name"]) for row in countries}


def country_names(countries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return folded country name -> code, in all languages of the table."""
    return {
        fold(name).text: row["code"]
        for row in countries
        for name in (row["name"], row.get("name_ar", row["name"]), *row.get("names", ()))
    }


def _words(country: Mapping[str, Any]) -> Iterator[str]:
    demonym = fold(country.get("demonym", "")).text
    if demonym and " " not in demonym and "," not in demonym:
        yield demonym
        yield demonym + "s"
    name = fold(country.get("name_ar", "")).text
    if name and " " not in name:
        yield from _adjectives(name.removeprefix(_ARTICLE))


def _adjectives(name: str) -> Iterator[str]:
    """Yield the adjective of a one-word Arabic country name: سوريا -> سوري, السودان -> سوداني, with its endings."""
    stem = name.removesuffix("يا") if name.endswith("يا") else name.removesuffix("ا").removesuffix("ه")
    for ending in _ENDINGS:
        yield stem + ending
        yield _ARTICLE + stem + ending
