"""The switches by HTTP, beside the API: `/_emulator/faults` and `/_emulator/reporting`.

GET reads them, PUT sets those in a JSON object and leaves the others, DELETE resets them all.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from smsgateway.emulation.account import Account
from smsgateway.emulation.call import Answer, Call
from smsgateway.emulation.switches import changed
from smsgateway.errors import ConfigurationError

__all__ = ["PREFIX", "control"]

PREFIX = "/_emulator"
_SWITCHES = ("faults", "reporting")


def control(account: Account[Any, Any], call: Call) -> Answer:
    """Read, set or reset switches; for this machine only, and so without credentials."""
    if not (_is_here(call.client) and _is_no_page(call)):
        return _refused(403, "The switches can be reached from this machine only, by no web page.")
    name = call.path.removeprefix(f"{PREFIX}/")
    # Not POST, which a browser sends to others than the page's own server, too.
    if name not in _SWITCHES or call.method not in {"GET", "PUT", "DELETE"}:
        return _refused(404, "There is no such switch.")
    switches = getattr(account, name)
    try:
        if call.method == "PUT":
            switches = changed(switches, _json_object(call.body))
    except ConfigurationError as error:
        return _refused(400, str(error))
    if call.method == "DELETE":
        switches = type(switches)()
    setattr(account, name, switches)
    return Answer.json(asdict(switches))


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise ConfigurationError("The body should be a JSON object.")
    return values


def _refused(status: int, message: str) -> Answer:
    return Answer.json({"error": {"code": status, "message": message}}, status=status)


def _is_here(client: str) -> bool:
    try:
        return ip_address(client).is_loopback
    except ValueError:  # the system did not say
        return False


def _is_no_page(call: Call) -> bool:
    """Say whether no browser's page makes a call, under a name of its own for this machine."""
    try:
        host = urlsplit(f"//{call.host}").hostname or "localhost"  # HTTP/1.0 has no name for it
        is_ours = host == "localhost" or _is_here(host) or ip_address(host).is_unspecified
    except ValueError:
        is_ours = False
    return is_ours and not call.origin
