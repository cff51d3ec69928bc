"""What deploy/ says agrees with the code."""

import configparser
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

from click import Group
from click.testing import CliRunner

from processors.flow import flow
from streams import counters
from streams.cli import main
from streams.delays import LEGS
from streams.embedded import room
from streams.kafka.access import OPTIONS
from streams.kafka.cluster import NUMBERS
from streams.settings import Settings, load_settings
from streams.web import board, signs

METRICS = (counters.RECORDS, counters.SECONDS, counters.BYTES, room.WAITING, board.DELAY, signs.LAG)
DEPLOY = Path(__file__).parents[2] / "deploy"


def test_the_example_configuration_shows_the_defaults():
    """Loading the commented example gives exactly the settings of no file at all."""
    assert load_settings(DEPLOY / "changehands.toml", {}) == load_settings(None, {})


def test_the_example_configuration_names_every_setting():
    """Each top-level setting and group stands in the example, as a line or a comment."""
    text = (DEPLOY / "changehands.toml").read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if not re.search(rf"^(# )?\[*{name}\b", text, re.MULTILINE)] == []


def test_the_source_block_of_the_example_is_valid():
    """The commented source block is a source that can be used."""
    text = (DEPLOY / "changehands.toml").read_text(encoding="utf-8")
    block = "\n".join(line[2:] for line in text[text.index("# [[sources]]") :].splitlines())
    assert tomllib.loads(block)["sources"][0]["id"] == "my-agency"


def test_units_start_commands_that_exist():
    """Each systemd unit calls a command of this command line."""
    for unit in (DEPLOY / "systemd").glob("*.service"):
        called = re.search(r"changehands\.toml (\w+)", unit.read_text(encoding="utf-8"))
        assert called, unit.name
        assert called.group(1) in main.commands, unit.name


def test_units_are_started_anew_without_end():
    """A process that leaves again and again, as it does while the broker is away, is not given up by systemd."""
    for unit in (DEPLOY / "systemd").glob("*.service"):
        sections = configparser.ConfigParser(strict=False, interpolation=None)
        sections.read(unit)
        assert (sections["Unit"]["StartLimitIntervalSec"], sections["Service"]["Restart"]) == ("0", "always"), unit.name


def test_units_are_fenced_in_alike():
    """What a unit may do is the same in all, and little: systemd itself rates it (0 is nothing at all, 10 anything)."""
    fences = {_fence(unit.read_text(encoding="utf-8")) for unit in (DEPLOY / "systemd").glob("*.service")}
    (fence,) = fences
    assert {"NoNewPrivileges=yes", "CapabilityBoundingSet=", "SystemCallFilter=@system-service"} <= set(fence)
    if judge := shutil.which("systemd-analyze"):
        for unit in (DEPLOY / "systemd").glob("*.service"):
            command = [judge, "security", "--offline=true", "--threshold=20", unit]  # in tenths
            judged = subprocess.run(command, capture_output=True, text=True, check=False)
            assert judged.returncode == 0, judged.stdout[-200:] + judged.stderr[-500:]


def _fence(unit: str) -> tuple[str, ...]:
    start = unit.index("NoNewPrivileges")
    return tuple(unit[start : unit.index("[Install]")].split())


def test_containers_are_fenced_in():
    """Each of our containers has no rights, writes nowhere but in memory and its volume, and runs as nobody."""
    compose = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    for line in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", 'ports: ["127.0.0.1:8642:8642"]'):
        assert line in compose
    assert re.search(r"^USER changehands$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)


def test_rules_ask_for_metrics_that_there_are():
    """Each metric in Prometheus' rules is one of ours, and what to do about each alert stands in the runbook."""
    rules = (DEPLOY / "prometheus" / "changehands.rules.yml").read_text(encoding="utf-8")
    ours = {
        f"{family.name}{end}" for metric in METRICS for family in metric.collect() for end in ("", "_total", "_bucket")
    }
    asked = set(re.findall(r"\bchangehands_\w+", rules))
    assert len(asked) > 3
    assert asked <= ours, asked - ours
    steps = {step.name for step in flow(Settings())} | {"poll"}
    assert set(re.findall(r'step="(\w+)"', rules)) <= steps
    assert set(re.findall(r'leg="(\w+)"', rules)) <= set(LEGS)
    runbook = (DEPLOY / "RUNBOOK.md").read_text(encoding="utf-8")
    for alert in re.findall(r"alert: (\w+)", rules):
        assert f"\n## {alert}\n" in runbook


def test_the_runbook_names_commands_that_exist():
    """Each command that the runbook tells to give is one."""
    runbook = (DEPLOY / "RUNBOOK.md").read_text(encoding="utf-8")
    named = re.findall(r"`changehands ([a-z-]+(?: [a-z]+)?)", runbook)
    assert len(named) > 5
    for words in named:
        command, _, rest = words.partition(" ")
        found = main.commands[command]
        assert not rest or not isinstance(found, Group) or rest in found.commands, words


def test_the_example_configuration_tells_how_kafka_is_entered():
    """Each option of Kafka's address stands in the example."""
    text = (DEPLOY / "changehands.toml").read_text(encoding="utf-8")
    assert [
        name for name in [*OPTIONS, *NUMBERS, "costly"] if not re.search(rf"^#.*\b{name}=", text, re.MULTILINE)
    ] == []


def test_every_command_shows_an_example():
    """Each command's help ends in an example that starts with changehands."""

    def walk(group, path):
        for name, command in group.commands.items():
            yield [*path, name]
            if hasattr(command, "commands"):
                yield from walk(command, [*path, name])

    for path in walk(main, []):
        shown = CliRunner().invoke(main, [*path, "--help"]).output
        assert re.search(r"Example:\n +\S*.*changehands ", shown), path
