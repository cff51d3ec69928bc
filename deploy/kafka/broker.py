# ruff: noqa: INP001, S603, T201 - a script beside its pom, which runs programs of fixed names and prints for a person
"""A real Apache Kafka for a laptop and for tests: fetched with Maven, one node, loopback only.

By hand: `python deploy/kafka/broker.py start --port 9092` runs it until Ctrl-C. The
jars lie in var/kafka/lib (or $KAFKA_LIB), the data in var/kafka/data (or
--data); both may be deleted while it does not run.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

HERE = Path(__file__).resolve().parent
VAR = HERE.parent.parent / "var" / "kafka"
DEPENDENCY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
STARTED = "Kafka Server started"
CLUSTER_ID = "Y2hhbmdlaGFuZHMtZGV2MQ"

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}{listeners}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}{advertised}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT{protocols}
inter.broker.listener.name=PLAINTEXT
log.dirs={logs}
# a broker killed with -9 is let in again after this long; the default of 9 s makes a restart take 11 s
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=300
auto.create.topics.enable=false
# records of 8 MiB and what Kafka wraps around them
message.max.bytes=8650752
replica.fetch.max.bytes=8650752
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
{settings}
"""


class BrokerUnavailable(Exception):
    """No broker can run here; the text says what is missing or what it said."""


def missing_programs() -> str | None:
    """Return what must be installed first, or None where Java and the jars (or Maven) are there."""
    if shutil.which("java") is None:
        return "java was not found: install a Java runtime, version 17 or newer"
    if not _is_complete(_lib()) and shutil.which("mvn") is None:
        return f"mvn was not found, and {_lib()} does not hold Kafka yet: install Maven"
    return None


def fetch() -> Path:
    """Return the folder of Kafka's jars; downloads them where the folder is not complete. Raises BrokerUnavailable."""
    if missing := missing_programs():
        raise BrokerUnavailable(missing)
    lib = _lib()
    if not _is_complete(lib):
        _download(lib)
    return lib


def _lib() -> Path:
    return Path(os.environ.get("KAFKA_LIB") or VAR / "lib")


def _pom_digest() -> str:
    return hashlib.sha256((HERE / "pom.xml").read_bytes()).hexdigest()


def _is_complete(lib: Path) -> bool:
    marker = lib / "complete"
    return marker.is_file() and marker.read_text() == _pom_digest()


def _download(lib: Path) -> None:
    lib.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=lib.parent) as folder:
        fresh = Path(folder) / "lib"
        goal = [f"{DEPENDENCY_PLUGIN}:copy-dependencies", f"-DoutputDirectory={fresh}", "-DincludeScope=runtime"]
        command = ["mvn", "-B", "-q", "-f", str(HERE / "pom.xml"), *goal]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BrokerUnavailable(f"Maven could not fetch Kafka:\n{(done.stdout + done.stderr).strip()[-2000:]}")
        (fresh / "complete").write_text(_pom_digest())
        shutil.rmtree(lib, ignore_errors=True)
        fresh.rename(lib)


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One more listener on 127.0.0.1: `protocol` as Kafka names it, `told` the port that clients are sent to."""

    name: str
    port: int
    protocol: str = "PLAINTEXT"
    told: int | None = None


@dataclass(slots=True, kw_only=True)
class Broker:
    """One Kafka node; `with Broker(data=folder) as broker:` starts it and stops it.

    The port is kept over a kill and a restart, so clients find it again.
    `settings` are lines for Kafka's configuration, of the `doors` for example;
    `users` may enter by SCRAM-SHA-512 with the passwords given.
    """

    data: Path
    doors: tuple[Door, ...] = ()
    settings: str = ""
    users: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    controller_port: int = field(default_factory=free_port)
    heap: str = "512m"
    process: subprocess.Popen[bytes] | None = None

    @property
    def servers(self) -> str:
        """The address for clients: host:port."""
        return f"127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """The file that holds what the broker said."""
        return self.data / "broker.log"

    def start(self, *, within_seconds: float = 60.0) -> None:
        """Start the node and return when it takes requests. Raises BrokerUnavailable with its last words."""
        lib = fetch()
        self.data.mkdir(parents=True, exist_ok=True)
        properties = self._configure()
        self._format(lib, properties)
        said_before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            command = [*_java(lib, self.heap), "kafka.Kafka", str(properties)]
            # a session of its own: Ctrl-C reaches this script, which then stops the broker in order
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        self._await_start(said_before, time.monotonic() + within_seconds)

    def kill(self) -> None:
        """End the node as a power cut would (SIGKILL)."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask the node to end in order (SIGTERM) and wait for it."""
        self._end(signal.SIGTERM)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _configure(self) -> Path:
        properties = self.data / "server.properties"
        text = PROPERTIES.format(
            port=self.port,
            controller=self.controller_port,
            logs=self.data / "log",
            listeners="".join(f",{door.name}://127.0.0.1:{door.port}" for door in self.doors),
            advertised="".join(f",{door.name}://127.0.0.1:{door.told or door.port}" for door in self.doors),
            protocols="".join(f",{door.name}:{door.protocol}" for door in self.doors),
            settings=self.settings,
        )
        properties.write_text(text)
        return properties

    def _format(self, lib: Path, properties: Path) -> None:
        if (self.data / "log" / "meta.properties").exists():
            return
        command = [*_java(lib, "128m"), "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(properties)]
        for name, password in self.users.items():
            command += ["--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BrokerUnavailable(
                f"Kafka could not format {self.data}: {(done.stdout + done.stderr).strip()[-2000:]}"
            )

    def _await_start(self, said_before: int, deadline: float) -> None:
        while STARTED.encode() not in (said := self.log.read_bytes()[said_before:]):
            if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise BrokerUnavailable(
                    f"Kafka did not start on port {self.port}:\n{said[-2000:].decode(errors='replace')}"
                )
            time.sleep(0.05)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None


def _java(lib: Path, heap: str) -> list[str]:
    configuration = f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}"
    return ["java", f"-Xmx{heap}", "-XX:+UseSerialGC", configuration, "-cp", f"{lib}/*"]


def main() -> int:
    """Fetch Kafka, or run a broker in the foreground until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(description="A real Apache Kafka on this machine, for this machine only.")
    parser.add_argument("command", choices=["fetch", "start"], help="fetch: download the jars; start: also run it")
    parser.add_argument("--port", type=int, default=9092, help="port on 127.0.0.1 (default: 9092)")
    parser.add_argument("--data", type=Path, default=VAR / "data", help="folder of its data")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        print(f"Kafka is in {fetch()}", flush=True)
        return _run(Broker(data=arguments.data, port=arguments.port)) if arguments.command == "start" else 0
    except BrokerUnavailable as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _run(broker: Broker) -> int:
    with broker:
        print(f"Apache Kafka listens on {broker.servers}; data and broker.log in {broker.data}", flush=True)
        print(f"Use it with --journal kafka://{broker.servers}; Ctrl-C stops it.", flush=True)
        status = broker.process.wait() if broker.process else 1
        print(f"Kafka ended by itself with status {status}; its last words are in {broker.log}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
