"""Logs speak a fixed list of events, on one line, whatever a text holds."""

import ast
import json
import logging
import re
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
import structlog

from streams.logs import EVENTS, configure, printable
from streams.settings import LogSettings

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


def written(form: str, *events: Callable[[], None]) -> list[str]:
    """Return the lines that these leave in the log."""
    out = StringIO()
    before = structlog.get_config()
    handlers = logging.getLogger().handlers[:]
    try:
        configure(LogSettings(format=form), out)
        for event in events:
            event()
    finally:
        structlog.configure(**before)
        logging.getLogger().handlers[:] = handlers
    return out.getvalue().splitlines()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_log_that_cannot_be_written_stops_nobody():
    """Onto a full disk lines are given up, and whoever logs goes on."""
    before, handlers = structlog.get_config(), logging.getLogger().handlers[:]
    out = Path("/dev/full").open("w", encoding="utf-8")  # noqa: SIM115 - closing it fails, which is asserted
    try:
        configure(LogSettings(), out)
        for number in range(3):
            structlog.get_logger().info("source.polled", source=str(number))
            logging.getLogger("library").warning("words %s", number)
    finally:
        structlog.configure(**before)
        logging.getLogger().handlers[:] = handlers
        with pytest.raises(OSError, match="No space left"):
            out.close()


def raised(words: str) -> None:
    """Fail with these words."""
    raise ValueError(words)


HOSTILE = "x\n2026-01-01 [info     ] all.well\x1b]0;owned\x07\x1b[2J\x9b31m\u202etxt\u2028\r\x00"


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_text_writes_a_line_of_its_own(form: str) -> None:
    """What a stranger says stays within its line and is no sequence for a terminal: in values and in tracebacks."""

    def fails() -> None:
        try:
            raised(HOSTILE)
        except ValueError:
            structlog.get_logger().exception("source.failed", source="s", text=HOSTILE)
            logging.getLogger("asyncio").exception(HOSTILE)

    lines = written(form, fails)
    assert not [line for line in lines if not all(char.isprintable() or char == "\x1b" for char in line)]
    own = [line for line in lines if "all.well" in line and line.startswith("2026-01-01")]
    assert own == []
    if form == "json":
        assert "\x1b" not in "".join(lines)
        assert json.loads(lines[0])["text"] == printable(HOSTILE)
    # Colours of the console are its own: what follows an escape is never of the stranger's making.
    assert not re.search("\x1b(?!\\[[0-9;]*m)", "".join(lines))


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_secret_of_an_address(form: str) -> None:
    """Keys and passwords within addresses stand in no log line, a traceback's included."""
    url = "https://me:pass-word@feeds.example/x.xml?feed=0123456789abcdef0123&token=secret-token"

    def fails() -> None:
        structlog.get_logger().warning("source.failed", url=url, text=f"GET {url}: HTTP 403")
        try:
            raised(f"GET {url}")
        except ValueError:
            structlog.get_logger().exception("source.failed", source="s")
            logging.getLogger("asyncio").exception("GET %s", url)

    said = "\n".join(written(form, fails))
    assert "feeds.example" in said
    assert not [secret for secret in ("pass-word", "0123456789abcdef0123", "secret-token") if secret in said]


def test_what_a_library_repeats_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch):
    """A client that says the same ten times a second is written once, and later how often it said so."""
    monkeypatch.setattr("streams.logs._CALM_SECONDS", 0.2)
    client = logging.getLogger("aiokafka")

    def say() -> None:
        client.error("Unable to reach node %s", 1)

    assert written("json", *[say] * 50) == ["ERROR:aiokafka:Unable to reach node 1"]
    lines = written("json", *[say] * 50, lambda: time.sleep(0.25), say, say)
    assert lines[1:] == ["ERROR:aiokafka:Unable to reach node 1 (and 49 times like this before)"]
    assert written("json", say, lambda: client.error("Another %s", "thing"))[1:] == ["ERROR:aiokafka:Another thing"]
