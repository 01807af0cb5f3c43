"""These tests again, with every other Django that the machine's interpreters allow."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def interpreters(version: str) -> Iterator[str]:
    """Give what may be a Python of that version: on the PATH, and what pyenv has installed."""
    for name in (f"python{version}", sys.executable):
        if found := shutil.which(name):
            yield found
    if pyenv := shutil.which("pyenv"):
        told = subprocess.run([pyenv, "root"], capture_output=True, text=True, check=False)
        for folder in sorted(Path(told.stdout.strip()).glob(f"versions/{version}.*")):
            yield str(folder / "bin" / "python")


def find(version: str) -> str | None:
    """Find a Python that can be started: pyenv puts names on the PATH that lead nowhere."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    for path in interpreters(version):
        told = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
        if told.stdout.strip() == version:
            return path
    return None


@pytest.mark.slow
@pytest.mark.skipif("SMSGATEWAY_OTHER_DJANGO" in os.environ, reason="they are those tests")
@pytest.mark.parametrize(("django", "python"), [("6.0", "3.12"), ("6.1", "3.13")])
def test_they_pass_with_another_django(tmp_path: Path, django: str, python: str) -> None:
    found = find(python)
    if found is None:
        pytest.skip(f"Django {django} is not tested: there is no Python {python}")
    subprocess.run([found, "-m", "venv", tmp_path / "venv"], check=True)
    binaries = tmp_path / "venv" / "bin"
    packages = [f"{ROOT}[async,django,messagebird,telnyx,test,vonage,web]", f"django~={django}.0"]
    tools = ["django-tasks-db>=0.12", "hypothesis>=6.100", "pytest-django>=4.11"]
    subprocess.run(
        [binaries / "pip", "install", "-q", "--disable-pip-version-check", *packages, *tools],
        check=True,
    )

    # Elsewhere than in the checkout, so that it is the installed package that is tested.
    done = subprocess.run(
        [binaries / "python", "-m", "pytest", "-rs", Path(__file__).parent],
        cwd=tmp_path,
        env={**os.environ, "SMSGATEWAY_OTHER_DJANGO": django},
        capture_output=True,
        text=True,
        check=False,
    )

    print(done.stdout)  # noqa: T201 - it names what was skipped
    assert done.returncode == 0, done.stdout[-10_000:] + done.stderr
    assert f"django: version: {django}." in done.stdout
