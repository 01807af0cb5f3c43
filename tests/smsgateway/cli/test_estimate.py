from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

TO = ("--to", "+4522334488", "--to", "+46701234567", "--to", "+4740612345")


@pytest.fixture
def priced(home: Path) -> tuple[str, str]:
    (home / "rates.csv").write_text("prefix,price,currency\n45,1,points\n46,1.6,points\n")
    return "--url", "null://?rates=rates.csv"


def test_the_document_has_the_fields_of_the_estimate(
    run_json: Any, priced: tuple[str, str]
) -> None:
    document = run_json("estimate", "Hej", *TO, *priced)

    assert document == {
        "segments": 1,
        "encoding": "GSM-7",
        "lines": [
            {
                "region": region,
                "recipients": 1,
                "unit_price": {"amount": price, "currency": "points"},
                "total": {"amount": price, "currency": "points"},
                "source": "given",
            }
            for region, price in [("DK", "1"), ("SE", "1.6")]
        ],
        "total": {"amount": "2.6", "currency": "points"},
        "unpriced": ["+4740612345"],
    }


def test_an_encoding_may_be_asked_for(run_json: Any, priced: tuple[str, str]) -> None:
    document = run_json("estimate", "x" * 71, *TO, *priced, "--encoding", "ucs2")

    assert (document["encoding"], document["segments"]) == ("UCS-2", 2)


def test_people_see_lines_total_and_what_has_no_price(run: Any, priced: tuple[str, str]) -> None:
    shown = run("estimate", "Hej", *TO, *priced).stdout

    assert "SE" in shown
    assert "Total: 2.6 points" in shown
    assert "No price is known for: +4740612345" in shown


def test_a_total_is_never_invented(run: Any, run_json: Any) -> None:
    assert run_json("estimate", "Hej", *TO)["total"] is None
    assert "Total" not in run("estimate", "Hej", *TO).stdout


def test_where_all_is_priced_nothing_else_is_said(run: Any, priced: tuple[str, str]) -> None:
    shown = run("estimate", "Hej", "--to", "+4522334488", *priced).stdout

    assert "No price" not in shown


def test_without_configuration_it_says_whose_prices_these_are(run: Any) -> None:
    shown = run("estimate", "Hej", *TO)

    assert shown.stderr == (
        "No gateway is configured: prices and limits are those of the embedded inbox.\n"
    )
