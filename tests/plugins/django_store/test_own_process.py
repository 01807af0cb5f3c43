"""The tests of the store, where they run together with those of another site."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from coverage import Coverage


@pytest.mark.slow
def test_the_store_works_in_a_process_of_its_own(
    record_property: Callable[[str, object], None],
) -> None:
    measured = ["-m", "coverage", "run"] if Coverage.current() else []

    done = subprocess.run(
        [sys.executable, *measured, "-m", "pytest", "-rs", str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=False,
    )

    record_property("skipped", re.findall(r"^SKIPPED.*", done.stdout, re.MULTILINE))
    assert done.returncode == 0, done.stdout + done.stderr
