"""The README is run: its Python as a doctest, its first command in a clean clone."""

import doctest
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from smsgateway import SmsGateway

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def test_the_python_examples_are_true() -> None:
    failed, tried = doctest.testfile(str(README), module_relative=False)

    assert tried > 5
    assert failed == 0


def test_every_gateway_url_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    block = re.findall(r"```text\n(.*?)```", README.read_text(), re.DOTALL)[0]
    urls = block.split()

    gateways = [SmsGateway.from_url(url) for url in urls]

    assert [gateway.provider.name for gateway in gateways] == [url.split(":")[0] for url in urls]


def test_every_table_of_a_configuration_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPSMS_API_KEY", "key")
    monkeypatch.setenv("BREVDUE_KEY", "key")
    blocks = re.findall(r"```toml\n(.*?)```", README.read_text(), re.DOTALL)
    tables = [tomllib.loads(block).get("gateways", {}) for block in blocks]

    gateways = [SmsGateway.from_config(each) for table in tables for each in table.values()]

    assert [gateway.provider.name for gateway in gateways] == ["cpsms", "http"]


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
