"""The pytest plugin. Wherever this package is installed pytest loads it, so it imports little."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from smsgateway_profisms.emulator import ProfismsEmulator


@pytest.fixture
def profisms_emulator() -> Iterator[ProfismsEmulator]:
    """Serve a ProfiSMS of the test's own on this machine; it needs the extra `web`.

    Nothing is sent for real, and all is as the vendor has it, as far as that is known::

        def test_an_order_is_confirmed_by_sms(profisms_emulator):
            with SmsGateway.from_url(profisms_emulator.url) as gateway:
                gateway.send("Thank you.", to="+420601000001")

            assert [m.to for m in profisms_emulator.messages] == ["+420601000001"]
    """
    try:
        from smsgateway_profisms.emulator.server import ProfismsEmulator  # noqa: PLC0415 - needs the extra
    except ImportError as error:
        pytest.fail(
            f"The fixture profisms_emulator needs the extra 'web' ({error}): "
            "pip install 'pluggable-smsgateway[web]'.",
            pytrace=False,
        )
    with ProfismsEmulator() as emulator:
        yield emulator
