"""Runs a Miniflux that somebody has built, with a database of its own, for benches to compare with.

It needs PostgreSQL's programs, a user who may run them (`postgres` where we
are root), and the program itself: none of them is part of this project.
"""

from __future__ import annotations

import base64
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.manyfeeds import family

USER, SECRET = "admin", "bench-only-password"
PATIENCE_SECONDS = 900.0
NOWHERE = "http://127.0.0.1:9"  # discard: icons of the feeds' sites are looked for there and nowhere else


def _programs() -> Path:
    """Return the folder of initdb; it is seldom on the path."""
    found = shutil.which("initdb") or next(map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)
    if found is None:
        raise SystemExit("Miniflux needs PostgreSQL: initdb was not found")
    return Path(found).resolve().parent


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Miniflux:
    """A Miniflux that runs, and its database."""

    port: int
    server: int
    database: int
    folder: Path
    user: str | None

    def processes(self) -> list[int]:
        """Return the ids of all its processes, the database's among them."""
        return [*family(self.server), *family(self.database)]

    def subscribe(self, urls: Sequence[str]) -> None:
        """Let it know the feeds, which it does not read yet."""
        lines = "".join(f'<outline type="rss" text="{url}" xmlUrl="{url}" htmlUrl="{NOWHERE}"/>' for url in urls)
        self._call("POST", "/v1/import", f'<opml version="2.0"><body>{lines}</body></opml>'.encode())

    def due(self) -> None:
        """Let every feed be due now."""
        self._sql("UPDATE feeds SET next_check_at = now() - interval '1 minute', checked_at = '2000-01-01'")

    def refresh(self, count: int) -> None:
        """Read all feeds, and return when it has."""
        self._call("PUT", "/v1/feeds/refresh")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while int(self._sql("SELECT count(*) FROM feeds WHERE checked_at > '2001-01-01'")) < count:
            if time.monotonic() > deadline:
                raise SystemExit("Miniflux has not read all feeds in time")
            time.sleep(0.5)

    def entries(self) -> int:
        """Return how many entries it holds."""
        return int(self._sql("SELECT count(*) FROM entries"))

    def _call(self, method: str, path: str, body: bytes | None = None) -> None:
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=body, method=method)
        asked.add_header("Authorization", "Basic " + base64.b64encode(f"{USER}:{SECRET}".encode()).decode())
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=300):
            return

    def _sql(self, statement: str) -> str:
        command = [_programs() / "psql", "-h", self.folder, "-d", "postgres", "-Atqc", statement]
        return subprocess.run(command, user=self.user, check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def miniflux(program: Path) -> Iterator[Miniflux]:
    """Start a database and Miniflux in a temporary folder, and end both."""
    user = "postgres" if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if user:
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        with _database(folder, user) as database, _server(program, folder, user) as (server, port):
            yield Miniflux(port=port, server=server, database=database, folder=folder, user=user)


@contextmanager
def _database(folder: Path, user: str | None) -> Iterator[int]:
    data, programs = folder / "data", _programs()
    subprocess.run([programs / "initdb", "-D", data, "-A", "trust"], user=user, check=True, capture_output=True)
    command = [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="]
    with (folder / "postgres.log").open("wb") as log:
        database = subprocess.Popen(command, user=user, stdout=log, stderr=log)
    try:
        _await((folder / ".s.PGSQL.5432").exists, "PostgreSQL")
        yield database.pid
    finally:
        database.terminate()
        database.wait()


@contextmanager
def _server(program: Path, folder: Path, user: str | None) -> Iterator[tuple[int, int]]:
    port = _free_port()
    name = user or pwd.getpwuid(os.getuid()).pw_name
    settings = {
        "DATABASE_URL": f"user={name} dbname=postgres host={folder} sslmode=disable",
        "LISTEN_ADDR": f"127.0.0.1:{port}",
        "RUN_MIGRATIONS": "1",
        "CREATE_ADMIN": "1",
        "ADMIN_USERNAME": USER,
        "ADMIN_PASSWORD": SECRET,
        "DISABLE_SCHEDULER_SERVICE": "1",
        "FETCHER_ALLOW_PRIVATE_NETWORKS": "1",
        "HTTP_PROXY": NOWHERE,
        "HTTPS_PROXY": NOWHERE,
        "NO_PROXY": "127.0.0.1",
    }
    with (folder / "miniflux.log").open("wb") as log:
        server = subprocess.Popen([program.resolve()], env=settings, stdout=log, stderr=log)
    try:
        _await(lambda: _listens(port), "Miniflux")
        yield server.pid, port
    finally:
        server.terminate()
        server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _await(condition: object, name: str) -> None:
    deadline = time.monotonic() + 60
    while not condition():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise SystemExit(f"{name} has not started")
        time.sleep(0.1)
