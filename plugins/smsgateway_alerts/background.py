"""The process that tells what calls of `smsgateway alert` have held back.

No call may ever come again, so the one that holds something back starts a process of its own, which
waits until a digest is due, sends it, and ends. Nobody sees its standard error, so what goes wrong
is in the system's log. `smsgateway alert digests` is the same by hand, or by cron. Where several
run, each digest is still sent once.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from logging.handlers import SysLogHandler

from smsgateway.flood import StoreError
from smsgateway_alerts.file import locked
from smsgateway_alerts.telling import Telling

__all__ = ["start", "tell_all"]

_LEAST, _MOST = 1.0, 60.0  # seconds between two looks; the clock may be set, and machines sleep
_LONGEST = 86_400.0  # seconds after which it ends anyway: the next call starts another one
_PROGRAM = "from smsgateway.cli import main; main()"
_UNSEEN = "SMSGATEWAY_ALERT_DIGESTS_UNSEEN"  # set where nobody sees the standard error
_SYSTEM_LOGS = ("/dev/log", "/var/run/syslog")  # Linux and BSD, macOS


def start(telling: Telling, arguments: Iterable[str], environ: Mapping[str, str]) -> None:
    """Start the process, unless one runs.

    Args:
        telling: Whose digests it tells.
        arguments: What `smsgateway alert digests` is called with.
        environ: What is added to the environment.

    Raises:
        OSError: It cannot be started.
        QueueError: Nobody can tell whether one runs.
    """
    with locked(telling.lock) as is_free:
        if not is_free:
            return
    process = subprocess.Popen(  # noqa: S603 - this very program, without a shell
        # Not what lies in the current folder, which is a stranger's: -P.
        [sys.executable, "-P", "-c", _PROGRAM, "alert", "digests", *arguments],
        env=os.environ | environ | {_UNSEEN: "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # so that it is not killed with whoever called us
    )
    process.returncode = 0  # nobody waits for it: we end first, and the system takes care of it


def tell_all(
    telling: Telling,
    *,
    sleep: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Tell what is held back as soon as it is due, until nothing is; if no other process does.

    Raises:
        QueueError: Nobody can tell whether another one does.
    """
    if _UNSEEN in os.environ:
        _say_in_the_system_log()
    ends_at = clock() + _LONGEST
    # Once more after the lock is gone: a call that saw it may have held something back since.
    while _wait(telling) is not None and clock() < ends_at:
        with locked(telling.lock) as is_ours:
            if not is_ours:
                return
            while (seconds := _wait(telling)) is not None and clock() < ends_at:
                sleep(min(max(seconds, _LEAST), _MOST))
                with suppress(StoreError):
                    telling.tell_digests()


def _wait(telling: Telling) -> float | None:
    """Say how long to wait; what cannot be read now may be in a minute."""
    try:
        return telling.wait()
    except StoreError:
        return _MOST


def _say_in_the_system_log() -> None:
    address = next(filter(os.path.exists, _SYSTEM_LOGS), None)
    if address is not None:
        handler = SysLogHandler(address)
        handler.setFormatter(logging.Formatter("smsgateway: %(message)s"))
        logging.getLogger("smsgateway").addHandler(handler)
