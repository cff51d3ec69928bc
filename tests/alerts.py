"""Alerts for tests: made from a sentence and the words in it, with offsets as a detector would give them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from processors.identity import digest
from streams.alerts import Alert, AlertEvidence, AlertState, Codes, Delays, Headline
from streams.items import ItemRef
from streams.mentions import Actor, Attribution, EventDate, Evidence, Kind, Place, Precision, Span, Status

BEFORE = "An opening sentence that stands before it. "
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ARABIC = "أعلنت قوات الشمال سيطرتها الكاملة على بلدة تل الزيتون بعد انسحاب كتائب الوادي منها."
ENGLISH = "River Guard fighters pulled out of Marsa Nahr overnight and the Northern Forces entered unopposed."

# Strings that would do harm where text becomes HTML, an address, or a terminal's order.
HOSTILE = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "\"><svg onload=document.title='owned'>",
    "javascript:document.title='owned'",
    "</bdi></li></ol><iframe srcdoc='<script>parent.document.title=1</script>'>",
    "{{constructor.constructor('document.title=1')()}}",
    "\x1b]0;owned\x07\x1b[2J\x1b[31m",
    "safe \u202etxt.exe\u202c and \u2066hidden\u2069 \u200bspace",
    "&lt;b&gt;&amp;#x3c;",
)


def at(sentence: str, words: str) -> dict[str, object]:
    """Return where words stand in the item's text, of which the sentence is the second."""
    start = len(BEFORE) + sentence.index(words)
    return {"text": words, "start": start, "end": start + len(words)}


def telling(
    sentence: str = ENGLISH,
    *,
    place: str = "Marsa Nahr",
    gainer: str | None = "Northern Forces",
    loser: str | None = "River Guard",
    trigger: str | None = "pulled out",
    language: str = "en",
    speaker: str | None = None,
    **item: Any,
) -> AlertEvidence:
    """Return one piece of evidence; the words named must stand in the sentence, `item` says in which item."""
    told_in = _item(**item)
    return AlertEvidence(
        claim_id=f"claim-{told_in.source}-{digest(sentence)}",
        kind=Kind.CAPTURE,
        status=Status.CLAIMED if speaker else Status.ASSERTED,
        evidence=_evidence(sentence, trigger),
        place=Place(**at(sentence, place), id="test:1", name=place),
        gaining=Actor(**at(sentence, gainer)) if gainer else None,
        losing=Actor(**at(sentence, loser)) if loser else None,
        attribution=Attribution(speaker=speaker) if speaker else None,
        language=language,
        rule="capture.active",
        confidence=0.82,
        item=told_in,
    )


def _item(
    *,
    source: str = "harbour-post",
    url: str = "https://harbour.example/reports/7",
    title: str | None = "Overnight in the delta",
    demo: bool = False,
    published: datetime = NOON - timedelta(minutes=4),
    fetched: datetime = NOON,
) -> ItemRef:
    return ItemRef(
        id=f"item-{source}",
        revision=1,
        source=source,
        owner="Harbour Media",
        url=url,
        title=title,
        published_at=published,
        published_precision=Precision.INSTANT,
        fetched_at=fetched,
        demo=demo,
    )


def _evidence(sentence: str, trigger: str | None) -> Evidence:
    start, end = len(BEFORE), len(BEFORE) + len(sentence)
    words = Span(**at(sentence, trigger)) if trigger else None
    return Evidence(text=sentence, start=start, end=end, sentence=sentence, trigger=words)


def arabic(**changes: object) -> AlertEvidence:
    """Return the Arabic telling."""
    told: dict[str, Any] = {
        "place": "تل الزيتون",
        "gainer": "قوات الشمال",
        "loser": "كتائب الوادي",
        "trigger": "سيطرتها الكاملة",
        "language": "ar",
        "source": "sawt-alwadi",
        "url": "https://wadi.example/ar/1",
        "title": "تل الزيتون تتغير يدها",
    }
    return telling(ARABIC, **(told | changes))


def alert(
    id_: str = "alert-1",
    *evidence: AlertEvidence,
    headline: str = "Marsa Nahr: River Guard → Northern Forces, Harbour Media says so",
    revision: int = 1,
    state: AlertState = AlertState.REPORTED,
    kind: Kind = Kind.CAPTURE,
    sources: int = 1,
    demo: bool = False,
) -> Alert:
    """Return one revision of an alert with its evidence."""
    told = evidence or (telling(),)
    first = told[0]
    return Alert(
        id=id_,
        revision=revision,
        state=state,
        kind=kind,
        place_key="test:1",
        place=first.place,
        from_holder=first.losing,
        to_holder=first.gaining,
        event_date=EventDate(text="overnight", from_=date(2026, 2, 28), to=date(2026, 3, 1), precision=Precision.DAY),
        evidence=told,
        independent_sources=sources,
        codes=Codes(),
        confidence=0.8,
        delays=Delays(published_to_fetched=240.0),
        headline=Headline(en=headline, ar="مرسى نهر: حرس النهر ← قوات الشمال"),
        opened_at=NOON,
        revised_at=NOON + timedelta(seconds=revision),
        demo=demo,
    )
