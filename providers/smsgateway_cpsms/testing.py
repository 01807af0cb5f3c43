"""The pytest plugin. Wherever this package is installed pytest loads it, so it imports little."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from smsgateway_cpsms.emulator import CpsmsEmulator


@pytest.fixture
def cpsms_emulator() -> Iterator[CpsmsEmulator]:
    """Serve a CPSMS of the test's own on this machine; it needs the extra `web`.

    Nothing is sent for real, and all is as the vendor has it: credit, groups, the log, reports::

        def test_an_order_is_confirmed_by_sms(cpsms_emulator):
            with SmsGateway.from_url(cpsms_emulator.url) as gateway:
                gateway.send("Thank you.", to="+4522334488", sender="Acme")

            assert [m.to for m in cpsms_emulator.messages] == ["4522334488"]
            assert cpsms_emulator.credit == 499
    """
    try:
        from smsgateway_cpsms.emulator.server import CpsmsEmulator  # noqa: PLC0415 - needs the extra
    except ImportError as error:
        pytest.fail(
            f"The fixture cpsms_emulator needs the extra 'web' ({error}): "
            "pip install 'pluggable-smsgateway[web]'.",
            pytrace=False,
        )
    with CpsmsEmulator() as emulator:
        yield emulator
