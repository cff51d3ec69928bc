"""Why no broker lets us in, in words: asked of the brokers, since clients only say that none could be used."""

from __future__ import annotations

import asyncio
import ssl

from aiokafka.conn import create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)

from streams.kafka.access import Access

_ASK_MS = 3_000


async def refusal(servers: str, access: Access) -> str | None:
    """Return what keeps us out of the first server that answers at all, and what to do; None where none does."""
    for server in servers.split(","):
        host, _, port = server.rpartition(":")
        try:
            connection = await create_conn(host.strip("[]"), int(port), request_timeout_ms=_ASK_MS, **access.settings())
        except (KafkaError, OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            if why := _in_words(error, access):
                return why
        else:
            connection.close()
    return None


def _in_words(error: BaseException, access: Access) -> str | None:
    cause = error.__cause__ or error
    hint = (
        "does this port speak TLS (else another port, or tls=off), and take our certificate?"
        if access.context
        else "does this port want TLS (tls=on, ca=PATH)?"
    )
    match cause:
        case ssl.SSLCertVerificationError():
            return (
                f"its certificate is not believed ({cause.verify_message}): "
                "name the authority that signed it in the journal's address (ca=PATH), and the host as it stands there"
            )
        case AuthenticationFailedError() | SaslAuthenticationFailed():
            return f"user {access.user!r} is not let in by {access.mechanism}: look at user and password_file"
        case UnsupportedSaslMechanismError():
            return f"it does not take {access.mechanism}: name another mechanism in the journal's address"
        case ssl.SSLError():
            return f"the TLS handshake fails ({cause.reason or cause}): {hint}"
        case ConnectionResetError() | KafkaConnectionError() | asyncio.IncompleteReadError():
            return f"it ends the connection at once: {hint}"
    return None
