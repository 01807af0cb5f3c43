"""What the README would have typed into a shell is typed into one."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from smsgateway import SmsGateway
from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_inbox import Mailbox
from tests.readme import block, copy_checkout, run_shell

Tried = tuple[Path, subprocess.CompletedProcess[str]]

BINARIES = Path(sys.executable).parent


@pytest.fixture(scope="module")
def tried(
    tmp_path_factory: pytest.TempPathFactory,
) -> Tried:
    """A checkout where the first command was run."""
    clone = copy_checkout(tmp_path_factory.mktemp("readme"))
    return clone, run_shell(block("Try it", "sh"), clone)


@pytest.mark.installs
def test_the_first_command_shows_a_message(tried: Tried) -> None:
    _, done = tried

    assert done.returncode == 0, done.stderr
    assert "Hej fra smsgateway" in done.stdout
    assert "embedded inbox" in done.stderr


def test_with_an_account_it_is_sent(tmp_path: Path) -> None:
    folder = tmp_path / "clone"
    folder.mkdir()
    (folder / ".venv").symlink_to(sys.prefix)

    with CpsmsEmulator(username="USERNAME", key="API_KEY") as cpsms:
        here = cpsms.url.partition("@")[2]
        commands = block("Try it", "sh", 1).replace("cpsms://", "cpsms+http://")
        done = run_shell(commands.replace("@default", f"@{here}"), folder)
        messages = cpsms.messages

    assert done.returncode == 0, done.stderr
    assert [(message.to, message.text, message.sender) for message in messages] == [
        ("4522334488", "Hej fra smsgateway", "Acme")
    ]


@pytest.mark.parametrize("vendor", ["cpsms", "profisms"])
def test_what_a_local_vendor_accepts_shows_in_the_inbox(tmp_path: Path, vendor: str) -> None:
    commands = block("CPSMS, and without an account", "sh")
    (command,) = re.findall(rf"smsgateway (emulate {vendor}(?: --port \d+)?)", commands)
    arguments = [*shlex.split(command), "--port", "0", "--json"]  # the last port that is given

    with subprocess.Popen(
        [BINARIES / "smsgateway", *arguments],
        env=os.environ | {"XDG_DATA_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        with SmsGateway.from_url(json.loads(process.stdout.readline())["url"]) as gateway:
            gateway.send("Hej", to="+4522334488", sender="Acme")
        process.kill()

    assert [each.text for each in Mailbox(tmp_path / "smsgateway" / "inbox.db").messages()] == [
        "Hej"
    ]


@pytest.mark.installs
def test_a_new_provider_passes_its_tests(tried: Tried) -> None:
    clone, _ = tried
    path = os.pathsep.join([str(clone / ".venv" / "bin"), os.environ["PATH"]])

    done = run_shell(block("Your tests, your provider", "sh"), clone, path=path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^=+ \d+ passed", done.stdout, re.MULTILINE)
