import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest

from smsgateway import (
    AsyncSmsGateway,
    DeliveryReport,
    DeliveryStatus,
    GatewayOptions,
    Message,
    MessageError,
    Money,
    RateLimited,
    Reason,
    RecipientResult,
    SendResult,
    SendStatus,
    SmsGateway,
    UnsupportedFeature,
)
from smsgateway.hooks import Plugins
from smsgateway.http import Flow
from smsgateway.provider import Capabilities

DANE, SWEDE = "+4522334488", "+46701234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pigeon:
    """A provider that can do everything, without asking anybody."""

    log: list[RecipientResult] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    name: ClassVar[str] = "pigeon"
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_recipients=None, reference=32, report_url=True, status_interval=120, schedule=True
    )

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        self.asked.append(message)
        yield from ()
        return [RecipientResult(to=message.to[0], status=SendStatus.ACCEPTED)]

    def balance(self) -> Flow[Money]:
        yield from ()
        return Money("9843.40", "points")

    def cancel(self, reference: str) -> Flow[None]:
        yield from ()
        self.asked.append(reference)

    def status(
        self, *, reference: str | None = None, to: str | None = None
    ) -> Flow[list[DeliveryReport]]:
        yield from ()
        self.asked.append((reference, to))
        return []

    def look_up(self, message: Message, since: datetime) -> Flow[list[RecipientResult]]:
        yield from ()
        self.asked.append((message.to, message.reference, since))
        return self.log

    def report_token(self, nonce: bytes) -> str:
        return nonce.hex()


def sync_gateway(provider: Any) -> Any:
    return SmsGateway(provider, GatewayOptions(region="DK"), plugins=Plugins())


class Awaited:
    """An async gateway that is called like the other one."""

    def __init__(self, provider: Any) -> None:
        self._gateway = AsyncSmsGateway(provider, GatewayOptions(region="DK"), plugins=Plugins())

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **fields: asyncio.run(getattr(self._gateway, name)(*args, **fields))


both = pytest.mark.parametrize("gateway_of", [sync_gateway, Awaited], ids=["sync", "async"])


@both
def test_each_ability_is_the_providers(gateway_of: Callable[[Any], Any]) -> None:
    provider = Pigeon()
    gateway = gateway_of(provider)

    assert gateway.balance() == Money("9843.40", "points")
    gateway.cancel("order-17")
    assert gateway.status(to="22 33 44 88") == []
    assert provider.asked == ["order-17", (None, DANE)]


@both
@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("balance", (), "tell a balance"),
        ("cancel", ("order-17",), "cancel a message"),
        ("status", ("order-17",), "tell what became of a message"),
    ],
)
def test_what_the_provider_cannot_do_is_refused(
    gateway_of: Callable[[Any], Any], name: str, arguments: tuple[str, ...], words: str
) -> None:
    gateway = gateway_of(SmsGateway.from_url("null://").provider)

    with pytest.raises(UnsupportedFeature, match=f"null has no way to {words}"):
        getattr(gateway, name)(*arguments)


@pytest.mark.parametrize("question", [{}, {"reference": "order-17", "to": DANE}])
def test_a_status_is_asked_for_by_reference_or_by_number(question: dict[str, str]) -> None:
    with pytest.raises(TypeError, match="by reference or by number"):
        sync_gateway(Pigeon()).status(**question)


def test_the_vendors_pause_between_two_looks_is_kept() -> None:
    gateway = sync_gateway(Pigeon())
    gateway.status("order-17")

    with pytest.raises(RateLimited, match="pigeon asks for 120 seconds") as caught:
        gateway.status("order-18")

    assert caught.value.retry_after == pytest.approx(120, abs=5)


def uncertain(provider: Pigeon, *, age: timedelta, **fields: Any) -> SendResult:
    message = Message(text="Hej", to=(DANE, SWEDE), **{"reference": "order-17", **fields})
    result: SendResult = sync_gateway(provider).send(message)
    assert [str(r.status) for r in result.recipients] == ["accepted", "unknown"]
    assert result.sent_at is not None
    return replace(result, sent_at=result.sent_at - age)


@both
def test_an_unknown_recipient_that_the_vendor_knows_was_accepted(
    gateway_of: Callable[[Any], Any],
) -> None:
    provider = Pigeon()
    result = uncertain(provider, age=timedelta(seconds=5))
    cost = Money("1.6", "points")
    provider.log.append(RecipientResult(to=SWEDE, status=SendStatus.ACCEPTED, cost=cost))

    settled = gateway_of(provider).reconcile(result)

    assert [str(r.status) for r in settled.recipients] == ["accepted", "accepted"]
    assert (settled.recipients[1].cost, settled.recipients[1].provider) == (cost, "pigeon")
    numbers, reference, since = provider.asked[-1]
    assert (numbers, reference) == ((SWEDE,), "order-17")
    assert since < result.sent_at


@both
@pytest.mark.parametrize(
    ("age", "fields", "status"),
    [
        pytest.param(timedelta(minutes=1), {}, "unknown", id="too early to tell"),
        pytest.param(timedelta(minutes=11), {}, "not_sent", id="late enough"),
        pytest.param(
            timedelta(minutes=11),
            {"send_at": datetime.now(UTC) + timedelta(days=1)},
            "unknown",
            id="not due yet",
        ),
    ],
)
def test_one_that_the_vendor_does_not_know_is_not_sent_only_after_a_while(
    gateway_of: Callable[[Any], Any], age: timedelta, fields: dict[str, Any], status: str
) -> None:
    provider = Pigeon()
    result = uncertain(provider, age=age, **fields)

    settled = gateway_of(provider).reconcile(result)

    assert str(settled.recipients[1].status) == status
    assert settled.recipients[1].reason is Reason.UNCONFIRMED


@both
def test_a_result_without_open_questions_is_left_alone(gateway_of: Callable[[Any], Any]) -> None:
    provider = Pigeon()
    result = sync_gateway(provider).send("Hej", to=DANE)

    assert gateway_of(provider).reconcile(result) is result


def test_a_message_without_a_reference_cannot_be_looked_up() -> None:
    provider = Pigeon()
    result = uncertain(provider, age=timedelta(0), reference=None)

    with pytest.raises(MessageError, match="with a reference"):
        sync_gateway(provider).reconcile(result)


def test_a_message_that_was_never_handed_to_a_provider_cannot_be_looked_up() -> None:
    provider = Pigeon()
    result = replace(uncertain(provider, age=timedelta(0)), sent_at=None)

    with pytest.raises(MessageError, match="never handed to a provider"):
        sync_gateway(provider).reconcile(result)


@pytest.mark.parametrize(
    ("url", "path", "query"),
    [
        ("https://sms.acme.example", "/", ""),
        ("https://sms.acme.example/reports/", "/reports/", ""),
        ("https://sms.acme.example/reports?order=17", "/reports/", "order=17"),
    ],
)
def test_a_report_url_ends_in_a_token_that_is_different_each_time(
    url: str, path: str, query: str
) -> None:
    gateway = sync_gateway(Pigeon())

    urls = [gateway.send("Hej", to=DANE, report_url=url).message.report_url for _ in range(2)]

    parts = [urlsplit(made) for made in urls]
    tokens = [part.path.removeprefix(path) for part in parts]
    assert [len(bytes.fromhex(token)) for token in tokens] == [16, 16]
    assert tokens[0] != tokens[1]
    assert [part.query for part in parts] == [query, query]


def test_the_last_word_on_a_delivery_is_kept_in_whatever_order_it_comes() -> None:
    reports = [
        DeliveryStatus.UNKNOWN,
        DeliveryStatus.BUFFERED,
        DeliveryStatus.DELIVERED,
        DeliveryStatus.FAILED,
    ]

    ends = set()
    for order in permutations([*reports, DeliveryStatus.BUFFERED]):
        state = DeliveryStatus.PENDING
        for report in order:
            state = state.updated(report)
        ends.add(state)

    assert ends == {DeliveryStatus.DELIVERED}
