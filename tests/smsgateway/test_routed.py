"""Gateways of several accounts, sync and async: what a route changes for its user."""

import asyncio
import json
import logging
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smsgateway import (
    AsyncSmsGateway,
    ConfigurationError,
    DeliveryReport,
    DeliveryStatus,
    GatewayOptions,
    InvalidPhoneNumber,
    InvalidSignature,
    Message,
    MessageError,
    Money,
    NotSent,
    ProviderError,
    ProviderUnavailable,
    RateTable,
    Reason,
    RecipientResult,
    SendFailed,
    SendInterrupted,
    SendResult,
    SendStatus,
    SmsGateway,
    UnsupportedFeature,
    WebhookError,
    hookimpl,
)
from smsgateway.hooks import Plugins
from smsgateway.http import Flow, HttpRequest
from smsgateway.options import Guarantee
from smsgateway.provider import SenderRules
from smsgateway.routing import Cheapest, Country, Failover, Leaf
from smsgateway.testing import AsyncFakeTransport, FakeTransport
from smsgateway.webhook import MissingSecret
from tests.smsgateway.routing.world import (
    BROKEN,
    CUT_OFF,
    DANE,
    DANE_2,
    MOST,
    OK,
    REFUSED,
    SWEDE,
    UNPAID,
    Bird,
    Seer,
    Teller,
    leaf,
    says,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Postman(Bird):
    """A bird that can take messages back, tell what became of them, and bring reports."""

    def cancel(self, reference: str) -> Flow[None]:
        response = yield self.ask("cancel", reference=reference)
        if response.status == 500:
            raise ProviderUnavailable("It is down.", provider=self.name)
        if response.status != 200:
            raise ProviderError("There is none.", provider=self.name)

    def status(
        self, *, reference: str | None = None, to: str | None = None
    ) -> Flow[list[DeliveryReport]]:
        yield self.ask("status", reference=reference, to=to)
        return [self.report]

    @property
    def report(self) -> DeliveryReport:
        return DeliveryReport(
            provider=self.name, to=DANE, status=DeliveryStatus.SENT, provider_status="1"
        )

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        if request.body != self.name.encode():
            raise InvalidSignature(f"{self.name} does not believe it.")
        return [self.report]


class Answers:
    """Answers for each bird; OK where nothing is said."""

    def __init__(self, **answers: Any) -> None:
        self.asked: list[str] = []
        self._answers = {name.replace("_", "/", 1): answer for name, answer in answers.items()}

    def __call__(self, request: HttpRequest) -> Any:
        bird, path = request.url.removeprefix("https://").split(".example/")
        place = bird if path == "send" else f"{bird}/{path}"
        self.asked.append(place)
        answer = self._answers.get(place, OK)
        if isinstance(answer, list):
            return answer.pop(0) if answer else OK
        return answer


class Awaited:
    """An async gateway that is called like the other one."""

    def __init__(self, gateway: AsyncSmsGateway) -> None:
        self._gateway = gateway
        self.provider = gateway.provider
        self.health = gateway.health
        self.estimate = gateway.estimate
        self.senderless = gateway.senderless

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **fields: asyncio.run(getattr(self._gateway, name)(*args, **fields))


def sync_gateway(route: Any, answers: Answers, **options: Any) -> Any:
    made = GatewayOptions(**options)
    return SmsGateway(route, made, transport=FakeTransport(answers), plugins=Plugins())


def async_gateway(route: Any, answers: Answers, **options: Any) -> Any:
    made = GatewayOptions(**options)
    transport = AsyncFakeTransport(answers)
    return Awaited(AsyncSmsGateway(route, made, transport=transport, plugins=Plugins()))


both = pytest.mark.parametrize("gateway_of", [sync_gateway, async_gateway], ids=["sync", "async"])
Make = Callable[..., Any]


@both
def test_a_failover_sends_through_the_first_that_takes_it(gateway_of: Make) -> None:
    answers = Answers(a=REFUSED)
    gateway = gateway_of(Failover(leaf("a"), leaf("b")), answers, workers=2)

    result = gateway.send("Hej", to=[DANE, DANE_2, SWEDE])

    assert [(r.provider, str(r.status)) for r in result.recipients] == [("b", "accepted")] * 3
    assert result.recipients[0].segments == 1
    assert sorted(answers.asked) == ["a", "a", "b", "b"]


@both
def test_where_nobody_takes_it_the_error_of_the_last_word_is_the_cause(gateway_of: Make) -> None:
    gateway = gateway_of(Failover(leaf("a"), leaf("b")), Answers(a=UNPAID, b=REFUSED))

    with pytest.raises(SendFailed, match=r"\(connection\)\. No route") as caught:
        gateway.send("Hej", to=DANE)

    assert isinstance(caught.value.__cause__, NotSent)
    assert [(r.provider, r.reason) for r in caught.value.result.recipients] == [
        ("b", Reason.CONNECTION)
    ]


@both
def test_what_no_account_can_say_is_the_callers_error(gateway_of: Make) -> None:
    mute = replace(MOST, flash=False)
    birds = [leaf(Bird(name=name, capabilities=mute)) for name in "ab"]
    gateway = gateway_of(Failover(*birds), answers := Answers())

    with pytest.raises(UnsupportedFeature, match="a has no way to send flash"):
        gateway.send("Hej", to=DANE, flash=True)

    assert answers.asked == []


@both
def test_an_account_without_the_sender_that_it_needs_is_named(gateway_of: Make) -> None:
    particular = replace(MOST, sender=SenderRules(required=True))
    a, b, c = (Bird(name=name, capabilities=particular) for name in "abc")
    route = Failover(leaf(a), Failover(leaf(b, sender="Acme"), leaf(c)), leaf("d"))

    senderless = gateway_of(route, Answers()).senderless

    assert senderless == [
        f"{name}://default needs a sender: give it the option sender." for name in "ac"
    ]


@both
def test_the_sender_of_a_gateway_is_that_of_all_its_accounts(gateway_of: Make) -> None:
    particular = replace(MOST, sender=SenderRules(required=True))
    route = Failover(*(leaf(Bird(name=name, capabilities=particular)) for name in "ab"))
    gateway = gateway_of(route, answers := Answers(), sender="Acme")

    gateway.send("Hej", to=DANE)

    assert gateway.senderless == []
    assert answers.asked == ["a"]


@both
@pytest.mark.parametrize("dry_run", [True, False], ids=["dry run", "send"])
def test_a_message_without_the_sender_that_it_needs_is_refused(
    gateway_of: Make, *, dry_run: bool
) -> None:
    particular = Bird(name="a", capabilities=replace(MOST, sender=SenderRules(required=True)))
    gateway = gateway_of(particular, answers := Answers())

    with pytest.raises(MessageError, match="a needs a sender"):
        gateway.send("Hej", to=DANE, dry_run=dry_run)

    assert answers.asked == []


@both
def test_what_a_message_would_cost_is_estimated_without_a_sender(gateway_of: Make) -> None:
    particular = Bird(name="a", capabilities=replace(MOST, sender=SenderRules(required=True)))

    estimate = gateway_of(particular, Answers()).estimate("Hej", to=DANE)

    assert estimate.segments == 1


@both
def test_waiting_to_try_again_ends_when_it_helps(gateway_of: Make) -> None:
    answers = Answers(a=[REFUSED, REFUSED])
    gateway = gateway_of(leaf("a").provider, answers, retry_for=5)

    result = gateway.send("Hej", to=DANE)

    assert [str(r.status) for r in result.recipients] == ["accepted"]
    assert answers.asked == ["a", "a", "a"]


@both
def test_health_tells_how_each_account_is_doing(gateway_of: Make) -> None:
    gateway = gateway_of(Failover(leaf("a"), leaf("b")), Answers(a=UNPAID))

    gateway.send("Hej", to=DANE)

    a, b = gateway.health()
    assert (a.provider, str(a.state), a.reason, a.failures) == (
        *("a", "resting", Reason.INSUFFICIENT_CREDIT, 1),
    )
    assert 20 < a.seconds <= 30
    assert (b.provider, str(b.state), b.seconds) == ("b", "healthy", 0)


def test_health_tells_two_accounts_of_a_provider_apart_and_no_secret() -> None:
    known = {"main": {"provider": "cpsms", "username": "acme", "api_key": "s3cr3t"}}
    route = {
        "provider": "failover",
        "gateways": [
            "main",
            "cpsms://acme:s3cr3t@default",
            "cpsms+http://other:s3cr3t@127.0.0.1:8080/s3cr3t",
        ],
    }

    health = SmsGateway.from_config(route, resolve=known.__getitem__).health()

    assert [(each.provider, each.account) for each in health] == [
        ("cpsms", "main"),
        ("cpsms", "cpsms://acme@default"),
        ("cpsms", "cpsms://other@127.0.0.1:8080"),
    ]


def test_the_region_that_all_accounts_share_is_that_of_the_route() -> None:
    shared = Failover(leaf("a", region="DK"), leaf("b", region="dk"))
    mixed = Failover(leaf("a", region="DK"), leaf("b", region="SE"))

    result = sync_gateway(shared, Answers()).send("Hej", to="22 33 44 88")
    with pytest.raises(InvalidPhoneNumber) as caught:
        sync_gateway(mixed, Answers()).send("Hej", to="22 33 44 88")

    assert result.recipients[0].to == DANE
    assert caught.value.problem == "no_region"
    assert sync_gateway(mixed, Answers(), region="DK").send("Hej", to="22334488").accepted


def test_each_account_has_its_own_price_and_warning(caplog: pytest.LogCaptureFixture) -> None:
    rates = RateTable.from_dict({"45": "0.25"}, currency="EUR")
    curt = leaf(Bird(name="a", capabilities=replace(MOST, joined_segments=1)), rates=rates)
    gateway = sync_gateway(Failover(curt, leaf("b")), Answers())

    result = gateway.send("x" * 161, to=DANE)

    assert result.recipients[0].estimated_cost == Money("0.50", "EUR")
    assert [r.message for r in caplog.records] == [
        "a promises to join 1 segments; this text takes 2."
    ]


def test_an_account_that_sends_to_several_countries_warns_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    curt = leaf(Bird(name="a", capabilities=replace(MOST, joined_segments=1)))
    gateway = sync_gateway(Country({"DK": curt, "SE": Failover(curt)}), Answers())

    gateway.send("x" * 161, to=[DANE, SWEDE])

    assert len(caplog.records) == 1


def test_an_estimate_is_that_of_the_accounts_that_are_asked_first() -> None:
    def priced(name: str, currency: str, **prices: Any) -> Leaf:
        return leaf(name, rates=RateTable.from_dict(prices, currency=currency))

    a, b = priced("a", "EUR", DK="0.05", SE="0.08"), priced("b", "EUR", DK="0.07", SE="0.03")
    cheapest = sync_gateway(Cheapest(a, b), Answers()).estimate("Hej", to=[DANE, SWEDE, DANE])
    route = Country({"DK": a, "*": priced("c", "SEK", SE=1)})
    countries = sync_gateway(route, Answers()).estimate("Hej", to=[DANE, SWEDE, "+4930123456"])

    assert [(line.region, str(line.total)) for line in cheapest.lines] == [
        ("DK", "0.05 EUR"),
        ("SE", "0.03 EUR"),
    ]
    assert cheapest.total == Money("0.08", "EUR")
    assert countries.total is None
    assert countries.unpriced == ("+4930123456",)


def test_a_dry_run_tells_who_would_be_asked_first() -> None:
    gateway = sync_gateway(Country({"DK": leaf("a"), "*": leaf("b")}), answers := Answers())

    result = gateway.send("Hej", to=[DANE, SWEDE, DANE], dry_run=True)

    assert [(r.provider, str(r.status)) for r in result.recipients] == [
        ("a", "simulated"),
        ("b", "simulated"),
        ("country", "suppressed"),
    ]
    assert answers.asked == []


def test_a_number_without_a_route_is_refused_before_anything_is_sent() -> None:
    gateway = sync_gateway(Country({"DK": leaf("a")}), answers := Answers())

    with pytest.raises(MessageError, match="No gateway is given for the country"):
        gateway.send("Hej", to=[DANE, SWEDE])

    assert answers.asked == []


# The guarantee.


@both
def test_reconcile_gives_a_message_a_reference_and_asks_by_it(gateway_of: Make) -> None:
    answers = Answers(a=CUT_OFF, a_look_up=says([DANE]))
    gateway = gateway_of(Seer(name="a"), answers, guarantee=Guarantee.RECONCILE)

    result = gateway.send("Hej", to=DANE)

    assert [str(r.status) for r in result.recipients] == ["accepted"]
    assert re.fullmatch("[0-9a-f]{26}", result.message.reference)
    assert answers.asked == ["a", "a/look_up"]


def test_one_account_that_can_be_asked_is_enough_for_a_reference_of_ours() -> None:
    seer: Any = Seer(name="a")
    gateway = sync_gateway(
        Failover(leaf("b"), leaf(seer)), Answers(), guarantee=Guarantee.RECONCILE
    )

    assert gateway.send("Hej", to=DANE).message.reference is not None


def test_references_of_ours_sort_by_time_and_differ() -> None:
    gateway = sync_gateway(Seer(name="a"), Answers(), guarantee=Guarantee.RECONCILE)

    first = gateway.send("Hej", to=DANE).message.reference
    time.sleep(0.002)
    second = gateway.send("Hej", to=DANE).message.reference

    assert first < second
    assert first[12:] != second[12:]


def test_a_reference_of_the_users_is_left_as_it_is() -> None:
    gateway = sync_gateway(Seer(name="a"), Answers(), guarantee=Guarantee.RECONCILE)

    assert gateway.send("Hej", to=DANE, reference="order-17").message.reference == "order-17"


def test_where_no_reference_of_ours_fits_none_is_made() -> None:
    curt = Seer(name="a", capabilities=replace(MOST, reference=10))
    gateway = sync_gateway(curt, Answers(), guarantee=Guarantee.RECONCILE)

    assert gateway.send("Hej", to=DANE).message.reference is None


@pytest.mark.parametrize("route", [Bird(name="a"), Failover(leaf("a"))], ids=["account", "route"])
def test_reconcile_is_refused_where_nobody_can_be_asked(route: Any) -> None:
    with pytest.raises(ConfigurationError, match="cannot be asked what became of a message"):
        sync_gateway(route, Answers(), guarantee=Guarantee.RECONCILE)


@both
def test_at_least_once_marks_what_may_come_twice(gateway_of: Make) -> None:
    gateway = gateway_of(
        Failover(leaf("a"), leaf("b")), Answers(a=CUT_OFF), guarantee=Guarantee.AT_LEAST_ONCE
    )

    result = gateway.send("Hej", to=DANE)

    assert [(r.provider, r.possible_duplicate) for r in result.recipients] == [("b", True)]


# Interrupts.


def test_ctrl_c_does_not_wait_for_a_pause() -> None:
    def press(_: int) -> None:
        raise KeyboardInterrupt

    answers = Answers(a=[OK, *[REFUSED] * 9])
    gateway = sync_gateway(Bird(name="a"), answers, retry_for=3600, batch_size=1, workers=1)
    gateway._clock = gateway._clock._replace(chance=lambda: 1.0)
    before = time.monotonic()

    with pytest.raises(SendInterrupted) as caught:
        gateway.send("Hej", to=[DANE, SWEDE], progress=press)

    assert time.monotonic() - before < 1
    assert [str(r.status) for r in caught.value.result.recipients] == ["accepted", "not_sent"]


def test_an_error_between_many_messages_does_not_wait_for_a_pause() -> None:
    def messages() -> Any:
        yield Message(text="Hej", to=DANE)
        raise OSError("the source is gone")

    gateway = sync_gateway(Bird(name="a"), Answers(a=REFUSED), retry_for=3600)
    gateway._clock = gateway._clock._replace(chance=lambda: 1.0)
    before = time.monotonic()

    results = []
    with pytest.raises(OSError, match="gone"):
        results.extend(gateway.send_many(messages()))

    assert time.monotonic() - before < 5


def test_closing_many_messages_does_not_wait_for_a_pause() -> None:
    route = Country({"DK": leaf("a"), "SE": leaf("b")})
    gateway = sync_gateway(route, Answers(b=[REFUSED] * 9), retry_for=30, workers=2)
    gateway._clock = gateway._clock._replace(chance=lambda: 20.0)
    results = gateway.send_many(Message(text="Hej", to=to) for to in (DANE, SWEDE))
    next(results)
    before = time.monotonic()

    results.close()

    assert time.monotonic() - before < 5


def test_cancelling_a_pause_leaves_what_is_known() -> None:
    told: list[SendResult] = []

    class Diary:
        @hookimpl
        def send_failed(self, result: SendResult) -> None:
            told.append(result)

    async def cancel_in_the_pause() -> None:
        bird: Any = Bird(name="a")
        gateway = AsyncSmsGateway(
            bird,
            GatewayOptions(retry_for=3600),
            transport=AsyncFakeTransport(Answers(a=NotSent("No route."))),
            plugins=Plugins([Diary()]),
        )
        gateway._clock = gateway._clock._replace(chance=lambda: 1.0)
        task = asyncio.create_task(gateway.send("Hej", to=DANE))
        await asyncio.sleep(0.05)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel_in_the_pause())

    assert [(str(r.status), r.reason) for r in told[0].recipients] == [
        ("not_sent", Reason.CONNECTION)
    ]


# What else accounts can do.


def test_each_account_that_can_is_asked_to_take_a_message_back() -> None:
    route = Failover(leaf("a"), leaf(Postman(name="b")), leaf(Postman(name="c")))
    answers = Answers(b_cancel=UNPAID)

    sync_gateway(route, answers).cancel("order-17")

    assert answers.asked == ["b/cancel", "c/cancel"]


@both
def test_where_no_account_has_it_the_first_no_counts(gateway_of: Make) -> None:
    route = Failover(leaf(Postman(name="a")), leaf(Postman(name="b")))
    answers = Answers(a_cancel=UNPAID, b_cancel=UNPAID)

    with pytest.raises(ProviderError, match="There is none") as caught:
        gateway_of(route, answers).cancel("order-17")

    assert caught.value.provider == "a"


trouble = pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(REFUSED, NotSent, id="no way"),
        pytest.param(BROKEN, ProviderUnavailable, id="down"),
    ],
)


@trouble
def test_an_account_that_does_not_answer_may_have_it(answer: Any, error: type[Exception]) -> None:
    route = Failover(leaf(Postman(name="a")), leaf(Postman(name="b")))
    answers = Answers(a_cancel=UNPAID, b_cancel=answer)

    with pytest.raises(error):
        sync_gateway(route, answers).cancel("order-17")


@trouble
def test_where_one_account_takes_it_back_the_trouble_of_another_does_not_matter(
    answer: Any, error: type[Exception]
) -> None:
    del error
    route = Failover(leaf(Postman(name="a")), leaf(Postman(name="b")))
    answers = Answers(a_cancel=answer)

    sync_gateway(route, answers).cancel("order-17")

    assert answers.asked == ["a/cancel", "b/cancel"]


def test_an_account_that_cannot_say_a_reference_does_not_keep_others_from_being_asked() -> None:
    class Terse(Postman):
        def cancel(self, _: str) -> Flow[None]:
            raise MessageError("That reference is too long.", field="reference")
            yield

    route = Failover(leaf(Terse(name="a")), leaf(Postman(name="b")))
    answers = Answers()

    sync_gateway(route, answers).cancel("order-17")

    assert answers.asked == ["b/cancel"]


@both
def test_the_reports_of_all_accounts_are_put_together(gateway_of: Make) -> None:
    route = Failover(leaf(Postman(name="a")), leaf("b"), leaf(Postman(name="c")))

    reports = gateway_of(route, Answers()).status("order-17")

    assert [report.provider for report in reports] == ["a", "c"]


@both
def test_what_one_account_reports_is_told_in_spite_of_the_trouble_of_another(
    gateway_of: Make,
) -> None:
    route = Failover(leaf(Postman(name="a")), leaf(Postman(name="b")))

    reports = gateway_of(route, Answers(a_status=REFUSED)).status("order-17")

    assert [report.provider for report in reports] == ["b"]


class Clueless(Postman):
    """One that knows of nothing."""

    def status(
        self, *, reference: str | None = None, to: str | None = None
    ) -> Flow[list[DeliveryReport]]:
        response = yield self.ask("status", reference=reference, to=to)
        if response.status != 200:
            raise ProviderError("There is none.", provider=self.name)
        return []


def test_where_nothing_is_reported_the_trouble_of_an_account_is_told() -> None:
    route = Failover(leaf(Clueless(name="a")), leaf(Clueless(name="b")))

    with pytest.raises(NotSent):
        sync_gateway(route, Answers(b_status=REFUSED)).status("order-17")


def test_where_nobody_knows_a_reference_the_first_no_counts() -> None:
    route = Failover(leaf(Clueless(name="a")), leaf(Clueless(name="b")))
    answers = Answers(a_status=UNPAID, b_status=UNPAID)

    with pytest.raises(ProviderError, match="There is none") as caught:
        sync_gateway(route, answers).status("order-17")

    assert caught.value.provider == "a"


def test_nothing_and_a_plain_no_are_nothing() -> None:
    route = Failover(leaf(Clueless(name="a")), leaf(Clueless(name="b")))

    assert sync_gateway(route, Answers(a_status=UNPAID)).status("order-17") == []


def test_an_account_that_asks_for_a_pause_between_looks_does_not_silence_another() -> None:
    slow = Postman(name="a", capabilities=replace(MOST, status_interval=120))
    gateway = sync_gateway(Failover(leaf(slow), leaf(Postman(name="b"))), Answers())

    looks = [[report.provider for report in gateway.status("order-17")] for _ in range(2)]

    assert looks == [["a", "b"], ["b"]]


@pytest.mark.parametrize("call", [lambda g: g.balance(), lambda g: g.prices("dk")])
def test_balance_and_prices_are_asked_of_one_account(call: Callable[[Any], Any]) -> None:
    class Priced(Teller):
        def prices(self, region: str) -> Flow[RateTable]:
            yield self.ask("prices")
            return RateTable.from_dict({region: 1}, currency="EUR")

    alone, two = leaf(Priced(name="a")), Failover(leaf(Priced(name="a")), leaf(Priced(name="b")))

    answer = call(sync_gateway(Failover(alone), Answers()))
    with pytest.raises(UnsupportedFeature, match="failover has several accounts"):
        call(sync_gateway(two, Answers()))

    assert str(answer) in {"17 points", "<RateTable of 1 rates>"}


def test_a_report_is_read_by_the_account_that_believes_it() -> None:
    route = Failover(leaf("a"), leaf(Postman(name="b")), leaf(Postman(name="c")))
    gateway = sync_gateway(route, Answers())

    def read(body: bytes) -> list[str]:
        request = HttpRequest(method="POST", url="https://acme.example/reports", body=body)
        return [report.provider for report in gateway.receive(request)]

    assert (read(b"b"), read(b"c")) == (["b"], ["c"])
    with pytest.raises(WebhookError, match="c does not believe it"):
        read(b"x")


def test_what_an_account_with_a_secret_says_of_a_forged_request_counts() -> None:
    class Bare(Postman):
        def parse_reports(self, _: HttpRequest) -> list[DeliveryReport]:
            raise MissingSecret("It needs a secret.")

    route = Failover(leaf(Bare(name="a")), leaf(Postman(name="b")), leaf(Bare(name="c")))
    request = HttpRequest(method="POST", url="https://acme.example/reports", body=b"x")

    with pytest.raises(InvalidSignature, match="b does not believe it"):
        sync_gateway(route, Answers()).receive(request)


def uncertain(*providers: str, age: timedelta = timedelta(seconds=5)) -> SendResult:
    numbers = [DANE, DANE_2, SWEDE][: len(providers)]
    recipients = tuple(
        RecipientResult(to=number, status=SendStatus.UNKNOWN, provider=provider)
        for number, provider in zip(numbers, providers, strict=True)
    )
    message = Message(text="Hej", to=numbers, reference="order-17")
    return SendResult(recipients=recipients, message=message, sent_at=datetime.now(UTC) - age)


@both
def test_only_the_account_that_may_have_taken_a_message_is_asked(gateway_of: Make) -> None:
    route = Failover(leaf(Seer(name="a")), leaf(Seer(name="b")), leaf("c"))
    answers = Answers(b_look_up=says([DANE_2]))

    result = gateway_of(route, answers).reconcile(uncertain("b", "b", "c"))

    assert [str(r.status) for r in result.recipients] == ["unknown", "accepted", "unknown"]
    assert answers.asked == ["b/look_up"]


def test_of_two_accounts_of_one_provider_either_may_know_it() -> None:
    late = timedelta(minutes=11)
    route = Failover(leaf(Seer(name="a")), leaf(Seer(name="a")))
    answers = Answers(a_look_up=[says([]), says([DANE])])

    result = sync_gateway(route, answers).reconcile(uncertain("a", "a", age=late))

    assert [str(r.status) for r in result.recipients] == ["accepted", "not_sent"]


def test_what_one_of_two_accounts_may_still_show_is_not_called_absent() -> None:
    slow, quick = (Seer(name="a", capabilities=replace(MOST, lookup_lag=lag)) for lag in (600, 0))
    answers = Answers(a_look_up=says([]))

    result = sync_gateway(Failover(leaf(slow), leaf(quick)), answers).reconcile(uncertain("a"))

    assert [str(r.status) for r in result.recipients] == ["unknown"]
    assert answers.asked == ["a/look_up", "a/look_up"]


def test_a_reference_that_an_account_was_not_given_proves_nothing() -> None:
    curt = Seer(name="a", capabilities=replace(MOST, reference=3))
    result = uncertain("a", age=timedelta(hours=1))

    settled = sync_gateway(Failover(leaf(curt)), Answers(a_look_up=says([]))).reconcile(result)

    assert [str(r.status) for r in settled.recipients] == ["unknown"]


def test_a_failed_send_can_be_looked_into() -> None:
    answers = Answers(a=CUT_OFF, a_look_up=says([DANE]))
    gateway = sync_gateway(Seer(name="a"), answers)
    with pytest.raises(SendFailed) as caught:
        gateway.send("Hej", to=DANE, reference="order-17")

    settled = gateway.reconcile(caught.value.result)

    assert [str(r.status) for r in settled.recipients] == ["accepted"]


def test_what_was_on_its_way_at_ctrl_c_can_be_looked_up_where_it_went() -> None:
    class Stopped(Seer):
        def send(self, _: Message) -> Flow[list[RecipientResult]]:
            raise KeyboardInterrupt
            yield

    route = Failover(leaf("a"), leaf(Stopped(name="b")))
    answers = Answers(a=REFUSED, b_look_up=says([DANE]))
    gateway = sync_gateway(route, answers)
    with pytest.raises(SendInterrupted) as caught:
        gateway.send("Hej", to=DANE, reference="order-17")
    result = caught.value.result

    settled = gateway.reconcile(result)

    assert [(r.provider, r.reason, r.segments) for r in result.recipients] == [
        ("b", Reason.INTERRUPTED, 1)
    ]
    assert [str(r.status) for r in settled.recipients] == ["accepted"]


# Transports.


def test_accounts_share_a_transport_where_their_options_agree() -> None:
    route = Failover(leaf("a"), leaf("b", deadline=3.0), leaf("c"))
    gateway = SmsGateway(route, plugins=Plugins())

    made = [gateway._new_transport(each.options.transport) for each in route.leaves]

    assert made[0] is made[2]
    assert made[0] is not made[1]
    gateway.close()


def test_async_accounts_share_a_transport_too() -> None:
    async def close() -> int:
        gateway = AsyncSmsGateway(Failover(leaf("a"), leaf("b", deadline=3.0)), plugins=Plugins())
        for each in gateway.route.leaves:
            gateway._new_transport(each.options.transport)
        await gateway.close()
        return len(gateway._transports)

    assert asyncio.run(close()) == 2


def test_one_failover_used_by_16_threads_loses_and_mixes_nothing() -> None:
    def respond(request: HttpRequest) -> Any:
        number = json.loads(request.body)["to"][0]
        return REFUSED if number[-1] in "13" and ".example" in request.url[:17] else OK

    route = Failover(leaf("a", rest_after=10**6), leaf("bb"))
    gateway = SmsGateway(route, transport=FakeTransport(respond), plugins=Plugins())
    found: dict[str, str] = {}

    def send(thread: int) -> None:
        for n in range(50):
            number = f"+4670{thread:03d}{n:04d}"
            found[number] = gateway.send("Hej", to=number).recipients[0].provider

    threads = [threading.Thread(target=send, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 16 * 50
    assert all(name == ("bb" if number[-1] in "13" else "a") for number, name in found.items())


def test_what_may_have_been_taken_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    gateway = sync_gateway(Failover(leaf("a"), leaf("b")), Answers(a=CUT_OFF))

    with pytest.raises(SendFailed):
        gateway.send("Hej", to=DANE)

    assert [(r.levelno, r.message) for r in caplog.records] == [
        (
            logging.WARNING,
            "failover: 1 of 1 recipients may or may not get the message (connection).",
        )
    ]
