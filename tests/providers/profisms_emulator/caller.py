"""A client of the emulated API, without a server in between."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import count
from typing import Any
from urllib.parse import urlencode

from smsgateway.emulation.call import Answer, Call
from smsgateway.gateway import SmsGateway
from smsgateway_profisms.emulator.account import RATES, Account
from smsgateway_profisms.emulator.api import Api
from smsgateway_profisms.emulator.messages import (
    AcceptedMessage,
    accepted_messages,
    record,
    take_reports,
)
from smsgateway_profisms.emulator.switches import Faults, Reporting
from smsgateway_profisms.signing import hash_password, sign_call

START = 1_714_982_400  # 2024-05-06 10:00:00 in Prague
PASSWORD = "heslíčko"
HASH = hash_password(PASSWORD)
ACCOUNT: dict[str, Any] = {
    "credit": 1000,
    "rates": RATES,
    "sender": "+420700000000",
    "state": None,
    "faults": Faults(),
    "reporting": Reporting(),
}
SMS = {"msisdn": "601000001", "text": "Ahoj", "source": "MyShop"}
FORM = "application/x-www-form-urlencoded"


class Caller:
    """Calls the API, and knows the account behind it; the time stands still until it is set."""

    def __init__(self, *, inbox: SmsGateway | None = None, **options: Any) -> None:
        self.time = float(START)
        self.account = Account(clock=lambda: self.time, **ACCOUNT | options)
        self._api = Api(self.account, username="demo", password=PASSWORD, inbox=inbox)
        self._calls = map(str, count(1))

    def signed(self, ctrl: str, **fields: str) -> dict[str, str]:
        """Make the parameters of a call; those given replace what would be right."""
        call = fields.get("_call") or next(self._calls)
        return {
            "CTRL": ctrl,
            "_login": "demo",
            "_service": "sms",
            "_call": call,
            "_password": sign_call(HASH, call),
            **fields,
        }

    def answer(self, fields: dict[str, str], **details: Any) -> Answer:
        """Make a call by POST."""
        call = {"method": "POST", "path": "/index.php", "content_type": FORM}
        return self._api.answer(Call(**{**call, "body": urlencode(fields).encode(), **details}))

    def reply(self, ctrl: str, **fields: str) -> dict[str, Any]:
        """Make a signed call, and return the whole reply."""
        answer = self.answer(self.signed(ctrl, **fields))
        assert answer.status == 200
        found: dict[str, Any] = json.loads(answer.body, parse_float=Decimal)
        return found

    def call(self, ctrl: str, **fields: str) -> Any:
        """Make a signed call, and return the `data` of the reply."""
        reply = self.reply(ctrl, **fields)
        assert reply["error"] == {"code": 0, "message": "OK"}
        return reply["data"]

    def refused(self, ctrl: str, **fields: str) -> int:
        """Make a signed call that is refused, and return the vendor's code."""
        reply = self.reply(ctrl, **fields)
        assert reply["error"]["code"]
        assert reply["data"] == []
        return int(reply["error"]["code"])

    def pass_time(self, seconds: float) -> list[str | None]:
        """Let time pass, and return the URLs that are called."""
        self.time += seconds
        reports = take_reports(self.account)
        for report in reports:
            record(self.account, report)
        return [report.url for report in reports]

    @property
    def messages(self) -> list[AcceptedMessage]:
        return accepted_messages(self.account)
