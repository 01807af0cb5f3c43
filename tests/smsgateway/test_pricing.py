import pickle
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsgateway import (
    ConfigurationError,
    Encoding,
    Message,
    Money,
    ProviderError,
    RateTable,
    RecipientResult,
    SendResult,
    SendStatus,
)
from smsgateway.pricing import RateSource

DANE, DANE_2, SWEDE, NORWEGIAN = "+4522334488", "+4522334499", "+46701234567", "+4740612345"


def points(amount: str) -> Money:
    return Money(amount, "points")


def result_of(*recipients: RecipientResult) -> SendResult:
    return SendResult(recipients=recipients, message=Message(text="Hej", to=DANE))


def charged(to: str, cost: Money | None, segments: int | None = 1) -> RecipientResult:
    return RecipientResult(to=to, status=SendStatus.ACCEPTED, cost=cost, segments=segments)


def test_money_is_exact_and_keeps_its_currency() -> None:
    assert points("1.6") * 3 + points("0.2") == points("5.0")
    assert str(Money(Decimal("1E+3"), "DKK")) == "1000 DKK"
    with pytest.raises(ValueError, match="DKK and EUR"):
        Money(1, "DKK") + Money(1, "EUR")


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("one", "DKK"),
        ("1e999999999", "DKK"),
        ("NaN", "DKK"),
        ("Infinity", "DKK"),
        (1, "kr"),
        (1, ""),
        (True, "DKK"),
    ],
)
def test_money_that_is_none_is_refused(amount: Any, currency: str) -> None:
    with pytest.raises(ConfigurationError):
        Money(amount, currency)


def test_tables_of_the_same_rates_are_equal() -> None:
    table = RateTable.from_dict({"45": 1, "SE": 2}, currency="points")

    assert table == RateTable.from_dict({"SE": 2, "45": 1}, currency="points")
    assert table != RateTable.from_dict({"45": 1, "SE": 3}, currency="points")
    assert table != {"45": 1, "SE": 2}
    assert {table, pickle.loads(pickle.dumps(table))} == {table}


def test_the_longest_prefix_wins_and_then_the_region() -> None:
    table = RateTable.from_dict(
        {"45": 1, "4522": "2", "+46": 1.6, "no": "3", "DK": "9"}, currency="points"
    )

    found = [
        table.find(number) for number in (DANE, "+4551234567", SWEDE, NORWEGIAN, "+4915123456789")
    ]

    assert [rate and str(rate.price) for rate in found] == [
        "2 points",
        "1 points",
        "1.6 points",
        "3 points",
        None,
    ]


@given(st.dictionaries(st.from_regex(r"[1-9][0-9]{0,5}", fullmatch=True), st.integers(0, 99)))
def test_finding_agrees_with_trying_every_prefix(prices: dict[str, int]) -> None:
    table = RateTable.from_dict(prices, currency="EUR")
    matching = [prefix for prefix in prices if DANE[1:].startswith(prefix)]

    rate = table.find(DANE)

    assert (rate.destination if rate else None) == max(matching, key=len, default=None)


def test_of_quoted_prices_the_dearest_counts() -> None:
    table = RateTable.quoted("DK", [points("1"), None, points("1.6")], provider="pigeon")

    (rate,) = table.rates
    assert (rate.destination, rate.price, rate.source) == ("DK", points("1.6"), RateSource.QUOTED)


def test_where_nothing_is_quoted_there_is_no_table() -> None:
    with pytest.raises(ProviderError, match="pigeon has no price for DK"):
        RateTable.quoted("DK", [None], provider="pigeon")


def test_an_estimate_has_a_line_for_each_region_and_names_what_it_cannot_price() -> None:
    table = RateTable.from_dict({"45": 1, "46": "1.6"}, currency="points")

    estimate = table.estimate([DANE, SWEDE, NORWEGIAN, DANE_2], segments=2, encoding=Encoding.GSM7)

    assert [(line.region, line.recipients, line.total) for line in estimate.lines] == [
        ("DK", 2, points("4")),
        ("SE", 1, points("3.2")),
    ]
    assert estimate.total == points("7.2")
    assert estimate.unpriced == (NORWEGIAN,)
    assert NORWEGIAN not in repr(estimate)


def test_without_a_rate_there_is_no_total() -> None:
    estimate = RateTable().estimate([DANE], segments=1, encoding=Encoding.GSM7)

    assert (estimate.total, estimate.lines, estimate.unpriced) == (None, (), (DANE,))
    assert repr(estimate) == "<Estimate 1 segments, no total, 1 numbers without a rate>"


def test_a_table_learns_what_was_charged_and_keeps_what_was_given() -> None:
    given_rate = RateTable.from_dict({"45": 1}, currency="points")
    example = RateTable.from_dict({"46": 2}, currency="points", source=RateSource.EXAMPLE)
    table = RateTable([*given_rate.rates, *example.rates])
    result = result_of(
        charged(DANE, points("7")),
        charged(SWEDE, points("3.2"), segments=2),
        charged(NORWEGIAN, points("1.2")),
        charged("+4915123456789", None),
        charged("+4915123456780", points("1"), segments=None),
    )

    learned = table.learn(result)

    assert [(r.destination, str(r.price.amount), r.source) for r in learned.rates] == [
        ("45", "1", RateSource.GIVEN),
        ("46", "1.6", RateSource.OBSERVED),
        ("NO", "1.2", RateSource.OBSERVED),
    ]
    assert [r.source for r in table.rates] == [RateSource.GIVEN, RateSource.EXAMPLE]


def test_a_cost_that_is_no_multiple_of_its_segments_teaches_nothing() -> None:
    learned = RateTable().learn(result_of(charged(DANE, points("1"), segments=3)))

    assert learned.rates == ()


def test_a_number_outside_every_region_is_learned_by_itself() -> None:
    satellite = "+870773111632"

    learned = RateTable().learn(result_of(charged(satellite, points("9"))))

    assert learned.find(satellite) == learned.rates[0]


def test_a_table_does_not_learn_another_currency() -> None:
    table = RateTable.from_dict({"45": "0.25"}, currency="DKK")

    with pytest.raises(ConfigurationError, match="DKK and points"):
        table.learn(result_of(charged(SWEDE, points("1"))))


@pytest.mark.parametrize("header", ["destination", "prefix", "region"])
def test_a_csv_file_is_read(tmp_path: Path, header: str) -> None:
    path = tmp_path / "rates.csv"
    path.write_text(f"\ufeff{header},price,currency\n45,0.25,DKK\nSE, 0.40 , DKK\n")

    table = RateTable.load(path)

    assert [(r.destination, r.price) for r in table.rates] == [
        ("45", Money("0.25", "DKK")),
        ("SE", Money("0.40", "DKK")),
    ]


def test_a_toml_file_is_read_exactly(tmp_path: Path) -> None:
    path = tmp_path / "rates.toml"
    path.write_text('currency = "points"\n[rates]\n45 = 1\n46 = 1.6\nNO = "1.2"\n')

    table = RateTable.load(path)

    assert [str(r.price) for r in table.rates] == ["1 points", "1.6 points", "1.2 points"]
    assert repr(table) == "<RateTable of 3 rates>"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        pytest.param("r.csv", "destination,price\n45,1\n", "line 2", id="no currency"),
        pytest.param("r.csv", "destination,price,currency\n45,one,DKK\n", "a number", id="words"),
        pytest.param("r.csv", "destination,price,currency\n45,-1,DKK\n", "below zero", id="minus"),
        pytest.param("r.csv", "destination,price,currency\nx9,1,DKK\n", "prefix", id="destination"),
        pytest.param("r.csv", "destination,price,currency\n", "no rates", id="empty"),
        pytest.param("r.csv", "prefix,price,currency\n0045,1,DKK\n", "prefix", id="00"),
        pytest.param("r.csv", 'a,b\n"x', "cannot be read", id="bad csv"),
        pytest.param("r.csv", "prefix,price,currency\n45,1,DKK\n45,2,DKK\n", "Two", id="twice"),
        pytest.param(
            "r.csv", "prefix,price,currency\n45,1,DKK\n46,2,EUR\n", "one currency", id="2"
        ),
        pytest.param("r.toml", "[rates]\n45 = 1\n", "needs a currency", id="toml currency"),
        pytest.param("r.toml", "currency = ", "cannot be read", id="bad toml"),
        pytest.param("r.json", "{}", "ends in", id="other kind"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, name: str, content: str, words: str
) -> None:
    path = tmp_path / name
    path.write_text(content)

    with pytest.raises(ConfigurationError, match=words):
        RateTable.load(path)


@pytest.mark.parametrize("name", ["missing.csv", "missing.toml"])
def test_a_missing_file_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        RateTable.load(tmp_path / name)
