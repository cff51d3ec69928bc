"""Health and metrics of a process that has no page: what a supervisor and Prometheus ask for."""

from __future__ import annotations

import asyncio

import msgspec
import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from streams.settings import WebSettings
from streams.web.guard import harden, is_loopback, loopback_only
from streams.web.serving import serving
from streams.web.signs import SIGNS, Signs

log = structlog.get_logger()


async def tell(where: WebSettings, signs: Signs) -> None:
    """Answer to /health and /metrics until cancelled; raises ConfigError where the port cannot be had."""
    app = web.Application(middlewares=[loopback_only] if is_loopback(where.host) else [])
    app[SIGNS] = signs
    app.on_response_prepare.append(harden)
    app.add_routes([web.get("/health", health), web.get("/metrics", metrics)])
    async with serving(app, where, option="--metrics") as url:
        log.info("metrics.served", url=url)
        await asyncio.Event().wait()


async def health(request: web.Request) -> web.Response:
    """Say whether the process can work: 200, or 503 with what is wrong; and how far each step is behind, in records."""
    signs = request.app[SIGNS]
    troubles = signs.troubles()
    body = {"status": "trouble" if troubles else "ok", "troubles": troubles, "lag": await signs.lag()}
    return web.Response(
        body=msgspec.json.encode(body),
        status=503 if troubles else 200,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


async def metrics(request: web.Request) -> web.Response:
    """Give this process's metrics in Prometheus' text format."""
    await request.app[SIGNS].lag()
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
