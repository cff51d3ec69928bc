"""Commands about sources: which there are, how they fare, what an address would bring, and adding them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click
from rich.console import Console
from rich.text import Text

from streams import logs
from streams.cli.group import DEFAULT_CONFIG, Columns, Lazy, example, main, wait
from streams.errors import ConfigError
from streams.settings import Settings
from streams.sources import Kind

if TYPE_CHECKING:
    from streams.roster import Row

_WIDE = 160  # columns of tables that no terminal bounds
_JSON = click.option("--json", "as_json", is_flag=True, help="JSON instead, one object a line.")
_KINDS = click.Choice(get_args(Kind))
_SECONDS = click.option(
    "--seconds", default=15.0, show_default=True, type=click.FloatRange(1, 600), help="How long to hear a stream."
)


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else _WIDE)


def _quiet(lazy: Lazy, *, may_be_new: bool = False) -> Settings:
    """Return the configuration; what a trial finds is told on the screen and not in a log as well."""
    settings = lazy.settings(may_be_new=may_be_new)
    logs.configure(settings.logs.model_copy(update={"level": "error"}), sys.stderr)
    return settings


def _now() -> datetime:
    return datetime.now(UTC)


@main.group(
    **example(
        "changehands sources list\n"
        "changehands sources test https://agency.example/\n"
        "changehands sources add https://agency.example/rss.xml --owner 'My Agency'\n"
        "changehands sources health --failing"
    )
)
def sources() -> None:
    """See what is read and how it fares; try addresses, add them, exchange lists with other readers."""


@sources.command("list", **example("changehands sources list\nchangehands sources list --kind telegram --language ar"))
@click.option("--kind", type=_KINDS, help="Only sources of this kind.")
@click.option("--side", help="Only sources that speak for this side.")
@click.option("--language", help="Only sources in this language, such as ar.")
@_JSON
@click.pass_obj
def sources_list(lazy: Lazy, /, *, as_json: bool, **wanted: Any) -> None:
    """List the sources: those configured, the starter list, the demonstration."""
    from streams import roster, rosterview  # noqa: PLC0415 - the help text needs none of it

    found = roster.chosen(wait(roster.roster(lazy.settings())), **wanted)
    click.echo(roster.as_json(found)) if as_json else rosterview.show_list(found, _console(), _now())


@sources.command(
    "health",
    **example(
        "changehands sources health\n"
        "changehands sources health --failing || mail -s sources desk\n"
        "changehands sources health aawsat"
    ),
)
@click.argument("source", required=False)
@click.option("--failing", is_flag=True, help="Only sources that fail; exit status 1 if there are any.")
@_JSON
@click.pass_obj
def sources_health(lazy: Lazy, /, source: str | None, *, failing: bool, as_json: bool) -> None:
    """Show how each source fares: since when it fails and why, when it is asked next, what it brought.

    Of one SOURCE, named by its id, also its last fetches: how each ended, what it took, what came with it.
    """
    from streams import roster, rosterview  # noqa: PLC0415

    found = wait(roster.roster(lazy.settings()))
    if source:
        found = [_with_history(lazy, found, source, as_json=as_json)]
        sys.exit(1 if failing and found[0].is_failing else 0)
    bad = [row for row in found if row.is_failing]
    if as_json:
        click.echo(roster.as_json(bad if failing else found), nl=bool(bad or not failing))
    else:
        rosterview.show_health(found, _console(), _now(), failing=failing)
    sys.exit(1 if failing and bad else 0)


def _with_history(lazy: Lazy, found: Sequence[Row], source: str, *, as_json: bool) -> Row:
    """Show how one source fares and what its last fetches brought; return its row."""
    from streams import history, historyview, rosterview  # noqa: PLC0415

    row = history.row_of(found, source)
    fetches = wait(history.history(lazy.settings().journal, source))
    if as_json:
        click.echo(history.as_json(row, fetches))
        return row
    console = _console()
    rosterview.show_health([row], console, _now(), failing=False)
    console.print()
    historyview.show(fetches, console)
    return row


_OPTIONS = (
    click.option("--id", "id", help="Its id; default one made of its name or address."),
    click.option("--kind", type=_KINDS, help="What it is; default what the address turns out to be."),
    click.option("--name", help="Its name for people; default the feed's own title."),
    click.option("--owner", help="Its publisher: sources of one owner are one voice."),
    click.option("--side", help="The id of an actor it speaks for."),
    click.option("--language", help="Its language, such as ar."),
    click.option("--scale", help="What ACLED calls the source scale."),
    click.option("--category", "categories", multiple=True, help='A folder for people, such as "Syria/Agencies".'),
    click.option("--full-text/--no-full-text", default=True, help="Whether to read the pages behind entries."),
    click.option("--select", help="Of a listing: the CSS selector of its links."),
    click.option("--select-title", help="Of a listing: that of the headline within a block."),
    click.option("--select-date", help="Of a listing: that of the date within a block."),
    click.option("--word", "words", multiple=True, help="Of a stream: take posts with this word."),
    click.option("--tag", "tags", multiple=True, help="Of a stream: take posts with this hashtag."),
    click.option("--account", "accounts", multiple=True, help="Of a stream: take posts of this author."),
    click.option(
        "--columns", type=Columns(), help="Of an archive: names in its tables, as in text=notes,title=headline."
    ),
    click.option(
        "--token-file", type=click.Path(path_type=Path, dir_okay=False), help="The file that holds its token."
    ),
    click.option("--allow-private", is_flag=True, help="It may stand at a private address: a server of yours."),
)


def _described(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what is to be read at an address."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@sources.command(
    "test",
    **example(
        "changehands sources test https://agency.example/rss.xml\n"
        "changehands sources test aawsat\n"
        "changehands sources test https://agency.example/news --kind listing --select 'article h2 a'"
    ),
)
@click.argument("what")
@_described
@_SECONDS
@_JSON
@click.pass_obj
def sources_test(lazy: Lazy, /, what: str, *, seconds: float, as_json: bool, **given: Any) -> None:
    """Say what would be read at an address, or of a source by its id: entries, schedule, encoding, what is wrong.

    Nothing is saved. WHAT is asked as polling would ask it: the same rules, limits and politeness.
    """
    from streams import adding, roster, trialform, trialview, trying  # noqa: PLC0415

    settings = _quiet(lazy)
    source = adding.meant(what, given, settings)
    report = wait(trying.report_on(source, settings.fetch, seconds=seconds, seek=False))
    if as_json:
        click.echo(trialform.as_json(report))
    else:
        trialview.show(report, _console(), wait(roster.so_far(settings, what)))
    sys.exit(0 if report.trial.is_read else 1)


@sources.command(
    "add",
    **example(
        "changehands sources add https://agency.example/ --owner 'My Agency' --language ar\n"
        "changehands sources add https://t.me/channel --side sdf --dry-run\n"
        "changehands --config /etc/changehands.toml sources add https://agency.example/rss.xml --id my-agency"
    ),
)
@click.argument("url")
@_described
@_SECONDS
@_JSON
@click.option("--dry-run", is_flag=True, help="Only show what would be written.")
@click.option("--force", is_flag=True, help="Also what cannot be read today.")
@click.pass_obj
def sources_add(
    lazy: Lazy, /, url: str, *, seconds: float, as_json: bool, dry_run: bool, force: bool, **given: Any
) -> None:
    """Find what an address offers, try it once, and write it into the configuration file."""
    from streams import adding, configfile, trialform, trialview, trying  # noqa: PLC0415

    path = _file_of(lazy, is_needed=not dry_run)
    settings = _quiet(lazy, may_be_new=True)
    source = adding.new_source(url, given, settings)
    adding.refuse_twin(source, settings, has_own_id=bool(given["id"]))
    report = wait(trying.report_on(source, settings.fetch, seconds=seconds, seek=given["kind"] is None))
    report = adding.settled(report, given, settings)
    adding.refuse_twin(report.trial.source, settings, has_own_id=bool(given["id"]))
    click.echo(trialform.as_json(report)) if as_json else trialview.show(report, _console())
    if not (report.trial.is_read or force):
        raise click.ClickException("nothing was added; --force adds it all the same")
    block = configfile.blocks([report.trial.source])
    if dry_run or path is None:
        _tell(f"would be written to {path or DEFAULT_CONFIG}:", block, as_json=as_json)
        return
    configfile.add(path, [report.trial.source])
    _tell(f"written to {path}; `run` and `connect` read it from their next start:", block, as_json=as_json)


def _file_of(lazy: Lazy, *, is_needed: bool) -> Path | None:
    if lazy.config_path is None and is_needed:
        raise ConfigError(
            f"no configuration file is known here; `changehands --config {DEFAULT_CONFIG} …` makes ./{DEFAULT_CONFIG},"
            " and --dry-run shows what would be written"
        )
    return lazy.config_path


def _tell(what: str, block: str, *, as_json: bool) -> None:
    from streams.highlight import printable  # noqa: PLC0415
    from streams.masking import masked  # noqa: PLC0415

    console = Console(stderr=as_json, soft_wrap=True)
    console.print(Text(what, "bold"))
    for line in masked(block).strip().splitlines():
        console.print(Text(f"  {printable(line)}"))


@sources.command(
    "import",
    **example(
        "changehands sources import subscriptions.opml --dry-run\n"
        "changehands --config changehands.toml sources import subscriptions.opml --category Syria"
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--owner", help="The publisher of all of them.")
@click.option("--side", help="The id of an actor all of them speak for.")
@click.option("--language", help="Their language where the list names none.")
@click.option("--category", help="A folder to put all of them into.")
@click.option("--dry-run", is_flag=True, help="Only show what would be written.")
@_JSON
@click.pass_obj
def sources_import(lazy: Lazy, /, file: Path, *, dry_run: bool, as_json: bool, **given: Any) -> None:
    """Add the feeds of an OPML list, as other readers export it; those that are known are left out."""
    from streams import configfile, exchange  # noqa: PLC0415

    path = _file_of(lazy, is_needed=not dry_run)
    settings = lazy.settings(may_be_new=True)
    taken = exchange.imported(file, given, settings)
    added = [one.source for one in taken if one.source]
    if added and path and not dry_run:
        configfile.add(path, added)
    where = str(path or DEFAULT_CONFIG)
    if as_json:
        click.echo(exchange.as_json(taken), nl=bool(taken))
    else:
        exchange.show(taken, _console(), "would be written to " + where if dry_run else "written to " + where)


@sources.command(
    "export",
    **example("changehands sources export > feeds.opml\nchangehands sources export --format toml > sources.toml"),
)
@click.option("--format", "form", type=click.Choice(["opml", "toml"]), default="opml", show_default=True)
@click.option("--starter", is_flag=True, help="The starter list as well.")
@_JSON
@click.pass_obj
def sources_export(lazy: Lazy, /, *, form: str, starter: bool, as_json: bool) -> None:
    """Print the configured sources: OPML for other readers (feeds), or TOML for another configuration (all)."""
    from streams import exchange  # noqa: PLC0415

    chosen = exchange.exportable(lazy.settings(), starter=starter)
    text, left = exchange.exported(chosen, "json" if as_json else form)
    click.echo(text, nl=False)
    if left:
        told = f"{left} source{'s' if left > 1 else ''} without a feed left out; --format toml carries all"
        click.echo(f"changehands: {told}", err=True)
