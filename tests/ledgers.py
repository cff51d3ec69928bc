"""Pages of the ledger for tests: a place's stretches, sieges and fights, as the flow would write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from streams.alerts import AlertState, Holder
from streams.holding import By, Ledger, Spell, Stretch, Word
from streams.mentions import Place, Precision
from streams.notices import Level, Notice, Subject

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
NORTH = Holder(key="north", text="Northern Forces", id="north", name="Northern Forces")
RIVER = Holder(key="river", text="River Guard", id="river", name="River Guard")
WADI = Holder(key="كتائبالوادي", text="كتائب الوادي")


def word(
    publisher: str = "Harbour Media", *, speaker: str | None = None, url: str = "https://harbour.example/7"
) -> Word:
    """Return one telling."""
    return Word(claim_id=f"c-{publisher}", source="harbour-post", owner=publisher, speaker=speaker, url=url, at=AT)


def stretch(since: str, *holders: Holder, until: str | None = None, by: By = By.CHANGE, **more: object) -> Stretch:
    """Return a stretch of holding that begins on a day."""
    told: dict[str, object] = {
        "since_precision": Precision.DAY,
        "state": AlertState.CONFIRMED,
        "confidence": 0.93,
        "words": (word(),),
    }
    day = date.fromisoformat(since)
    ends = date.fromisoformat(until) if until else None
    return Stretch(holders=holders, since=day, since_last=day, until=ends, by=by, **(told | more))  # type: ignore[arg-type]


def spell(since: str, told_last: str, *, until: str | None = None, by: Holder | None = None) -> Spell:
    """Return a siege or a fight."""
    days = {"since": date.fromisoformat(since), "told_last": date.fromisoformat(told_last)}
    return Spell(**days, until=date.fromisoformat(until) if until else None, by=by, words=(word(),))


def page(
    name: str = "Marsa Nahr",
    *stretches: Stretch,
    key: str = "test:1",
    name_ar: str | None = "مرسى نهر",
    sieges: tuple[Spell, ...] = (),
    contests: tuple[Spell, ...] = (),
    area: bool = False,
    demo: bool = False,
    revision: int = 1,
) -> Ledger:
    """Return a place's page: Marsa Nahr changed hands in 2014 and again in 2015 unless told otherwise."""
    usual = (stretch("2014-06-01", RIVER, until="2015-03-10"), stretch("2015-03-10", NORTH, taken_from=RIVER))
    place = Place(text=name, start=0, end=0, id=key, name=name, name_ar=name_ar, admin1="Delta", country="SY")
    return Ledger(
        place_key=key,
        place=place,
        area=area,
        demo=demo,
        stretches=stretches or usual,
        sieges=sieges,
        contests=contests,
        revision=revision,
        revised_at=AT,
    )


def silence(name: str = "Deir ez-Zor, SY: river", *, level: Level = Level.RAISED, demo: bool = False) -> Notice:
    """Return an alarm about a side that is not heard any more, or its end."""
    return Notice(
        id=f"notice-{name}",
        level=level,
        subject=Subject.FRONT,
        key=name,
        name=name,
        text=f"nobody close to {name} was heard for 30 h",
        last_heard=AT,
        habit_seconds=7200,
        demo=demo,
        at=AT,
    )
