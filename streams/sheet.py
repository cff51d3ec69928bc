"""What people are shown of the ledger: one row a place on a day, and a place's whole page.

Every word of a source is printable here and every address one that a browser
may follow. Days are UTC dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct

from streams.alerts import Holder
from streams.highlight import printable, safe_url
from streams.holding import By, Ledger, Spell, Stretch, Word
from streams.ledgers import Standing
from streams.mentions import Place

_WAYS = {
    By.CHANGE: "change",
    By.HOLDS: "told to hold it",
    By.PASSING: "told in passing",
    By.LINKED: "pledge of its holder",
}
# A place told of for years has hundreds of each; nobody reads more of them at once.
_MOST_WORDS = 12
_MOST_STRETCHES = 400
_MOST_SPELLS = 100

Names = Mapping[str, str]


class Name(Struct, frozen=True, kw_only=True):
    """One who holds a place, fights for it or besieges it; `key` is the same wherever he is named."""

    key: str
    name: str


class Said(Struct, frozen=True, kw_only=True):
    """On whose word: publisher and, where one is quoted, speaker; `url` is http or https or null, `at` is UTC."""

    publisher: str
    speaker: str | None
    url: str | None
    at: datetime


class Where(Struct, frozen=True, kw_only=True):
    """A place as people see it; `country` is ISO 3166 alpha-2, `lat` and `lon` are WGS 84 degrees."""

    key: str
    name: str
    name_ar: str | None
    admin1: str | None
    country: str | None
    lat: float | None
    lon: float | None
    area: bool
    demo: bool


class Row(Struct, frozen=True, kw_only=True):
    """How one place stood on a day; `holders` is empty where nobody is known to hold it."""

    place: Where
    holders: tuple[Name, ...]
    since: date | None
    since_precision: str | None
    how: str | None
    partial: bool
    contested: bool
    contested_by: Name | None
    besieged: bool
    besieged_by: Name | None
    clash: bool
    state: str | None
    confidence: float
    alert_id: str | None
    words: tuple[Said, ...]


class Time(Struct, frozen=True, kw_only=True):
    """A stretch of holding as people see it; `until` is null while it lasts."""

    holders: tuple[Name, ...]
    since: date
    since_precision: str | None
    until: date | None
    how: str
    taken_from: Name | None
    partial: bool
    clash: bool
    state: str | None
    confidence: float
    alert_id: str | None
    words: tuple[Said, ...]


class Fight(Struct, frozen=True, kw_only=True):
    """A siege or fighting as people see it; `until` is null while nothing tells its end."""

    since: date
    told_last: date
    until: date | None
    by: Name | None
    words: tuple[Said, ...]


class Sheet(Struct, frozen=True, kw_only=True):
    """All that is known of one place, oldest first; `left_out` counts older stretches that are not shown."""

    place: Where
    stretches: tuple[Time, ...]
    sieges: tuple[Fight, ...]
    contests: tuple[Fight, ...]
    left_out: int
    revision: int
    revised_at: datetime


def row(told: Standing, names: Names) -> Row:
    """Return how a place stood as people see it; `names` gives sources and speakers their names by their ids."""
    return Row(
        place=_where(told.place, told.place_key, area=told.area, demo=told.demo),
        holders=tuple(map(_named, told.holders)),
        since=told.since,
        since_precision=told.since_precision,
        how=_WAYS[told.by] if told.by else None,
        partial=told.partial,
        contested=told.contested,
        contested_by=_or_none(told.contested_by),
        besieged=told.besieged,
        besieged_by=_or_none(told.besieged_by),
        clash=told.clash,
        state=told.state,
        confidence=told.confidence,
        alert_id=told.alert_id,
        words=_said(told.words, names),
    )


def sheet(page: Ledger, names: Names) -> Sheet:
    """Return a place's page as people see it: the latest four hundred stretches of it."""
    return Sheet(
        place=_where(page.place, page.place_key, area=page.area, demo=page.demo),
        stretches=tuple(_time(stretch, names) for stretch in page.stretches[-_MOST_STRETCHES:]),
        sieges=tuple(_fight(spell, names) for spell in page.sieges[-_MOST_SPELLS:]),
        contests=tuple(_fight(spell, names) for spell in page.contests[-_MOST_SPELLS:]),
        left_out=max(0, len(page.stretches) - _MOST_STRETCHES),
        revision=page.revision,
        revised_at=page.revised_at,
    )


def _where(place: Place, key: str, *, area: bool, demo: bool) -> Where:
    return Where(
        key=key,
        name=printable(place.name or place.text),
        name_ar=_line(place.name_ar),
        admin1=_line(place.admin1),
        country=_line(place.country),
        lat=place.lat,
        lon=place.lon,
        area=area,
        demo=demo,
    )


def _time(stretch: Stretch, names: Names) -> Time:
    return Time(
        holders=tuple(map(_named, stretch.holders)),
        since=stretch.since,
        since_precision=stretch.since_precision,
        until=stretch.until,
        how=_WAYS[stretch.by],
        taken_from=_or_none(stretch.taken_from),
        partial=stretch.partial,
        clash=stretch.clash,
        state=stretch.state,
        confidence=stretch.confidence,
        alert_id=stretch.alert_id,
        words=_said(stretch.words, names),
    )


def _fight(spell: Spell, names: Names) -> Fight:
    return Fight(
        since=spell.since,
        told_last=spell.told_last,
        until=spell.until,
        by=_or_none(spell.by),
        words=_said(spell.words, names),
    )


def _named(holder: Holder) -> Name:
    return Name(key=printable(holder.key), name=printable(holder.name or holder.text))


def _or_none(holder: Holder | None) -> Name | None:
    return _named(holder) if holder else None


def _said(words: Iterable[Word], names: Names) -> tuple[Said, ...]:
    """Return on whose word, each publisher and speaker once."""
    found: dict[tuple[str, str | None], Said] = {}
    for word in words:
        speaker = printable(names.get(word.speaker) or word.speaker) if word.speaker else None
        publisher = printable(names.get(word.source) or word.owner or word.source)
        said = Said(publisher=publisher, speaker=speaker, url=safe_url(word.url), at=word.at)
        found.setdefault((publisher, speaker), said)
    return tuple(found.values())[:_MOST_WORDS]


def _line(text: str | None) -> str | None:
    return None if text is None else printable(text)
