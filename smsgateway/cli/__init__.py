"""The `smsgateway` command. It needs the extra `cli`."""

from __future__ import annotations

import json
import sys

__all__ = ["main"]

_NEEDED = frozenset({"click", "rich"})


def main() -> None:
    """Run the command line, and exit with its status."""
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
