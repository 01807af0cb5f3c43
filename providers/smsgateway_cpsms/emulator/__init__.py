"""A local CPSMS, for development and tests without an account. It needs the extra `web`.

`smsgateway emulate cpsms` serves it; in Python it is a context manager, `CpsmsEmulator`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smsgateway_cpsms.emulator.sending import AcceptedMessage
    from smsgateway_cpsms.emulator.server import CpsmsEmulator
    from smsgateway_cpsms.emulator.switches import Faults, Reporting

_HOME = {
    "AcceptedMessage": "sending",
    "CpsmsEmulator": "server",
    "Faults": "switches",
    "Reporting": "switches",
}

__all__ = ["AcceptedMessage", "CpsmsEmulator", "Faults", "Reporting"]


def __getattr__(name: str) -> Any:
    # The command line imports this package on each run, and the extra may be missing.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
