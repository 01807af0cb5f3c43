"""The API as a whole: who may call, which call it is, and what goes wrong."""

from __future__ import annotations

import hmac
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from smsgateway.emulation.call import Answer, Call
from smsgateway.errors import SmsGatewayError
from smsgateway.gateway import SmsGateway
from smsgateway_cpsms.emulator import contacts, log, sending
from smsgateway_cpsms.emulator.account import Account
from smsgateway_cpsms.emulator.inbox import hand_over
from smsgateway_cpsms.emulator.parameters import Parameters, from_body, from_path, from_query
from smsgateway_cpsms.emulator.refused import Refused, not_found
from smsgateway_cpsms.emulator.sending import AcceptedMessage, accepted_messages

__all__ = ["Api"]

_ROOT = "/v2/"
_IS_TO_SHOW = "id > ? AND NOT is_scheduled"  # the others are shown when their time has come


@dataclass(frozen=True, slots=True, kw_only=True)
class _Endpoint:
    """One call of the API.

    Attributes:
        methods: The HTTP methods it goes by.
        do: What does it.
        forms: The names of its path segments, for each number of them.
        has_body: Whether they may come in a JSON body.
        has_query: Whether they may come in a query.
    """

    methods: tuple[str, ...]
    do: Callable[[Account, Parameters], Answer]
    forms: tuple[tuple[str, ...], ...] = ()
    has_body: bool = True
    has_query: bool = False


_CONTACT = ("groupId", "phoneNumber")
_NAMED_CONTACT = (*_CONTACT, "contactName")
_DATES = ("fromDate", "toDate")
_ENDPOINTS = {
    "send": _Endpoint(methods=("POST",), do=sending.send),
    "sendgroup": _Endpoint(methods=("POST",), do=sending.sendgroup),
    "simplesend": _Endpoint(
        methods=("GET",),
        do=sending.simplesend,
        forms=(("to", "message"), ("to", "message", "from")),
        has_body=False,
    ),
    "creditvalue": _Endpoint(methods=("GET", "POST"), do=log.creditvalue, has_body=False),
    "deletesms": _Endpoint(methods=("DELETE",), do=sending.deletesms, forms=(("reference",),)),
    "addgroup": _Endpoint(methods=("POST",), do=contacts.addgroup, forms=(("groupName",),)),
    "listgroups": _Endpoint(methods=("GET",), do=contacts.listgroups, has_body=False),
    "updategroup": _Endpoint(
        methods=("PUT",), do=contacts.updategroup, forms=(("groupId", "groupName"),)
    ),
    "deletegroup": _Endpoint(methods=("DELETE",), do=contacts.deletegroup, forms=(("groupId",),)),
    "addcontact": _Endpoint(
        methods=("POST",), do=contacts.addcontact, forms=(_CONTACT, _NAMED_CONTACT)
    ),
    "listcontacts": _Endpoint(
        methods=("GET",), do=contacts.listcontacts, forms=(("groupId",),), has_body=False
    ),
    "updatecontact": _Endpoint(
        methods=("PUT",), do=contacts.updatecontact, forms=(_CONTACT, _NAMED_CONTACT)
    ),
    "deletecontact": _Endpoint(methods=("DELETE",), do=contacts.deletecontact, forms=(_CONTACT,)),
    "listgroupmembership": _Endpoint(
        methods=("GET",), do=contacts.listgroupmembership, forms=(("phoneNumber",),), has_body=False
    ),
    "getlog": _Endpoint(
        methods=("GET",), do=log.getlog, forms=(("to",), _DATES, (*_DATES, "to")), has_query=True
    ),
}


class Api:
    """Answers calls for one account.

    Args:
        account: The account.
        username: Its name.
        key: Its API key.
        inbox: Where accepted messages are shown too.
    """

    def __init__(
        self, account: Account, *, username: str, key: str, inbox: SmsGateway | None = None
    ) -> None:
        self._account = account
        self._secret = f"{username}:{key}".encode()
        self._inbox = inbox

    def answer(self, call: Call) -> Answer:
        """Answer a call, as the vendor would or as the faults want it."""
        faults = self._account.faults
        self._account.faults = faults.after_call()
        answer = faults.applied(lambda: self._done(call, faults.allowed), _forced)
        if faults.error_as_200 and answer.status >= 400:
            answer = replace(answer, status=200)
        return answer

    def _done(self, call: Call, allowed: tuple[str, ...]) -> Answer:
        """Do what the vendor would do; all of it or nothing."""
        try:
            self._check_access(call, allowed)
            endpoint, given = _read(call)
            with self._account.transaction():
                newest = self._newest()
                answer = endpoint.do(self._account, given)
                self._show(accepted_messages(self._account, _IS_TO_SHOW, newest))
        except Refused as error:
            return error.answer()
        return answer

    def _check_access(self, call: Call, allowed: tuple[str, ...]) -> None:
        scheme, _, token = call.authorization.partition(" ")
        try:
            given = b64decode(token.strip(), validate=True)
        except ValueError:
            given = b""
        if scheme.lower() != "basic" or not hmac.compare_digest(given, self._secret):
            raise Refused(401, "Something is wrong with the user credentials")
        if allowed and call.client not in allowed:
            raise Refused(403, "The IP address is not allowed")

    def _show(self, accepted: Sequence[AcceptedMessage]) -> None:
        """Show what is sent at once, for all recipients of a call or for none."""
        if self._inbox is None or not accepted:
            return
        try:
            hand_over(self._inbox, accepted)
        except SmsGatewayError as error:
            raise Refused(500, str(error)) from error

    def _newest(self) -> int:
        ((newest,),) = self._account.rows("SELECT coalesce(max(id), 0) FROM messages")
        return int(newest)


def _read(call: Call) -> tuple[_Endpoint, Parameters]:
    """Find out which call it is, and read its parameters from the one place where they stand."""
    if not call.path.startswith(_ROOT):
        raise not_found()
    name, *segments = call.path.removeprefix(_ROOT).split("/")
    while segments and not segments[-1]:
        segments.pop()
    endpoint = _ENDPOINTS.get(name)
    if endpoint is None or call.method not in endpoint.methods:
        raise not_found()
    if segments:
        return endpoint, from_path(segments, endpoint.forms, call.body)
    if endpoint.has_query and call.query:
        return endpoint, from_query(call.query, call.body)
    return endpoint, from_body(call.body if endpoint.has_body else b"")


def _forced(status: int) -> Answer:
    return Refused(status, "A fault of the emulator").answer()
