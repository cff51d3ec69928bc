"""Commands about the embedded journal's file: whether it is whole, and what a damaged one still holds."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from streams.cli.group import Lazy, example, main


@main.group(**example("changehands journal check\nchangehands journal rescue --to rescued.db"))
def journal() -> None:
    """Look after the file of the embedded journal."""


@journal.command(
    **example(
        "changehands journal check\nchangehands --journal sqlite:////var/lib/changehands/journal.db journal check"
    )
)
@click.pass_obj
def check(lazy: Lazy) -> None:
    """Go through the whole file and tell what it holds and what is wrong with it; exit status 1 if anything is.

    It may run beside `changehands run`; nothing is changed.
    """
    from streams.embedded import condition  # noqa: PLC0415 - the help text needs none of it
    from streams.embedded.journal import path_of  # noqa: PLC0415
    from streams.repairs import show_condition  # noqa: PLC0415

    path = path_of(lazy.settings().journal)
    sys.exit(0 if show_condition(condition.examine(path), path, Console()) else 1)


@journal.command(
    **example(
        "changehands journal rescue --to var/rescued.db\nchangehands --journal sqlite:///var/rescued.db journal check"
    )
)
@click.option(
    "--to",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The new journal: a file that is not there yet, on a disk with room for twice the damaged one.",
)
@click.pass_obj
def rescue(lazy: Lazy, to: Path) -> None:
    """Carry over what a damaged journal still holds into a new one: records, memories, cursors, positions, counts.

    The damaged file is only read. What is lost is told in numbers by topic.
    Stop what works on it first; afterwards name the new file in `journal`, or
    put it in the old one's place, without the old -wal and -shm files.
    """
    from processors.flow import flow  # noqa: PLC0415
    from streams.embedded.journal import path_of  # noqa: PLC0415
    from streams.embedded.rescue import rescue as rescued  # noqa: PLC0415
    from streams.repairs import show_rescue  # noqa: PLC0415

    settings = lazy.settings()
    path = path_of(settings.journal)
    show_rescue(rescued(path, to, flow(settings)), path, to, Console())
