"""Commands about the past: replay it, see the runs, delete them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from streams import logs
from streams.cli.group import Columns, Lazy, example, main, wait

if TYPE_CHECKING:
    from streams.replay.notes import Made, Read, Told
    from streams.replaying import Watching
    from streams.settings import Settings

_SPEED = re.compile(r"(\d+(?:\.\d+)?)x", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class _Moment(click.ParamType):
    """A day or a time (UTC where no zone is given); `is_end` takes a day with all its hours."""

    name = "date"

    def __init__(self, *, is_end: bool = False) -> None:
        self._is_end = is_end

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment; fails for what is no date."""
        text = str(value).strip()
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"{text[:60]!r} is no date, as in 2014-07-03 or 2014-07-03T18:00+03:00", param, ctx)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        return at + timedelta(days=1) if self._is_end and _DAY.fullmatch(text) else at


class _Speed(click.ParamType):
    """Event time over time: 60x, or max."""

    name = "speed"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float | None:
        """Return how many seconds of event time pass in one, None for as fast as it goes."""
        if value in {"max", None}:
            return None
        found = _SPEED.fullmatch(str(value))
        if not found or float(found[1]) == 0:
            self.fail(f"{str(value)[:60]!r} is no speed, as in 60x or max", param, ctx)
        return float(found[1])


@main.command(
    **example(
        "changehands replay docs/example/deir-ez-zor-2014.jsonl --as example\n"
        "changehands replay /data/crawl-2014 --as summer-2014 --from 2014-06-01 --to 2014-07-31 --as-of-publication\n"
        "changehands replay enriched --as new-lexicon && changehands compare live new-lexicon\n"
        "changehands replay acled.csv --as acled --columns text=notes,published=event_date\n"
        "changehands replay --resume summer-2014\n"
        "changehands replay /data/outage --into-live --from 2014-07-01 --to 2014-07-03"
    )
)
@click.argument("source", required=False)
@click.option("--as", "name", help="The run's name; the same command again goes on with it.")
@click.option("--resume", help="Go on with this run as it was begun, where it was left.")
@click.option("--from", "first", type=_Moment(), help="Only what counts from this day or time on (UTC).")
@click.option("--to", "until", type=_Moment(is_end=True), help="Only up to this day (with all of it) or time (UTC).")
@click.option(
    "--speed", type=_Speed(), default="max", show_default=True, help="Event time over time, as in 60x; or max."
)
@click.option("--as-of-publication", is_flag=True, help="Items count from when they were published, not fetched.")
@click.option("--as-detected", is_flag=True, help="Enriched items keep the claims they came with.")
@click.option("--into-live", is_flag=True, help="Fill a gap of the live journal; who subscribes hears of what is new.")
@click.option("--until-alert", is_flag=True, help="Stop behind the item that brought an alert.")
@click.option("--stop-on-torn", "stop_at_torn", is_flag=True, help="Stop at the first document that cannot be read.")
@click.option("--columns", type=Columns(), default={}, help="Names of a foreign table: title=headline,text=body.")
@click.pass_obj
def replay(lazy: Lazy, /, *, name: str | None, resume: str | None, into_live: bool, **wanted: Any) -> None:
    """Take the past through the same steps, in the order of event time, into a journal of its own.

    SOURCE is a file or a folder (JSON Lines, WARC, Parquet, CSV, saved feeds,
    pages and texts), the id of an archive among the sources, `raw` or
    `enriched` for these items of the journal, or raw:sqlite:///old.db. Nobody
    who watches the live journal hears of it. Ctrl-C pauses; every command that
    takes --journal works on the run's file.
    """
    from streams import replaying  # noqa: PLC0415 - the help text needs none of it

    if into_live:
        _fill(lazy, wanted, is_run=bool(name or resume))
        return
    if (wanted["source"] is None) == (resume is None) or (name is None) == (resume is None):
        raise click.UsageError("name a SOURCE and the run: --as NAME; or go on with one: --resume NAME")
    settings = lazy.settings()
    logs.configure(settings.logs.model_copy(update={"level": "error"}), sys.stderr)
    wish = replaying.Wish(name=name or resume or "", **wanted)
    console = Console()
    _tell_what_is_odd(wanted, settings)
    with _watching(Console(stderr=True)) as watching:
        done = wait(_until_stopped(replaying.replay(wish, settings, watching)))
    _show(wish.name, settings, console, is_paused=done is None)


def _tell_what_is_odd(wanted: dict[str, Any], settings: Settings) -> None:
    """Tell on the error stream which files are there twice or gone, and which days; stop there if so asked."""
    from streams.errors import SourceUnreadable  # noqa: PLC0415
    from streams.pastsources import odd_in, past_of  # noqa: PLC0415

    found = odd_in(past_of(wanted["source"], settings, wanted["columns"])) if wanted["source"] else []
    for text in found:
        click.echo(logs.printable(text), err=True)
    if found and wanted["stop_at_torn"]:
        raise SourceUnreadable("stopped there as asked: without --stop-on-torn what is there is replayed")


def _fill(lazy: Lazy, wanted: dict[str, Any], *, is_run: bool) -> None:
    """Put the items of a source into the live journal and tell how many."""
    from streams import catchup  # noqa: PLC0415
    from streams.replay.order import Window  # noqa: PLC0415

    others = [name for name in ("as_of_publication", "as_detected", "until_alert", "speed") if wanted[name]]
    if wanted["source"] is None or is_run or others:
        raise click.UsageError("--into-live takes a SOURCE, --from, --to, --columns and --stop-on-torn, nothing else")
    window = Window(first=wanted["first"], until=wanted["until"])
    _tell_what_is_odd(wanted, lazy.settings())
    reading = {key: wanted[key] for key in ("columns", "stop_at_torn")}
    work = catchup.catch_up(wanted["source"], lazy.settings(), window, say=lambda _: None, **reading)
    done = wait(_until_stopped(work))
    if done is None:
        click.echo("stopped; the same command again goes on, and nothing comes twice")
        return
    filled, left = done
    click.echo(
        f"{filled.put} items were put into the live journal; left out: {left.outside} outside of the time, "
        f"{filled.too_old} too old for it to know whether it had them, {left.torn} torn (see dead-letters)"
    )


@main.group(**example("changehands runs list\nchangehands runs show summer-2014"))
def runs() -> None:
    """See and delete the runs that replays left."""


@runs.command("list", **example("changehands runs list\nchangehands runs list --json"))
@click.option("--json", "is_json", is_flag=True, help="JSON instead, one run a line.")
@click.pass_obj
def runs_list(lazy: Lazy, *, is_json: bool) -> None:
    """List the runs: what of, how far, how many alerts, and the digest of what they tell."""
    from streams import runsview  # noqa: PLC0415

    found = runsview.runs_in(lazy.settings().runs)
    if is_json:
        for run in found:
            click.echo(runsview.as_json(run))
    else:
        runsview.show_list(found, Console())


@runs.command("show", **example("changehands runs show summer-2014"))
@click.argument("name")
@click.option("--json", "is_json", is_flag=True, help="One JSON object instead.")
@click.pass_obj
def runs_show(lazy: Lazy, name: str, *, is_json: bool) -> None:
    """Show what a run was made of, how far it is and how its records ended."""
    from streams import runsview  # noqa: PLC0415

    run = runsview.run_of(lazy.settings().runs, name)
    endings = wait(runsview.endings_of(lazy.settings().runs, name))
    click.echo(runsview.as_json(run, endings)) if is_json else runsview.show_one(run, endings, Console())


@runs.command("delete", **example("changehands runs delete summer-2014"))
@click.argument("names", nargs=-1, required=True)
@click.pass_obj
def runs_delete(lazy: Lazy, names: tuple[str, ...]) -> None:
    """Delete runs with all they hold; the live journal and the sources stay as they are."""
    from streams import runsview  # noqa: PLC0415

    for name in names:
        wait(runsview.delete(lazy.settings().runs, name))
        click.echo(f"run {name} is deleted")


async def _until_stopped(work: Any) -> Any:
    """Return what the work brings, None where somebody asked to stop."""
    from streams.services import until_stopped  # noqa: PLC0415

    brought: list[Any] = []

    async def bring() -> None:
        brought.append(await work)

    await until_stopped(bring())
    return brought[0] if brought else None


def _show(name: str, settings: Any, console: Console, *, is_paused: bool) -> None:
    from streams import runsview  # noqa: PLC0415
    from streams.replay.runs import url_of  # noqa: PLC0415

    run = runsview.run_of(settings.runs, name)
    console.print(runsview.facts_table(run))
    if not run.told.is_all:
        how = "paused" if is_paused else "stopped at an alert"
        console.print(f"{how}; go on: changehands replay --resume {name}", highlight=False)
    look = f"look: changehands --journal {url_of(settings.runs, name)} serve"
    console.print(look, highlight=False, soft_wrap=True, markup=False)


@contextmanager
def _watching(console: Console) -> Iterator[Watching]:
    """Show a bar for each pass while it lasts."""
    from streams.replaying import Watching  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[at]}"),
        TextColumn("{task.completed:.0f} items, {task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bars = _Bars(progress)
        yield Watching(made=bars.made, reads=bars.reads, tells=bars.tells)


class _Bars:
    """The bars of one replay: one for each pass, shown when it begins."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def made(self, made: Made) -> None:
        self._progress.console.print(f"run {made.name}", highlight=False)

    def reads(self, read: Read, share: float | None) -> None:
        total = read.taken / share if share else None
        self._move("reading", read.taken, total, "")

    def tells(self, told: Told, at: datetime, length: int) -> None:
        self._move("telling", told.items, length, f"{at:%Y-%m-%d %H:%M}")

    def _move(self, name: str, items: int, total: float | None, at: str) -> None:
        if name not in self._bars:
            self._bars[name] = self._progress.add_task(name, total=total, completed=items, at=at, rate="")
        bar = self._bars[name]
        task = self._progress.tasks[bar]
        rate = f"{task.speed:.0f}/s" if task.speed else ""
        self._progress.update(bar, completed=items, total=total, at=at, rate=rate)
