"""Commands by which analysts judge alerts, and what their verdicts add up to."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from streams.cli.group import Lazy, example, main, wait

_DEMO = click.option("--demo", is_flag=True, help="The fictional alerts of the DEMO newsroom instead.")


def _signed(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the alert and what every verdict is signed with."""
    command = click.option("--analyst", help="Who says so; default your login name.")(command)
    command = click.option("--note", default="", help="Why, in a few words; everybody who sees the alert reads it.")(
        command
    )
    return click.argument("alert")(command)


@main.group(
    **example(
        "changehands feedback queue\n"
        'changehands feedback reject 3f2a81 --note "an old video"\n'
        "changehands feedback correct 3f2a81 --place Manbij --to SDF\n"
        "changehands feedback scores"
    )
)
def feedback() -> None:
    """Judge alerts: confirm, reject or correct them; see what the verdicts say of rules and sources.

    ALERT is an alert's id, or as much of its start as no other alert has.
    """


@feedback.command("confirm", **example('changehands feedback confirm 3f2a81 --note "seen on satellite images"'))
@_signed
@click.pass_obj
def feedback_confirm(lazy: Lazy, /, alert: str, **said: Any) -> None:
    """Confirm an alert as it stands."""
    _give(lazy, alert, verdict="confirm", **said)


@feedback.command("reject", **example('changehands feedback reject 3f2a81 --note "it is about a football ground"'))
@_signed
@click.pass_obj
def feedback_reject(lazy: Lazy, /, alert: str, **said: Any) -> None:
    """Reject an alert: nothing of it happened."""
    _give(lazy, alert, verdict="reject", **said)


@feedback.command(
    "correct",
    **example(
        "changehands feedback correct 3f2a81 --place 'Palmyra, Homs'\n"
        "changehands feedback correct 3f2a81 --from داعش --to 'Syrian army' --kind recapture"
    ),
)
@_signed
@click.option("--place", help="The right place: its name in any script, with its area or country if need be, or id.")
@click.option("--from", "from_", help="Who lost it: a name in any script, or an id.")
@click.option("--to", help="Who gained it.")
@click.option("--kind", help="What happened: capture, recapture, withdrawal, …")
@click.pass_obj
def feedback_correct(lazy: Lazy, /, alert: str, **said: Any) -> None:
    """Put an alert right; what is not named stays as it stands."""
    _give(lazy, alert, verdict="correct", **said)


def _give(lazy: Lazy, alert: str, *, analyst: str | None, **said: Any) -> None:
    from streams.review import give  # noqa: PLC0415 - the help text needs none of it
    from streams.verdicts import Opinion  # noqa: PLC0415

    settings = lazy.settings()
    opinion = Opinion(analyst=analyst or _login(), **said)
    wait(give(settings.journal, settings.gazetteer, alert, opinion, Console()))


def _login() -> str:
    """Return the login name; a service account may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError) as error:
        raise click.UsageError("no login name is known here; say --analyst NAME") from error


@feedback.command("queue", **example("changehands feedback queue\nchangehands feedback queue --last 100"))
@click.option("--last", default=20, show_default=True, type=click.IntRange(1), help="How many to show.")
@_DEMO
@click.pass_obj
def feedback_queue(lazy: Lazy, last: int, demo: bool) -> None:
    """List the latest alerts that nobody judged."""
    from streams.review import show_queue  # noqa: PLC0415

    wait(show_queue(lazy.settings().journal, last, Console(), demo=demo))


@feedback.command("list", **example("changehands feedback list"))
@click.pass_obj
def feedback_list(lazy: Lazy) -> None:
    """List the verdicts: who said what, and why."""
    from streams.review import show_all  # noqa: PLC0415

    wait(show_all(lazy.settings().journal, Console()))


@feedback.command(
    "export",
    **example("changehands feedback export --output judged.jsonl\nchangehands evaluate judged.jsonl"),
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file; default standard output.")
@_DEMO
@click.pass_obj
def feedback_export(lazy: Lazy, output: Path | None, demo: bool) -> None:
    """Write an evaluation file of what was judged.

    Each sentence of a judged alert with the events that stand, as JSON lines
    that `changehands evaluate` reads.
    """
    from streams import review  # noqa: PLC0415

    text, sentences = wait(review.export(lazy.settings().journal, demo=demo))
    if output is None:
        click.echo(text, nl=False)
        return
    review.write(output, text)
    click.echo(f"{sentences} sentences in {output}")


@feedback.command("scores", **example("changehands feedback scores\nchangehands feedback scores --json"))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@_DEMO
@click.pass_obj
def feedback_scores(lazy: Lazy, as_json: bool, demo: bool) -> None:
    """Show how often rules and sources were right."""
    from streams import review  # noqa: PLC0415

    found = wait(review.score(lazy.settings().journal, demo=demo))
    click.echo(review.as_json(found)) if as_json else review.show_scores(found, Console())
