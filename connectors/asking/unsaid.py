"""A secret taken out of whatever a server says back: its answers, its errors, the frames of its stream. Pure.

A server that echoes what it was sent, in a body, in a header or in the words
with which it hangs up, would else have the token in logs, health and dead letters.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from connectors.connector import Failure, Response
from connectors.streaming import Frame, Loss

# What is shorter is no secret, and stands in ordinary words.
SHORTEST = 8


def _forms(token: str) -> tuple[str, ...]:
    """Return the token as it is, as it stands in an address, and as JSON may have it."""
    forms = {token, quote(token, safe=""), token.replace("/", "\\/")} if len(token) >= SHORTEST else set()
    return tuple(sorted(forms, key=len, reverse=True))


def text_without(text: str, token: str) -> str:
    """Return a text with stars where the token stood, as many as it had characters."""
    for form in _forms(token):
        text = text.replace(form, "*" * len(form))
    return text


def data_without(data: bytes, token: str) -> bytes:
    """Return bytes with stars where the token stood, as many as it had characters."""
    for form in _forms(token):
        data = data.replace(form.encode(), b"*" * len(form))
    return data


def answer_without(answer: Response | Failure, token: str) -> Response | Failure:
    """Return an answer, or why there was none, without the token."""
    if isinstance(answer, Failure):
        return failure_without(answer, token)
    headers = {name: text_without(value, token) for name, value in answer.headers.items()}
    return replace(answer, headers=headers, body=data_without(answer.body, token))


def failure_without(failure: Failure, token: str) -> Failure:
    """Return a failure whose words do not hold the token."""
    return replace(failure, text=text_without(failure.text, token), said=text_without(failure.said, token))


def loss_without(loss: Loss, token: str) -> Loss:
    """Return the end of a connection without the token in what was said about it."""
    return replace(loss, failure=failure_without(loss.failure, token), said=text_without(loss.said, token))


def frame_without(frame: Frame, token: str) -> Frame:
    """Return a frame without the token; its size stays, so that it is as whole as it was."""
    data = data_without(frame.data, token)
    return frame if data == frame.data else replace(frame, data=data)
