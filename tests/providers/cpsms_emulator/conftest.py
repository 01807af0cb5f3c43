"""An account that is called without a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.providers.cpsms_emulator.caller import Caller

Make = Callable[..., Caller]


@pytest.fixture
def make_caller(request: pytest.FixtureRequest) -> Make:
    def make(**options: Any) -> Caller:
        caller = Caller(**options)
        request.addfinalizer(caller.account.close)
        return caller

    return make


@pytest.fixture
def caller(make_caller: Make) -> Caller:
    return make_caller()
