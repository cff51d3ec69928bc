"""The command line: it knows every part and is imported by none.

Exit status: 0 done, 1 something asked for was not found or not right (check,
detect with bad lines, dead-letters), 2 usage or configuration, 3 the journal
or slot cannot be used.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console

from streams import logs
from streams.errors import BadRecord, ChangehandsError, ConfigError, JournalUnusable, SlotTaken, first_of
from streams.settings import Settings, load_settings

DEFAULT_CONFIG = Path("changehands.toml")


class Group(click.Group):
    """Turns the project's errors into one readable line and a documented exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit 2 on configuration, 3 on journal or slot, 1 on any other named error."""
        try:
            return super().invoke(ctx)
        except ChangehandsError as error:
            _fail(error)
        except ExceptionGroup as group:
            known = group.subgroup(ChangehandsError)
            if known is None or known.exceptions != group.exceptions:
                raise
            _fail(first_of(known))


def _fail(error: BaseException) -> NoReturn:
    click.echo(f"changehands: {logs.printable(str(error))}", err=True)
    status = {ConfigError: 2, JournalUnusable: 3, SlotTaken: 3}
    raise SystemExit(next((code for kind, code in status.items() if isinstance(error, kind)), 1))


def example(text: str) -> dict[str, Any]:
    """Return the epilog that shows a command in use."""
    return {"epilog": "\b\nExample:\n" + "\n".join(f"  {line}" for line in text.splitlines())}


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]}, **example("changehands run"))
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="CHANGEHANDS_CONFIG",
    help="TOML file; default ./changehands.toml where it exists.",
)
@click.option("--journal", help="sqlite:///PATH or kafka://HOST:PORT; wins over file and environment.")
@click.version_option(package_name="changehands")
@click.pass_context
def main(ctx: click.Context, config: Path | None, journal: str | None) -> None:
    """Watch feeds and pages and tell, within a second of reading, that a place changed hands."""
    ctx.obj = _Lazy(config, journal)


class _Lazy:
    """Reads the configuration when a command asks, so that --help always works."""

    def __init__(self, config: Path | None, journal: str | None) -> None:
        self._config = config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
        self._journal = journal
        self.config_path = self._config

    def settings(self) -> Settings:
        settings = load_settings(self._config)
        logs.configure(settings.logs, sys.stderr)
        return settings.model_copy(update={"journal": self._journal}) if self._journal else settings


_LONGEST_TEXT = 4 * 1024 * 1024


def _await(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


@main.command(
    **example("changehands run\nchangehands --journal sqlite:////var/lib/changehands/journal.db run --no-demo")
)
@click.option("--demo/--no-demo", default=None, help="The DEMO newsroom: fictional reports served on loopback.")
@click.option("--port", type=int, help="Port of the page (0: any free one).")
@click.option("--quiet", is_flag=True, help="No alerts in the terminal; the page and the log remain.")
@click.pass_obj
def run(lazy: _Lazy, demo: bool | None, port: int | None, quiet: bool) -> None:
    """Run everything in one process on the embedded journal."""
    from streams import services  # noqa: PLC0415 - the help text needs none of it

    settings = lazy.settings()
    if demo is not None:
        settings = settings.model_copy(update={"demo": demo})
    if port is not None:
        settings = settings.model_copy(update={"web": settings.web.model_copy(update={"port": port})})
    console = None if quiet else Console()
    with _logs_aside(settings, console):
        _await(services.run(settings, console))


@contextmanager
def _logs_aside(settings: Settings, console: Console | None) -> Iterator[None]:
    """Keep log lines out of the live view: on a terminal they go to a file beside the journal."""
    if console is None or not console.is_terminal:
        yield
        return
    path = Path(settings.journal.removeprefix("sqlite:///")).with_suffix(".log")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as out:
        logs.configure(settings.logs, out)
        console.print(f"log: {path}", highlight=False)
        yield


@main.command(**example("changehands --journal kafka://127.0.0.1:9092 connect"))
@click.pass_obj
def connect(lazy: _Lazy) -> None:
    """Poll the sources into the journal."""
    from streams import services  # noqa: PLC0415

    _await(services.connect(lazy.settings()))


@main.command(**example("changehands process --journal kafka://127.0.0.1:9092 --slot 1"))
@click.option(
    "--slot", default="1", show_default=True, help="This process's place among several; one living process a slot."
)
@click.option("--journal", help="sqlite:///PATH or kafka://HOST:PORT.")
@click.pass_obj
def process(lazy: _Lazy, slot: str, journal: str | None) -> None:
    """Run the processing steps; on Kafka, several slots share the partitions."""
    from streams import services  # noqa: PLC0415

    settings = lazy.settings()
    _await(services.process(settings.model_copy(update={"journal": journal}) if journal else settings, slot))


@main.command(**example("changehands --journal kafka://127.0.0.1:9092 serve"))
@click.pass_obj
def serve(lazy: _Lazy) -> None:
    """Serve the page and the live stream of alerts."""
    from streams import services  # noqa: PLC0415

    _await(services.serve(lazy.settings()))


@main.command(**example("changehands watch"))
@click.option("--reorder", is_flag=True, help="For terminals that know no right-to-left: write Arabic in visual order.")
@click.pass_obj
def watch(lazy: _Lazy, reorder: bool) -> None:
    """Show alerts in this terminal as they come."""
    from streams import services  # noqa: PLC0415

    _await(services.follow_alerts(lazy.settings(), Console(), reorder=reorder))


@main.command(**example("changehands detect < items.jsonl > mentions.jsonl"))
@click.argument("file", type=click.File("rb"), default="-")
@click.pass_obj
def detect(lazy: _Lazy, file: Any) -> None:
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
def evaluate(lazy: _Lazy, files: tuple[Path, ...], misses: int, as_json: bool) -> None:
    """Score detection on texts whose claims are known: by language, kind and status, with the misses."""
    from processors.knowledge import load  # noqa: PLC0415
    from streams import scoreboard  # noqa: PLC0415

    console = Console()
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
def explain(lazy: _Lazy, file: Any, html: bool, published: str | None, reorder: bool) -> None:
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
def try_(lazy: _Lazy, what: str, published: str | None) -> None:
    """Show why an item gives an alert or none: its text, every mention, what each became."""
    from streams.trace import show, trace  # noqa: PLC0415

    show(_await(trace(what, published, lazy.settings())), Console())


@main.command(**example("changehands check\nchangehands --config changehands.toml check"))
@click.pass_obj
def check(lazy: _Lazy) -> None:
    """Validate configuration, sources, journal, topics and gazetteer; print what would run."""
    from streams.inspection import inspect, show  # noqa: PLC0415

    settings = lazy.settings()
    findings = _await(inspect(settings, lazy.config_path))
    show(findings, settings, Console())
    sys.exit(0 if all(finding.right for finding in findings) else 1)


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
def gazetteer_build(lazy: _Lazy, geonames: tuple[Path, ...], osm: tuple[Path, ...], output: Path | None) -> None:
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
def dead_letters_list(lazy: _Lazy) -> None:
    """List the dead letters, oldest first: id, when, where, why."""
    from streams.letters import show_all  # noqa: PLC0415

    _await(show_all(lazy.settings().journal, Console()))


@dead_letters.command("show", **example("changehands dead-letters show 3f2a…"))
@click.argument("letter")
@click.pass_obj
def dead_letters_show(lazy: _Lazy, letter: str) -> None:
    """Show one dead letter with its original bytes; LETTER is its id or the start of it."""
    from streams.letters import show_one  # noqa: PLC0415

    _await(show_one(lazy.settings().journal, letter, Console()))


@dead_letters.command(
    "redrive", **example("changehands dead-letters redrive 3f2a…\nchangehands dead-letters redrive --all")
)
@click.argument("letters", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every letter that was not sent again yet.")
@click.pass_obj
def dead_letters_redrive(lazy: _Lazy, letters: tuple[str, ...], everything: bool) -> None:
    """Put the original bytes back on their topic."""
    from streams.letters import send_again  # noqa: PLC0415

    if bool(letters) == everything:
        raise click.UsageError("name letters, or say --all")
    _await(send_again(lazy.settings().journal, letters, Console()))
