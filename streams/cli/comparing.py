"""The command that compares two runs."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

import click
from rich.console import Console

from streams.cli.group import Lazy, example, main, wait
from streams.masking import masked

_DAY = click.DateTime(["%Y-%m-%d"])


@main.command(
    **example(
        "changehands compare live lexicon-2014\n"
        "changehands compare before after --markdown > review.md\n"
        "changehands compare before after --json --exit-zero | jq .counts\n"
        "changehands compare live sqlite:////backup/journal.db --from 2014-06-01 --to 2014-07-31"
    )
)
@click.argument("before")
@click.argument("after")
@click.option("--from", "since", type=_DAY, help="First day (UTC) on which an alert opened or a stretch lasted.")
@click.option("--to", "until", type=_DAY, help="Last such day.")
@click.option("--demo", is_flag=True, help="The fictional alerts and places of the DEMO newsroom instead.")
@click.option("--json", "form", flag_value="json", help="One JSON object, alerts whole.")
@click.option("--markdown", "form", flag_value="markdown", help="Text for a review.")
@click.option("--exit-zero", is_flag=True, help="Exit status 0 although they differ.")
@click.option("--reorder", is_flag=True, help="For terminals that know no right-to-left: write Arabic in visual order.")
@click.pass_obj
def compare(
    lazy: Lazy, /, *, before: str, after: str, form: str | None, exit_zero: bool, reorder: bool, **scope: Any
) -> None:
    """Show what the run AFTER tells otherwise than BEFORE: alerts gained, lost and changed, and the ledger.

    Each is the name of a run, `live`, or a journal's address. Each alert stands
    with the sentence it was read from and the rule that read it. An alert of
    another id is the same change where place, sides and days agree and a common
    item tells of it, or where the same sentence is read otherwise. Confidence
    counts where it moved by more than 0.05.

    Exit status: 0 alike, 1 different, 2 not a run's name, 3 a journal that is
    not there or cannot be read.
    """
    from streams import comparing, comparisonforms  # noqa: PLC0415 - the help text needs none of it

    settings = lazy.settings()
    for name in (before, after):
        _warn_of_half(settings, name)
    found = wait(comparing.compare(settings, before, after, _scope(**scope)))
    names = comparing.names_of(settings)
    before, after = masked(before), masked(after)
    if form == "json":
        click.echo(comparisonforms.as_json(found, before, after))
    elif form == "markdown":
        click.echo(comparisonforms.markdown(found, before, after, names), nl=False)
    else:
        comparing.show(found, before, after, Console(), names=names, reorder=reorder)
    sys.exit(0 if found.is_equal or exit_zero else 1)


def _warn_of_half(settings: Any, name: str) -> None:
    """Say on standard error that a run was left before its end: what it has not told yet is not lost."""
    from streams import comparing, runsview  # noqa: PLC0415

    if not comparing.is_run(settings, name):
        return
    run = runsview.run_of(settings.runs, name)
    if run.made is not None and not run.told.is_all:
        said = f"run {name} was not told to its end ({run.stands}): `changehands replay --resume {name}`"
        click.echo(f"changehands: {said}", err=True)


def _scope(since: datetime | None, until: datetime | None, *, demo: bool) -> Any:
    from streams.replay.comparison import Scope  # noqa: PLC0415

    if since and until and until < since:
        raise click.UsageError(f"--to {until.date()} lies before --from {since.date()}")
    return Scope(since=since.date() if since else None, until=until.date() if until else None, demo=demo)
