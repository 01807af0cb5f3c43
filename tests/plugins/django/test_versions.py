"""The tests of Django again, with every other Django that the machine's interpreters allow."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parents[1]
SUITES = ["django", "django_store", "django_site", "django_bridges"]
EXTRAS = "django,gatewayapi,messagebird,telnyx,vonage,web"
TOOLS = ("coverage", "django", "drf", "hypothesis", "psycopg", "pytest")
ONLY_HERE = [f"--ignore-glob={TESTS}/*/test_{name}.py" for name in ("readme", "versions")]


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


def tools() -> list[str]:
    """Give what these tests need of all that is installed for tests: the rest takes a minute."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [each for each in project["optional-dependencies"]["dev"] if each.startswith(TOOLS)]


def install(django: str, python: str, folder: Path) -> str:
    """Install what is tested into an environment of its own, and return its Python."""
    subprocess.run([python, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    own = str(folder / "venv" / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--python", own, "install", "--quiet", "--no-compile"]
    subprocess.run([*pip, f"{ROOT}[{EXTRAS}]", *tools(), f"django~={django}.0"], check=True)
    return own


def run(python: str, suite: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a suite, elsewhere than in the checkout: it is the installed package that is tested."""
    return subprocess.run(
        [python, "-m", "pytest", "-rs", *ONLY_HERE, TESTS / suite],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.installs
@pytest.mark.parametrize(("django", "python"), [("6.0", "3.12"), ("6.1", "3.13")])
def test_they_pass_with_another_django(
    tmp_path: Path, record_property: Callable[[str, object], None], django: str, python: str
) -> None:
    found = find(python)
    if found is None:
        pytest.skip(f"Django {django} is not tested: there is no Python {python}")
    own = install(django, found, tmp_path)

    with ThreadPoolExecutor() as pool:
        ran = pool.map(lambda suite: run(own, suite, tmp_path), SUITES)
    done = dict(zip(SUITES, ran, strict=True))

    skipped = [
        f"Django {django}, {suite}: {line}"
        for suite, each in done.items()
        for line in re.findall(r"^SKIPPED.*", each.stdout, re.MULTILINE)
    ]
    record_property("skipped", skipped)
    failed = [each.stdout[-10_000:] + each.stderr for each in done.values() if each.returncode]
    assert not failed, "".join(failed)
