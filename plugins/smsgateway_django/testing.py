"""The pytest plugin: an outbox that is empty at the start of each test.

Wherever this package is installed pytest loads it, so it imports nothing before Django is used.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from smsgateway_django.memory import Outbox

__all__ = ["smsoutbox"]


@pytest.fixture(autouse=True)
def _empty_smsoutbox() -> None:
    _empty()


@pytest.fixture
def smsoutbox(_empty_smsoutbox: None) -> Outbox:
    """The messages that a test has sent, as `mailoutbox` is for mail."""
    from smsgateway_django.memory import outbox  # noqa: PLC0415 - only where Django is used

    return outbox


def _empty() -> None:
    """Empty the outbox: pytest-django empties that of mails in place, so ours sees no new test."""
    conf = sys.modules.get("django.conf")
    if conf is not None and conf.settings.configured:
        from smsgateway_django.memory import outbox  # noqa: PLC0415 - only where Django is used

        outbox.clear()
