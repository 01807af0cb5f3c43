"""Our own providers pass the tests that every provider passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from smsgateway.testing import LocalProviderContract, ProviderContract
from smsgateway_console import Console
from smsgateway_cpsms import Cpsms
from smsgateway_inbox import Inbox
from smsgateway_null import Null


class TestCpsms(ProviderContract):
    provider = Cpsms(username="acme", api_key="5f2a-c0ffee-9d")
    accepted: ClassVar[Any] = {"success": [{"to": "4522334488", "cost": 1, "smsAmount": 1}]}
    refused: ClassVar[Any] = {"error": {"code": 409, "message": "No such number"}}


class TestCpsmsWithAToken(TestCpsms):
    provider = Cpsms(token="YWNtZTo1ZjJhLWMwZmZlZS05ZA==")
    refused: ClassVar[Any] = {"error": {"code": 402, "message": "No points left"}}


class TestConsole(LocalProviderContract):
    provider = Console()


class TestInbox(LocalProviderContract):
    @pytest.fixture(autouse=True)
    def _inbox(self, tmp_path: Path) -> None:
        type(self).provider = Inbox(path=tmp_path / "inbox.sqlite")


class TestNull(LocalProviderContract):
    provider = Null()
