"""What the provider `fault` does to another one, and what it leaves alone."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import smsgateway_cpsms
import smsgateway_fault
import smsgateway_null
from smsgateway import (
    ConfigurationError,
    Message,
    Money,
    RateLimited,
    SendFailed,
    SendResult,
    SmsGateway,
    SmsGatewayError,
)
from smsgateway.config import GatewayOptions, build, parse_url
from smsgateway.hooks import Plugins
from smsgateway.http import HttpRequest, HttpResponse, run
from smsgateway.provider import SupportsBalance, SupportsLookup, SupportsReports
from smsgateway.testing import FakeTransport, LocalProviderContract, Outbox, json_response
from smsgateway_cpsms import Cpsms
from smsgateway_fault import Fault
from smsgateway_null import Null

ANNA = "+4522334488"
MANY = [f"+45{22334400 + n}" for n in range(100)]
CPSMS = Cpsms(username="acme", api_key="5f2a-c0ffee-9d")


class TestContract(LocalProviderContract):
    provider = Fault(inner=Null(), fault_rate=0)


def send(provider: Any, *to: str) -> SendResult:
    gateway = SmsGateway(provider, plugins=Plugins())
    try:
        return gateway.send("Hej", to=to or ANNA)
    except SendFailed as error:
        return error.result


@pytest.mark.parametrize(
    ("fault", "status", "reason", "sent"),
    [
        ("refused", "not_sent", "connection", 0),
        ("timeout_before", "not_sent", "timeout", 0),
        ("login", "not_sent", "authentication", 0),
        ("credit", "not_sent", "insufficient_credit", 0),
        ("rate_limited", "not_sent", "rate_limited", 0),
        ("server_before", "unknown", "provider_unavailable", 0),
        ("timeout_after", "unknown", "timeout", 1),
        ("cut_after", "unknown", "connection", 1),
        ("server_after", "unknown", "provider_unavailable", 1),
        ("garbage_after", "unknown", "unexpected_response", 1),
    ],
)
def test_a_request_fails_before_or_after_it_is_sent(
    fault: str, status: str, reason: str, sent: int
) -> None:
    outbox = Outbox()

    result = send(Fault(inner=outbox, fault=fault, fault_retry_after=0))

    (recipient,) = result.recipients
    assert (str(recipient.status), str(recipient.reason)) == (status, reason)
    assert sent == (len(outbox) > 0)


def test_what_fails_after_it_was_sent_has_made_its_requests() -> None:
    flow = Fault(inner=CPSMS, fault="timeout_after").send(Message(text="Hej", to=ANNA))

    request = next(flow)

    assert request.url == "https://api.cpsms.dk/v2/send"
    with pytest.raises(SmsGatewayError, match="on purpose"):
        flow.send(json_response({"success": [{"to": "4522334488", "cost": 1, "smsAmount": 1}]}))


def test_some_recipients_of_a_request_are_refused_and_the_others_sent_to() -> None:
    outbox = Outbox()

    result = send(Fault(inner=outbox, fault="partial"), *MANY)

    refused, accepted = {r.to for r in result.rejected}, {r.to for r in result.accepted}
    assert 20 < len(refused) < 80
    assert accepted == set(MANY) - refused == {message.to[0] for message in outbox}


def test_where_all_are_refused_nothing_is_sent() -> None:
    refusals = [send(Fault(inner=Outbox(), fault="partial", fault_seed=n)) for n in range(20)]

    assert {str(result.recipients[0].status) for result in refusals} == {"rejected", "accepted"}


def test_the_same_seed_draws_the_same_faults() -> None:
    drawn = [outcomes(fault_seed=seed) for seed in (1, 1, 2)]

    assert drawn[0] == drawn[1] != drawn[2]
    assert set(drawn[0]) == {"sent", "NotSent", "OutcomeUnknown"}
    assert 20 < drawn[0].count("sent") < 40


def outcomes(**options: Any) -> list[str]:
    """Send 60 messages, half of which fail in one of two ways."""
    fault = Fault(inner=Null(), fault="refused, timeout_after", fault_rate=0.5, **options)
    found = []
    for _ in range(60):
        try:
            run(fault.send(Message(text="Hej", to=ANNA)), no_exchange)
        except SmsGatewayError as error:
            found.append(type(error).__name__)
        else:
            found.append("sent")
    return found


def no_exchange(request: HttpRequest) -> HttpResponse:
    raise AssertionError(f"Nobody makes a request here: {request!r}")


def test_a_rate_limit_says_how_long_to_wait() -> None:
    fault = Fault(inner=Null(), fault="rate_limited", fault_retry_after=7)

    with pytest.raises(RateLimited) as caught:
        run(fault.send(Message(text="Hej", to=ANNA)), no_exchange)

    assert (caught.value.http_status, caught.value.retry_after) == (429, 7)


def test_it_can_do_what_the_other_one_can() -> None:
    cpsms, null = Fault(inner=CPSMS), Fault(inner=Null())

    assert (cpsms.name, cpsms.capabilities) == ("fault+cpsms", CPSMS.capabilities)
    assert isinstance(cpsms, SupportsBalance)
    assert isinstance(cpsms, SupportsLookup)
    assert isinstance(cpsms, SupportsReports)
    assert inspect.getattr_static(cpsms, "rates") is CPSMS.rates
    assert not isinstance(null, SupportsBalance | SupportsReports)


def test_what_is_no_send_never_fails() -> None:
    gateway = SmsGateway(
        Fault(inner=CPSMS),
        transport=FakeTransport(lambda _: json_response({"credit": "12,50"})),
        plugins=Plugins(),
    )

    assert gateway.balance() == Money("12.5", "points")


@pytest.mark.parametrize(
    ("reports", "received"),
    [
        ("", [["failed"], ["pending"], ["delivered"], ["buffered"]]),
        ("late", [[], ["failed"], ["pending"], ["delivered"]]),
        ("out_of_order", [[], ["pending", "failed"], [], ["buffered", "delivered"]]),
        ("repeated", [[word] * 2 for word in ("failed", "pending", "delivered", "buffered")]),
    ],
)
def test_reports_come_as_they_should_not(reports: str, received: list[list[str]]) -> None:
    fault = Fault(inner=CPSMS, fault_reports=reports)
    url = f"https://shop.example/{CPSMS.report_token(b'0123456789abcdef')}?receiver=4522334488"
    gateway = SmsGateway(fault, plugins=Plugins())

    told = [
        gateway.receive(HttpRequest(method="GET", url=f"{url}&status={status}"))
        for status in (2, 0, 1, 4)
    ]

    words = [[str(getattr(report, "status", None)) for report in batch] for batch in told]
    assert words == received


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"fault": "timeout"}, "No fault is called 'timeout'. There are: refused, "),
        ({"fault": "refused,"}, "No fault is called ''"),
        ({"fault_rate": 1.1}, "fault_rate must be from 0 to 1"),
        ({"fault_rate": float("nan")}, "fault_rate must be from 0 to 1"),
        ({"fault_retry_after": -1}, "fault_retry_after must be seconds"),
        ({"fault_reports": "never"}, "fault_reports must be late"),
    ],
)
def test_what_is_no_fault_is_refused(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        Fault(inner=Null(), **options)


PLUGINS = Plugins([smsgateway_fault, smsgateway_cpsms, smsgateway_null])


@pytest.mark.parametrize(
    "config",
    [
        "fault+cpsms://acme:c0ffee@default?fault=login,cut_after&fault_rate=0.5&sender=Acme",
        {
            "provider": "fault",
            "fault": "login,cut_after",
            "fault_rate": 0.5,
            "inner": "cpsms://acme:c0ffee@default?sender=Acme",
        },
        {
            "provider": "fault",
            "fault": "login,cut_after",
            "fault_rate": 0.5,
            "inner": {"provider": "cpsms", "username": "acme", "api_key": "c0ffee"},
            "sender": "Acme",
        },
    ],
    ids=["URL", "dict and URL", "dict"],
)
def test_it_stands_before_the_url_of_any_account(config: Any) -> None:
    options = parse_url(config, PLUGINS) if isinstance(config, str) else config

    provider, shared = build(options, PLUGINS)

    inner = Cpsms(username="acme", api_key="c0ffee")
    assert provider == Fault(inner=inner, fault="login,cut_after", fault_rate=0.5)
    assert shared == GatewayOptions(sender="Acme")


def test_an_endpoint_and_secrets_are_the_other_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "c0ffee")
    monkeypatch.setenv("NAME", "Acme")
    url = "fault+cpsms+http://acme@127.0.0.1:8025?api_key_env=KEY&sender_env=NAME&workers=1"

    provider, shared = build(parse_url(url, PLUGINS), PLUGINS)

    inner = Cpsms(username="acme", api_key="c0ffee", base_url="http://127.0.0.1:8025")
    assert provider == Fault(inner=inner)
    assert shared == GatewayOptions(sender="Acme", workers=1)


def test_it_may_stand_in_a_route() -> None:
    url = "failover(fault+null://?fault=login null://)?region=DK"

    with SmsGateway.from_url(url, plugins=PLUGINS) as gateway:
        result = gateway.send("Hej", to="22 33 44 88")

    assert [(str(r.status), r.provider) for r in result.recipients] == [("accepted", "null")]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("fault+failover(null:// null://)", "fault goes around one account, not around a route"),
        ("fault://", "fault needs inner"),
        ("fault+null://?fault=cut", "No fault is called 'cut'"),
        ("fault+pigeon://", "No provider is called 'pigeon'"),
        ("fault+null://?user=1", "No option of null is called 'user'"),
        ("null+fault://", "A gateway URL looks like"),
    ],
)
def test_a_url_that_makes_no_sense_is_refused(url: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        SmsGateway.from_url(url, plugins=PLUGINS)


def test_its_repr_shows_no_secret_of_the_other_one() -> None:
    assert repr(Fault(inner=CPSMS)) == (
        "Fault(inner=Cpsms(username='acme', base_url='https://api.cpsms.dk'), "
        "fault='timeout_before', fault_rate=1.0, fault_seed=0, fault_retry_after=1.0, "
        "fault_reports='')"
    )


def test_its_package_is_a_plugin_that_brings_it() -> None:
    assert Plugins([smsgateway_fault]).providers == {"fault": Fault}
