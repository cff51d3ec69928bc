"""The real flow, and reports for it: entries and their pages, in English and Arabic, over a few towns."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from processors.flow import flow
from processors.gazetteer import compiled
from streams.items import ItemKind, RawItem
from streams.mentions import Precision
from streams.settings import Settings

FLOW = flow(Settings())

_START = datetime(2031, 2, 1, 6, tzinfo=UTC)
_TOWNS = (("Manbij", "منبج"), ("Jarabulus", "جرابلس"), ("Palmyra", "تدمر"), ("Tabqa", "الطبقة"), ("Idlib", "إدلب"))
_SIDES = (
    ("the Syrian army", "الجيش السوري"),
    ("Islamic State fighters", "تنظيم الدولة الإسلامية"),
    ("the Free Syrian Army", "الجيش السوري الحر"),
)
_ENGLISH = (
    "{winner} captured the town of {town} from {loser} on Sunday, two residents said.",
    "{loser} withdrew from {town} at dawn and {winner} entered it.",
    "{winner} denied that it had lost {town}.",
    "{winner} plan to take {town} before the summer.",
    "Bakers in {town} raised the price of bread.",
)
_ARABIC = (
    "سيطر {winner} على مدينة {town} بعد انسحاب {loser} منها، كما قال شاهدان.",
    "انسحب {loser} من مدينة {town} فجر الأحد.",
    "نفى {winner} خسارة مدينة {town}.",
    "رفع أصحاب الأفران في {town} سعر الخبز.",
)
_FILLER = "<p>" + "The road was open in the morning, and buses went as on any other day. " * 8 + "</p>"


def items(count: int) -> Sequence[RawItem]:
    """Return entries and their pages, exact repeats, some unreadable; the same count gives the same items."""
    compiled()  # once and before the workers, each of which would do it
    chance = random.Random(11)
    made: list[RawItem] = []
    while len(made) < count:
        number = len(made)
        if number % 20 == 19:
            made.append(made[number - 10])
            continue
        text, language = _report(chance)
        made.append(_item(number - number % 2, text, language, page=bool(number % 2)))
    return made


def _report(chance: random.Random) -> tuple[str, str]:
    town, (winner, loser) = chance.choice(_TOWNS), chance.sample(_SIDES, 2)
    arabic = chance.random() < 0.5
    template = chance.choice(_ARABIC if arabic else _ENGLISH)
    text = template.format(town=town[arabic], winner=winner[arabic], loser=loser[arabic])
    return text[0].upper() + text[1:], "ar" if arabic else "en"


def _item(number: int, text: str, language: str, *, page: bool) -> RawItem:
    paper = number // 2 % 4
    url = f"https://paper-{paper}.example.org/{number}"
    body = f"<p>{text}</p>"
    if page:
        body = f"<html><body><nav>Home</nav><article><h1>{text}</h1>{body}{_FILLER * 3}</article></body></html>"
    at = _START + timedelta(minutes=number)
    return RawItem(
        id=f"report-{number}",
        revision=2 if page else 1,
        source=f"paper-{paper}",
        owner=f"owner-{paper}",
        kind=ItemKind.PAGE if page else ItemKind.ENTRY,
        url=url,
        canonical_url=url,
        fetched_at=at + timedelta(seconds=30),
        published_at=at,
        published_precision=Precision.INSTANT,
        title=text,
        body=zlib.compress(body.encode()) if number % 50 else b"not compressed",
        content_type="text/html; charset=utf-8",
        language=language,
    )
