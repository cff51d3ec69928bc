"""How a cluster is entered: by TLS, with a certificate or as a user, whose password lies in a file of its own."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streams.errors import ConfigError

MECHANISMS = {"scram-sha-512": "SCRAM-SHA-512", "scram-sha-256": "SCRAM-SHA-256", "plain": "PLAIN"}
OPTIONS = ("ca", "certificate", "key", "mechanism", "password_file", "tls", "user")
_LONGEST_PASSWORD = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What every client shows the brokers: nothing, a certificate, or user and password; `context` is that of TLS.

    The password is in no text that this value makes of itself.
    """

    user: str | None = None
    mechanism: str = MECHANISMS["scram-sha-512"]
    password: str = field(default="", repr=False)
    context: ssl.SSLContext | None = field(default=None, repr=False, compare=False)

    @property
    def protocol(self) -> str:
        """Return Kafka's name of the way that is spoken."""
        way = "SSL" if self.context else "PLAINTEXT"
        return f"SASL_{way}" if self.user else way

    def settings(self) -> dict[str, Any]:
        """Return what a client of aiokafka wants to know."""
        settings: dict[str, Any] = {"security_protocol": self.protocol, "ssl_context": self.context}
        if self.user:
            settings |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password,
            }
        return settings


OPEN = Access()


def access_by(options: Mapping[str, str]) -> Access:
    """Read the options of an address that say how to enter; raises ConfigError, which never says a password.

    `ca`, `certificate` and `user` imply TLS. `tls=on` alone trusts the system's
    certificates. `tls=off` beside a user is for networks one trusts: the
    password itself never goes over it (SCRAM), what is read and written does.
    """
    mechanism = options.get("mechanism", "scram-sha-512")
    _refuse_contradictions(options, mechanism)
    is_secret = options.get("tls", "off") == "on" or bool(options.keys() & {"ca", "certificate"})
    is_secret |= "user" in options and "tls" not in options
    return Access(
        user=options.get("user"),
        mechanism=MECHANISMS[mechanism],
        password=_password(Path(options["password_file"])) if "password_file" in options else "",
        context=_context(options) if is_secret else None,
    )


def _refuse_contradictions(options: Mapping[str, str], mechanism: str) -> None:
    tls, has_user = options.get("tls"), "user" in options
    wrong = {
        f"tls={tls!r} is neither on nor off": tls not in {None, "on", "off"},
        f"mechanism={mechanism!r} is none of {', '.join(MECHANISMS)}": mechanism not in MECHANISMS,
        "tls=off does not go with ca and certificate": tls == "off" and bool(options.keys() & {"ca", "certificate"}),
        "tls=off would show everybody the password: take mechanism=scram-sha-512": (tls, mechanism) == ("off", "plain"),
        "user and password_file go together": has_user != ("password_file" in options),
        "mechanism goes with user and password_file": "mechanism" in options and not has_user,
        "key goes with certificate": "key" in options and "certificate" not in options,
        "an option is empty": not all(options.values()),
    }
    for text, is_so in wrong.items():
        if is_so:
            raise ConfigError(f"journal: {text}")


def _password(path: Path) -> str:
    try:
        with path.open("rb") as file:
            password = file.read(_LONGEST_PASSWORD + 1).decode().removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise ConfigError(f"journal: password_file {str(path)!r} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"journal: password_file {str(path)!r} holds no password: it is not plain text") from None
    if not password or len(password) > _LONGEST_PASSWORD or not password.isprintable():
        raise ConfigError(f"journal: password_file {str(path)!r} holds no password: one line is expected")
    return password


def _context(options: Mapping[str, str]) -> ssl.SSLContext:
    """Return what checks the brokers' certificates, host names included, and shows ours where there is one."""
    context = ssl.create_default_context()
    if ca := options.get("ca"):
        # of our own CA alone: no public authority can then speak in the cluster's name
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        _take("ca", ca, lambda: context.load_verify_locations(ca))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate := options.get("certificate"):
        # an empty password: a key that wants one is refused, not asked for on the terminal
        _take("certificate", certificate, lambda: context.load_cert_chain(certificate, options.get("key"), password=""))
    return context


def _take(name: str, path: str, load: Any) -> None:
    try:
        load()
    except ssl.SSLError as error:
        raise ConfigError(
            f"journal: {name} {path!r} cannot be used ({error.reason or error}): PEM without a password is expected"
        ) from None
    except OSError as error:
        raise ConfigError(f"journal: {name} {path!r} (or its key) cannot be read: {error.strerror}") from None
