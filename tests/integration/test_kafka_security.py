"""A real broker that lets in nobody unknown: SCRAM over TLS, certificates of clients, rights, who is turned away."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest

from deploy.kafka.broker import Broker, Door, free_port
from streams.errors import JournalUnusable
from streams.kafka.cluster import cluster_at
from streams.kafka.journal import KafkaJournal
from streams.kafka.topics import ensure_topics
from streams.retention import Retention
from streams.topics import CONTROL_ALERTS, RAW_ITEMS
from tests.broker import started_broker
from tests.certificates import Authority
from tests.contract.hosts import values
from tests.contract.kafka_rig import KafkaRig
from tests.contract.small_flow import FLOW, item

pytestmark = pytest.mark.asyncio
PASSWORD, WRONG = "correct horse battery staple", "wrong horse"
SETTINGS = """\
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
ssl.truststore.type=PEM
ssl.truststore.location={truststore}
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.locked.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.certified.ssl.client.auth=required
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:desk;User:CN=reader
"""


ALLOW, PREFIXED = 3, 4
# Kafka's numbers of kinds of resources and of operations (its protocol guide); operations: 3 read, 4 write, 5 create,
# 8 describe, 10 describe configs, 11 alter configs; each of 3 and 4 brings 8 with it.
TOPIC, GROUP, TRANSACTION = 2, 3, 5
RIGHTS = {TOPIC: (3, 4, 5, 10, 11), GROUP: (3,), TRANSACTION: (4,)}


class House:
    """The broker with its doors, and the authority whose certificates it believes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = Authority(folder)
        self.authority.begin()
        keystore = self.authority.issue("broker", host="IP:127.0.0.1")
        self.locked, self.certified = (Door(name=name, port=free_port(), protocol=protocol) for name, protocol in DOORS)
        self.broker = Broker(
            data=folder / "kafka",
            doors=(self.locked, self.certified),
            settings=SETTINGS.format(keystore=keystore, truststore=self.authority.certificate),
            users={"desk": PASSWORD, "guest": PASSWORD, "clerk": PASSWORD},
        )

    def url(self, door: int, options: str, *, host: str = "127.0.0.1") -> str:
        """Return the address of a journal of its own at one of the doors."""
        return f"kafka://{host}:{door}/t-{uuid4().hex[:12]}?session_seconds=6&{options}"

    def user(self, name: str = "desk", password: str = PASSWORD, *, ca: Path | None = None) -> str:
        """Return the options of a user with this password."""
        file = self.folder / f"password-{uuid4().hex[:6]}"
        file.write_text(password + "\n")
        return f"ca={ca or self.authority.certificate}&user={name}&password_file={file}"


DOORS = (("LOCKED", "SASL_SSL"), ("CERTIFIED", "SSL"))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run the broker for this module."""
    one = House(tmp_path_factory.mktemp("house"))
    for _ in started_broker(one.broker):
        yield one


async def test_the_whole_flow_runs_by_scram_over_tls(house: House) -> None:
    """Publishing, Faust, the loop, slots and reading work for a user with a password over TLS."""
    url = house.url(house.locked.port, house.user())
    journal = await KafkaJournal.open(url)
    await journal.publish(RAW_ITEMS, [item(number, f"hill-{number}") for number in range(8)])
    rig = KafkaRig(url, journal)
    async with rig.running(FLOW):
        await rig.drained(FLOW)
    assert {one.key for one in await values(journal, CONTROL_ALERTS)} == {f"alert-hill-{number}" for number in range(8)}
    await journal.close()


async def test_a_client_is_known_by_its_certificate(house: House) -> None:
    """Where the broker wants a certificate of its authority, the address names one."""
    reader = house.authority.issue("reader", host="DNS:reader")
    url = house.url(house.certified.port, f"ca={house.authority.certificate}&certificate={reader}")
    journal = await KafkaJournal.open(url)
    await journal.publish(RAW_ITEMS, [item(1, "hill")])
    assert [one.key for one in await values(journal, RAW_ITEMS)] == ["item-1"]
    await journal.close()


async def refused(url: str) -> str:
    """Return why a journal could not be opened."""
    with pytest.raises(JournalUnusable) as error:
        await KafkaJournal.open(url)
    return str(error.value)


async def test_who_is_not_known_is_told_so(house: House) -> None:
    """A wrong password, an unknown user and another mechanism are named with what to look at; no password is said."""
    for options in (house.user(password=WRONG), house.user("nobody")):
        said = await refused(house.url(house.locked.port, options))
        assert "is not let in by SCRAM-SHA-512: look at user and password_file" in said
        assert PASSWORD not in said
        assert WRONG not in said
    said = await refused(house.url(house.locked.port, house.user() + "&mechanism=scram-sha-256"))
    assert "does not take SCRAM-SHA-256" in said


async def test_a_broker_that_cannot_be_believed_gets_no_password(house: House, tmp_path: Path) -> None:
    """A certificate of an unknown authority or of another host ends the connection, and says which it was."""
    other = Authority(tmp_path)
    other.begin()
    said = await refused(house.url(house.locked.port, house.user(ca=other.certificate)))
    assert "its certificate is not believed" in said
    assert "ca=PATH" in said
    said = await refused(house.url(house.locked.port, house.user(), host="localhost"))
    assert "Hostname mismatch" in said


async def test_a_wrong_door_is_told_as_such(house: House) -> None:
    """TLS where none is spoken, none where it is, and no certificate where one is wanted: each says what to look at."""
    assert "does this port want TLS (tls=on, ca=PATH)?" in await refused(house.url(house.locked.port, "costly=loop"))
    assert "does this port speak TLS" in await refused(house.url(house.broker.port, house.user()))
    said = await refused(house.url(house.certified.port, f"ca={house.authority.certificate}"))
    assert "our certificate" in said


async def test_a_user_without_rights_is_told_which_he_needs(house: House) -> None:
    """Somebody who is known but may do nothing learns that it is about rights, not that the broker is away."""
    said = await refused(house.url(house.locked.port, house.user("guest")))
    assert "give guest the rights on topics, groups and transactional ids" in said
    assert "is the broker up" not in said


async def grant(house: House, user: str, prefix: str) -> None:
    """Give a user what `RIGHTS` say on all whose name begins with the prefix, as an administrator does."""
    client = AIOKafkaAdminClient(bootstrap_servers=house.broker.servers)
    await client.start()
    for kind, operations in RIGHTS.items():
        for operation in operations:
            right = CreateAclsRequest(kind, prefix, PREFIXED, f"User:{user}", "*", operation, ALLOW)
            answer = await client._send_request(right)
            assert [code for code, _ in answer.creation_responses] == [0], answer
    await client.close()


async def test_these_rights_are_enough(house: House) -> None:
    """A user with the rights that the example configuration names, on its own prefix, can run everything there."""
    url = house.url(house.locked.port, house.user("clerk"))
    await grant(house, "clerk", cluster_at(url).prefix)
    kept = Retention(topics={CONTROL_ALERTS.name: timedelta(days=9)})
    await ensure_topics(cluster_at(url), FLOW)
    await ensure_topics(cluster_at(url), FLOW, kept)  # alters what is there
    journal = await KafkaJournal.open(url)
    await journal.publish(RAW_ITEMS, [item(number, f"hill-{number}") for number in range(8)])
    rig = KafkaRig(url, journal)
    async with rig.running(FLOW):
        await rig.drained(FLOW)
    assert len(await values(journal, CONTROL_ALERTS)) == 8
    await journal.close()
    assert "give clerk the rights" in await refused(
        house.url(house.locked.port, house.user("clerk"))
    )  # of another prefix


async def test_a_command_ends_with_the_reason_and_without_the_password(house: House) -> None:
    """At a wrong password a command exits with the journal's status; neither log nor error shows any password."""
    url = house.url(house.locked.port, house.user(password=WRONG))
    command = [sys.executable, "-c", "from streams.cli import main; main()", "--journal", url, "dead-letters", "list"]
    environment = os.environ | {"CHANGEHANDS_LOGS__LEVEL": "debug"}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)
    assert ended.returncode == 3
    assert "changehands: Kafka at 127.0.0.1" in ended.stderr
    assert "is not let in" in ended.stderr
    assert WRONG not in ended.stdout + ended.stderr
