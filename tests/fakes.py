"""Stand-ins for what lies outside: the public web, as a table of answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from connectors.connector import Failure, Request, Response
from connectors.status import refusal


@dataclass(slots=True)
class TableWeb:
    """A web that answers from a table of addresses; what is not in it is 404."""

    says: dict[str, Response | Failure] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def get(self, request: Request, *, allow_private: bool, now: Callable[[], datetime]) -> Response | Failure:  # noqa: ARG002 (the port's signature)
        """Answer one request."""
        self.asked.append(request.url)
        return self.says.get(request.url) or refusal(request.url, 404, {}, now())
