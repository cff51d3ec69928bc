"""A token is sent to its service and told to nobody, whatever the service says back."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
import structlog
from aiohttp import web
from rich.console import Console

from connectors.listening.wires import token_in
from connectors.reading.readers import Readers
from streams.errors import SourceRefused
from streams.letters import show_all, show_one
from streams.logs import configure
from streams.settings import LogSettings
from streams.sources import SourceSettings
from tests.desk import reading
from tests.ear import Ear, listening
from tests.loopback import on_loopback

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["reading"]
SECRET = "AAAA/very+secret-bearer/token=="
FORMS = (SECRET, quote(SECRET, safe=""), SECRET.replace("/", "\\/"))
Handler = Callable[[web.Request, str], Awaitable[web.StreamResponse]]


@pytest_asyncio.fixture(loop_scope="module")
async def log() -> AsyncIterator[StringIO]:
    """Catch all that is logged, down to what interests nobody."""
    out, before, handlers = StringIO(), structlog.get_config(), logging.getLogger().handlers[:]
    configure(LogSettings(format="json", level="debug"), out)
    yield out
    structlog.configure(**before)
    logging.getLogger().handlers[:] = handlers


async def _body(_request: web.Request, echo: str) -> web.StreamResponse:
    return web.Response(status=403, text=json.dumps({"title": echo, "detail": echo}), content_type="application/json")


async def _bad_request(_request: web.Request, echo: str) -> web.StreamResponse:
    return web.Response(status=400, text=f"bad header: {echo}")


async def _redirect(request: web.Request, echo: str) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": f"{request.path}/again?bearer={quote(echo, safe='')}"})


async def _reason(_request: web.Request, echo: str) -> web.StreamResponse:
    return web.Response(status=500, reason=f"no {echo}", headers={"X-Echo": echo, "Retry-After": echo})


async def _answers(_request: web.Request, echo: str) -> web.StreamResponse:
    return web.json_response({"configuration": {"urls": {"streaming": f"ftp://{echo}"}}, "errors": [{"title": echo}]})


async def _frames(request: web.Request, echo: str) -> web.StreamResponse:
    """Say all asks are well, and echo in the stream, as what can be read and as what cannot."""
    if "stream" not in request.path or request.path.endswith("rules"):
        body = [] if "timelines" in request.path or "statuses" in request.path else {"data": [], "meta": {}}
        return web.json_response(body)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    said = json.dumps({"id": "1", "content": echo, "account": {"acct": echo}, "data": {"id": echo}})
    await response.write(f"event: update\ndata: {said}\n\ndata: {echo}\n\n{said}\n{echo}\n".encode())
    return response


async def _odd(request: web.Request, echo: str) -> web.StreamResponse:
    """Break the protocol with the echo in it."""
    assert request.transport
    request.transport.write(f"HTTP/1.1 {echo} {echo}\r\n{echo}\r\n\r\n".encode())
    request.transport.close()
    return web.Response()


ECHOES: dict[str, Handler] = {
    "body": _body,
    "bad request": _bad_request,
    "redirect": _redirect,
    "reason": _reason,
    "answers": _answers,
    "frames": _frames,
    "odd": _odd,
}


@asynccontextmanager
async def echoing(how: Handler) -> AsyncIterator[tuple[str, list[str]]]:
    """Run a service that echoes what it was sent; yields its address and the headers it saw."""
    seen: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        seen.append(sent)
        # Before 4.0 an instance of Mastodon said nothing of itself, and was asked without a token.
        return await how(request, sent) if sent else web.Response(status=404)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    async with on_loopback(app) as base:
        yield base, seen


def _source(kind: str, base: str, folder: Path) -> SourceSettings:
    token = folder / "token"
    token.write_text(f"{SECRET}\n")
    more = {"words": ("bridge",)} if kind == "x" else {}
    return SourceSettings(id="s", kind=kind, url=base, token_file=token, allow_private=True, **more)  # type: ignore[arg-type]


async def _told(ear: Ear, folder: Path) -> str:
    """Return all that is kept and shown of a source: its cursor, health, items, dead letters, settings."""
    cursor = (await ear.journal.cursors())["s"]
    console = Console(file=StringIO(), width=500)
    letters = await ear.letters()
    await show_all(f"sqlite:///{folder}/journal.db", console)
    for letter in letters:
        await show_one(f"sqlite:///{folder}/journal.db", letter.id, console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    kept = (cursor, await ear.items(), letters, ear.source, ear.source.model_dump(), ear.task)
    return f"{shown}{kept!r}"


@pytest.mark.parametrize("kind", ["mastodon", "x"])
@pytest.mark.parametrize("how", ECHOES)
async def test_echo(reading: Readers, tmp_path: Path, log: StringIO, kind: str, how: str) -> None:
    """A service that says the token back, in whatever part of its answers, brings it nowhere that anybody looks."""
    async with echoing(ECHOES[how]) as (base, seen), listening(_source(kind, base, tmp_path), tmp_path, reading) as ear:
        async with asyncio.timeout(20):
            while not (cursor := (await ear.journal.cursors()).get("s")) or not cursor.health or not cursor.health.text:
                await asyncio.sleep(0.05)
        said = await _told(ear, tmp_path) + log.getvalue()
    assert "127.0.0.1" in said
    assert SECRET in seen
    assert not [form for form in FORMS if form in said], said


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe" + SECRET.encode(), f"{SECRET} {SECRET}".encode(), SECRET.encode() * 200, b"\x00"]
)
async def test_no_token(tmp_path: Path, data: bytes) -> None:
    """A file that holds no token is named, and what it holds is not."""
    path = tmp_path / "token"
    path.write_bytes(data)
    with pytest.raises(SourceRefused, match="holds no token") as caught:
        token_in(path)
    assert SECRET not in repr(caught.value)
    assert caught.value.__cause__ is None
