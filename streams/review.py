"""Verdicts of analysts for people: the words of `changehands feedback`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from pathlib import Path

from msgspec import json
from rich.console import Console
from rich.table import Table
from rich.text import Text

from processors.measure.analysts import as_lines, labelled
from processors.measure.precision import Score, Scores, scores
from streams import docket
from streams.alerts import Alert, AlertState
from streams.errors import ConfigError
from streams.highlight import printable
from streams.mentions import Actor, Place
from streams.services import judging, opened
from streams.verdicts import Feedback, Opinion, Verdict
from streams.visual import anchored

_STYLES = {Verdict.CONFIRM: "green", Verdict.REJECT: "red", Verdict.CORRECT: "yellow"}
_ID = 12


async def give(url: str, gazetteer: Path | None, start: str, opinion: Opinion, console: Console) -> None:
    """Put a verdict on its topic and say how it was understood; raises NotKnown and VerdictRefused."""
    async with opened(url) as journal:
        alert = await docket.one(journal, start)
        verdict = await judging(journal, gazetteer)(alert, opinion)
    console.print(_head(verdict, alert), soft_wrap=True)
    for line in _right(verdict):
        console.print(Text("  ").append_text(line), soft_wrap=True)
    console.print(Text(f"  verdict {verdict.id[:_ID]}; the alert is revised where the steps run", style="dim"))


async def show_queue(url: str, last: int, console: Console, *, demo: bool) -> None:
    """Print the alerts that nobody judged and somebody still tells, the latest last: id, state and headline."""
    async with opened(url) as journal:
        found = await docket.unjudged(journal, await docket.verdicts(journal))
    told = [alert for alert in found if alert.demo == demo and alert.state is not AlertState.RETRACTED]
    if not told:
        console.print("no alert waits for a verdict")
    for alert in sorted(told, key=lambda alert: (alert.revised_at, alert.id))[-last:]:
        line = Text.assemble((alert.id[:_ID], "bold"), f"  {alert.state:<12}  ")
        console.print(line.append_text(anchored(Text(printable(alert.headline.en)))), soft_wrap=True)


async def show_all(url: str, console: Console) -> None:
    """Print the verdicts, oldest first: one line each, and one for what was put right; those overtaken are dim."""
    async with opened(url) as journal:
        found = await docket.cases(journal)
    if not found:
        console.print("no verdicts")
        return
    last = {case.verdict.id for case in docket.standing(found).values()}
    for verdict, alert in found:
        line = Text(f"{verdict.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}  ", style="dim")
        line.append_text(_head(verdict, alert))
        if verdict.id not in last:
            line.append("  overtaken", style="dim")
        console.print(line, soft_wrap=True)
        for told in _right(verdict):
            console.print(Text(" " * 21).append_text(told), soft_wrap=True)


def _head(verdict: Feedback, alert: Alert | None) -> Text:
    """Return who said what of which alert, and why."""
    line = Text.assemble((f"{verdict.verdict:<7}", _STYLES[verdict.verdict]), "  ", (verdict.alert_id[:_ID], "bold"))
    headline = printable(alert.headline.en) if alert else "no longer in the journal"
    line.append(f" r{verdict.revision}  ", style="dim").append_text(anchored(Text(headline)))
    line.append("  by ", style="dim").append_text(anchored(Text(printable(verdict.analyst))))
    return line.append(": ").append_text(anchored(Text(printable(verdict.note)))) if verdict.note else line


def _right(verdict: Feedback) -> list[Text]:
    """Return what is right instead, as it was understood."""
    said = {
        "place": _place(verdict.place) if verdict.place else None,
        "from": _actor(verdict.from_holder) if verdict.from_holder else None,
        "to": _actor(verdict.to_holder) if verdict.to_holder else None,
        "kind": Text(verdict.kind.value) if verdict.kind else None,
    }
    return [Text(f"{name:<6}", style="dim").append_text(words) for name, words in said.items() if words]


def _place(place: Place) -> Text:
    known = ", ".join(printable(part) for part in (place.name or place.text, place.admin1, place.country) if part)
    return anchored(Text(known)).append(f"  {printable(place.id or '')}", style="dim")


def _actor(actor: Actor) -> Text:
    return anchored(Text(printable(actor.name or actor.text))).append(f"  {printable(actor.id or '')}", style="dim")


async def export(url: str, *, demo: bool) -> tuple[str, int]:
    """Return the evaluation file of the verdicts that stand, and how many sentences it has."""
    async with opened(url) as journal:
        found = await docket.cases(journal)
        rest = await docket.unjudged(journal, [case.verdict for case in found])
    lines = labelled(_judged(found, demo=demo), [alert for alert in rest if alert.demo == demo])
    return as_lines(lines), len(lines)


def write(path: Path, text: str) -> None:
    """Write the file; raises ConfigError where that is not possible."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from error


async def score(url: str, *, demo: bool) -> Scores:
    """Return how often rules and sources were right by the verdicts that stand."""
    async with opened(url) as journal:
        return scores(_judged(await docket.cases(journal), demo=demo))


def _judged(found: Iterable[docket.Case], *, demo: bool) -> list[tuple[Feedback, Alert]]:
    """Return the verdicts that stand with their alerts, from the world or from the DEMO newsroom."""
    stand = docket.standing(found).values()
    return [(verdict, alert) for verdict, alert in stand if alert is not None and alert.demo == demo]


def show_scores(found: Scores, console: Console) -> None:
    """Print the scores in two tables, with the interval within which the share lies with 95 % confidence."""
    if not found.all.judged:
        console.print("no verdicts")
        return
    console.print(_table("rule", (found.all, *found.rules)))
    console.print(_table("source", (found.all, *found.sources)))


def _table(name: str, rows: Sequence[Score]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(name, overflow="fold")
    for column in ("judged", "right", "rejected", "corrected", "precision", "95 % interval"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        counts = (str(count) for count in (row.judged, row.right, row.rejected, row.corrected))
        span = f"{row.low:.2f} to {row.high:.2f}"
        table.add_row(anchored(Text(printable(row.name))), *counts, f"{row.precision:.2f}", span)
    return table


def as_json(found: Scores) -> str:
    """Return the scores as one JSON object."""
    return json.encode(found).decode()
