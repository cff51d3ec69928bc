"""How far a stream has been followed, and what each batch and each loss makes of that: pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from connectors.reading.letters import dead_letter
from connectors.schedule import counted
from connectors.streaming import Bad, Loss, Taken
from streams.fetches import Fetch
from streams.items import Cursor, DeadLetter, SourceHealth
from streams.sources import SourceSettings

MAX_DEAD = 64
# Dead letters of one source in an hour; those beyond are counted and not kept.
LETTERS_AN_HOUR = 200
NOTED = timedelta(hours=1)


class Standing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the cursor of a stream holds.

    `own` is the kind's state; `days` holds the count of items for each of the
    last seven days, by day number since 1970; `tries` counts losses in a row; `dead` are the
    hashes of the last dead letters, `letters` their count in `hour` (hours
    since 1970). `note` is what people should know although the stream goes on,
    and `noted_at` since when.
    """

    own: Raw = Raw(b"")
    days: dict[int, int] = {}
    tries: int = 0
    dead: tuple[str, ...] = ()
    hour: int = 0
    letters: int = 0
    note: str = ""
    noted_at: datetime | None = None
    health: SourceHealth | None = None


def standing_of(cursor: Cursor | None) -> Standing:
    """Return where a stream was left; raises msgspec.DecodeError for a cursor of another make."""
    if cursor is None:
        return Standing()
    return replace(msgspec.json.decode(cursor.state, type=Standing), health=cursor.health)


def cursor_of(source: SourceSettings, standing: Standing, now: datetime, fetches: tuple[Fetch, ...] = ()) -> Cursor:
    """Return the cursor to save; health, and what is told of fetches, lie beside the state, for people to read."""
    state = msgspec.json.encode(replace(standing, health=None))
    return Cursor(source=source.id, state=state, health=standing.health, saved_at=now, fetches=fetches)


def _health(before: SourceHealth | None, now: datetime, next_at: datetime, **facts: object) -> SourceHealth:
    known = before or SourceHealth(polled_at=now, next_at=next_at, outcome="")
    return replace(known, polled_at=now, next_at=next_at, **facts)


def noted(known: Standing, text: str, now: datetime) -> Standing:
    """Return the standing with a note for people, which they see for an hour."""
    return replace(known, note=text, noted_at=now) if text else known


def _note(known: Standing, now: datetime) -> str:
    return known.note if known.noted_at and now - known.noted_at < NOTED else ""


def _notes(known: Standing, now: datetime, about: str = "") -> tuple[str, ...]:
    """Return the words for what somebody should see to (see SourceHealth)."""
    return tuple(filter(None, (about, "may-have-missed" if _note(known, now) else "")))


def heard(known: Standing, taken: Taken, now: datetime, text: str, *, is_answer: bool = False) -> Standing:
    """Return the standing after a batch, which shows that the connection stands, so that losses are forgotten.

    An answer beside the stream shows no such thing: losses in a row go on counting.
    """
    total = known.health.items_total if known.health else 0
    days = counted(known.days, now, len(taken.items))
    facts: dict[str, object] = {
        "items_new": len(taken.items),
        "items_total": total + len(taken.items),
        "items_week": sum(days.values()),
        "notes": _notes(known, now),
    }
    if not (is_answer and known.tries):
        text = text or _note(known, now)
        facts |= {"outcome": "ok", "text": text, "http_status": None, "failures": 0.0, "failing_since": None}
    health = _health(known.health, now, now, **facts)
    tries = known.tries if is_answer else 0
    return replace(known, own=Raw(taken.state), days=days, tries=tries, health=health)


def still(known: Standing, now: datetime) -> Standing:
    """Return the standing of a stream that is open and had nothing to say for a while."""
    days = counted(known.days, now, 0)
    facts: dict[str, object] = {"items_new": 0, "items_week": sum(days.values()), "failures": 0.0}
    facts |= {"failing_since": None, "notes": _notes(known, now)}
    health = _health(known.health, now, now, outcome="ok", text=_note(known, now), **facts)
    return replace(known, days=days, health=health)


def broken(known: Standing, loss: Loss, now: datetime, seconds: float, text: str) -> Standing:
    """Return the standing after a loss, `seconds` before the next connection."""
    health = _health(
        known.health,
        now,
        now + timedelta(seconds=seconds),
        outcome=loss.failure.outcome,
        text=f"{text}; {loss.failure.text}" if text else loss.failure.text,
        http_status=loss.failure.status,
        items_new=0,
        failures=float(loss.tries),
        notes=_notes(known, now, loss.failure.about),
        failing_since=(known.health.failing_since if known.health else None) or now,
    )
    return replace(known, tries=loss.tries, health=health)


def buried(known: Standing, source: SourceSettings, bad: Bad, now: datetime) -> tuple[Standing, DeadLetter | None]:
    """Return the dead letter of a bad frame; None for one that has a letter, and past the hour's limit."""
    whole = sha256(bad.data).hexdigest()
    hour = int(now.timestamp() // 3600)
    letters = known.letters if known.hour == hour else 0
    if whole in known.dead or letters >= LETTERS_AN_HOUR:
        return known, None
    letter = dead_letter(source, bad.data, size=bad.size, name=whole, place=source.url, text=bad.text, at=now)
    return replace(known, dead=(*known.dead, whole)[-MAX_DEAD:], hour=hour, letters=letters + 1), letter
