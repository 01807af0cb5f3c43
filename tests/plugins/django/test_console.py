"""The console, as a developer sees it."""

from __future__ import annotations

from typing import Any

import pytest

from smsgateway.pricing import RateTable
from smsgateway_django import send_sms


@pytest.mark.usefixtures("_outside_tests")
def test_it_prints_segments_encoding_and_cost(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    rates = RateTable.from_dict({"45": "0.25"}, currency="DKK")
    settings.SMSGATEWAY = {
        "default": {"BACKEND": "console", "OPTIONS": {"region": "DK", "rates": rates}}
    }

    send_sms("Din pakke er på vej 📦", "22 33 44 88", sender="Acme")

    assert capsys.readouterr().out == (
        "To:        +4522334488\n"
        "From:      Acme\n"
        "Encoding:  UCS-2, 1 segment(s)\n"
        "Cost:      0.25 DKK\n"
        "  Din pakke er på vej 📦\n"
        "\n"
    )
