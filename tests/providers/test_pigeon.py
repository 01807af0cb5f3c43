"""A stranger's provider passes the tests that every provider passes, with one class."""

import json
from typing import Any

from smsgateway_pigeon import Pigeon

from smsgateway.http import HttpRequest
from smsgateway.testing import ProviderContract


def _answer(request: HttpRequest, state: str) -> dict[str, Any]:
    numbers = json.loads(request.body)["to"]
    return {"messages": [{"to": number, "state": state, "id": f"p{number}"} for number in numbers]}


class TestPigeon(ProviderContract):
    provider = Pigeon(token="c0ffee-5f2a-9d")

    def accepted(self, request: HttpRequest) -> dict[str, Any]:
        return _answer(request, "flying")

    def refused(self, request: HttpRequest) -> dict[str, Any]:
        return _answer(request, "grounded")
