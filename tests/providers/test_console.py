from __future__ import annotations

import io
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from smsgateway import ConfigurationError, Message, SendFailed, SmsGateway
from smsgateway.hooks import Plugins
from smsgateway.pricing import RateTable
from smsgateway.testing import LocalProviderContract
from smsgateway_console import Console

DANE = "+4522334488"


@pytest.fixture
def gateway() -> SmsGateway:
    return SmsGateway(Console(), plugins=Plugins())


class TestContract(LocalProviderContract):
    provider = Console()


def test_a_message_is_one_readable_block(
    gateway: SmsGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway.send("Hej\ndu", to=[DANE, "+4522334489"], sender="Acme")

    assert capsys.readouterr().out == (
        "To:        +4522334488, +4522334489\n"
        "From:      Acme\n"
        "Encoding:  GSM-7, 1 segment(s)\n"
        "  Hej\n"
        "  du\n"
        "\n"
    )


def test_with_rates_it_says_what_a_vendor_would_take(capsys: pytest.CaptureFixture[str]) -> None:
    rates = RateTable.from_dict({"45": "0.25"}, currency="DKK")
    config = {"provider": "console", "rates": rates}

    with SmsGateway.from_config(config) as gateway:
        gateway.send("x" * 161, to=[DANE, "+4522334489"])
        gateway.send("Hej", to=[DANE, "+46701234567"])
        gateway.send("Hej", to="+46701234567")

    costs = re.findall(r"^Cost: +(.*)", capsys.readouterr().out, re.MULTILINE)
    swede = "no rate for +46*******67"
    assert costs == ["1.00 DKK", f"0.25 DKK, {swede}", f"unknown, {swede}"]


def test_all_that_a_message_asks_for_is_printed(
    gateway: SmsGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    result = gateway.send(
        "Hej",
        to=DANE,
        send_at=datetime(2040, 1, 1, tzinfo=UTC),
        validity=timedelta(hours=1),
        flash=True,
        reference="order-17",
        report_url="https://shop.example/reports",
        encoding="UCS-2",
    )

    shown = capsys.readouterr().out
    assert re.findall(r"^(\w[\w ]*): +(.*)", shown, re.MULTILINE)[1:] == [
        ("At", "2040-01-01 00:00:00+00:00"),
        ("Validity", "1:00:00"),
        ("Flash", "yes"),
        ("Reference", "order-17"),
        ("Report to", "https://shop.example/reports"),
        ("Encoding", "UCS-2, 1 segment(s)"),
    ]
    assert result.recipients[0].status == "scheduled"


def test_it_prints_to_standard_error_where_asked(capsys: pytest.CaptureFixture[str]) -> None:
    gateway = SmsGateway.from_url("console://?stream=stderr")

    gateway.send("Hej", to=DANE)

    shown = capsys.readouterr()
    assert shown.out == ""
    assert "  Hej\n" in shown.err


def test_another_stream_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'stdout' or 'stderr', not 'stdlog'"):
        Console(stream="stdlog")


def test_a_message_cannot_steer_the_terminal(
    gateway: SmsGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway.send("\x1b]0;title\x07\x9b31m\rHej\x00", to=DANE)

    assert "  \\x1b]0;title\\x07\\x9b31m\\rHej\\x00\n" in capsys.readouterr().out


def test_what_the_stream_cannot_encode_is_written_out(
    gateway: SmsGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)

    gateway.send("Blåbær 👋", to=DANE)

    assert b"  Bl\\xe5b\\xe6r \\U0001f44b\n" in stream.buffer.getvalue()


def test_a_stream_that_breaks_leaves_the_outcome_open(
    gateway: SmsGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    stream.close()
    monkeypatch.setattr(sys, "stdout", stream)

    with pytest.raises(SendFailed, match="stdout could not be written: ValueError") as failure:
        gateway.send("Hej", to=DANE)

    assert len(failure.value.result.unknown) == 1


def test_blocks_of_32_threads_do_not_mix(
    gateway: SmsGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    messages = [Message(text=f"Hej {number}", to=DANE) for number in range(500)]

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(gateway.send, messages))

    blocks = capsys.readouterr().out.split("\n\n")
    lines = {len(block.splitlines()) for block in blocks if block}
    assert (len(blocks), lines) == (501, {3})
