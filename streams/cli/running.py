"""Commands that run services, and the one that says what would run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from rich.console import Console

from streams import logs
from streams.cli.group import Lazy, example, main, wait
from streams.settings import Settings, WebSettings

_LAST_PORT = 65_535


@main.command(
    **example("changehands run\nchangehands --journal sqlite:////var/lib/changehands/journal.db run --no-demo")
)
@click.option("--demo/--no-demo", default=None, help="The DEMO newsroom: fictional reports served on loopback.")
@click.option("--port", type=int, help="Port of the page (0: any free one).")
@click.option("--quiet", is_flag=True, help="No alerts in the terminal; the page and the log remain.")
@click.pass_obj
def run(lazy: Lazy, demo: bool | None, port: int | None, quiet: bool) -> None:
    """Run everything in one process on the embedded journal."""
    from streams import services  # noqa: PLC0415 - the help text needs none of it

    settings = _live(lazy.settings())
    if demo is not None:
        settings = settings.model_copy(update={"demo": demo})
    if port is not None:
        settings = settings.model_copy(update={"web": settings.web.model_copy(update={"port": port})})
    console = None if quiet else Console()
    with _logs_aside(settings, console):
        wait(services.run(settings, console))


def _live(settings: Settings) -> Settings:
    """Return the settings; raises ConfigError where their journal is the run of a replay."""
    from streams.runsview import refuse_run  # noqa: PLC0415

    refuse_run(settings.journal)
    return settings


@contextmanager
def _logs_aside(settings: Settings, console: Console | None) -> Iterator[None]:
    """Keep log lines out of the live view: on a terminal they go to a file beside the journal."""
    if console is None or not console.is_terminal:
        yield
        return
    path = Path(settings.journal.removeprefix("sqlite:///")).with_suffix(".log")
    path.parent.mkdir(parents=True, exist_ok=True)
    out = path.open("a", encoding="utf-8")
    logs.configure(settings.logs, out)
    console.print(f"log: {path}", highlight=False)
    try:
        yield
    finally:
        with suppress(OSError):  # the disk may be full
            out.close()


class _Door(click.ParamType):
    """An address to listen on: [HOST:]PORT, of this machine alone where no host is named."""

    name = "[host:]port"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> WebSettings:
        """Return the address; fails where the port is none."""
        host, _, port = str(value).rpartition(":")
        if not (port.isascii() and port.isdecimal() and int(port) <= _LAST_PORT):
            self.fail(f"{str(value)[:80]!r} is not [HOST:]PORT, as in 9101 or 0.0.0.0:9101", param, ctx)
        return WebSettings(host=host.strip("[]"), port=int(port)) if host else WebSettings(port=int(port))


_slot = click.option(
    "--slot", default="1", show_default=True, help="This process's place among several; one living process a slot."
)
_metrics = click.option(
    "--metrics", type=_Door(), help="Tell /health and Prometheus' /metrics there (port 0: any free one, see the log)."
)


@main.command(
    **example(
        "changehands --journal kafka://127.0.0.1:9092 connect --slot 1\nchangehands connect --slot 1 --metrics 9100"
    )
)
@_slot
@_metrics
@click.pass_obj
def connect(lazy: Lazy, slot: str, metrics: WebSettings | None) -> None:
    """Read the sources into the journal; on Kafka, several slots share them."""
    from streams import services  # noqa: PLC0415

    wait(services.connect(_live(lazy.settings()), slot, metrics))


@main.command(
    **example(
        "changehands process --journal kafka://127.0.0.1:9092 --slot 1\nchangehands process --slot 1 --metrics 9101"
    )
)
@_slot
@_metrics
@click.option("--journal", help="sqlite:///PATH or kafka://HOST:PORT.")
@click.pass_obj
def process(lazy: Lazy, slot: str, metrics: WebSettings | None, journal: str | None) -> None:
    """Run the processing steps; on Kafka, several slots share the partitions."""
    from streams import services  # noqa: PLC0415

    settings = lazy.settings()
    settings = _live(settings.model_copy(update={"journal": journal}) if journal else settings)
    wait(services.process(settings, slot, metrics))


@main.command(**example("changehands --journal kafka://127.0.0.1:9092 serve"))
@click.pass_obj
def serve(lazy: Lazy) -> None:
    """Serve the page and the live stream of alerts."""
    from streams import services  # noqa: PLC0415

    wait(services.serve(lazy.settings()))


@main.command(**example("changehands watch"))
@click.option("--reorder", is_flag=True, help="For terminals that know no right-to-left: write Arabic in visual order.")
@click.pass_obj
def watch(lazy: Lazy, reorder: bool) -> None:
    """Show alerts in this terminal as they come."""
    from streams import services  # noqa: PLC0415

    wait(services.follow_alerts(lazy.settings(), Console(), reorder=reorder))


@main.command(**example("changehands delays\nchangehands delays --json"))
@click.option("--demo", is_flag=True, help="Of the fictional alerts of the DEMO newsroom instead.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: source, leg, percentiles in seconds.")
@click.pass_obj
def delays(lazy: Lazy, *, demo: bool, as_json: bool) -> None:
    """Show how long news took from event to publication, fetching and alert, for each source."""
    from streams import timing  # noqa: PLC0415

    wait(timing.show(lazy.settings().journal, Console(), demo=demo, as_json=as_json))


@main.command(**example("changehands check\nchangehands --config changehands.toml check\nchangehands check --live"))
@click.option("--live", is_flag=True, help="Also who fell silent, and which sources did not answer when polled last.")
@click.pass_obj
def check(lazy: Lazy, *, live: bool) -> None:
    """Validate configuration, sources, journal, topics and gazetteer; print what would run."""
    from streams import liveness  # noqa: PLC0415
    from streams.inspection import inspect, show  # noqa: PLC0415

    settings = lazy.settings()
    findings = wait(inspect(settings, lazy.config_path)) + (wait(liveness.live(settings)) if live else [])
    show(findings, settings, Console())
    sys.exit(0 if all(finding.right for finding in findings) else 1)
