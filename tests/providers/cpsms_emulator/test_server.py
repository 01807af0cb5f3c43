"""The emulator over real HTTP, as our own provider and a raw client see it."""

from __future__ import annotations

import doctest
import http.client
import json
import socket
import sqlite3
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from smsgateway import NotSent, SendFailed, SmsGateway
from smsgateway.errors import ConfigurationError, Reason
from smsgateway_cpsms.emulator import CpsmsEmulator, Faults, Reporting
from smsgateway_cpsms.emulator import server as server_module
from smsgateway_inbox import Mailbox
from tests.providers.cpsms_emulator.caller import START

NUMBER = "+4522334488"


@pytest.fixture(scope="module")
def server() -> Iterator[CpsmsEmulator]:
    with CpsmsEmulator(username="søren@x", key="nøgle/1", credit=10_000) as emulator:
        yield emulator


@pytest.fixture
def emulator(server: CpsmsEmulator) -> CpsmsEmulator:
    """The server, with nothing going wrong."""
    server.faults, server.reporting, server.clock = Faults(), Reporting(), time.time
    return server


@pytest.fixture
def gateway(emulator: CpsmsEmulator) -> Iterator[SmsGateway]:
    with SmsGateway.from_url(f"{emulator.url}?sender=Acme") as gateway:
        yield gateway


def request(
    emulator: CpsmsEmulator, method: str, path: str, body: str = "", **headers: str
) -> tuple[int, Any]:
    """Make a request by hand, with credentials."""
    token = b64encode(f"{emulator.username}:{emulator.key}".encode()).decode()
    connection = http.client.HTTPConnection(emulator.base_url.removeprefix("http://"), timeout=10)
    connection.request(method, path, body, {"Authorization": f"Basic {token}"} | headers)
    answer = connection.getresponse()
    said = json.loads(answer.read())
    connection.close()
    return answer.status, said


def test_a_gateway_sends_through_its_url(emulator: CpsmsEmulator, gateway: SmsGateway) -> None:
    before = emulator.credit

    result = gateway.send("Hej æøå", to=[NUMBER, "+46701234567"], reference="order-17")

    assert [recipient.status for recipient in result.recipients] == ["accepted", "accepted"]
    assert str(result.cost) == "2.6 points"
    assert before - emulator.credit == Decimal("2.6")
    assert [(m.to, m.text, m.reference) for m in emulator.messages[-2:]] == [
        ("4522334488", "Hej æøå", "order-17"),
        ("46701234567", "Hej æøå", "order-17"),
    ]


def test_a_path_reaches_the_api_as_it_was_sent(emulator: CpsmsEmulator) -> None:
    status, body = request(emulator, "GET", "/v2/simplesend/4522334488/a%2Fb%3Fc+d/Acme?x=y")

    assert (status, body["success"][0]["to"]) == (200, "4522334488")
    assert emulator.messages[-1].text == "a/b?c+d"


def test_a_line_break_in_a_path_reaches_the_api(emulator: CpsmsEmulator) -> None:
    path = "/v2/simplesend/4522334488/a%0Ab/Acme"

    status, body = request(emulator, "GET", path)
    stranger, _ = request(emulator, "GET", path, Authorization="")

    assert (status, body["error"]["message"]) == (400, "message should have no line breaks")
    assert stranger == 401


def test_json_is_read_under_any_content_type(emulator: CpsmsEmulator) -> None:
    status, _ = request(
        emulator,
        "POST",
        "/v2/send",
        '{"to": "4522334488", "message": "Hej", "from": "Acme", "timestamp": "", "flash": "0"}',
        **{"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert status == 200


def test_a_wrong_method_is_refused_as_the_vendor_does(emulator: CpsmsEmulator) -> None:
    status, body = request(emulator, "PATCH", "/v2/send")

    assert (status, body["error"]["code"]) == (404, 404)


def test_a_query_reaches_the_log(emulator: CpsmsEmulator, gateway: SmsGateway) -> None:
    gateway.send("Hej", to="+4533445566")

    _, entries = request(emulator, "GET", "/v2/getlog?to=4533445566")

    assert {entry["to"] for entry in entries} == {"4533445566"}


@pytest.mark.parametrize(
    ("fault", "reason", "taken"),
    [
        pytest.param(Faults(cut="before"), Reason.CONNECTION, 0, id="cut before"),
        pytest.param(Faults(cut="after"), Reason.CONNECTION, 1, id="cut after"),
        pytest.param(Faults(status=500), Reason.PROVIDER_UNAVAILABLE, 0, id="500"),
        pytest.param(Faults(status=402), Reason.INSUFFICIENT_CREDIT, 0, id="402"),
        pytest.param(Faults(status=403), Reason.AUTHENTICATION, 0, id="403"),
        pytest.param(Faults(not_json=True), Reason.UNEXPECTED_RESPONSE, 1, id="no JSON"),
        pytest.param(
            Faults(status=402, error_as_200=True), Reason.INSUFFICIENT_CREDIT, 0, id="error as 200"
        ),
    ],
)
def test_a_fault_reaches_the_gateway(
    emulator: CpsmsEmulator, gateway: SmsGateway, fault: Faults, reason: Reason, taken: int
) -> None:
    before = len(emulator.messages)
    emulator.faults = fault

    with pytest.raises(SendFailed) as failure:
        gateway.send("Hej", to=NUMBER)

    assert failure.value.reason is reason
    assert len(emulator.messages) - before == taken


def test_a_slow_answer_times_out_after_the_message_was_taken(emulator: CpsmsEmulator) -> None:
    before = len(emulator.messages)
    emulator.faults = Faults(delay=30, times=1)

    with (
        SmsGateway.from_url(f"{emulator.url}?sender=Acme&read_timeout=0.2") as impatient,
        pytest.raises(SendFailed) as failure,
    ):
        impatient.send("Hej", to=NUMBER)

    assert failure.value.reason is Reason.TIMEOUT
    assert len(emulator.messages) - before == 1


def test_a_short_delay_is_waited_for(emulator: CpsmsEmulator, gateway: SmsGateway) -> None:
    emulator.faults = Faults(delay=0.12)
    start = time.monotonic()

    gateway.send("Hej", to=NUMBER)

    assert time.monotonic() - start >= 0.12


def test_faults_are_set_over_http_while_it_runs(emulator: CpsmsEmulator) -> None:
    status, _ = request(emulator, "PUT", "/_emulator/faults", '{"status": 500, "times": 1}')
    request(emulator, "PUT", "/_emulator/reporting", '{"outcome": 8}')

    assert status == 200
    assert emulator.faults == Faults(status=500, times=1)
    assert emulator.reporting == Reporting(outcome=8)
    assert request(emulator, "GET", "/v2/creditvalue")[0] == 500
    assert request(emulator, "GET", "/v2/creditvalue")[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "https://evil.example"}, id="a page"),
        pytest.param({"Origin": "null"}, id="a page without a name"),
        pytest.param({"Host": "evil.example:8025"}, id="another name for this machine"),
        pytest.param({"Host": "192.0.2.1"}, id="another machine's address"),
        pytest.param({"Host": "[::1"}, id="no host"),
    ],
)
def test_no_web_page_reaches_the_switches(emulator: CpsmsEmulator, headers: dict[str, str]) -> None:
    status, body = request(emulator, "PUT", "/_emulator/faults", '{"status": 500}', **headers)

    assert (status, body["error"]["code"]) == (403, 403)
    assert emulator.faults == Faults()


@pytest.mark.parametrize("host", ["localhost:8025", "127.0.0.2", "[::1]:80", "0.0.0.0:1", ""])
def test_the_switches_are_reached_by_any_name_of_this_machine(
    emulator: CpsmsEmulator, host: str
) -> None:
    status, _ = request(emulator, "GET", "/_emulator/faults", Host=host)

    assert status == 200


def test_the_credit_can_be_set(emulator: CpsmsEmulator, gateway: SmsGateway) -> None:
    before = emulator.credit
    emulator.credit = 0

    with pytest.raises(SendFailed) as failure:
        gateway.send("Hej", to=NUMBER)
    emulator.credit = before

    assert failure.value.reason is Reason.INSUFFICIENT_CREDIT


def test_a_client_that_goes_away_in_the_middle_of_a_request_harms_nobody(
    emulator: CpsmsEmulator, gateway: SmsGateway
) -> None:
    host, port = emulator.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"POST /v2/send HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")

    assert len(gateway.send("Hej", to=NUMBER).accepted) == 1


def test_delivery_reports_are_called_back_in_order(
    emulator: CpsmsEmulator, gateway: SmsGateway, receiver: tuple[str, list[str]]
) -> None:
    url, called = receiver
    emulator.reporting = Reporting(outcomes={"46701234567": 2}, buffered=True)

    result = gateway.send("Hej", to=[NUMBER, "+46701234567"], report_url=f"{url}/dlr")
    emulator.deliver_reports()

    path = urlsplit(
        str(result.message.report_url)
    ).path  # with the token that the gateway has added
    assert called == [
        f"{path}?status=4&receiver=4522334488",
        f"{path}?status=1&receiver=4522334488",
        f"{path}?status=4&receiver=46701234567",
        f"{path}?status=2&receiver=46701234567",
    ]
    assert [message.status for message in emulator.messages[-2:]] == [1, 2]


def test_delivery_reports_go_out_on_their_own(gateway: SmsGateway, emulator: CpsmsEmulator) -> None:
    gateway.send("Hej", to=NUMBER)

    deadline = time.monotonic() + 5
    while emulator.messages[-1].status == 0 and time.monotonic() < deadline:
        time.sleep(0.01)

    assert emulator.messages[-1].status == 1


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://127.0.0.1:1/dlr", id="refuses the connection"),
        pytest.param("http://127.0.0.1:99999/dlr", id="has no such port"),
        pytest.param("{receiver}/broken", id="answers 500"),
        pytest.param("{gibberish}", id="speaks no HTTP"),
    ],
)
def test_a_receiver_that_cannot_take_a_report_learns_nothing(
    emulator: CpsmsEmulator,
    receiver: tuple[str, list[str]],
    gibberish: str,
    url: str,
) -> None:
    url = url.format(receiver=receiver[0], gibberish=gibberish)
    sms = {"to": "4522334488", "message": "Hej", "from": "Acme", "dlr_url": url}

    request(emulator, "POST", "/v2/send", json.dumps(sms))
    emulator.deliver_reports()

    assert emulator.messages[-1].status == 1


@pytest.fixture
def gibberish() -> Iterator[str]:
    """A server that answers once, and not in HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            connection.recv(1000)
            connection.sendall(b"gibberish\r\n")
            connection.close()

        thread = Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        socket.create_connection(listener.getsockname()).close()
        thread.join()


def test_time_passes_when_it_is_told_to(tmp_path: Path) -> None:
    with CpsmsEmulator(clock=lambda: float(START), state=tmp_path / "state.db") as emulator:
        sms = {"to": "4522334488", "message": "Hej", "from": "Acme", "timestamp": START + 3600}
        request(emulator, "POST", "/v2/send", json.dumps(sms))
        emulator.deliver_reports()
        before = emulator.messages[0].status

        emulator.advance(3600)

        assert (before, emulator.messages[0].status) == (0, 1)
        assert emulator.now() == START + 3600


def test_accepted_messages_show_in_an_inbox(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"
    inbox = SmsGateway.from_config({"provider": "inbox", "path": path})
    sms = {
        "to": ["4512345678", "45123", "46701234567"],
        "message": "Hej 👋",
        "format": "UNICODE",
        "from": "Acme",
        "flash": 1,
        "reference": "order-17",
        "dlr_url": "https://127.0.0.1:9/dlr#top",
    }

    with inbox, CpsmsEmulator(inbox=inbox) as emulator:
        request(emulator, "POST", "/v2/send", json.dumps(sms))
        request(emulator, "GET", "/v2/simplesend/4522334488/Hej/Acme")

    first, second, third = Mailbox(path).messages()
    assert [message.to for message in (first, second, third)] == [
        "+4512345678",
        "+46701234567",
        NUMBER,
    ]
    assert (first.text, first.encoding, first.sender) == ("Hej 👋", "UCS-2", "Acme")
    assert (first.flash, first.reference) == (True, "order-17")
    assert first.report_url == "https://127.0.0.1:9/dlr"
    assert (third.send_at, third.encoding, third.flash) == (None, "GSM-7", False)


def test_a_scheduled_message_shows_in_the_inbox_when_its_time_has_come(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "inbox.db")
    inbox = SmsGateway.from_config({"provider": "inbox", "path": mailbox.path})
    sms = {"to": "4522334488", "message": "Hej", "from": "Acme", "timestamp": START + 3600}

    with inbox, CpsmsEmulator(inbox=inbox, clock=lambda: float(START)) as emulator:
        request(emulator, "POST", "/v2/send", json.dumps(sms))
        request(emulator, "POST", "/v2/send", json.dumps(sms | {"reference": "order-17"}))
        scheduled = [(message.is_scheduled, message.send_at) for message in emulator.messages]
        request(emulator, "DELETE", "/v2/deletesms/order-17")
        emulator.advance(3599)
        early = mailbox.messages()
        emulator.advance(1)
        emulator.advance(3600)

    assert scheduled == [(True, START + 3600)] * 2
    assert early == []
    (message,) = mailbox.messages()
    assert message.reference is None
    assert message.send_at is not None
    assert message.send_at.timestamp() == START + 3600


def test_a_report_url_that_a_message_cannot_have_does_not_keep_it_out_of_the_inbox(
    tmp_path: Path,
) -> None:
    mailbox = Mailbox(tmp_path / "inbox.db")
    inbox = SmsGateway.from_config({"provider": "inbox", "path": mailbox.path})
    sms = {
        "to": "4522334488",
        "message": "Hej",
        "from": "Acme",
        "dlr_url": "http://u@shop.invalid/",
    }

    with inbox, CpsmsEmulator(inbox=inbox) as emulator:
        status, _ = request(emulator, "POST", "/v2/send", json.dumps(sms))

    assert status == 200
    assert [message.report_url for message in mailbox.messages()] == [None]


def test_an_inbox_that_another_program_holds_holds_nobody_up(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "inbox.db")
    inbox = SmsGateway.from_config({"provider": "inbox", "path": mailbox.path})

    with inbox, CpsmsEmulator(inbox=inbox) as emulator:
        request(emulator, "GET", "/v2/simplesend/4522334488/first/Acme")
        with closing(sqlite3.connect(mailbox.path, isolation_level=None)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            start = time.monotonic()
            status, _ = request(emulator, "GET", "/v2/simplesend/4522334488/second/Acme")
            passed = time.monotonic() - start

        deadline = time.monotonic() + 20
        while len(mailbox.messages()) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)

    assert status == 200
    assert passed < 5
    assert [message.text for message in mailbox.messages()] == ["first", "second"]


def test_what_cannot_be_shown_later_is_told_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = SmsGateway.from_config({"provider": "inbox", "path": tmp_path})
    sms = {"to": "4522334488", "message": "Hej", "from": "Acme", "timestamp": START + 1}

    with inbox, CpsmsEmulator(inbox=inbox, clock=lambda: float(START)) as emulator:
        request(emulator, "POST", "/v2/send", json.dumps(sms))
        emulator.advance(1)

        assert emulator.messages[0].status == 1
    assert "A message does not show in the inbox" in caplog.text
    assert "Hej" not in caplog.text


def test_a_message_that_the_inbox_cannot_keep_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"
    path.mkdir()
    inbox = SmsGateway.from_config({"provider": "inbox", "path": path})

    with inbox, CpsmsEmulator(inbox=inbox) as emulator:
        status, _ = request(emulator, "GET", "/v2/simplesend/4522334488/Hej/Acme")

        assert status == 500
        assert emulator.messages == []
        assert emulator.credit == 500


def test_a_port_in_use_is_a_configuration_error(emulator: CpsmsEmulator) -> None:
    port = int(emulator.base_url.rpartition(":")[2])

    with pytest.raises(ConfigurationError, match="cannot be listened on"):
        CpsmsEmulator(port=port).__enter__()


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("127.0.0.1", "127.0.0.1:8025"),
        ("0.0.0.0", "127.0.0.1:8025"),  # noqa: S104 - nothing listens
        ("::", "[::1]:8025"),
        ("::1", "[::1]:8025"),
        ("localhost", "localhost:8025"),
    ],
)
def test_its_url_is_one_that_this_machine_can_reach(host: str, reached: str) -> None:
    emulator = CpsmsEmulator(host=host, port=8025, username="u@1", key="k@/")
    emulator.close()

    assert emulator.base_url == f"http://{reached}"
    assert emulator.url == f"cpsms+http://u%401:k%40%2F@{reached}"
    assert repr(emulator) == f"<CpsmsEmulator http://{reached}>"


def test_it_serves_ipv6_too() -> None:
    with CpsmsEmulator(host="::1") as emulator:
        assert request(emulator, "GET", "/v2/creditvalue") == (200, {"credit": "500,00"})


def test_stopping_ends_answers_that_are_on_their_way() -> None:
    errors: list[Exception] = []

    def wait_for_answer(emulator: CpsmsEmulator) -> None:
        try:
            request(emulator, "GET", "/v2/creditvalue")
        except http.client.HTTPException as error:
            errors.append(error)

    with CpsmsEmulator(faults=Faults(delay=60, times=1)) as emulator:
        client = Thread(target=wait_for_answer, args=(emulator,))
        client.start()
        while emulator.faults.times is not None:
            time.sleep(0.005)
        start = time.monotonic()

    client.join()
    assert time.monotonic() - start < 3
    assert [type(error) for error in errors] == [http.client.RemoteDisconnected]


def test_stopping_waits_for_no_receiver_of_reports() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/dlr"
        sms = {"to": ["4522334488"] * 9, "message": "Hej", "from": "Acme", "dlr_url": url}

        with CpsmsEmulator() as emulator:
            request(emulator, "POST", "/v2/send", json.dumps(sms))
            called, _ = silent.accept()
            start = time.monotonic()
        passed = time.monotonic() - start
        called.close()

    assert passed < 3


def test_nothing_listens_when_it_has_ended() -> None:
    with CpsmsEmulator() as emulator:
        url = emulator.url
    emulator.wait()

    with SmsGateway.from_url(url) as gateway, pytest.raises(SendFailed) as failure:
        gateway.send("Hej", to=NUMBER, sender="Acme")

    assert isinstance(failure.value.__cause__, NotSent)


def test_its_example_is_true() -> None:
    failed, tried = doctest.testmod(server_module)

    assert (failed, tried) == (0, 1)
