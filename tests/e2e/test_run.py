"""`changehands run` as a person starts it: one process, a page, alerts, and a clean end."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

CHANGEHANDS = Path(sys.executable).with_name("changehands")
PATIENCE_SECONDS = 60


def started(folder: Path, port: int, *more: str) -> subprocess.Popen[str]:
    (folder / "changehands.toml").write_text(f"starter_sources = false\n[web]\nport = {port}\n", encoding="utf-8")
    return subprocess.Popen(
        [CHANGEHANDS, "run", *more],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "120"},
    )


@pytest.fixture
def running(tmp_path: Path, unused_tcp_port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = started(tmp_path, unused_tcp_port)
    yield process, f"http://127.0.0.1:{unused_tcp_port}"
    process.kill()
    process.communicate()


def asked(url: str) -> object:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - a loopback address of this test
        return json.load(answer)


def until(url: str, enough) -> object:
    """Ask until the answer is enough; the wait is bounded, its length is no claim."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            answer = asked(url)
        except OSError:
            answer = None
        if answer and enough(answer):
            return answer
        time.sleep(0.2)
    pytest.fail(f"{url} did not show what was waited for; last: {str(answer)[:500]}")


def test_a_person_sees_alerts_and_sources(running):
    """The page's data shows alerts of the newsroom, labelled, and when each source was read."""
    _process, url = running
    alerts = until(f"{url}/api/alerts", lambda answer: answer["alerts"])["alerts"]
    assert all(alert["demo"] for alert in alerts)
    sources = until(f"{url}/api/sources", lambda answer: all(s["polled_at"] for s in answer["sources"]))["sources"]
    assert sources


def test_the_terminal_shows_the_same(running):
    """Without a terminal, plain lines lead with the English line and end at SIGTERM with status 0."""
    process, url = running
    until(f"{url}/api/alerts", lambda answer: answer["alerts"])
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err[-2000:]
    assert "→" in out


def test_a_second_one_on_the_same_journal_is_refused(running, tmp_path: Path):
    """Two processes cannot work on one journal: the second says who holds it and exits with 3."""
    process, url = running
    until(f"{url}/health", bool)
    second = subprocess.run(
        [CHANGEHANDS, "process"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert second.returncode == 3, second.stderr
    assert f"process {process.pid} already works on" in second.stderr
