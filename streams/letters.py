"""Dead letters for people: the words of `changehands dead-letters`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.text import Text

from streams.deadletters import letters, matching, one, redrive, refusal, whole
from streams.items import DeadLetter
from streams.logs import printable
from streams.masking import masked
from streams.services import opened

SHOWN_BYTES = 4_000


async def show_all(url: str, console: Console) -> None:
    """Print one line a letter, oldest first."""
    async with opened(url) as journal:
        found = await letters(journal)
    if not found:
        console.print("no dead letters")
        return
    for letter in found:
        console.print(_line(letter), soft_wrap=True)


def _line(letter: DeadLetter) -> Text:
    """Return one letter on one line, so that grep and cut can work on the list."""
    where = (
        f"{letter.topic}/{letter.partition}/{letter.offset}" if letter.offset >= 0 else f"{letter.topic} {letter.key}"
    )
    words = letter.text.strip().splitlines()[-1:] or [""]
    again = f"  redriven {letter.redriven_at:%Y-%m-%d %H:%M}" if letter.redriven_at else ""
    return Text.assemble(
        (letter.id[:12], "bold"),
        f"  {letter.at:%Y-%m-%d %H:%M:%S}  {printable(masked(where))}  {letter.step}  try {letter.tries}  ",
        (printable(masked(f"{letter.error}: {words[0]}")), "red"),
        again,
    )


async def show_one(url: str, start: str, console: Console) -> None:
    """Print a letter whole: what, where, when, why, and its bytes with controls written out."""
    async with opened(url) as journal:
        letter = await whole(journal, start)
    facts = {
        "id": letter.id,
        "when": letter.at.isoformat(),
        "where": f"{letter.topic}, partition {letter.partition}, offset {letter.offset}, key {letter.key}",
        "step": letter.step,
        "error": letter.error,
        "bytes": f"{letter.size}, sha256 {letter.sha256}" + ("" if letter.complete else ", only the beginning is kept"),
        "redrive": refusal(letter) or f"changehands dead-letters redrive {letter.id[:12]}",
    }
    for name, value in facts.items():
        console.print(Text.assemble((f"{name:<9}", "dim"), printable(masked(value))), soft_wrap=True)
    console.print(Text("\n" + "\n".join(printable(masked(line)) for line in letter.text.splitlines())), soft_wrap=True)
    words = letter.payload[:SHOWN_BYTES].decode("utf-8", "backslashreplace")
    more = f"\n… and {letter.size - SHOWN_BYTES} bytes more" if letter.size > SHOWN_BYTES else ""
    console.print(Text("\n" + printable(words) + more), soft_wrap=True)


async def send_again(url: str, starts: Sequence[str], console: Console) -> None:
    """Redrive the letters named, or with none named every one that can be; raises LetterRefused for one that cannot."""
    async with opened(url) as journal:
        found = await letters(journal)
        every = [letter for letter in matching(found, redriven=False) if refusal(letter) is None]
        chosen = [one(found, start) for start in starts] if starts else every
        await redrive(journal, chosen, now=datetime.now(UTC))
    console.print(f"{len(chosen)} put back on their topics")
