"""An account that is called without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.providers.profisms_emulator.caller import Caller

Make = Callable[..., Caller]


@pytest.fixture
def make_caller() -> Iterator[Make]:
    with ExitStack() as made:

        def make(**options: Any) -> Caller:
            caller = Caller(**options)
            made.callback(caller.account.close)
            return caller

        yield make


@pytest.fixture
def caller(make_caller: Make) -> Caller:
    return make_caller()
