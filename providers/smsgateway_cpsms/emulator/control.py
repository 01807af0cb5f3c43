"""The switches by HTTP, beside the API: `/_emulator/faults` and `/_emulator/reporting`.

GET reads them, PUT sets those in a JSON object and leaves the others, DELETE resets them all.
"""

from __future__ import annotations

from dataclasses import asdict
from ipaddress import ip_address

from smsgateway.errors import ConfigurationError
from smsgateway_cpsms.emulator.account import Account
from smsgateway_cpsms.emulator.call import Answer, Call, Refused, not_found
from smsgateway_cpsms.emulator.parameters import json_object
from smsgateway_cpsms.emulator.switches import Faults, Reporting, Switches, changed

__all__ = ["PREFIX", "control"]

PREFIX = "/_emulator"


def control(account: Account, call: Call) -> Answer:
    """Read, set or reset switches; for this machine only, and so without credentials."""
    try:
        return Answer.json(asdict(_do(account, call)))
    except Refused as error:
        return error.answer()


def _do(account: Account, call: Call) -> Faults | Reporting:
    if not _is_here(call.client):
        raise Refused(403, "The switches can be reached from this machine only")
    if call.path == f"{PREFIX}/faults":
        account.faults = _switched(account.faults, call)
        return account.faults
    if call.path == f"{PREFIX}/reporting":
        account.reporting = _switched(account.reporting, call)
        return account.reporting
    raise not_found()


def _switched(switches: Switches, call: Call) -> Switches:
    if call.method == "GET":
        return switches
    if call.method == "DELETE":
        return type(switches)()
    if call.method != "PUT":  # which a browser sends to nobody but the page's own server
        raise not_found()
    try:
        return changed(switches, json_object(call.body))
    except ConfigurationError as error:
        raise Refused(400, str(error)) from None


def _is_here(client: str) -> bool:
    try:
        return ip_address(client).is_loopback
    except ValueError:  # the system did not say
        return False
