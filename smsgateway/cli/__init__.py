"""The `smsgateway` command. It needs the extra `cli`."""

from __future__ import annotations

import json
import os
import sys

__all__ = ["main"]

_INTERRUPTED = 130  # what a shell makes of SIGINT
_NEEDED = frozenset({"click", "rich"})


def main() -> None:
    """Run the command line, and exit with its status."""
    _replace_closed_streams()
    try:
        _run()
    except KeyboardInterrupt:  # while modules and plugins are loaded; a command says more
        sys.exit(_INTERRUPTED)


def _replace_closed_streams() -> None:
    """Let what nobody can read go nowhere: Python makes a closed stream None."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - for good; a device


def _run() -> None:
    try:
        from smsgateway.cli.app import command_line  # noqa: PLC0415 - it may be missing
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        if missing not in _NEEDED:
            raise
        sys.exit(_explain(missing))
    command_line()()


def _explain(missing: str) -> int:
    """Say how to get what is missing, and return the exit status."""
    sentence = f"The command line needs {missing}: run pip install 'pluggable-smsgateway[cli]'."
    if "--json" in sys.argv:
        document = {"error": {"type": "ModuleNotFoundError", "message": sentence}}
        sys.stdout.write(f"{json.dumps(document)}\n")
    else:
        sys.stderr.write(f"{sentence}\n")
    return 2
