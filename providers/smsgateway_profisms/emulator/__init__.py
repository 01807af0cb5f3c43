"""A local ProfiSMS, for development and tests without an account. It needs the extra `web`.

`smsgateway emulate profisms` serves it; in Python it is a context manager, `ProfismsEmulator`.
Where no documentation at hand says what the vendor does, the emulator does what seems likely, and
says "assumed".
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smsgateway_profisms.emulator.messages import AcceptedMessage
    from smsgateway_profisms.emulator.server import ProfismsEmulator
    from smsgateway_profisms.emulator.switches import Faults, Reporting

_HOME = {
    "AcceptedMessage": "messages",
    "Faults": "switches",
    "ProfismsEmulator": "server",
    "Reporting": "switches",
}

__all__ = ["AcceptedMessage", "Faults", "ProfismsEmulator", "Reporting"]


def __getattr__(name: str) -> Any:
    # The command line imports this package on each run, and the extra may be missing.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
