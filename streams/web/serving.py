"""Serving an application on the port it was given."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from streams.errors import ConfigError
from streams.settings import WebSettings


@asynccontextmanager
async def serving(app: web.Application, settings: WebSettings, *, option: str = "web.port") -> AsyncIterator[str]:
    """Serve `app` while the context lasts and give its address.

    Raises ConfigError where the port cannot be had; `option` is what sets it.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        await _start(site, settings, option)
        yield f"http://{_in_url(settings.host)}:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def _start(site: web.TCPSite, settings: WebSettings, option: str) -> None:
    try:
        await site.start()
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror}); set another {option}"
        ) from error


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
