"""The ledger for people: the words of `changehands ledger`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from msgspec import Struct, json
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.alerts import Alert, Holder
from streams.codec import decode
from streams.errors import NotKnown
from streams.eventforms import FORMS, day_of
from streams.eventforms import standing as told_still
from streams.exports import FORMATS
from streams.highlight import printable
from streams.holding import By, Ledger, Spell, Stretch, Word
from streams.ledgers import Difference, Standing, differences, held_by
from streams.mentions import Place, Precision
from streams.services import configured, opened
from streams.settings import Settings
from streams.topics import CONTROL_ALERTS, LEDGER
from streams.visual import anchored

# Folds a name for comparison, as places and actors are compared everywhere.
Fold = Callable[[str], str]
_NAMES_SHOWN = 8
_WAYS = {
    By.CHANGE: "change",
    By.HOLDS: "told to hold it",
    By.PASSING: "told in passing",
    By.LINKED: "pledge of its holder",
}
_HOW = {By.CHANGE: "", By.HOLDS: "at the latest ", By.PASSING: "", By.LINKED: "by pledge "}


class Asked(Struct, frozen=True, kw_only=True):
    """What is asked of the ledger: places and actors by name or id; the day is UTC; fictional places only if asked."""

    day: date
    place: str | None = None
    actor: str | None = None
    demo: bool = False


async def ledgers(url: str, *, demo: bool) -> list[Ledger]:
    """Return the last page of each place, by name; raises JournalUnusable."""
    found: dict[str, Ledger] = {}
    async with opened(url) as journal:
        async for stored in journal.read(LEDGER):
            page = decode(stored.value)
            if isinstance(page, Ledger) and page.demo == demo:
                found[stored.key] = page
    return sorted(found.values(), key=lambda page: (page.place.country or "", page.place.name or page.place.text))


def named(pages: Sequence[Ledger], name: str, fold: Fold) -> list[Ledger]:
    """Return the pages of a place by its id or a name of it; raises NotKnown with names that are like it."""
    exact = [page for page in pages if name in {page.place_key, page.place.id}]
    exact = exact or [page for page in pages if fold(name) in map(fold, _names(page.place))]
    if exact:
        return exact
    like = [page for page in pages if any(fold(name) in fold(one) for one in _names(page.place))]
    if like and len({page.place_key for page in like}) == 1:
        return like
    hint = ", ".join(sorted({printable(page.place.name or page.place.text) for page in like})[:_NAMES_SHOWN])
    raise NotKnown(f"the ledger knows no place {name!r}" + (f"; did you mean {hint}?" if hint else ""))


def _names(place: Place) -> tuple[str, ...]:
    return tuple(name for name in (place.name, place.name_ar, place.text) if name)


def held(pages: Iterable[Ledger], asked: Asked, fold: Fold) -> list[Standing]:
    """Return how places stood on the day asked for; with an actor, the places he held."""
    told = list(held_by(pages, asked.day))
    if asked.actor is None:
        return told
    return [one for one in told if any(_is(holder, asked.actor, fold) for holder in one.holders)]


def _is(holder: Holder, name: str, fold: Fold) -> bool:
    return name in {holder.key, holder.id} or fold(name) in {fold(one) for one in (holder.name, holder.text) if one}


async def show(url: str, asked: Asked, fold: Fold, console: Console) -> None:
    """Print who holds what on the day asked for."""
    pages = await ledgers(url, demo=asked.demo)
    pages = named(pages, asked.place, fold) if asked.place else pages
    told = held(pages, asked, fold)
    if not told:
        console.print(f"nothing is known for {asked.day}" + (" of that actor" if asked.actor else ""))
        return
    table = Table(title=f"who held what on {asked.day}", title_justify="left", box=None, pad_edge=False)
    for column in ("place", "held by", "since", "", "on whose word"):
        table.add_column(column, overflow="fold")
    for one in told:
        table.add_row(_place(one), _holders(one.holders), _since(one), _marks(one), _words(one.words))
    console.print(table)
    if any(one.area for one in told):
        console.print("An area's row says nothing of the towns inside it: they have rows of their own.", style="dim")


async def history(url: str, place: str, fold: Fold, console: Console, *, demo: bool) -> None:
    """Print all that is known of one place, oldest first."""
    for page in named(await ledgers(url, demo=demo), place, fold):
        console.print(anchored(Text(_title(page), style="bold")), soft_wrap=True)
        table = Table(box=None, pad_edge=False)
        for column in ("from", "to", "held by", "how", "on whose word"):
            table.add_column(column, overflow="fold")
        for stretch in page.stretches:
            until = str(stretch.until) if stretch.until else "…"
            since, holders = _day(stretch.since, stretch.since_precision), _holders(stretch.holders)
            table.add_row(since, until, holders, _how(stretch), _words(stretch.words))
        console.print(table)
        for name, spells in (("besieged", page.sieges), ("fought over", page.contests)):
            for spell in spells:
                console.print(anchored(Text(f"{name} {_spell(spell)}")), soft_wrap=True)


async def diff(url: str, earlier: date, later: date, console: Console, *, demo: bool) -> None:
    """Print what was held otherwise at the end of the later day, and how it came about."""
    found = list(differences(await ledgers(url, demo=demo), earlier, later))
    if not found:
        console.print(f"nothing is known to have changed from {earlier} to {later}")
    for one in found:
        console.print(_difference(one), soft_wrap=True)


def _difference(one: Difference) -> Text:
    before, after = _holders(one.before.holders), _holders(one.after.holders)
    line = Text.assemble(_place(one.after), "  ", before, " → ", after)
    marks = _marks(one.after)
    line.append(f"  {marks}" if marks else "")
    for stretch in one.stretches:
        line.append("\n    ").append(_day(stretch.since, stretch.since_precision), style="dim")
        line.append("  ").append_text(_holders(stretch.holders)).append(f"  {_how(stretch)}", style="dim")
    return line


async def export(url: str, asked: Asked, form: str, fold: Fold) -> str:
    """Return the ledger of a day as GeoJSON, CSV or JSON lines."""
    pages = await ledgers(url, demo=asked.demo)
    pages = named(pages, asked.place, fold) if asked.place else pages
    return FORMATS[form](held(pages, asked, fold), asked.day)


async def events(settings: Settings, form: str, *, since: date | None, until: date | None, demo: bool) -> str:
    """Return the changes still told, from day to day, in a form of event data."""
    found: dict[str, Alert] = {}
    async with opened(settings.journal) as journal:
        async for stored in journal.read(CONTROL_ALERTS):
            alert = decode(stored.value)
            if isinstance(alert, Alert):
                found[alert.id] = alert
    told = [one for one in told_still(found.values(), demo=demo) if _within(day_of(one), since, until)]
    return FORMS[form](told, {source.id: source.scale for source in configured(settings) if source.scale})


def _within(day: date, since: date | None, until: date | None) -> bool:
    return (since is None or since <= day) and (until is None or day <= until)


async def as_json(url: str, asked: Asked, fold: Fold) -> str:
    """Return the pages asked for with all they hold, one JSON object a line."""
    pages = await ledgers(url, demo=asked.demo)
    pages = named(pages, asked.place, fold) if asked.place else pages
    if asked.actor:
        theirs = {one.place_key for one in held(pages, asked, fold)}
        pages = [page for page in pages if page.place_key in theirs]
    return "\n".join(json.encode(page).decode() for page in pages)


def _place(told: Standing) -> Text:
    name = printable(told.place.name or told.place.text)
    return anchored(Text(f"{name}, {told.place.country}" if told.place.country else name, style="bold"))


def _title(page: Ledger) -> str:
    place = page.place
    parts = (place.name or place.text, place.name_ar, place.admin1, place.country)
    return " · ".join(dict.fromkeys(printable(part) for part in parts if part))


def _holders(holders: Sequence[Holder]) -> Text:
    if not holders:
        return Text("nobody known", style="dim")
    return Text(" and ").join(anchored(Text(printable(one.name or one.text))) for one in holders)


def _since(told: Standing) -> str:
    if told.since is None:
        return ""
    return (_HOW[told.by] if told.by else "") + _day(told.since, told.since_precision)


def _day(day: date, precision: Precision | None) -> str:
    """Return a day as exactly as it is known."""
    if precision is Precision.YEAR:
        return f"{day:%Y}"
    if precision is Precision.MONTH:
        return f"{day:%Y-%m}"
    return f"week of {day}" if precision is Precision.WEEK else str(day)


def _how(stretch: Stretch) -> str:
    marks = [_WAYS[stretch.by], str(stretch.state or "")]
    marks += ["part of it"] if stretch.partial else []
    marks += ["a day or less: a clash by ACLED's rule"] if stretch.clash else []
    return ", ".join(mark for mark in marks if mark)


def _marks(told: Standing) -> str:
    marks = ["area"] if told.area else []
    marks += ["part of it"] if told.partial else []
    marks += [f"contested{_by(told.contested_by)}"] if told.contested else []
    marks += [f"besieged{_by(told.besieged_by)}"] if told.besieged else []
    return ", ".join(marks)


def _words(words: Sequence[Word]) -> Text:
    """Return on whose word: publishers, each once, with the speaker where one is quoted."""
    said = ((word.owner or word.source, f" ({word.speaker})" if word.speaker else "") for word in words)
    told = dict.fromkeys(printable(f"{publisher}{speaker}") for publisher, speaker in said)
    return Text(", ").join(anchored(Text(one)) for one in told)


def _spell(spell: Spell) -> str:
    end = f"to {spell.until}" if spell.until else f"on; told last for {spell.told_last}"
    return f"from {spell.since} {end}{_by(spell.by)}"


def _by(holder: Holder | None) -> str:
    return f" by {printable(holder.name or holder.text)}" if holder else ""
