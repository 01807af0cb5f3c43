"""A client of the emulated API, without a server in between."""

from __future__ import annotations

import json
from base64 import b64encode
from decimal import Decimal
from typing import Any

from smsgateway.emulation.call import Answer, Call
from smsgateway.emulation.reports import Report
from smsgateway.gateway import SmsGateway
from smsgateway_cpsms.emulator.account import RATES, Account
from smsgateway_cpsms.emulator.api import Api
from smsgateway_cpsms.emulator.reports import make_reports, take_due
from smsgateway_cpsms.emulator.sending import AcceptedMessage, accepted_messages
from smsgateway_cpsms.emulator.switches import Faults, Reporting

START = 1_700_000_000
AUTHORIZATION = "Basic " + b64encode(b"demo:key").decode()
ACCOUNT: dict[str, Any] = {
    "credit": 500,
    "rates": RATES,
    "sender": None,
    "state": None,
    "faults": Faults(),
    "reporting": Reporting(),
}
SMS = {"to": "4522334488", "message": "Hej", "from": "Acme"}


class Caller:
    """Calls the API, and knows the account behind it; the time stands still until it is set."""

    def __init__(self, *, inbox: SmsGateway | None = None, **options: Any) -> None:
        self.time = float(START)
        self.account = Account(clock=lambda: self.time, **ACCOUNT | options)
        self._api = Api(self.account, username="demo", key="key", inbox=inbox)

    def answer(self, method: str, path: str, **details: Any) -> Answer:
        """Make a call with whatever is given."""
        given = {"authorization": AUTHORIZATION} | details
        return self._api.answer(Call(method=method, path=path, **given))

    def call(
        self, method: str, path: str, payload: object = None, **details: Any
    ) -> tuple[int, Any]:
        """Make a call below `/v2/`, and return its status and what it says."""
        body = b"" if payload is None else json.dumps(payload).encode()
        answer = self.answer(method, f"/v2/{path}", **{"body": body} | details)
        return answer.status, json.loads(answer.body, parse_float=Decimal)

    def refused(self, method: str, path: str, payload: object = None, **details: Any) -> int:
        """Make a call that is refused as a whole, and return the vendor's code."""
        status, body = self.call(method, path, payload, **details)
        assert list(body) == ["error"]
        assert body["error"]["code"] == status
        assert body["error"]["message"]
        return status

    def add_group(self, name: str = "Customers", *numbers: str) -> int:
        """Make a group with contacts in it, and return its id."""
        _, body = self.call("POST", "addgroup", {"groupName": name})
        id_ = int(body["success"]["groupId"])
        for number in numbers:
            self.call("POST", "addcontact", {"groupId": id_, "phoneNumber": number})
        return id_

    def take_reports(self) -> list[Report]:
        """Return what is to be reported of messages whose time has come."""
        return make_reports(take_due(self.account), self.account.reporting)

    @property
    def messages(self) -> list[AcceptedMessage]:
        return accepted_messages(self.account)
