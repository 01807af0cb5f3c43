"""The emulator over real HTTP, as our own provider sees it."""

from __future__ import annotations

import doctest
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import click
import pytest
from click.testing import CliRunner

from smsgateway import Message, Money, SendFailed, SmsGateway
from smsgateway.cli.output import Output
from smsgateway.errors import AuthenticationError, ConfigurationError, Reason, UnexpectedResponse
from smsgateway.hooks import Plugins
from smsgateway.http import HttpRequest
from smsgateway_inbox import Mailbox
from smsgateway_profisms import Profisms, register_commands
from smsgateway_profisms.emulator import Faults, ProfismsEmulator, Reporting
from smsgateway_profisms.emulator import server as server_module

NUMBER = "+420601000001"
NAMED = Message(text="Ahoj", to=NUMBER, id="order-17")


@pytest.fixture(scope="module")
def server() -> Iterator[ProfismsEmulator]:
    with ProfismsEmulator(username="jiří@x", password="heslo/1", credit=10_000) as emulator:
        yield emulator


@pytest.fixture
def emulator(server: ProfismsEmulator) -> ProfismsEmulator:
    """The server, with nothing going wrong."""
    server.faults, server.reporting = Faults(), Reporting()
    return server


@pytest.fixture
def gateway(emulator: ProfismsEmulator) -> Iterator[SmsGateway]:
    provider = Profisms(
        username=emulator.username, password=emulator.password, base_url=emulator.base_url
    )
    with SmsGateway(provider, plugins=Plugins()) as gateway:
        yield gateway


def test_its_url_has_the_account_in_it(emulator: ProfismsEmulator) -> None:
    port = emulator.base_url.rpartition(":")[2]

    assert emulator.url == f"profisms+http://ji%C5%99%C3%AD%40x:heslo%2F1@127.0.0.1:{port}"
    assert repr(emulator) == f"<ProfismsEmulator http://127.0.0.1:{port}>"


def test_a_gateway_sends_and_finds_what_it_sent(
    emulator: ProfismsEmulator, gateway: SmsGateway
) -> None:
    result = gateway.send("Žluťoučký kůň 🐎 / 1+1", to=[NUMBER, "+421905123456"], sender="MyShop")
    emulator.advance(2)

    assert [r.status for r in result.recipients] == ["accepted", "accepted"]
    message_id = result.recipients[0].message_id
    sms = gateway.run(gateway.provider.sms_info(message_id))
    assert sms is not None
    assert (sms.text, sms.to, sms.sender) == ("Žluťoučký kůň 🐎 / 1+1", NUMBER, "MyShop")
    assert sms.status == "delivered"
    assert message_id in gateway.run(gateway.provider.sms_list())
    assert gateway.run(gateway.provider.sms_info("17")) is None
    assert gateway.run(gateway.provider.sms_in()) == []


def test_a_price_and_a_balance_are_told(emulator: ProfismsEmulator, gateway: SmsGateway) -> None:
    emulator.advance(2)  # what was sent before is paid for
    before = gateway.balance()

    result = gateway.send("Ahoj", to=NUMBER)
    emulator.advance(1)

    assert result.cost == Money("1.2", "CZK")
    assert gateway.balance().amount == before.amount - Decimal("1.2") == emulator.credit


def test_several_messages_go_in_one_request(gateway: SmsGateway) -> None:
    messages = [Message(text="Ahoj", to=NUMBER), Message(text="Ne", to=[NUMBER, "+420531123456"])]

    first, second = gateway.run(gateway.provider.sms_multi(messages))

    assert [r.status for r in first] == ["accepted"]
    assert [r.status for r in second] == ["accepted", "unknown"]


def test_a_message_for_later_is_scheduled_in_prague_time(
    emulator: ProfismsEmulator, gateway: SmsGateway
) -> None:
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)

    result = gateway.send("Ahoj", to=NUMBER, send_at=at, validity=timedelta(hours=1))

    assert [r.status for r in result.recipients] == ["scheduled"]
    message = emulator.messages[-1]
    assert (message.send_at, message.state) == (at.timestamp(), "inserted")
    assert message.validity == 60


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"to": "+420531123456"}, Reason.INVALID_NUMBER),
        ({"to": NUMBER, "sender": "Můj obchod"}, Reason.INVALID_REQUEST),
        ({"to": NUMBER, "extra": {"profisms": {"type": "mms"}}}, Reason.INVALID_REQUEST),
    ],
    ids=["number", "sender", "type"],
)
def test_a_refusal_has_its_reason(
    gateway: SmsGateway, options: dict[str, Any], reason: Reason
) -> None:
    with pytest.raises(SendFailed) as failure:
        gateway.send("Ahoj", **options)

    assert failure.value.reason is reason
    assert [r.status for r in failure.value.result.recipients] == ["rejected"]


def test_a_wrong_password_is_told_for_what_it_is(emulator: ProfismsEmulator) -> None:
    stranger = Profisms(username=emulator.username, password="another", base_url=emulator.base_url)

    with SmsGateway(stranger, plugins=Plugins()) as gateway:
        with pytest.raises(AuthenticationError):
            gateway.balance()
        with pytest.raises(SendFailed) as failure:
            gateway.send(NAMED)

    assert failure.value.reason is Reason.AUTHENTICATION


def test_an_account_without_credit_sends_nothing() -> None:
    with (
        ProfismsEmulator(credit=1) as emulator,
        SmsGateway(
            Profisms(username="demo", password=emulator.password, base_url=emulator.base_url),
            plugins=Plugins(),
        ) as gateway,
        pytest.raises(SendFailed) as failure,
    ):
        gateway.send("Ahoj", to=NUMBER)

    assert failure.value.reason is Reason.INSUFFICIENT_CREDIT
    assert emulator.password != ProfismsEmulator().password


@pytest.mark.parametrize(
    ("fault", "reason", "taken"),
    [
        (Faults(cut="before"), Reason.CONNECTION, 0),
        (Faults(cut="after"), Reason.CONNECTION, 1),
        (Faults(status=500), Reason.PROVIDER_UNAVAILABLE, 0),
        (Faults(not_json=True), Reason.UNEXPECTED_RESPONSE, 1),
        (Faults(wrong_key=True), Reason.UNEXPECTED_RESPONSE, 1),
    ],
    ids=["cut before", "cut after", "500", "no JSON", "wrong key"],
)
def test_a_fault_reaches_the_gateway(
    emulator: ProfismsEmulator, gateway: SmsGateway, fault: Faults, reason: Reason, taken: int
) -> None:
    before = len(emulator.messages)
    emulator.faults = fault

    with pytest.raises(SendFailed) as failure:
        gateway.send("Ahoj", to=NUMBER)

    assert failure.value.reason is reason
    assert [r.status for r in failure.value.result.recipients] == ["unknown"]
    assert len(emulator.messages) - before == taken


@pytest.mark.parametrize(
    ("cut", "status"), [("before", "accepted"), ("after", "unknown")], ids=["before", "after"]
)
def test_a_named_message_is_repeated_without_a_second_sms(
    emulator: ProfismsEmulator, gateway: SmsGateway, cut: Any, status: str
) -> None:
    message = Message(text="Ahoj", to=NUMBER, id=f"order-{cut}")
    before = len(emulator.messages)
    emulator.faults = Faults(cut=cut, times=1)
    with pytest.raises(SendFailed):
        gateway.send(message)

    repeated = _status(gateway, message)

    assert repeated == status
    assert len(emulator.messages) - before == 1


def _status(gateway: SmsGateway, message: Message) -> str:
    try:
        result = gateway.send(message)
    except SendFailed as error:
        result = error.result
    return str(result.recipients[0].status)


def test_switches_are_set_over_http_while_it_runs(
    emulator: ProfismsEmulator, gateway: SmsGateway
) -> None:
    for name, value in (("faults", {"wrong_key": True}), ("reporting", {"outcome": "lost"})):
        url = f"{emulator.base_url}/_emulator/{name}"
        body = json.dumps(value).encode()
        with urlopen(Request(url, data=body, method="PUT")) as answer:  # noqa: S310 - our own
            assert answer.status == 200

    assert emulator.faults == Faults(wrong_key=True)
    assert emulator.reporting == Reporting(outcome="lost")
    with pytest.raises(UnexpectedResponse):
        gateway.balance()


def test_a_report_comes_back_to_the_gateway_that_asked(
    emulator: ProfismsEmulator, gateway: SmsGateway, receiver: tuple[str, list[str]]
) -> None:
    url, paths = receiver
    result = gateway.send("Ahoj", to=NUMBER, report_url=f"{url}/dlr")

    emulator.advance(2)

    (path,) = paths
    (report,) = gateway.receive(HttpRequest(method="GET", url=f"{url}{path}"))
    assert report.message_id == result.recipients[0].message_id
    assert report.status == "delivered"  # type: ignore[union-attr]  # a report, and no message


def test_accepted_messages_show_in_an_inbox(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"
    inbox = SmsGateway.from_config({"provider": "inbox", "path": path})
    at = datetime(2040, 1, 1, tzinfo=UTC)

    with inbox, ProfismsEmulator(inbox=inbox, clock=lambda: 1_714_982_400.0) as emulator:
        account = Profisms(username="demo", password=emulator.password, base_url=emulator.base_url)
        with SmsGateway(account, plugins=Plugins()) as gateway:
            gateway.send("Ahoj", to=[NUMBER, "+421905123456"], reference="order-17", send_at=at)
            gateway.send("Nazdar", to=NUMBER, sender="MyShop", report_url="https://app.example/")
        assert emulator.now() == 1_714_982_400

    first, second, third = Mailbox(path).messages()
    assert [message.to for message in (first, second, third)] == [NUMBER, "+421905123456", NUMBER]
    assert (first.reference, first.send_at) == ("order-17", at)
    assert (third.sender, third.send_at, third.reference) == ("MyShop", None, None)
    assert (third.report_url or "").startswith("https://app.example/")


def test_a_message_that_the_inbox_cannot_keep_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"
    path.mkdir()
    inbox = SmsGateway.from_config({"provider": "inbox", "path": path})

    with inbox, ProfismsEmulator(inbox=inbox) as emulator:
        account = Profisms(username="demo", password=emulator.password, base_url=emulator.base_url)
        with (
            SmsGateway(account, plugins=Plugins()) as gateway,
            pytest.raises(SendFailed) as failure,
        ):
            gateway.send("Ahoj", to=NUMBER)
        assert emulator.messages == []

    assert failure.value.reason is Reason.PROVIDER_UNAVAILABLE


def test_the_credit_can_be_set(emulator: ProfismsEmulator, gateway: SmsGateway) -> None:
    emulator.advance(2)

    emulator.credit = "123.45"

    assert gateway.balance() == Money("123.45", "CZK")
    emulator.credit = 10_000


def test_its_example_is_true() -> None:
    failed, tried = doctest.testmod(server_module)

    assert (failed, tried) == (0, 1)


PROGRAM = """
import sys
import click
from smsgateway.cli.output import Output
from smsgateway_profisms import register_commands

commands = click.Group()
register_commands(commands)
commands(obj=Output(is_json="--json" in sys.argv, stream=sys.stdout))
"""


def test_the_command_serves_until_ctrl_c(tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-c", PROGRAM, "emulate", "profisms", "--port", "0", "--json"),
        *("--user", "u", "--password", "p", "--credit", "7", "--rate", "420=2"),
        *("--fault", "wrong_key=false", "--report", "outcome=undelivered"),
    ]
    environment = os.environ | {"XDG_DATA_HOME": str(tmp_path)}

    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout
        url = json.loads(process.stdout.readline())["url"]
        base_url = f"http://{url.rpartition('@')[2]}"
        account = Profisms(username="u", password="p", base_url=base_url)
        with SmsGateway(account, plugins=Plugins()) as gateway:
            result = gateway.send("Ahoj", to=NUMBER)
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=10)

    assert url.startswith("profisms+http://u:p@127.0.0.1:")
    assert str(result.cost) == "2.0 CZK"
    assert (rest, process.returncode) == (("", ""), 0)
    (message,) = Mailbox(tmp_path / "smsgateway" / "inbox.db").messages()
    assert (message.text, message.sender) == ("Ahoj", "+420700000000")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--rate", "CZ=1"], "number prefix"),
        (["--fault", "wrong_kye=true"], "Did you mean 'wrong_key'"),
        (["--fault", "wrong_key=1"], "wrong_key must be"),
        (["--report", "outcome=1"], "outcome must be"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(
    tmp_path: Path, arguments: list[str], problem: str
) -> None:
    result = _run(tmp_path, *arguments)

    assert result.exit_code != 0
    assert problem in f"{result.output}{result.exception}"


def test_without_its_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    missing: Any = None
    monkeypatch.setitem(sys.modules, "smsgateway_profisms.emulator", missing)

    result = _run(tmp_path)

    assert isinstance(result.exception, ConfigurationError)
    assert "[web]" in str(result.exception)


def _run(tmp_path: Path, *arguments: str) -> Any:
    commands = click.Group()
    register_commands(commands)
    given = ["emulate", "profisms", "--port", "0", "--inbox", str(tmp_path / "inbox.db")]
    return CliRunner().invoke(
        commands, [*given, *arguments], obj=Output(is_json=False, stream=sys.stdout)
    )
