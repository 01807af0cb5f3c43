"""The tests of the store, where they run together with those of another site."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_the_store_works_in_a_process_of_its_own() -> None:
    measured = ["-m", "coverage", "run"] if "COVERAGE_RUN" in os.environ else []

    done = subprocess.run(
        [sys.executable, *measured, "-m", "pytest", "-rs", str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
