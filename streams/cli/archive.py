"""Commands that write raw items out of the journal into files by day, and check such files."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from streams.cli.group import Lazy, example, main, wait

_TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@main.group(
    invoke_without_command=True,
    **example(
        "changehands archive --to var/archive\n"
        "changehands archive --to var/archive --from 2014-06-01 --to-time 2014-08-01 --format warc\n"
        "changehands archive verify var/archive"
    ),
)
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="The folder of the archive.")
@click.option("--from", "since", type=_TIME, help="Only items fetched since this time (UTC).")
@click.option("--to-time", "before", type=_TIME, help="Only items fetched before this time (UTC).")
@click.option(
    "--format",
    "form",
    type=click.Choice(["warc", "parquet", "both"]),
    default="both",
    show_default=True,
    help="WARC, for crawlers' tools; Parquet, for tables.",
)
@click.pass_context
def archive(
    ctx: click.Context, folder: Path | None, since: datetime | None, before: datetime | None, form: str
) -> None:
    """Write the journal's raw items into files by the day they were fetched (UTC), with a manifest of checksums.

    Run again, it adds what is new: a file that is there is never written again,
    and what came later is the day's next part. Exit status 1 where a record
    of the journal could not be read.
    """
    if ctx.invoked_subcommand is not None:
        return
    if folder is None:
        raise click.UsageError("say --to FOLDER, or verify FOLDER")
    from connectors.archives.manifest import Form  # noqa: PLC0415 - the help text needs none of it
    from streams.archiving import Wanted  # noqa: PLC0415
    from streams.archiving import archive as archived  # noqa: PLC0415

    forms = tuple(Form) if form == "both" else (Form(form),)
    wanted = Wanted(since=_utc(since), before=_utc(before), forms=forms)
    lazy: Lazy = ctx.obj
    sys.exit(0 if wait(archived(lazy.settings().journal, folder, wanted, Console())) else 1)


def _utc(time: datetime | None) -> datetime | None:
    return time and time.replace(tzinfo=UTC)


@archive.command(**example("changehands archive verify var/archive"))
@click.argument("folder", type=click.Path(path_type=Path))
def verify(folder: Path) -> None:
    """Read an archive through: every file against its checksum, every record, counts and times as told.

    What is wrong is named with file and record; exit status 1 if anything is.
    """
    from streams.archiving import verify as verified  # noqa: PLC0415

    sys.exit(0 if verified(folder, Console()) else 1)
