"""The README is run: its Python as a doctest, its first command in a clean clone."""

import doctest
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def test_the_python_examples_are_true() -> None:
    failed, tried = doctest.testfile(str(README), module_relative=False)

    assert tried > 5
    assert failed == 0


@pytest.mark.slow
def test_the_first_command_installs_and_shows_a_message(tmp_path: Path) -> None:
    command = re.findall(r"```sh\n(.*?)```", README.read_text(), re.DOTALL)[0]
    clone = tmp_path / "clone"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        **{name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))},
    }

    done = subprocess.run(
        ["sh", "-c", command],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "Hej fra smsgateway" in done.stdout
    assert "embedded inbox" in done.stderr
