"""The real Chromium the tests look through: one for the whole run, a profile of its own for each page."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Browsing = Callable[..., AbstractAsyncContextManager[Page]]
# The browser lives on one loop, so what speaks to it has to run there too.
in_browser = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Run one browser for the whole test run; skips where there is none, fails there under CI=true."""
    if CHROMIUM is None:
        refuse = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        refuse("no chromium on this machine: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        await browser.close()


@pytest.fixture
def browsing(chromium: Browser) -> Browsing:
    """Return how to open the page; what it says on its console or asks of others is in `page.said` and `page.asked`."""

    @asynccontextmanager
    async def opened(url: str, *, width: int = 1440, height: int = 1000, scheme: str = "light") -> AsyncIterator[Page]:
        profile = await chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        try:
            page = await profile.new_page()
            page.said, page.asked = [], []
            page.on("console", lambda message: page.said.append(message.text))
            page.on("pageerror", lambda error: page.said.append(str(error)))
            page.on("request", lambda request: page.asked.append(request.url))
            await page.goto(url)
            await expect(page.locator("#link")).to_have_text("Live")
            yield page
        finally:
            await profile.close()

    return opened
