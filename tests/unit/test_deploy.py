"""What deploy/ says agrees with the code."""

import configparser
import re
import tomllib
from pathlib import Path

from click.testing import CliRunner

from streams.cli import main
from streams.kafka.access import OPTIONS
from streams.kafka.cluster import NUMBERS
from streams.settings import Settings, load_settings

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
