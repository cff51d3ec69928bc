"""The secret end of a private feed's address: kept in a file, put behind the question mark where it is dialled. Pure.

Personal feeds (Reddit's, many an agency's) are ordinary addresses whose query
holds a key. It goes with the source's own polls and to their own host alone,
and what a server says back is read without it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from connectors.asking.redirects import Hop
from connectors.asking.unsaid import answer_without, text_without
from connectors.connector import Failure, Request, Response
from streams.errors import SourceRefused

_END = re.compile(r"[^=&?#]+=[^=&?#]+(&[^=&?#]+=[^=&?#]*)*")


def checked_end(secret: str) -> str:
    """Return the end of an address; raises SourceRefused, which never says what it holds."""
    if not _END.fullmatch(secret):
        raise SourceRefused(
            "token_file of a source that is polled holds the secret end of its address, "
            "what stands behind the question mark, as in feed=0123abcd&user=amal"
        )
    return secret


def dialled(request: Request) -> str:
    """Return the address to dial, the secret end put to it."""
    if not request.secret:
        return request.url
    parts = urlsplit(request.url)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, request.secret)))))


def without_secret(answer: Response | Failure | Hop, request: Request) -> Response | Failure | Hop:
    """Return an answer in which the secret does not stand: of its pairs the longest value is the key."""
    if not request.secret:
        return answer
    if isinstance(answer, Hop):
        return replace(answer, location=_location(answer.location, request.secret))
    read = answer_without(answer, _key(request.secret))
    return replace(read, url=request.url) if isinstance(read, Response) else read


def _location(location: str, secret: str) -> str:
    """Return where a redirect points, without the pairs that the server took over from us."""
    pairs = secret.split("&")
    head, mark, query = location.partition("?")
    left = "&".join(pair for pair in query.split("&") if pair not in pairs)
    return text_without(f"{head}{mark if left else ''}{left}", _key(secret))


def _key(secret: str) -> str:
    return max((pair.partition("=")[2] for pair in secret.split("&")), key=len)
