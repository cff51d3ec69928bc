"""Texts with the claims that a reader found in them, from JSON lines or from this project's golden TOML files.

JSON lines are what annotators exchange: `{"id", "lang", "text", "unit", "class", "date_published", "events"}`, an event
being `{"type", "status", "gaining", "losing", "places", "evidence"}` with the words as written. Golden TOML files
hold `[[case]]` tables with `text` and `claims` in the vocabulary of mentions; a bar parts readings equally right.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from streams.errors import BadRecord
from streams.mentions import Kind, Status

KINDS = {
    "transfer_allegiance": Kind.ALLEGIANCE,
    "surrender_handover": Kind.HANDOVER,
    "partial_control": Kind.CAPTURE,
    "partial": Kind.CAPTURE,
    "static_control": Kind.HOLDS,
}
"""Names that annotators use for kinds."""

TYPES = {Kind.ALLEGIANCE: "transfer_allegiance", Kind.HANDOVER: "surrender_handover", Kind.HOLDS: "static_control"}
"""The names under which labelled files are written, where they differ from those of mentions."""

_STATUSES = {"ongoing_contested": Status.CONTESTED}

Readings = frozenset[str]
"""Words that are equally right for one field; empty where nothing belongs there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldEvent:
    """One claim of a text; `gaining` and `losing` are none where the gold does not say."""

    kind: Kind
    statuses: frozenset[Status]
    places: tuple[Readings, ...] = ()
    gaining: Readings | None = None
    losing: Readings | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldItem:
    """One text with its claims; `whole` says that it is a document, of which no single decision is asked."""

    id: str
    text: str
    language: str
    events: tuple[GoldEvent, ...]
    published: str | None = None
    whole: bool = False


class _Line(msgspec.Struct, kw_only=True):
    id: str | int
    text: str
    lang: str = ""
    unit: str = "sentence"
    date_published: str | None = None
    events: list[dict[str, Any]] = []


_lines = msgspec.json.Decoder(_Line)


def from_lines(lines: Iterable[bytes]) -> Iterator[GoldItem]:
    """Yield the items of JSON lines; raises BadRecord naming the line that is no item."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _item(_lines.decode(line))
            except (msgspec.DecodeError, ValueError, KeyError) as error:
                raise BadRecord(
                    f'line {number}: not an item like {{"id", "text", "lang", "events"}}: {error}'
                ) from error


def from_golden(name: str, text: str) -> Iterator[GoldItem]:
    """Yield the cases of a golden TOML file; its name begins with the language. Raises BadRecord."""
    try:
        cases = tomllib.loads(text)["case"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise BadRecord(f"{name}: not a file of [[case]] tables: {error}") from error
    language = name.partition("_")[0]
    for number, case in enumerate(cases, 1):
        try:
            events = tuple(_claim(claim) for claim in case["claims"])
            yield GoldItem(id=f"{name}-{number}", text=case["text"], language=language, events=events)
        except (ValueError, KeyError) as error:
            raise BadRecord(f"{name}: case {number}: not a text with its claims: {error!r}") from error


def _item(line: _Line) -> GoldItem:
    return GoldItem(
        id=str(line.id),
        text=line.text,
        language=line.lang,
        published=line.date_published,
        whole=line.unit == "document",
        events=tuple(_event(event) for event in line.events),
    )


def _event(event: Mapping[str, Any]) -> GoldEvent:
    kind, status = event.get("kind") or event["type"], event["status"]
    return GoldEvent(
        kind=KINDS[kind] if kind in KINDS else Kind(kind),
        statuses=frozenset({_STATUSES[status] if status in _STATUSES else Status(status)}),
        places=tuple(frozenset({_words(place)}) for place in event.get("places") or ()),
        gaining=frozenset({_words(event["gaining"])}) if event.get("gaining") else None,
        losing=frozenset({_words(event["losing"])}) if event.get("losing") else None,
        evidence=_words(event.get("evidence")),
    )


def _claim(claim: Mapping[str, Any]) -> GoldEvent:
    """Read a claim of a golden file; empty words for an actor say that there is none."""
    return GoldEvent(
        kind=Kind(claim["kind"]),
        statuses=frozenset(Status(status) for status in claim["status"].split("|")),
        places=tuple(frozenset(place.split("|")) for place in claim["places"]),
        gaining=frozenset(claim["gaining"].split("|")) if claim.get("gaining") else None,
        losing=frozenset(claim["losing"].split("|")) if claim.get("losing") else None,
    )


def _words(value: Any) -> str:
    return str(value.get("text") or "") if isinstance(value, Mapping) else str(value or "")
