"""The ledger for people: the words of `changehands ledger`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from msgspec import Struct, json
from rich.console import Console
from rich.table import Table
from rich.text import Text

from processors.partynames import party_names
from streams.alerts import Alert, Holder
from streams.codec import decode
from streams.errors import NotKnown
from streams.eventforms import FORMS, day_of
from streams.eventforms import standing as told_still
from streams.exports import FORMATS
from streams.highlight import printable
from streams.holding import By, Ledger, Spell, Stretch, Word
from streams.ledgers import Difference, Standing, differences, held_by, in_order
from streams.mentions import Place
from streams.services import configured, opened
from streams.settings import Settings
from streams.shelves import whole_pages
from streams.timeline import BESIEGED, FOUGHT, NOBODY, marks, timeline
from streams.topics import CONTROL_ALERTS, LEDGER
from streams.visual import anchored
from streams.wording import known_to

# Folds a name for comparison, as places and actors are compared everywhere.
Fold = Callable[[str], str]
Row = tuple[Text | str, ...]
_NAMES_SHOWN = 8
_WIDEST_BAR = 100
_WIDEST_WORD = 14  # columns; a longer word, such as an address, may be broken
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
    """Return the last page of each place, by country and name; raises JournalUnusable."""
    found: list[Ledger] = []
    async with opened(url) as journal:
        async for stored in journal.read(LEDGER):
            page = decode(stored.value)
            if isinstance(page, Ledger) and page.demo == demo:
                found.append(page)
    return sorted(whole_pages(found).values(), key=lambda page: in_order(page.place))


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
        if not (pages or asked.demo) and await ledgers(url, demo=True):
            console.print("only fictional places are known so far: --demo shows them")
        return
    rows = [(_place(one), _holders(one.holders), _since(one), _marks(one), _words(one.words)) for one in told]
    console.print(
        Text(f"who held what on {asked.day}{' (DEMO: fictional places)' if asked.demo else ''}", style="italic")
    )
    console.print(_table(("place", "held by", "since", "state", "on whose word"), rows))
    if any(one.area for one in told):
        console.print("An area's row says nothing of the towns inside it: they have rows of their own.", style="dim")


def _table(heads: Sequence[str], rows: Sequence[Row]) -> Table:
    """Return rows under their heads, without empty columns; a word is broken only where it must be."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    kept = [at for at in range(len(heads)) if any(str(row[at]) for row in rows)]
    for at in kept:
        longest = max((len(word) for row in rows for word in str(row[at]).split()), default=0)
        table.add_column(heads[at], overflow="fold", min_width=min(longest, _WIDEST_WORD))
    for row in rows:
        table.add_row(*(row[at] for at in kept))
    return table


async def history(url: str, asked: Asked, fold: Fold, console: Console) -> None:
    """Print all that is known of the place asked for, oldest first, with a bar of time up to the day asked for."""
    for page in named(await ledgers(url, demo=asked.demo), asked.place or "", fold):
        console.print(anchored(Text(_title(page), style="bold")), soft_wrap=True)
        bar = timeline(page, min(console.width, _WIDEST_BAR), asked.day)
        for line in bar:
            console.print(line, soft_wrap=True)
        rows = [_row(stretch, page) for stretch in page.stretches]
        if rows:
            console.print(_table(("from", "to", "held by", "how", "on whose word"), rows))
        for sign, name, spells in ((BESIEGED, "besieged", page.sieges), (FOUGHT, "fought over", page.contests)):
            for spell in spells:
                console.print(anchored(Text(f"{sign} {name} {_spell(spell)}")), soft_wrap=True)


def _row(stretch: Stretch, page: Ledger) -> Row:
    since = known_to(stretch.since, stretch.since_precision)
    until = str(stretch.until) if stretch.until else "…"
    mark = marks(page).get(stretch.holders[0].key) if stretch.holders else None
    drawn = Text(mark.glyph, style=mark.colour) if mark else Text(NOBODY, style="dim")
    return since, until, drawn.append(" ").append_text(_holders(stretch.holders)), _how(stretch), _words(stretch.words)


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
        line.append("\n    ").append(known_to(stretch.since, stretch.since_precision), style="dim")
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
    return (_HOW[told.by] if told.by else "") + known_to(told.since, told.since_precision)


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
    named = party_names()
    speakers = ((word, named.get(word.speaker or "", word.speaker)) for word in words)
    said = ((word.owner or word.source, f" ({speaker})" if speaker else "") for word, speaker in speakers)
    told = dict.fromkeys(printable(f"{publisher}{speaker}") for publisher, speaker in said)
    return Text(", ").join(anchored(Text(one)) for one in told)


def _spell(spell: Spell) -> str:
    end = f"to {spell.until}" if spell.until else f"on; told last for {spell.told_last}"
    return f"from {spell.since} {end}{_by(spell.by)}"


def _by(holder: Holder | None) -> str:
    return f" by {printable(holder.name or holder.text)}" if holder else ""
