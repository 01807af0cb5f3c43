"""A local CPSMS, for development and tests without an account. It needs the extra `web`.

`smsgateway emulate cpsms` serves it; in Python it is a context manager, `CpsmsEmulator`.
"""

from smsgateway_cpsms.emulator.sending import AcceptedMessage
from smsgateway_cpsms.emulator.server import CpsmsEmulator
from smsgateway_cpsms.emulator.switches import Faults, Reporting

__all__ = ["AcceptedMessage", "CpsmsEmulator", "Faults", "Reporting"]
