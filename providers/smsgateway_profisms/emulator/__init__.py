"""A local ProfiSMS, for development and tests without an account. It needs the extra `web`.

`smsgateway emulate profisms` serves it; in Python it is a context manager, `ProfismsEmulator`.
Where no documentation at hand says what the vendor does, the emulator does what seems likely, and
says "assumed".
"""

from smsgateway_profisms.emulator.messages import AcceptedMessage
from smsgateway_profisms.emulator.server import ProfismsEmulator
from smsgateway_profisms.emulator.switches import Faults, Reporting

__all__ = ["AcceptedMessage", "Faults", "ProfismsEmulator", "Reporting"]
