"""What analysts' verdicts teach: labelled texts that `changehands evaluate` reads.

Each sentence that a judged alert stands on becomes a text with the events that
the analysts let stand: those of a confirmed alert as the source tells them,
those of a corrected one put right, none for a rejected one. A sentence that
another alert stands on which nobody judged is left out: what it tells besides
is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, json, structs

from processors.grouping import FACTS
from processors.identity import actor_key, place_key
from processors.measure.gold import TYPES
from processors.normalise import fold
from processors.reviewing import ANALYST
from streams.alerts import Alert, AlertEvidence
from streams.items import ItemRef
from streams.mentions import Actor, Place, Precision
from streams.verdicts import Feedback, Verdict

Case = tuple[Feedback, Alert]
"""A verdict and the revision that it was given on."""

_Text = tuple[str, str]
"""An item and a sentence in it."""

_DATES = {Precision.YEAR: "%Y", Precision.MONTH: "%Y-%m"}


class Labelled(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One sentence with its events, in the form of the labelled files; `rule`, `source` and the rest say where from."""

    id: str
    lang: str
    unit: str = "sentence"
    text: str
    date_published: str | None
    events: tuple[dict[str, Any], ...]
    rule: str
    source: str
    owner: str | None
    url: str
    verdicts: tuple[str, ...]
    alerts: tuple[str, ...]


def tellings(alert: Alert) -> Iterator[AlertEvidence]:
    """Yield the tellings that sources made as facts: no denials, nothing that an analyst put right elsewhere."""
    return (told for told in alert.evidence if told.status in FACTS and told.rule != ANALYST)


def labelled(cases: Iterable[Case], unjudged: Iterable[Alert] = ()) -> list[Labelled]:
    """Return a line for each sentence of the judged alerts, in the order of the verdicts; a case an alert, its last."""
    doubtful = {_text(told) for alert in unjudged for told in tellings(alert)}
    found: dict[_Text, list[tuple[Case, AlertEvidence]]] = {}
    for case in cases:
        for told in tellings(case[1]):
            found.setdefault(_text(told), []).append((case, told))
    return [_line(told) for text, told in found.items() if text not in doubtful]


def _text(told: AlertEvidence) -> _Text:
    return told.item.id, told.evidence.sentence or told.evidence.text


def _line(several: Sequence[tuple[Case, AlertEvidence]]) -> Labelled:
    first = several[0][1]
    return Labelled(
        id=first.claim_id,
        lang=first.language,
        text=_text(first)[1],
        date_published=_published(first.item),
        events=tuple(_merged(several)),
        rule=first.rule,
        source=first.item.source,
        owner=first.item.owner,
        url=first.item.url,
        verdicts=tuple(dict.fromkeys(case[0].verdict.value for case, _ in several)),
        alerts=tuple(dict.fromkeys(case[1].id for case, _ in several)),
    )


def _published(item: ItemRef) -> str | None:
    form = _DATES.get(item.published_precision, "%Y-%m-%d") if item.published_precision else "%Y-%m-%d"
    return item.published_at.strftime(form) if item.published_at else None


def _merged(several: Iterable[tuple[Case, AlertEvidence]]) -> Iterator[dict[str, Any]]:
    """Yield the events; one mention of several places is one event again, though each place has an alert."""
    found: dict[tuple[object, ...], dict[str, Any]] = {}
    for (verdict, alert), told in several:
        if verdict.verdict is Verdict.REJECT:
            continue
        event = _event(verdict, alert, told)
        places = (event.pop("places"), event.pop("canonical_place"))
        same = found.setdefault((told.evidence.start, *event.values()), {**event, "places": [], "canonical_place": []})
        for name, value in zip(("places", "canonical_place"), places, strict=True):
            same[name] += [] if value in same[name] else [value]
    yield from found.values()


def _event(verdict: Feedback, alert: Alert, told: AlertEvidence) -> dict[str, Any]:
    """Return what the sentence tells, with what the analyst put right."""
    place, kind = verdict.place or told.place, verdict.kind or told.kind
    loser, gainer = verdict.from_holder or told.losing, verdict.to_holder or told.gaining
    return {
        "type": TYPES.get(kind, kind.value),
        "status": told.status.value,
        "gaining": _side(gainer, told.gaining, told),
        "losing": _side(loser, told.losing, told),
        "places": _place(place, told, alert),
        "evidence": told.evidence.text,
        "rule": told.rule,
        "canonical_gaining": _name(gainer or alert.to_holder),
        "canonical_losing": _name(loser or alert.from_holder),
        "canonical_place": place.name or place.text,
    }


def _name(actor: Actor | None) -> str | None:
    return (actor.name or actor.text) if actor else None


def _place(right: Place, told: AlertEvidence, alert: Alert) -> str:
    """Return the place in the words of the sentence; by its id where these words were taken for another place."""
    if place_key(right, alert.extent) == place_key(told.place, alert.extent):
        return told.place.text
    words = _words(told, (right.text, right.name, right.name_ar))
    is_other = words is not None and fold(words).text != fold(told.place.text).text
    return words if words and is_other else (right.id or right.text)


def _side(right: Actor | None, said: Actor | None, told: AlertEvidence) -> str | None:
    """Return a side in the words of the sentence; by its id where other words stand there, none where it says none."""
    if right is None or (said is not None and actor_key(right) == actor_key(said)):
        return said.text if said else None
    words = _words(told, (right.text, right.name))
    return words or ((right.id or right.text) if said else None)


def _words(told: AlertEvidence, names: Iterable[str | None]) -> str | None:
    """Return the first of these names that stands in the sentence, as it is written there."""
    sentence = fold(_text(told)[1])
    for name in names:
        wanted = fold(name).text.strip() if name else ""
        at = sentence.text.find(wanted) if wanted else -1
        if at >= 0:
            return sentence.span(at, at + len(wanted)).text
    return None


def as_lines(found: Iterable[Labelled]) -> str:
    """Return JSON lines, in which what no terminal should see is written as JSON escapes."""
    return "".join(_escaped(json.encode(_plain(line)).decode()) + "\n" for line in found)


def _plain(line: Labelled) -> Mapping[str, Any]:
    return structs.asdict(line)


def _escaped(text: str) -> str:
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def _escape(char: str) -> str:
    """Return a character as JSON escapes of its UTF-16 code units (RFC 8259, section 7)."""
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
