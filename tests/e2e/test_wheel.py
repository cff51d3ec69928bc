"""What is built is what works: the wheel alone, in a venv of its own."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def ran(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=environment.pop("cwd", ROOT),
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    ran(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_code_and_data_and_nothing_else(wheel: Path):
    """Lexicons, tables, static files and the newsroom are inside; tests and deploy files are not."""
    names = zipfile.ZipFile(wheel).namelist()
    tracked = ran("git", "ls-files", "streams", "connectors", "processors").splitlines()
    assert set(tracked) <= set(names)
    assert {name.split("/")[0] for name in names} == {
        "streams",
        "connectors",
        "processors",
        next(name.split("/")[0] for name in names if name.endswith("/METADATA")),
    }
    assert [name for name in names if "__pycache__" in name] == []


def test_it_starts_from_a_clean_venv(wheel: Path, tmp_path: Path):
    """Installed with the locked packages and nothing more, it answers, checks itself and detects."""
    venv = tmp_path / "venv"
    python = venv / "bin" / "python"
    ran(sys.executable, "-m", "uv", "venv", "--quiet", "--python", sys.executable, venv)
    ran(
        sys.executable,
        "-m",
        "uv",
        "pip",
        "install",
        "--quiet",
        "--python",
        python,
        "--require-hashes",
        "-r",
        "requirements.lock",
    )
    ran(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python, "--no-deps", wheel)
    changehands = venv / "bin" / "changehands"
    text = '{"id": "1", "text": "Rebel forces captured the town of Marea from Islamic State on Monday."}\n'
    (tmp_path / "items.jsonl").write_text(text, encoding="utf-8")
    assert "changehands, version" in ran(changehands, "--version", cwd=str(tmp_path))
    printed = ran(changehands, "detect", tmp_path / "items.jsonl", cwd=str(tmp_path))
    assert '"capture"' in printed
