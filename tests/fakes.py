"""Stand-ins for what lies outside: the public web, as a table of answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from connectors.asking.redirects import Hop
from connectors.asking.status import refusal
from connectors.connector import Failure, Request, Response


@dataclass(slots=True)
class TableWeb:
    """A web that answers from a table of addresses; what is not in it is 404."""

    says: dict[str, Response | Failure | Hop] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def hop(
        self,
        request: Request,
        *,
        allow_private: bool,  # noqa: ARG002 (the port's signature)
        now: Callable[[], datetime],
    ) -> Response | Failure | Hop:
        """Answer one request and follow nothing."""
        self.asked.append(request.url)
        return self.says.get(request.url) or refusal(request.url, 404, {}, now())
