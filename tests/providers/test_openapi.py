"""What providers ask for, and what our tests answer, is what the vendors describe themselves.

The descriptions are the vendors' and no part of this project: they are looked for in
`SMSGATEWAY_OPENAPI_DIR`, or else beside the checkout.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from smsgateway.testing import Description
from smsgateway.testing.contract import Exchange
from tests.providers.test_swap import MESSAGES, send
from tests.providers.vendors import VENDORS, Vendor

FOLDER = Path(
    os.environ.get("SMSGATEWAY_OPENAPI_DIR") or Path(__file__).parents[3] / "shared" / "openapi"
)
DESCRIBED = {name: vendor for name, vendor in VENDORS.items() if vendor.descriptions}

pytestmark = [
    pytest.mark.many,
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason=f"there are no vendors' descriptions in {FOLDER}"
    ),
]


@pytest.mark.parametrize("vendor", DESCRIBED.values(), ids=DESCRIBED)
def test_requests_and_answers_are_what_the_vendor_describes(vendor: Vendor) -> None:
    descriptions = [described(name) for name in vendor.descriptions]

    found = {
        exchange.name: wrong
        for exchange in vendor.open_contract().exchanges()
        if (wrong := problems(descriptions, exchange))
    }

    assert {name: wrong for name, wrong in found.items() if name not in vendor.undescribed} == {}
    assert vendor.undescribed.keys() <= found.keys(), "something is described by now"


@pytest.mark.parametrize("text", MESSAGES.values(), ids=MESSAGES)
@pytest.mark.parametrize("vendor", DESCRIBED.values(), ids=DESCRIBED)
def test_the_main_job_asks_for_what_the_vendor_describes(vendor: Vendor, text: str) -> None:
    descriptions = [described(name) for name in vendor.descriptions]

    _, (request,) = send(vendor, text)

    exchange = Exchange("plain", request, vendor.open_contract().answer(request))
    assert problems(descriptions, exchange) == []


@cache
def described(name: str) -> Description:
    return Description(FOLDER / name)


def problems(descriptions: Iterable[Description], exchange: Exchange) -> list[str]:
    """Say what is wrong with an exchange, which one description at least must know of."""
    for description in descriptions:
        if description.describes(exchange.request):
            found = description.problems_of_request(exchange.request)
            return found + description.problems_of_answer(exchange.request, exchange.response)
    return ["it is in no description"]
