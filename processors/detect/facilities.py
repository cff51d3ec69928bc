"""Facilities called after a town: a dam, an airport, a hospital is a place of its own and never the town.

One that the gazetteer knows is that row. Any other gets an id made of the
town's and its kind ("geonames:172374:dam"), so that reports in all languages
mean one place, and stands at the town's coordinates.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from processors.detect.beside import beside
from processors.detect.wide import ENDS, OF, STARTS, WORD_START
from processors.gazetteer import Entry, Feature, Gazetteer, PlaceMatch
from processors.normalise import fold

_OF_TOWNS = frozenset(feature.name.lower() for feature in (Feature.TOWN, Feature.QUARTER))
_SITES = frozenset(feature.name.lower() for feature in Feature if Feature.FIELD <= feature < Feature.AREA)
_FAR_DEGREES = 0.6  # a site called after a town lies within some sixty kilometres of it
_JOINT = (  # what joins a noun to the town's name, the noun of the town itself included
    r"(?:of (?:the )?(?:city|town|village) of |de la ville d[e' ]+|de la ciudad de |مدينه |بلده |قريه |شهر "
    rf"|(?:город|міст)\w? |{OF})"
)
_QUALIFIED = r"[\s'-]+(?:s )?(?:[^\W\d_]+[\s-]){0,2}"  # "Aleppo's central prison"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of facility: how it is shown with its town, its nouns in the gazetteer, and where they stand in a text."""

    key: str
    name: str
    name_ar: str
    sites: Sequence[str]
    before: re.Pattern[str]
    behind: re.Pattern[str]
    taken: re.Pattern[str]
    noun: re.Pattern[str]


def facility(town: Entry, match: PlaceMatch, text: str, gazetteer: Gazetteer, noun: str = "") -> Entry | None:
    """Return the facility that the words beside a town's name make of it; None where they tell of the town.

    `noun` is that of the words that point back to the name: "the city" is the town, whatever of it was told before.
    """
    if town.feature not in _OF_TOWNS:
        return None
    before, after = beside(match, text)
    taken = text[match.proper : match.end] if match.proper else ""
    kinds = (one for one in _kinds() if not noun or one.noun.fullmatch(noun))
    kind = next((one for one in kinds if _is_told(one, before, after, taken)), None)
    return (_known(town, kind, gazetteer) or _made(town, kind)) if kind else None


def site_within(town: Entry, noun: str, gazetteer: Gazetteer) -> Entry | None:
    """Return the one site of a noun's kind that the gazetteer knows by the town's name ("the airport in Mosul")."""
    kind = next((one for one in _kinds() if one.noun.fullmatch(noun)), None)
    return _known(town, kind, gazetteer) if kind else None


def facility_of_id(identity: str, gazetteer: Gazetteer) -> Entry | None:
    """Return the facility of an id made of a town's and a kind's; None where either is unknown."""
    town, _, key = identity.rpartition(":")
    kind = next((one for one in _kinds() if one.key == key), None)
    row = gazetteer.row_of(town) if kind else None
    return _made(gazetteer.entry(row), kind) if kind and row is not None else None


def _is_told(kind: Kind, before: str, after: str, taken: str) -> bool:
    return bool(kind.before.search(before) or kind.behind.match(after) or kind.taken.fullmatch(taken))


def _known(town: Entry, kind: Kind, gazetteer: Gazetteer) -> Entry | None:
    """Return the site that the gazetteer knows by the town's name and a noun of the kind, near the town."""
    for noun in kind.sites:
        name = fold(f"{town.name} {noun}").text
        match = gazetteer.match(name, 0)
        rows = match.rows if match and match.end == len(name) else ()
        near = (entry for entry in map(gazetteer.entry, rows) if entry.feature in _SITES and _is_near(entry, town))
        if (site := next(near, None)) is not None:
            return site
    return None


def _is_near(site: Entry, town: Entry) -> bool:
    apart = max(abs(site.lat - town.lat), abs(site.lon - town.lon))
    return site.country == town.country and apart <= _FAR_DEGREES


def _made(town: Entry, kind: Kind) -> Entry:
    """Return a facility that no table has, at the coordinates of its town."""
    identity = f"{town.id}:{kind.key}"
    return replace(
        town,
        id=identity,
        seat=identity,
        name=f"{town.name} {kind.name}",
        name_ar=f"{kind.name_ar} {town.name_ar}" if town.name_ar else None,
        population=0,
        feature=kind.key if kind.key in _SITES else Feature.BASE.name.lower(),
    )


@cache
def _kinds() -> tuple[Kind, ...]:
    """Return the kinds of the table beside this module."""
    rows = tomllib.loads(files(__package__).joinpath("facilities.toml").read_text("utf-8"))["facility"]
    return tuple(_kind(row) for row in rows)


def _kind(row: Mapping[str, Any]) -> Kind:
    before, behind = _either(row["before"]), _either(row["behind"])
    return Kind(
        key=row["key"],
        name=row["name"],
        name_ar=row["name_ar"],
        sites=tuple(row["sites"]),
        before=re.compile(rf"{WORD_START}{before}\s+{_JOINT}{ENDS}"),
        behind=re.compile(rf"{STARTS}{behind}(?!\w)"),
        taken=re.compile(rf"{_QUALIFIED}{behind}"),
        noun=re.compile(rf"(?:ال)?(?:{before}|{behind})"),
    )


def _either(nouns: Iterable[str]) -> str:
    """Return a pattern for any of these nouns, folded, the longest first; a star stands for any ending."""
    told = (re.escape(fold(noun).text).replace(r"\*", r"\w*") for noun in nouns)
    return f"(?:{'|'.join(sorted(told, key=lambda noun: (-len(noun), noun)))})"
