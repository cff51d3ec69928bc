"""The busy flow, with a short wall, so that what stands still is given up after seconds."""

from __future__ import annotations

from streams.settings import WorkerSettings
from tests.e2e.busy_flow import FLOW

__all__ = ["FLOW"]

WORKERS = WorkerSettings(count=1, wall_seconds=3.0)
