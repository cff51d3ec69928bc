"""The command that all others hang on: its options, and errors made into one line and an exit status."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, NoReturn

import click

from streams import logs
from streams.errors import ChangehandsError, ConfigError, JournalUnusable, SlotTaken, first_of
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
    ctx.obj = Lazy(config, journal)


class Lazy:
    """Reads the configuration when a command asks, so that --help always works."""

    def __init__(self, config: Path | None, journal: str | None) -> None:
        self._config = config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
        self._journal = journal
        self.config_path = self._config

    def settings(self, *, may_be_new: bool = False) -> Settings:
        """Return the configuration, and set up the logs it asks for; the defaults for a file still to be made."""
        is_new = may_be_new and self._config is not None and not self._config.exists()
        settings = load_settings(None if is_new else self._config)
        logs.configure(settings.logs, sys.stderr)
        return settings.model_copy(update={"journal": self._journal}) if self._journal else settings


def wait(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end."""
    return asyncio.run(work)


class Columns(click.ParamType):
    """The columns of a foreign table: title=headline,text=body."""

    name = "ours=theirs,…"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, str]:
        """Return their names by ours."""
        if isinstance(value, dict):
            return value
        pairs = [pair.partition("=") for pair in str(value).split(",") if pair.strip()]
        if any(not (ours.strip() and theirs.strip()) for ours, _, theirs in pairs):
            self.fail(f"{str(value)[:80]!r} names no columns, as in text=notes,published=event_date", param, ctx)
        return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
