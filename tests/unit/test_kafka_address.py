"""The journal's URL for Kafka, where a record lies, and farewells that end."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
from click.testing import CliRunner

from streams import services
from streams.cli import main
from streams.errors import ConfigError
from streams.kafka.cluster import Cluster, cluster_at, let_go, partition_of


def test_address_with_everything() -> None:
    """Servers, prefix and options are read from the URL."""
    cluster = cluster_at("kafka://a.example:9092,b.example:9093/north?partitions=12&replicas=3&costly=loop")
    assert cluster == Cluster(
        servers="a.example:9092,b.example:9093", prefix="north", partitions=12, replicas=3, costly="loop"
    )
    assert cluster.named("claims") == "north.claims"


def test_shortest_address() -> None:
    """A host and a port are enough; topics then have their plain names."""
    assert cluster_at("kafka://127.0.0.1:9092").named("claims") == "claims"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("kafka://127.0.0.1", "is not kafka://HOST:PORT"),
        ("kafka://", "is not kafka://HOST:PORT"),
        ("http://127.0.0.1:9092", "is not kafka://HOST:PORT"),
        ("kafka://user@127.0.0.1:9092", r"do not belong before the host: use \?user=NAME&password_file=PATH"),
        ("kafka://127.0.0.1:9092?tls=yes", "tls='yes' is neither on nor off"),
        ("kafka://127.0.0.1:9092?user=desk", "user and password_file go together"),
        ("kafka://127.0.0.1:9092?password_file=/etc/hosts", "user and password_file go together"),
        ("kafka://127.0.0.1:9092?mechanism=scram-sha-256", "mechanism goes with user"),
        ("kafka://127.0.0.1:9092?user=a&password_file=b&mechanism=md5", "mechanism='md5' is none of scram-sha-512"),
        ("kafka://127.0.0.1:9092?user=a&password_file=b&mechanism=plain&tls=off", "show everybody the password"),
        ("kafka://127.0.0.1:9092?tls=off&ca=a.pem", "tls=off does not go with ca"),
        ("kafka://127.0.0.1:9092?key=a.pem", "key goes with certificate"),
        ("kafka://127.0.0.1:9092?ca=", "an option is empty"),
        ("kafka://127.0.0.1:9092?ca=/nowhere/ca.pem", "ca '/nowhere/ca.pem' .*cannot be read: No such file"),
        ("kafka://127.0.0.1:9092?certificate=/nowhere/a.pem", "certificate '/nowhere/a.pem' .*No such file"),
        ("kafka://127.0.0.1:9092?user=a&password_file=/nowhere/b", "password_file '/nowhere/b' cannot be read"),
        ("kafka://127.0.0.1:9092/North!", "prefix 'North!'"),
        ("kafka://127.0.0.1:9092?partition=3", "partition='3' is not an option of kafka://; known: .*partitions"),
        ("kafka://127.0.0.1:9092?partitions=0", "partitions is a number from 1 to 1000, not '0'"),
        ("kafka://127.0.0.1:9092?session_seconds=-5", "session_seconds is a number from 6 to 300"),
        ("kafka://127.0.0.1:9092?costly=storm", "costly='storm' is not an option"),
    ],
)
def test_a_wrong_address_is_refused_with_the_reason(url: str, says: str) -> None:
    """What cannot be an address is refused, and the error says what would be right."""
    with pytest.raises(ConfigError, match=says):
        cluster_at(url)


def with_password(folder: Path, content: bytes, options: str = "") -> str:
    """Return the address of a user whose password file holds this."""
    (folder / "password").write_bytes(content)
    return f"kafka://127.0.0.1:9092?user=desk&password_file={folder / 'password'}{options}"


@pytest.mark.parametrize(
    ("options", "protocol", "mechanism"),
    [
        ("", "SASL_SSL", "SCRAM-SHA-512"),
        ("&mechanism=scram-sha-256", "SASL_SSL", "SCRAM-SHA-256"),
        ("&mechanism=plain", "SASL_SSL", "PLAIN"),
        ("&tls=off", "SASL_PLAINTEXT", "SCRAM-SHA-512"),
    ],
)
def test_a_user_enters_by_scram_over_tls_unless_told_otherwise(
    tmp_path: Path, options: str, protocol: str, mechanism: str
) -> None:
    """User and password are for SCRAM over TLS with checked host names; the address can choose another way."""
    settings = cluster_at(with_password(tmp_path, b"a pass word\n", options)).access.settings()
    assert (settings["security_protocol"], settings["sasl_mechanism"]) == (protocol, mechanism)
    assert (settings["sasl_plain_username"], settings["sasl_plain_password"]) == ("desk", "a pass word")
    context = settings["ssl_context"]
    assert context is None or (context.check_hostname and context.verify_mode == ssl.CERT_REQUIRED)


def test_tls_alone_trusts_the_system() -> None:
    """`tls=on` needs no file, and no user is named to the brokers."""
    assert cluster_at("kafka://127.0.0.1:9092?tls=on").access.protocol == "SSL"


def test_a_password_is_in_no_text_of_the_cluster(tmp_path: Path) -> None:
    """Whoever prints the cluster does not print the password."""
    assert "hush" not in repr(cluster_at(with_password(tmp_path, b"hush")))


@pytest.mark.parametrize("content", [b"", b"\n", b"hush\nhush\n", b"hush\x00", b"\xffhush", b"h" * 5000])
def test_a_file_without_a_password_is_refused_without_its_content(tmp_path: Path, content: bytes) -> None:
    """A file that is empty, binary, of several lines or endless is named, and what it holds is not said."""
    with pytest.raises(ConfigError, match="password' holds no password") as refused:
        cluster_at(with_password(tmp_path, content))
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["kafka://desk:hush@127.0.0.1:9092", "kafka://127.0.0.1:9092?password=hush", "kafka://desk:hush@a@b"]
)
def test_a_password_in_the_address_is_not_repeated(url: str) -> None:
    """An address with the password in it is refused, and the refusal does not show it."""
    with pytest.raises(ConfigError) as refused:
        cluster_at(url)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("url", ["kafka://desk:hush@127.0.0.1:9092", "kafka+ssl://desk:hush@127.0.0.1:9092"])
@pytest.mark.parametrize("command", [["run"], ["serve"], ["check"], ["process"], ["connect"]])
def test_no_command_repeats_a_password_in_the_address(
    url: str, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked of an address with a password in it, what is printed does not show it."""
    monkeypatch.setattr(services, "compiled", lambda *_: None)  # which takes a moment, and comes first
    ended = CliRunner().invoke(main, ["--journal", url, *command])
    assert ended.exit_code != 0
    assert "hush" not in ended.output


def test_a_file_that_is_no_certificate_is_refused(tmp_path: Path) -> None:
    """A file of another kind is named as what it was to be."""
    (tmp_path / "ca").write_text("not PEM")
    with pytest.raises(ConfigError, match=r"ca '.*' cannot be used \(.*: PEM without a password is expected"):
        cluster_at(f"kafka://127.0.0.1:9092?ca={tmp_path / 'ca'}")


@pytest.mark.parametrize(
    ("key", "hashed"),
    # the vectors of the Java client's own test: murmur2 as a signed number
    [("21", -973932308), ("foobar", -790332482), ("a-little-bit-long-string", -985981536), ("abc", 479470107)],
)
def test_partitions_are_those_of_other_clients(key: str, hashed: int) -> None:
    """A spread value falls into the partition that the Java client would choose for it as a key."""
    assert partition_of(key, 7) == (hashed & 0x7FFFFFFF) % 7


@pytest.mark.asyncio
async def test_a_farewell_that_swallows_its_cancellation_is_left_behind() -> None:
    """A service that will not end holds nobody up, and those behind it are closed all the same."""
    free, closed = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        while not free.is_set():
            try:
                await free.wait()
            except asyncio.CancelledError:
                continue

    async def willing() -> None:
        closed.set()

    async with asyncio.timeout(5):
        await let_go(stubborn(), willing(), seconds=0.05)
    assert closed.is_set()
    free.set()


@pytest.mark.asyncio
async def test_a_farewell_that_ends_as_cancelled_cancels_nobody() -> None:
    """A client whose own parts were cancelled says so to whoever waits for it; its owner goes on."""

    async def fetching() -> None:
        await asyncio.Event().wait()

    async def closing() -> None:
        part = asyncio.create_task(fetching())
        await asyncio.sleep(0)
        part.cancel()
        await part

    await let_go(closing())
