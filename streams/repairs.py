"""What `changehands journal` says: the condition of a journal's file, and what a rescue carried over and lost."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.embedded.condition import Condition
from streams.embedded.rescue import Rescued
from streams.highlight import printable
from streams.topics import BY_NAME


def show_condition(found: Condition, path: Path, console: Console) -> bool:
    """Print what the topics hold and what is wrong; return whether the file is whole."""
    table = _table("topic", "records", "next offset", "unreadable")
    for one in found.topics:
        table.add_row(one.topic, f"{one.records:,}", f"{one.next_offset:,}", _alarming(one.unreadable))
    if found.topics:
        console.print(table)
    if not found.faults:
        _say(console, f"{path} is whole", "green")
        return True
    _say(console, f"{path} is damaged:", "bold red")
    for fault in found.faults:
        _say(console, f"  {fault}")
    _say(console, "stop what works on it, then carry over what can be read: changehands journal rescue --to NEW.db")
    return False


def show_rescue(rescued: Rescued, path: Path, to: Path, console: Console) -> None:
    """Print what was carried over, what is known to be lost, and what to do next."""
    records = _table("topic", "carried over", "lost, at least")
    for name in BY_NAME:
        if rescued.carried.get(name) or rescued.lost.get(name):
            records.add_row(name, f"{rescued.carried.get(name, 0):,}", _alarming(rescued.lost.get(name, 0)))
    console.print(records)
    memories = _table("step", "keys remembered", "lost, at least")
    for step in sorted({*rescued.memories, *rescued.forgotten}):
        memories.add_row(step, f"{rescued.memories.get(step, 0):,}", _alarming(rescued.forgotten.get(step, 0)))
    if memories.row_count:
        console.print()
        console.print(memories)
    for line in _losses(rescued):
        _say(console, line, "yellow")
    _say(console, f"{to} is the new journal; {path} was left as it is")
    _say(console, f"next: name it in the setting `journal` (sqlite:///{to}), and see: changehands journal check")


def _losses(rescued: Rescued) -> list[str]:
    told = []
    if rescued.unreadable:
        told.append(f"{rescued.unreadable:,} places in the file could not be read; what they held is lost")
    if rescued.wal:
        told.append(f"the newest commits (the -wal file) could not be read: {rescued.wal}")
    if rescued.forgotten:
        told.append("what is no longer remembered begins anew: such places may be alerted once more")
    if rescued.anew:
        told.append(f"no position is known of {', '.join(rescued.anew)}: begins at the start of what was carried over")
    return told


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(first)
    for name in numbers:
        table.add_column(name, justify="right")
    return table


def _alarming(count: int) -> Text:
    return Text(f"{count:,}", "bold red" if count else "")


def _say(console: Console, text: str, style: str = "") -> None:
    console.print(Text(printable(text), style), soft_wrap=True)
