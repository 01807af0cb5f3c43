"""The pytest plugin. Wherever this package is installed pytest loads it, so it imports little."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from smsgateway.testing.outbox import Outbox

pytest.register_assert_rewrite("smsgateway.testing.contract")


@pytest.fixture
def sms_outbox() -> Iterator[Outbox]:
    """Let no message of a test leave: every gateway delivers into this list instead.

    It holds one `Message` for each recipient, and works from every thread::

        def test_an_order_is_confirmed_by_sms(sms_outbox):
            place_order(phone="22 33 44 88")

            assert [m.to for m in sms_outbox] == [("+4522334488",)]
            assert sms_outbox[0].text == "Thank you for your order."
    """
    from smsgateway.stand_in import sends_go_to  # noqa: PLC0415 - only tests that send pay
    from smsgateway.testing.outbox import Outbox  # noqa: PLC0415 - only they pay

    outbox = Outbox()
    with sends_go_to(outbox):
        yield outbox
