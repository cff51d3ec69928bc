"""Commands that ask the ledger: who holds what, since when, on whose word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import click
from rich.console import Console

from streams.cli.group import Lazy, example, main, wait

_PLACE = click.option("--place", help="One place: its name in any script, or its id.")
_ACTOR = click.option("--actor", help="What one actor holds: his name or id.")
_AT = click.option("--at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="A day (UTC); default today.")
_DEMO = click.option("--demo", is_flag=True, help="The fictional places of the DEMO newsroom instead.")


@main.group(
    **example(
        "changehands ledger show --actor islamic_state --at 2014-07-01\n"
        "changehands ledger history Raqqa\n"
        "changehands ledger diff --from 2014-06-01 --to 2014-07-01"
    )
)
def ledger() -> None:
    """Ask who holds which place, since when, and on whose word, on any day."""


def _asked(at: datetime | None, **fields: Any) -> Any:
    from streams.almanac import Asked  # noqa: PLC0415 - the help text needs none of it

    return Asked(day=_day(at), **fields)


def _day(at: datetime | None) -> date:
    return (at or datetime.now(UTC)).date()


def _fold() -> Callable[[str], str]:
    from processors.identity import letters  # noqa: PLC0415

    return letters


@ledger.command(
    "show", **example("changehands ledger show --place Manbij\nchangehands ledger show --at 2014-07-01 --json")
)
@_PLACE
@_ACTOR
@_AT
@_DEMO
@click.option("--json", "as_json", is_flag=True, help="Whole pages, one JSON object a line.")
@click.pass_obj
def ledger_show(lazy: Lazy, /, *, as_json: bool, **asked: Any) -> None:
    """Show who held what at the end of a day."""
    from streams import almanac  # noqa: PLC0415

    url = lazy.settings().journal
    if as_json:
        click.echo(wait(almanac.as_json(url, _asked(**asked), _fold())))
    else:
        wait(almanac.show(url, _asked(**asked), _fold(), Console()))


@ledger.command("history", **example("changehands ledger history دير الزور"))
@click.argument("place")
@_DEMO
@click.pass_obj
def ledger_history(lazy: Lazy, place: str, demo: bool) -> None:
    """Show all that is known of who held a place, with sieges and fighting."""
    from streams import almanac  # noqa: PLC0415

    wait(almanac.history(lazy.settings().journal, _asked(None, place=place, demo=demo), _fold(), Console()))


@ledger.command("diff", **example("changehands ledger diff --from 2014-06-01 --to 2014-07-01"))
@click.option("--from", "earlier", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The earlier day (UTC).")
@click.option("--to", "later", type=click.DateTime(["%Y-%m-%d"]), help="The later day (UTC); default today.")
@_DEMO
@click.pass_obj
def ledger_diff(lazy: Lazy, earlier: datetime, later: datetime | None, demo: bool) -> None:
    """Show what was held otherwise on the later of two days, and how it came about."""
    from streams import almanac  # noqa: PLC0415

    if _day(later) < earlier.date():
        raise click.UsageError(f"--to {_day(later)} lies before --from {earlier.date()}")
    wait(almanac.diff(lazy.settings().journal, earlier.date(), _day(later), Console(), demo=demo))


@ledger.command("export", **example("changehands ledger export --format geojson > ledger.geojson"))
@click.option("--format", "form", type=click.Choice(["geojson", "csv", "jsonl"]), default="geojson", show_default=True)
@_PLACE
@_ACTOR
@_AT
@_DEMO
@click.pass_obj
def ledger_export(lazy: Lazy, /, *, form: str, **asked: Any) -> None:
    """Print how places stood at the end of a day, for maps and spreadsheets."""
    from streams import almanac  # noqa: PLC0415

    click.echo(wait(almanac.export(lazy.settings().journal, _asked(**asked), form, _fold())), nl=False)


@ledger.command(
    "events",
    **example(
        "changehands ledger events --format acled --from 2014-06-01 --to 2014-06-30 > june.csv\n"
        "changehands ledger events --format plover"
    ),
)
@click.option("--format", "form", type=click.Choice(["acled", "plover", "alerts"]), default="acled", show_default=True)
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="First day of the event (UTC).")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the event (UTC).")
@_DEMO
@click.pass_obj
def ledger_events(lazy: Lazy, form: str, since: datetime | None, until: datetime | None, *, demo: bool) -> None:
    """Print the changes still told: ACLED-like columns, PLOVER objects, or our alerts whole."""
    from streams import almanac  # noqa: PLC0415

    days = {"since": since.date() if since else None, "until": until.date() if until else None}
    click.echo(wait(almanac.events(lazy.settings(), form, **days, demo=demo)), nl=False)
