from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smsgateway.cli.document import to_json
from smsgateway.pricing import Money
from smsgateway.result import SendStatus
from smsgateway.text import Encoding


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("Hej", "Hej"),
        (1, 1),
        (True, True),
        (Decimal("1.60"), "1.60"),
        (Decimal("1E+2"), "100"),
        (Money("1.6", "points"), {"amount": "1.6", "currency": "points"}),
        (datetime(2040, 1, 1, tzinfo=UTC), "2040-01-01T00:00:00+00:00"),
        (timedelta(hours=1), 3600.0),
        (SendStatus.NOT_SENT, "not_sent"),
        (frozenset(Encoding), ["GSM-7", "UCS-2"]),
        (Path("a") / "b", "a/b"),
        ({"cpsms": {"n": (Decimal("0.5"),)}}, {"cpsms": {"n": ["0.5"]}}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_becomes_json(value: Any, expected: Any) -> None:
    assert json.loads(json.dumps(to_json(value))) == expected
