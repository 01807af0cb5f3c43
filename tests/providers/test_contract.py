"""Our own providers pass the tests that every provider passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from smsgateway import Money
from smsgateway.http import HttpRequest
from smsgateway.testing import LocalProviderContract, ProviderContract
from smsgateway_console import Console
from smsgateway_cpsms import Cpsms
from smsgateway_inbox import Inbox
from smsgateway_null import Null

_LOGGED = {
    "to": "4522334488",
    "from": "Acme",
    "smsAmount": 1,
    "pointPrice": 1,
    "userReference": "order-17",
    "dlrStatus": 1,
    "dlrStatusText": "Received",
    "timeSent": 1700000000,
}


def _report_to(provider: Cpsms) -> HttpRequest:
    path = f"https://shop.example/reports/{provider.report_token(b'contract' * 2)}"
    return HttpRequest(method="GET", url=f"{path}?status=1&receiver=4522334488")


class TestCpsms(ProviderContract):
    provider = Cpsms(username="acme", api_key="5f2a-c0ffee-9d")
    accepted: ClassVar[Any] = {"success": [{"to": "4522334488", "cost": 1, "smsAmount": 1}]}
    refused: ClassVar[Any] = {"error": {"code": 409, "message": "No such number"}}
    status_decides = False  # CPSMS refuses under 200, and takes some recipients under 207
    balance_answer: ClassVar[Any] = {"credit": "9.843,40"}
    balance = Money("9843.40", "points")
    cancel_answer: ClassVar[Any] = {"success": "SMS with reference: order-17 deleted"}
    cancel_refused = refused
    status_answer: ClassVar[Any] = {"success": [_LOGGED]}
    look_up_answer = status_answer
    look_up_nothing: ClassVar[Any] = {"success": []}
    report_request = _report_to(provider)
    stranger = Cpsms(username="acme", api_key="11c0-decafe-0b")
    webhook_proof: ClassVar[set[str]] = {"url"}


class TestCpsmsWithAToken(TestCpsms):
    provider = Cpsms(token="YWNtZTo1ZjJhLWMwZmZlZS05ZA==")
    report_request = _report_to(provider)
    refused: ClassVar[Any] = {"error": {"code": 402, "message": "No points left"}}


class TestConsole(LocalProviderContract):
    provider = Console()


class TestInbox(LocalProviderContract):
    @pytest.fixture(autouse=True)
    def _inbox(self, tmp_path: Path) -> None:
        type(self).provider = Inbox(path=tmp_path / "inbox.sqlite")


class TestNull(LocalProviderContract):
    provider = Null()
