"""`smsgateway new-provider` writes a package that is right from its first moment."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

FILES = [
    "pyproject.toml",
    "README.md",
    "smsgateway_swift_post/__init__.py",
    "smsgateway_swift_post/provider.py",
    "tests/test_provider.py",
    "smsgateway_swift_post/py.typed",
]


@pytest.fixture
def package(home: Path, run: Any) -> Path:
    """Write the package of a provider with a name of two words."""
    assert run("new-provider", "swift-post").exit_code == 0
    return home / "smsgateway-swift-post"


def check(package: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=package,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([".", *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )


def test_its_tests_pass(package: Path) -> None:
    done = check(package, "pytest", "-q", "-p", "no:cacheprovider")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "TestSwiftPost" in (package / "tests" / "test_provider.py").read_text()


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "--no-cache"), ("ruff", "format", "--check", "--no-cache")],
    ids=["check", "format"],
)
@pytest.mark.parametrize("name", ["x2", "swift-post", "the-very-longest-name-of-a-provider"])
def test_ruff_finds_nothing(home: Path, run: Any, name: str, command: tuple[str, ...]) -> None:
    run("new-provider", name, "--dir", "new")

    done = check(home / "new", *command, ".")

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_mypy_finds_nothing(package: Path) -> None:
    done = check(package, "mypy", "--cache-dir", os.devnull, ".")

    assert done.returncode == 0, done.stdout + done.stderr


def test_its_entry_point_is_its_package(package: Path) -> None:
    project = tomllib.loads((package / "pyproject.toml").read_text())["project"]

    assert project["name"] == "smsgateway-swift-post"
    assert project["entry-points"]["smsgateway"] == {"swift-post": "smsgateway_swift_post"}


def test_what_was_written_is_listed(run: Any, run_json: Any) -> None:
    document = run_json("new-provider", "swift-post", "--dir", "here")
    shown = run("new-provider", "other").stdout

    assert document == {"name": "swift-post", "folder": "here", "files": FILES}
    assert "smsgateway-other/smsgateway_other/provider.py" in shown
    assert "Next: cd smsgateway-other && pip install --editable '.[test]' && pytest" in shown


@pytest.mark.parametrize("name", ["Pigeon", "46elks", "p", "pigeon-", "../pigeon", "pige on"])
def test_a_name_that_fits_no_url_is_refused(run: Any, home: Path, name: str) -> None:
    done = run("new-provider", "--", name)

    assert done.exit_code == 2
    assert "small letters" in done.stderr
    assert list(home.iterdir()) == []


def test_a_name_that_is_taken_is_refused(run: Any) -> None:
    done = run("new-provider", "cpsms")

    assert done.exit_code == 2
    assert "There is a provider called 'cpsms'." in done.stderr


@pytest.mark.parametrize("name", ["failover", "roundrobin", "cheapest", "country"])
def test_a_name_that_a_route_has_is_refused(run: Any, home: Path, name: str) -> None:
    done = run("new-provider", name)

    assert done.exit_code == 2
    assert f"'{name}' is the name of a route." in done.stderr
    assert list(home.iterdir()) == []


def test_nothing_is_written_over(run: Any, home: Path) -> None:
    (home / "mine").mkdir()
    (home / "mine" / "notes.txt").write_text("keep")

    done = run("new-provider", "pigeon", "--dir", "mine")

    assert done.exit_code == 2
    assert "mine is there, and not empty." in done.stderr
    assert [path.name for path in (home / "mine").iterdir()] == ["notes.txt"]


def test_a_folder_that_cannot_be_written_is_told(run: Any, home: Path) -> None:
    (home / "taken").write_text("a file")

    done = run("new-provider", "pigeon", "--dir", "taken/pigeon")

    assert done.exit_code == 2
    assert "taken/pigeon cannot be written: Not a directory." in done.stderr
