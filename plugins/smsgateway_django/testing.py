"""The pytest plugin: tests of a Django project send nothing, and start with an empty outbox.

Wherever this package is installed pytest loads it, so it imports nothing before Django is used.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from smsgateway_django.memory import Outbox

__all__ = ["smsoutbox"]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Send nothing from the fixtures of a class, a module or the session, either."""
    _begin()


@pytest.fixture(autouse=True)
def _empty_smsoutbox() -> None:
    _begin()  # again: a fixture may have been what sets Django up


@pytest.fixture
def smsoutbox(_empty_smsoutbox: None) -> Outbox:
    """The messages that a test has sent, as `mailoutbox` is for mail."""
    from smsgateway_django.memory import outbox  # noqa: PLC0415 - only where Django is used

    return outbox


def _begin() -> None:
    """Let every alias fill the outbox, and empty it.

    pytest-django empties the outbox of mails in place, so that ours would see no new test.
    """
    conf = sys.modules.get("django.conf")
    if conf is None or not conf.settings.configured:
        return
    from smsgateway_django.memory import outbox  # noqa: PLC0415 - only where Django is used

    outbox.take_all()
    outbox.clear()
