"""Commands about what is kept: the table of places and the dead letters."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from streams.cli.group import Lazy, example, main, wait


@main.group(**example("changehands gazetteer build"))
def gazetteer() -> None:
    """Work on the table of places."""


@gazetteer.command(
    "build",
    **example(
        "changehands gazetteer build\n"
        "changehands gazetteer build --geonames UA.txt --geonames alternatenames/UA.txt --osm ukraine-latest.osm.pbf"
    ),
)
@click.option(
    "--geonames",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A file of GeoNames (XX.txt, alternateNamesV2, admin1CodesASCII, featureCodes; zip too) or a folder of them.",
)
@click.option(
    "--osm", multiple=True, type=click.Path(path_type=Path), help="An OpenStreetMap extract (.osm.pbf, .osm)."
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Where it goes, if not where it is looked for."
)
@click.pass_obj
def gazetteer_build(lazy: Lazy, geonames: tuple[Path, ...], osm: tuple[Path, ...], output: Path | None) -> None:
    """Compile the gazetteer to its memory-mapped file, unless it is there; with files of yours, a finer one.

    The finer one takes the place of the one that comes with changehands for
    every command. It stands where the setting `gazetteer` says, else with your
    user data; delete it to return.
    """
    from processors.gazetteer import compiled, finer  # noqa: PLC0415

    path = output or lazy.settings().gazetteer
    if geonames or osm:
        made = finer(geonames, osm, path, say=click.echo)
        click.echo(f"gazetteer: {made} ({made.stat().st_size / 1e6:.0f} MB); delete it to use the one that comes along")
    else:
        click.echo(f"gazetteer: {compiled(path, say=click.echo)}")


@main.group("dead-letters", **example("changehands dead-letters list"))
def dead_letters() -> None:
    """See and send again what could not be handled."""


@dead_letters.command("list", **example("changehands dead-letters list"))
@click.pass_obj
def dead_letters_list(lazy: Lazy) -> None:
    """List the dead letters, oldest first: id, when, where, why."""
    from streams.letters import show_all  # noqa: PLC0415

    wait(show_all(lazy.settings().journal, Console()))


@dead_letters.command("show", **example("changehands dead-letters show 3f2a…"))
@click.argument("letter")
@click.pass_obj
def dead_letters_show(lazy: Lazy, letter: str) -> None:
    """Show one dead letter with its original bytes; LETTER is its id or the start of it."""
    from streams.letters import show_one  # noqa: PLC0415

    wait(show_one(lazy.settings().journal, letter, Console()))


@dead_letters.command(
    "redrive", **example("changehands dead-letters redrive 3f2a…\nchangehands dead-letters redrive --all")
)
@click.argument("letters", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every letter that was not sent again yet.")
@click.pass_obj
def dead_letters_redrive(lazy: Lazy, letters: tuple[str, ...], everything: bool) -> None:
    """Put the original bytes back on their topic."""
    from streams.letters import send_again  # noqa: PLC0415

    if bool(letters) == everything:
        raise click.UsageError("name letters, or say --all")
    wait(send_again(lazy.settings().journal, letters, Console()))
