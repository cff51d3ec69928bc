"""One line in English and in Arabic that says what changed, who says so and how sure it is.

The line is made from the names of the tables. Where a place or an actor is
not in them, its own words are shown cleaned, cut and isolated (U+2068 to
U+2069), so that hostile text can neither break the line nor turn its direction.
"""

from __future__ import annotations

import re
import unicodedata

from processors.generic import proper_words, words
from processors.parties import Parties
from streams.alerts import AlertEvidence, AlertState, Headline
from streams.items import Claim
from streams.mentions import Actor, Extent, Place

_LONGEST = 60
# By ACLED's geo-precision: a governorate often bears its capital's name, and is not the town.
_AREAS = {2: (" area", "منطقة "), 3: (" region", "منطقة ")}
_ISOLATE, _END = "\u2068", "\u2069"
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_LATIN = re.compile(r"[A-Za-z\u0080-\u024f\u0400-\u04ff]")

_SINCE = {
    AlertState.CONFIRMED: ("confirmed", "مؤكد"),
    AlertState.DISPUTED: ("disputed", "موضع نزاع"),
    AlertState.REVERSED: ("since reversed", "انقلب بعد ذلك"),
    AlertState.RETRACTED: ("no longer told", "سُحب الخبر"),
    AlertState.REJECTED: ("rejected by an analyst", "رفضه محلل"),
}


def headline(
    *,
    place: Place,
    loser: Actor | None,
    gainer: Actor | None,
    extent: Extent,
    state: AlertState,
    opening: Claim | AlertEvidence,
    independent: int,
    parties: Parties,
) -> Headline:
    """Return the line for an alert; `opening` is its first telling, `independent` counts its publishers."""
    changed_en = f"{_from_en(loser, parties)} → {_to_en(gainer, parties)}"
    changed_ar = f"{_side_ar('من', loser, parties)} {_side_ar('إلى', gainer, parties)}"
    status_en, status_ar = _SINCE.get(state, (None, None))
    where_en, where_ar = _where(place, extent)
    said_en, said_ar = _said(opening, independent, parties)
    return Headline(
        en=", ".join(filter(None, (f"{where_en}: {changed_en}", said_en, status_en))),
        ar="، ".join(filter(None, (f"{where_ar}: {changed_ar}", said_ar, status_ar))),
    )


def shown(words: str) -> str:
    """Return words of a source as they may stand in a line: no controls, one line, cut, isolated."""
    visible = "".join(" " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in words[:500])
    kept = "".join(letter for letter in visible if unicodedata.category(letter) not in {"Cf", "Cs", "Co", "Cn"})
    line = " ".join(kept.split())
    return f"{_ISOLATE}{line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + '…'}{_END}"


def _where(place: Place, extent: Extent) -> tuple[str, str]:
    english = place.name if place.id and place.name else shown(place.text)
    arabic = _in_arabic(place.name_ar or place.name) if place.id else None
    arabic = arabic or shown(place.text)
    kind_en, kind_ar = _AREAS.get(place.geo_precision or 1, ("", "")) if place.id and _is_bare(place) else ("", "")
    english, arabic = f"{english}{kind_en}", f"{kind_ar}{arabic}"
    return (f"parts of {english}", f"أجزاء من {arabic}") if extent is Extent.PARTIAL else (english, arabic)


def _is_bare(place: Place) -> bool:
    """Say whether a place's name does not say itself what kind of area it is."""
    return len(proper_words(place.name or "")) == len(words(place.name or ""))


def _from_en(actor: Actor | None, parties: Parties) -> str:
    return name_en(actor, parties) if actor else "from unknown"


def _to_en(actor: Actor | None, parties: Parties) -> str:
    return name_en(actor, parties) if actor else "unknown"


def _side_ar(preposition: str, actor: Actor | None, parties: Parties) -> str:
    return f"{preposition} {name_ar(actor, parties) if actor else 'جهة غير معروفة'}"


def name_en(actor: Actor, parties: Parties) -> str:
    """Return the English name of an actor of the table, else its own words, isolated."""
    party = parties(actor.id) if actor.id else None
    known = party.name if party else actor.name if actor.id else None
    return known or shown(actor.text)


def name_ar(actor: Actor, parties: Parties) -> str:
    """Return the Arabic name of an actor of the table, else the words of an Arabic source, else the English name."""
    party = parties(actor.id) if actor.id else None
    if party and party.name_ar:
        return party.name_ar
    return shown(actor.text) if _ARABIC.search(actor.text) else _in_arabic(actor.name) or shown(actor.text)


def _in_arabic(name: str | None) -> str | None:
    """Return a name as it stands in an Arabic line: Latin letters isolated."""
    return shown(name) if name and _LATIN.search(name) else name


def _said(opening: Claim | AlertEvidence, independent: int, parties: Parties) -> tuple[str, str]:
    """Return who says so: the speaker or publisher, or how many publishers where it is more than one."""
    if independent > 1:
        return f"say {independent} independent sources", f"بحسب {_sources_ar(independent)}"
    attribution = opening.attribution
    speaker = attribution.speaker if attribution else None
    party = parties(speaker) if speaker else None
    source = shown(speaker or opening.item.owner or opening.item.source)
    return f"says {party.name if party else _plain(source)}", f"بحسب {(party and party.name_ar) or source}"


def _plain(line: str) -> str:
    """Take the isolates off Latin words in the English line; words of another direction keep them."""
    inner = line[1:-1]
    return line if any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in inner) else inner


def _sources_ar(count: int) -> str:
    """Return the count with its noun: dual, plural to ten, singular above (Arabic's number agreement)."""
    dual, ten = 2, 10
    if count == dual:
        return "مصدرين مستقلين"
    return f"{count} مصادر مستقلة" if count <= ten else f"{count} مصدرا مستقلا"
