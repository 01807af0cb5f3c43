"""The API as a whole: who may call, which call it is, and what goes wrong."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from smsgateway.emulation.call import Answer, Call
from smsgateway.gateway import SmsGateway
from smsgateway_profisms.emulator import looking, sending
from smsgateway_profisms.emulator.account import Account
from smsgateway_profisms.emulator.inbox import hand_over
from smsgateway_profisms.emulator.refused import (
    WRONG_CALL,
    WRONG_SERVICE,
    WRONG_SIGNATURE,
    WRONG_USER,
    Refused,
)
from smsgateway_profisms.emulator.rules import Draft
from smsgateway_profisms.signing import hash_password, sign_call, sign_reply

__all__ = ["Api"]

_PATHS = {"/", "/index.php"}
_FORM = "application/x-www-form-urlencoded"
_SERVICES = {
    "general": {"user_info"},
    "sms": {"sms", "sms_multi", "sms_info", "sms_list", "sms_in"},
}
_WRONG_KEY = "0" * 32
_TIME = 0.0123  # seconds that an answer is said to have taken


class Api:
    """Answers calls for one user.

    Args:
        account: The user's account.
        username: The user's login name.
        password: The password.
        inbox: Where accepted messages are shown too.
    """

    def __init__(
        self, account: Account, *, username: str, password: str, inbox: SmsGateway | None = None
    ) -> None:
        self._account = account
        self._username = username
        self._hash = hash_password(password)
        self._inbox = inbox

    def answer(self, call: Call) -> Answer:
        """Answer a call, as the vendor would or as the faults want it."""
        faults = self._account.faults
        self._account.faults = faults.after_call()
        return faults.applied(lambda: self._done(call, is_signed=not faults.wrong_key), _forced)

    def _done(self, call: Call, *, is_signed: bool) -> Answer:
        """Do what the vendor would do; all of it or nothing."""
        if call.path not in _PATHS or call.method not in {"GET", "POST"}:
            return _forced(404)
        given = _read(call)
        reply: dict[str, Any] = {"error": {"code": 0, "message": "OK"}}
        try:
            reply["data"] = self._data(given)
        except Refused as error:
            reply = {"error": {"code": error.code, "message": error.message}, "data": []}
        if given.get("_login") == self._username:
            key = sign_reply(self._hash, given.get("_password", ""))
            reply["_key"] = key if is_signed else _WRONG_KEY
        # As PHP writes it.
        body = json.dumps(reply | {"_time": _TIME}).replace("/", "\\/")
        return Answer(status=200, body=body.encode())

    def _data(self, given: Mapping[str, str]) -> Any:
        """Make the `data` of a reply. Assumed: in which order what is asked."""
        self._check_access(given)
        service, ctrl = given.get("_service", ""), given.get("CTRL", "")
        if service not in _SERVICES:
            raise Refused(WRONG_SERVICE)
        if ctrl not in _SERVICES[service]:
            raise Refused(WRONG_CALL)
        with self._account.transaction():
            match ctrl:
                case "sms":
                    return sending.sms(self._account, given, self._show)
                case "sms_multi":
                    return sending.sms_multi(self._account, given, self._show)
                case "sms_info":
                    return looking.sms_info(self._account, given)
                case "sms_list":
                    return looking.sms_list(self._account, given)
                case "sms_in":
                    return looking.sms_in(self._account, given)
                case _:
                    return looking.user_info(self._account, self._username, given)

    def _check_access(self, given: Mapping[str, str]) -> None:
        """Let a call pass that is signed by the user and was never made before."""
        if given.get("_login") != self._username:
            raise Refused(WRONG_USER)
        call = given.get("_call", "")
        expected = sign_call(self._hash, call).encode()
        if not call or not hmac.compare_digest(expected, given.get("_password", "").encode()):
            raise Refused(WRONG_SIGNATURE)
        if self._account.rows("SELECT 1 FROM calls WHERE call = ?", call):
            raise Refused(WRONG_SIGNATURE)
        # Kept whatever becomes of the call, but only when the password was right; assumed.
        self._account.execute("INSERT INTO calls VALUES (?)", call)

    def _show(self, draft: Draft) -> None:
        if self._inbox is not None:
            hand_over(self._inbox, draft)


def _read(call: Call) -> dict[str, str]:
    """Read the parameters of a query and of a form, which wins; a JSON body says nothing."""
    pairs = parse_qsl(call.query, keep_blank_values=True)
    if call.method == "POST" and call.content_type.partition(";")[0].strip().lower() == _FORM:
        pairs += parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True)
    return dict(pairs)


def _forced(status: int) -> Answer:
    return Answer(status=status, body=b"<html><body>Error</body></html>", content_type="text/html")
