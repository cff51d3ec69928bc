"""The ledger asked over HTTP: a real journal behind a real socket."""

import asyncio

from tests.served import HOPELESS


async def asked(session, path="/api/ledger", *, status=200, headers=None, **query):
    async with session.get(path, params=query, headers=headers or {}) as response:
        assert response.status == status, await response.text()
        return await response.json() if response.content_type == "application/json" else await response.text()


async def until(session, holds, path="/api/ledger", **query):
    """Ask until it holds."""
    async with asyncio.timeout(HOPELESS):
        while True:
            found = await asked(session, path, **query)
            if holds(found):
                return found
            await asyncio.sleep(0.02)


async def ready(session, places, **query):
    return await until(session, lambda found: found["ready"] and found["total"] == places, **query)


def names(found):
    return [one["place"]["name"] for one in found["standings"]]
