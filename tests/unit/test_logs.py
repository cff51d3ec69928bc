"""Logs speak a fixed list of events, on one line, whatever a text holds."""

import ast
from pathlib import Path

from streams.logs import EVENTS, printable

ROOT = Path(__file__).parents[2]
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def logged_events() -> set[str]:
    """Every first argument of a call like log.info("…") in the product."""
    found = set()
    for path in (p for top in ("streams", "connectors", "processors") for p in (ROOT / top).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
                owner = ast.unparse(node.func.value)
                if "log" in owner.lower() and node.args and isinstance(node.args[0], ast.Constant):
                    found.add(node.args[0].value)
    return found


def test_only_listed_events_are_logged():
    """An event name that is logged stands in streams/logs.py."""
    assert logged_events() <= EVENTS, logged_events() - EVENTS


def test_hostile_text_stays_on_its_line():
    """Newlines, escape sequences and direction overrides are written out."""
    assert printable("a\nb\x1b[2J\u202ec") == "a\\nb\\x1b[2J\\u202ec"
    assert printable("سقطت البلدة") == "سقطت البلدة"
