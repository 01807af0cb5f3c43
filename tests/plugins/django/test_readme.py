"""The README's section on Django is run, from installing to a message in the console."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def section() -> str:
    """Return the section, without its heading."""
    found = re.search(
        r"^## Django\n(.*?)^## ", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    assert found, "README.md has no section on Django"
    return found[1]


@pytest.mark.slow
@pytest.mark.skipif("SMSGATEWAY_OTHER_DJANGO" in os.environ, reason="run with one Django only")
def test_its_commands_lead_to_a_message_in_the_console(tmp_path: Path) -> None:
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", section(), re.DOTALL))
    clone = tmp_path / "clone"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    own = ("PIP_", "SSL_")

    done = subprocess.run(
        ["sh", "-ec", commands],
        cwd=clone,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **{name: value for name, value in os.environ.items() if name.startswith(own)},
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "To:        +4522334488\n" in done.stdout
    assert "Encoding:  GSM-7, 1 segment(s)\n" in done.stdout
    assert "  Test SMS from " in done.stdout


def test_its_settings_and_its_code_are_python() -> None:
    blocks = re.findall(r"```python\n(.*?)```", section(), re.DOTALL)

    assert len(blocks) > 1
    for block in blocks:
        compile(block, "README.md", "exec")
