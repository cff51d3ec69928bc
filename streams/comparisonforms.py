"""A comparison of two runs in words: as JSON for programs, as Markdown for a review, and the lines of its ledger.

Pure. Every word of a source is made printable here, and harmless in Markdown:
no markup, no link, nobody's attention called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import json
from rich.text import Text

from streams.alerts import Alert, AlertEvidence, Holder
from streams.highlight import printable
from streams.holding import By, Spell, Stretch
from streams.mentions import Place
from streams.replay.comparison import Comparison, Field, Rewritten
from streams.view import Telling, telling
from streams.visual import anchored
from streams.wording import known_to

_WAYS = {
    By.CHANGE: "change",
    By.HOLDS: "told to hold it",
    By.PASSING: "told in passing",
    By.LINKED: "pledge of its holder",
}
_MARKUP = re.compile(r"([\\`*_\[\]|~!$])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# A word joiner parts what review tools would make into a link to a person, an issue or an address.
_CALLS = re.compile(r"(@|#(?=\d)|(?<=:)(?=//)|(?i:www)(?=\.))")
_JOINER = "\u2060"
_MARKS = {"rtl": "\u200f", "ltr": "\u200e"}


def counted(found: Comparison) -> str:
    """Return in a line how much is different."""
    if found.is_equal:
        return f"no difference: {_many(found.same, 'alert')} alike, and so are the ledgers"
    alerts = f"{len(found.gained)} gained, {len(found.lost)} lost, {len(found.changed)} changed, {found.same} alike"
    return f"alerts: {alerts}; ledger: {_many(len(found.ledger), 'place')} told otherwise"


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def facts(alert: Alert) -> str:
    """Return in a line how an alert stands, beside its headline."""
    sources = _many(alert.independent_sources, "independent source")
    return f"{alert.state}, {alert.kind.replace('_', ' ')}, {sources}, confidence {alert.confidence:.2f}"


def moved(field: Field) -> str:
    """Return in a line what an alert says otherwise."""
    return f"{field.name}: {_value(field.before)} → {_value(field.after)}"


def _value(value: str | float | None) -> str:
    if value is None:
        return "not said"
    return f"{value:.2f}" if isinstance(value, float) else _named(str(value))


def _named(words: str) -> str:
    """Return a name so that it turns nothing of the line it stands in."""
    return anchored(Text(printable(words))).plain


def place_line(place: Place) -> str:
    """Return a place by its name and country."""
    name = _named(place.name or place.text)
    return f"{name}, {place.country}" if place.country else name


def stretch_line(one: Stretch) -> str:
    """Return in a line who held a place, from when to when, and how it is known."""
    until = one.until or "…"
    marks = [_WAYS[one.by], *(["part of it"] if one.partial else []), *(["a day or less"] if one.clash else [])]
    return f"{known_to(one.since, one.since_precision)} to {until}  {_held(one.holders)}  ({', '.join(marks)})"


def spell_line(name: str, one: Spell) -> str:
    """Return in a line a siege or a fight, by its name ("besieged", "fought over")."""
    end = f"to {one.until}" if one.until else f"on; told last for {one.told_last}"
    return f"{name} from {one.since} {end}{f' by {_held((one.by,))}' if one.by else ''}"


def _held(holders: Sequence[Holder]) -> str:
    return " and ".join(_named(one.name or one.text) for one in holders) or "nobody known"


def ledger_lines(one: Rewritten) -> Iterator[tuple[str, str]]:
    """Yield the lines that only one of two ledgers has of a place: − or + for the first or the second, and the line."""
    for sign, stretches, sieges, contests in (
        ("−", one.gone, one.sieges_gone, one.contests_gone),
        ("+", one.new, one.sieges_new, one.contests_new),
    ):
        yield from ((sign, stretch_line(stretch)) for stretch in stretches)
        yield from ((sign, spell_line("besieged", spell)) for spell in sieges)
        yield from ((sign, spell_line("fought over", spell)) for spell in contests)


def as_json(found: Comparison, before: str, after: str) -> str:
    """Return all of it as one JSON object, alerts whole; `before` and `after` are how the runs were named."""
    counts = {"gained": len(found.gained), "lost": len(found.lost), "changed": len(found.changed), "same": found.same}
    head = {"before": before, "after": after, "equal": found.is_equal, "counts": counts | {"places": len(found.ledger)}}
    lists = {name: getattr(found, name) for name in ("gained", "lost", "changed", "ledger")}
    return json.encode(head | lists).decode()


def markdown(found: Comparison, before: str, after: str, names: Mapping[str, str]) -> str:
    """Return it as Markdown for a review; `names` gives sources and speakers their names by their ids."""
    lines = [f"# What {_safe(after)} tells otherwise than {_safe(before)}", "", counted(found)]
    for title, alerts in (("Gained", found.gained), ("Lost", found.lost)):
        lines += ["", f"## {title}"] if alerts else []
        for alert in alerts:
            lines += ["", _item(alert), *_told(alert.evidence[:1], names)]
    lines += ["", "## Changed"] if found.changed else []
    for one in found.changed:
        lines += ["", _item(one.after), *(f"  - {_safe(moved(field))}" for field in one.fields)]
        for title, told in ((f"told in {before} alone", one.gone), (f"told in {after} alone", one.new)):
            lines += [f"  - {_safe(title)}:", *_told(told, names)] if told else []
        lines += [] if one.gone or one.new else _told(one.after.evidence[:1], names)
    lines += ["", "## Ledger"] if found.ledger else []
    for place in found.ledger:
        drawn = (f"{'-' if sign == '−' else sign} {line}" for sign, line in ledger_lines(place))
        lines += ["", f"**{_safe(place_line(place.place))}**", "", "```diff", *drawn, "```"]
    return "\n".join(lines) + "\n"


def _item(alert: Alert) -> str:
    return f"- **{_safe(alert.headline.en)}** ({alert.opened_at:%Y-%m-%d}; {facts(alert)})"


def _told(some: Iterable[AlertEvidence], names: Mapping[str, str]) -> Iterator[str]:
    """Yield tellings, each sentence as a quotation that stands in its own direction, and by which rule it was read."""
    for one in (telling(told, names) for told in some):
        words = "".join(segment.text for segment in one.segments)
        yield from ("", f"  > {_MARKS[one.direction]}{_safe(words)}", "", f"  {_read(one)}")


def _read(one: Telling) -> str:
    url = f", <{one.url.translate({60: '%3C', 62: '%3E'})}>" if one.url else ""
    return f"{_safe(by_rule(one))}{url}"


def by_rule(one: Telling) -> str:
    """Return in a line by which rule a sentence was read, how sure that is, and where and when it was published."""
    at = f", {one.published_at:%d %b %Y %H:%M} UTC" if one.published_at else ""
    status = "" if one.status == "asserted" else f", {one.status}"
    return f"rule {one.rule} ({one.confidence:.2f}){status}; {_named(one.source_name)}{at}"


def _safe(text: str) -> str:
    """Return words of others as Markdown that shows them and does nothing else."""
    shown = "".join(_ENTITIES.get(char, char) for char in printable(text))
    return _CALLS.sub(rf"\1{_JOINER}", _MARKUP.sub(r"\\\1", shown))
