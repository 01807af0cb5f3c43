"""The pytest plugin: tests of a Django project send nothing, and start with an empty outbox.

Wherever this package is installed pytest loads it, so it imports nothing before Django is used.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from smsgateway_django.environment import begin_pytest

if TYPE_CHECKING:
    from smsgateway_django.memory import Outbox

__all__ = ["smsoutbox"]


def pytest_configure() -> None:
    """Let every alias fill the outbox, whoever sets Django up, and whenever."""
    begin_pytest()


@pytest.fixture(autouse=True)
def _empty_smsoutbox() -> None:
    _empty_outbox()


@pytest.fixture
def smsoutbox(_empty_smsoutbox: None) -> Outbox:
    """The messages that a test has sent, as `mailoutbox` is for mail."""
    from smsgateway_django.memory import outbox  # noqa: PLC0415 - only where Django is used

    return outbox


def _empty_outbox() -> None:
    """Begin a test: pytest-django empties the outbox of mails in place, so ours would see none."""
    memory = sys.modules.get("smsgateway_django.memory")
    if memory is not None:  # else nothing was sent yet
        memory.outbox.clear()
