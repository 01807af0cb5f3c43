"""What the README says of alerts from `logging` is done, word for word."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from smsgateway_inbox import Mailbox
from tests.readme import block

FLOOD = """
from logging import getLogger
from logging.config import dictConfig

dictConfig(LOGGING)
for number in range(10_001):
    getLogger("shop").critical("Order %s is lost", number)
getLogger("shop").error("Nobody is told of this")
"""


def test_a_flood_is_one_message_and_one_digest(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"
    (tmp_path / "smsgateway.toml").write_text(
        f'[gateways.alerts]\nprovider = "inbox"\npath = "{path}"\n'
    )

    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", block("Alerts from `logging`", "python") + FLOOD],
        cwd=tmp_path,
        env=os.environ | {"SMSGATEWAY_CONFIG": str(tmp_path / "smsgateway.toml")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    first, digest = Mailbox(path).messages()
    assert (first.to, first.text) == ("+4522334488", "CRITICAL shop: Order 0 is lost")
    assert " 10000 more in " in digest.text
