"""Commands about texts: what is found in them, why, and how well."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from streams import logs
from streams.cli.group import Lazy, example, main, wait
from streams.errors import BadRecord

_LONGEST_TEXT = 4 * 1024 * 1024
_WIDE = 160  # columns of tables that no terminal bounds


@main.command(**example("changehands detect < items.jsonl > mentions.jsonl"))
@click.argument("file", type=click.File("rb"), default="-")
@click.pass_obj
def detect(lazy: Lazy, file: Any) -> None:
    """Read items as JSON lines, print each one's mentions as a JSON line."""
    from processors.knowledge import load  # noqa: PLC0415
    from processors.lines import detect_lines  # noqa: PLC0415

    bad = 0
    for line in detect_lines(file, load(lazy.settings().gazetteer)):
        if isinstance(line, BadRecord):
            bad += 1
            click.echo(f"changehands: {getattr(file, 'name', '-')}: {logs.printable(str(line))}", err=True)
        else:
            click.echo(line)
    sys.exit(1 if bad else 0)


@main.command(
    **example("changehands evaluate labelled.jsonl\nchangehands evaluate --misses 50 tests/golden/detect/*.toml")
)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--misses", default=20, show_default=True, help="How many misses and excess claims to list.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@click.pass_obj
def evaluate(lazy: Lazy, files: tuple[Path, ...], misses: int, as_json: bool) -> None:
    """Score detection on texts whose claims are known: by language, kind and status, with the misses."""
    from processors.knowledge import load  # noqa: PLC0415
    from streams import scoreboard  # noqa: PLC0415

    console = Console(width=None if sys.stdout.isatty() else _WIDE)
    items = scoreboard.read(files)
    found = scoreboard.board(scoreboard.run(items, load(lazy.settings().gazetteer), None if as_json else console))
    click.echo(scoreboard.as_json(found)) if as_json else scoreboard.show(found, console, misses)


@main.command(
    **example("changehands explain report.txt\ncat post.txt | changehands explain --html - > post.html"),
)
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
@click.option("--html", is_flag=True, help="Print a page for a browser instead.")
@click.option("--published", help="When it was published, as 2014-06-26 or 2014-06.")
@click.option("--reorder", is_flag=True, help="For terminals that know no right-to-left: write Arabic in visual order.")
@click.pass_obj
def explain(lazy: Lazy, file: Any, html: bool, published: str | None, reorder: bool) -> None:
    """Colour what detection reads in a text: who, which place, by which words, and what decides the status."""
    from processors.detect import detect as find  # noqa: PLC0415
    from processors.knowledge import load  # noqa: PLC0415
    from processors.lines import published as day_of  # noqa: PLC0415
    from streams import explanation  # noqa: PLC0415

    text = file.read(_LONGEST_TEXT)
    day, precision = day_of(published)
    knowledge = load(lazy.settings().gazetteer)
    found = find(text, knowledge=knowledge, published=day, published_precision=precision)
    click.echo(explanation.page(text, found)) if html else explanation.show(text, found, Console(), reorder=reorder)


@main.command(
    "try",
    **example(
        "changehands try https://news.example/article\nchangehands try report.html\ncat report.txt | changehands try -"
    ),
)
@click.argument("what")
@click.option("--published", help="When it was published, as 2014-06-26 or 2014-06.")
@click.pass_obj
def try_(lazy: Lazy, what: str, published: str | None) -> None:
    """Show why an item gives an alert or none: its text, every mention, what each became."""
    from streams.trace import show, trace  # noqa: PLC0415

    show(wait(trace(what, published, lazy.settings())), Console())
