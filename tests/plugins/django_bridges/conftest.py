"""Django, set up with the site in `club`, which uses every package that there is a bridge to.

A process has one set of settings. Where these tests run together with those of another site, they
run in a process of their own, which `test_own_process.py` starts.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings as django_settings

from smsgateway.message import Message
from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_cpsms.emulator.switches import Faults

_HERE = Path(__file__).parent
_OWN_PROCESS = "test_own_process.py"

if django_settings.configured:
    collect_ignore = [each.name for each in _HERE.glob("test_*.py") if each.name != _OWN_PROCESS]
else:
    collect_ignore = [_OWN_PROCESS]
    sys.path.insert(0, str(_HERE))
    _club = import_module("club.settings")
    django_settings.configure(**{n: getattr(_club, n) for n in dir(_club) if n.isupper()})
    django.setup()


@pytest.fixture(scope="session")
def django_db_use_migrations() -> bool:
    """Make the tables as the models are: this is about no package's migrations."""
    return False


@pytest.fixture
def member(django_user_model: Any) -> Any:
    """A member of the club, with a phone."""
    return django_user_model.objects.create_user("anna", password="a-pass", mobile="+4522334488")


@pytest.fixture
def outage(settings: Any, cpsms_emulator: CpsmsEmulator) -> CpsmsEmulator:
    """Every code goes by a real CPSMS, which is down; `faults = Faults()` brings it back."""
    cpsms_emulator.faults = Faults(status=503)
    options = {"username": "demo", "api_key": cpsms_emulator.key}
    settings.SMSGATEWAY = {
        "default": {
            "BACKEND": "cpsms",
            "OPTIONS": {**options, "base_url": cpsms_emulator.base_url, "sender": "Club"},
            "TEST": {"SEND": True},
        }
    }
    return cpsms_emulator


@pytest.fixture(autouse=True)
def tried(caplog: pytest.LogCaptureFixture) -> Iterator[list[Message]]:
    """The messages that were to be sent; no log of whatever package may have their words."""
    from smsgateway_django.signals import pre_send  # noqa: PLC0415 - after Django is configured

    messages: list[Message] = []

    def take(message: Message, **_: object) -> None:
        messages.append(message)

    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "django.template")  # at DEBUG it shows all that a page is given
    pre_send.connect(take)
    yield messages
    pre_send.disconnect(take)
    log = "\n".join(caplog.handler.format(record) for record in caplog.get_records("call"))
    for message in messages:
        assert message.text not in log
        for secret in (*re.findall(r"[A-Z0-9-]{6,}", message.text), *message.to):
            assert secret.removeprefix("+45") not in log


@pytest.fixture
def problems(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Read what an operator reads in our log."""

    def read() -> list[str]:
        ours = [record for record in caplog.records if record.name == "smsgateway.django"]
        return [record.getMessage() for record in ours]

    return read
