import json
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from smsgateway import (
    AuthenticationError,
    ConfigurationError,
    Encoding,
    GatewayOptions,
    InvalidPhoneNumber,
    Message,
    MessageError,
    Money,
    NotSent,
    OutcomeUnknown,
    ProviderError,
    RateTable,
    Reason,
    RecipientResult,
    SendFailed,
    SendInterrupted,
    SendResult,
    SendStatus,
    SmsGateway,
    Stop,
    UnsupportedFeature,
    hookimpl,
)
from smsgateway.hooks import Plugins
from smsgateway.http import Flow, HttpRequest, HttpResponse
from smsgateway.provider import Capabilities
from smsgateway.stand_in import sends_go_to

DANE, DANE_2, SWEDE = "+4522334488", "+4522334499", "+46701234567"
NO_PLUGINS = Plugins()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pigeon:
    """A provider whose answers are `{number: status}`."""

    most: ClassVar[int | None] = 2
    name: ClassVar[str] = "pigeon"
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_recipients=2, reference=10, encodings=frozenset(Encoding)
    )

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        if message.text == "unspeakable":
            raise MessageError("pigeon has no words for that", field="text")
        response = yield HttpRequest.json(
            "POST",
            "https://pigeon.example/send",
            {"to": message.to, "text": message.text, "from": message.sender},
        )
        if response.status != 200:
            raise ProviderError("no", provider=self.name, code=str(response.status))
        return [
            RecipientResult(
                to=number, status=SendStatus(status), cost=Money("1.6", "points"), message_id=number
            )
            for number, status in response.json().items()
        ]

    def echo(self, words: str) -> Flow[str]:
        response = yield HttpRequest.json("POST", "https://pigeon.example/echo", words)
        return str(response.json())


class Wire:
    """A transport that answers from a function and remembers what it was asked."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond
        self.bodies: list[Any] = []
        self.closed = 0

    def exchange(self, request: HttpRequest) -> HttpResponse:
        self.bodies.append(json.loads(request.body))
        return self.respond(request)

    def close(self) -> None:
        self.closed += 1


class Diary:
    def __init__(self) -> None:
        self.told: list[Any] = []

    @hookimpl
    def after_send(self, result: SendResult) -> None:
        self.told.append(result)

    @hookimpl
    def send_failed(self, result: SendResult, error: BaseException) -> None:
        self.told.append((result, error))


def accept_all(request: HttpRequest) -> HttpResponse:
    numbers = json.loads(request.body)["to"]
    return HttpResponse(status=200, body=json.dumps(dict.fromkeys(numbers, "accepted")).encode())


def answer(status: int = 200, **numbers: str) -> Callable[[HttpRequest], HttpResponse]:
    body = json.dumps({f"+{digits.strip('_')}": word for digits, word in numbers.items()})
    return lambda _: HttpResponse(status=status, body=body.encode())


def fail(error: BaseException) -> Callable[[HttpRequest], HttpResponse]:
    def respond(_: HttpRequest) -> HttpResponse:
        raise error

    return respond


def gateway_with(
    respond: Callable[[HttpRequest], HttpResponse] = accept_all,
    *plugins: object,
    **options: Any,
) -> tuple[SmsGateway, Wire]:
    wire = Wire(respond)
    made = GatewayOptions(**{"region": "DK", "workers": 1, **options})
    return SmsGateway(Pigeon(), made, transport=wire, plugins=Plugins(plugins)), wire


def statuses(result: SendResult) -> list[str]:
    return [str(recipient.status) for recipient in result.recipients]


def test_a_send_normalises_batches_and_keeps_the_order_given() -> None:
    gateway, wire = gateway_with(sender="Acme")

    result = gateway.send("Hej", to=["22 33 44 88", SWEDE, DANE_2])

    assert [body["to"] for body in wire.bodies] == [[DANE, SWEDE], [DANE_2]]
    assert [body["from"] for body in wire.bodies] == ["Acme", "Acme"]
    assert [r.to for r in result.recipients] == [DANE, SWEDE, DANE_2]
    assert statuses(result) == ["accepted"] * 3
    assert {(r.provider, r.segments, r.encoding) for r in result.recipients} == {
        ("pigeon", 1, Encoding.GSM7)
    }
    assert result.message.to == (DANE, SWEDE, DANE_2)


def test_batches_go_out_at_the_same_time_where_workers_allow() -> None:
    together = threading.Barrier(3, timeout=5)

    def respond(request: HttpRequest) -> HttpResponse:
        together.wait()
        return accept_all(request)

    gateway, wire = gateway_with(respond, workers=3, batch_size=1)

    result = gateway.send("Hej", to=[DANE, DANE_2, SWEDE])

    assert [r.to for r in result.accepted] == [DANE, DANE_2, SWEDE]
    assert len(wire.bodies) == 3


def test_a_smaller_batch_may_be_asked_for_and_a_larger_one_is_not_given() -> None:
    gateway, wire = gateway_with(batch_size=500)

    gateway.send("Hej", to=[DANE, DANE_2, SWEDE])

    assert [len(body["to"]) for body in wire.bodies] == [2, 1]


def test_a_vendors_limit_is_used_whole() -> None:
    class Flock(Pigeon):
        __slots__ = ()
        capabilities: ClassVar[Capabilities] = Capabilities(max_recipients=500)

    wire = Wire(accept_all)
    numbers = [f"+4522{n:06d}" for n in range(330000, 330600)]

    SmsGateway(Flock(), GatewayOptions(workers=1), transport=wire, plugins=NO_PLUGINS).send(
        "Hej", to=numbers
    )

    assert [len(body["to"]) for body in wire.bodies] == [500, 100]


def test_without_a_limit_of_the_vendor_a_request_names_a_hundred() -> None:
    class Crowd(Pigeon):
        __slots__ = ()
        capabilities: ClassVar[Capabilities] = Capabilities(max_recipients=None)

    wire = Wire(accept_all)
    numbers = [f"+4522{n:06d}" for n in range(330000, 330150)]

    SmsGateway(Crowd(), GatewayOptions(workers=1), transport=wire, plugins=NO_PLUGINS).send(
        "Hej", to=numbers
    )
    SmsGateway(Crowd(), GatewayOptions(batch_size=150), transport=wire, plugins=NO_PLUGINS).send(
        "Hej", to=numbers
    )

    assert [len(body["to"]) for body in wire.bodies] == [100, 50, 150]


def test_a_number_given_twice_is_sent_to_once() -> None:
    gateway, wire = gateway_with()

    result = gateway.send("Hej", to=[DANE, "22334488", SWEDE])

    assert wire.bodies[0]["to"] == [DANE, SWEDE]
    assert statuses(result) == ["accepted", "suppressed", "accepted"]
    result.raise_for_status()


def test_bad_input_is_refused_before_anything_is_sent() -> None:
    gateway, wire = gateway_with(max_segments=1)

    with pytest.raises(InvalidPhoneNumber):
        gateway.send("Hej", to=[DANE, "12"])
    with pytest.raises(MessageError, match="takes 2 segments; this gateway allows 1"):
        gateway.send("x" * 161, to=DANE)
    with pytest.raises(UnsupportedFeature):
        gateway.send("Hej", to=DANE, flash=True)
    with pytest.raises(MessageError) as caught:
        gateway.send("unspeakable", to=DANE)

    assert caught.value.field == "text"
    assert wire.bodies == []


def test_a_message_and_loose_fields_do_not_mix() -> None:
    gateway, _ = gateway_with()
    message = Message(text="Hej", to=DANE)

    with pytest.raises(TypeError, match="not both"):
        gateway.send(message, to=DANE)
    with pytest.raises(TypeError, match="not both"):
        gateway.send(message, sender="Acme")
    with pytest.raises(MessageError, match="nobody"):
        gateway.send("Hej")


def test_some_refused_is_a_result_and_all_refused_is_an_error() -> None:
    some, _ = gateway_with(answer(_4522334488="accepted", _46701234567="rejected"))
    none, _ = gateway_with(answer(_4522334488="rejected", _46701234567="rejected"))

    result = some.send("Hej", to=[DANE, SWEDE])
    with pytest.raises(SendFailed) as caught:
        none.send("Hej", to=[DANE, SWEDE])

    assert statuses(result) == ["accepted", "rejected"]
    assert statuses(caught.value.result) == ["rejected", "rejected"]


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (NotSent("x", reason=Reason.TLS), "not_sent", Reason.TLS),
        (OutcomeUnknown("x", reason=Reason.TIMEOUT), "unknown", Reason.TIMEOUT),
        (AuthenticationError("x"), "not_sent", Reason.AUTHENTICATION),
        (KeyError("x"), "unknown", Reason.PLUGIN_FAILED),
    ],
    ids=["not sent", "unknown", "authentication", "a bug of the provider"],
)
def test_an_error_of_the_request_is_the_cause_of_the_failure(
    error: Exception, status: str, reason: Reason
) -> None:
    gateway, _ = gateway_with(fail(error))

    with pytest.raises(SendFailed) as caught:
        gateway.send("Hej", to=[DANE, SWEDE])

    assert statuses(caught.value.result) == [status, status]
    assert caught.value.reason is reason
    assert caught.value.__cause__ is error or isinstance(error, KeyError)


def test_one_failed_request_loses_no_other_result() -> None:
    def respond(request: HttpRequest) -> HttpResponse:
        if SWEDE in json.loads(request.body)["to"]:
            raise OutcomeUnknown("cut", reason=Reason.CONNECTION)
        return accept_all(request)

    gateway, _ = gateway_with(respond)

    result = gateway.send("Hej", to=[DANE, DANE_2, SWEDE])

    assert statuses(result) == ["accepted", "accepted", "unknown"]


def test_an_unknown_outcome_is_logged_without_numbers(caplog: pytest.LogCaptureFixture) -> None:
    gateway, _ = gateway_with(answer(_4522334488="accepted"))

    result = gateway.send("Hej", to=[DANE, SWEDE])

    assert result.unknown[0].reason is Reason.UNCONFIRMED
    assert "pigeon: 1 of 2 recipients may or may not get the message (unconfirmed)" in caplog.text
    assert "4522334488" not in caplog.text


def test_a_difference_to_the_estimate_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    rates = RateTable.from_dict({"45": "1", "46": "1.6"}, currency="points")
    gateway, _ = gateway_with(rates=rates)

    results = [gateway.send("Hej", to=[DANE, DANE_2, SWEDE]) for _ in range(3)]

    assert [str(r.estimated_cost) for r in results[0].recipients] == [
        "1 points",
        "1 points",
        "1.6 points",
    ]
    assert results[0].cost == Money("4.8", "points")
    messages = [r.message for r in caplog.records if r.levelno == logging.WARNING]
    assert messages == [
        "pigeon took 1.6 points where 1 points was estimated; the rates may be out of date."
    ]


def test_an_estimate_sends_nothing() -> None:
    rates = RateTable.from_dict({"45": 1}, currency="points")
    gateway, wire = gateway_with(rates=rates)

    estimate = gateway.estimate("x" * 161, to=["22334488", DANE, SWEDE])

    assert (estimate.segments, estimate.encoding) == (2, Encoding.GSM7)
    assert estimate.total == Money(2, "points")
    assert estimate.unpriced == (SWEDE,)
    assert wire.bodies == []


def test_a_dry_run_does_everything_but_send() -> None:
    diary = Diary()
    gateway, wire = gateway_with(
        accept_all, diary, rates=RateTable.from_dict({"45": 1}, currency="DKK")
    )

    result = gateway.send("Hej", to=[DANE, DANE], dry_run=True)

    assert statuses(result) == ["simulated", "suppressed"]
    assert result.recipients[0].estimated_cost == Money(1, "DKK")
    assert (wire.bodies, diary.told) == ([], [result])
    with pytest.raises(UnsupportedFeature):
        gateway.send("Hej", to=DANE, dry_run=True, send_at=datetime.now(UTC))


def test_plugins_learn_of_a_message_that_cannot_be_sent_as_it_is() -> None:
    diary = Diary()
    gateway, wire = gateway_with(accept_all, diary, max_segments=1)

    with pytest.raises(MessageError) as caught:
        gateway.send("x" * 161, to=DANE)

    ((result, error),) = diary.told
    assert (statuses(result), error, wire.bodies) == (["rejected"], caught.value, [])


def test_a_message_that_a_plugin_makes_anew_keeps_its_id() -> None:
    class Rewriting:
        @hookimpl
        def before_send(self, message: Message) -> Message:
            seen.append(message.id)
            return Message(text="Hej igen", to=message.to)

    seen: list[str | None] = []
    gateway, _ = gateway_with(accept_all, Rewriting())

    result = gateway.send("Hej", to=DANE)

    assert [result.message.id] == seen


def test_plugins_learn_how_a_send_ended() -> None:
    diary = Diary()
    gateway, wire = gateway_with(accept_all, diary)

    result = gateway.send("Hej", to=DANE)
    wire.respond = answer(500)
    with pytest.raises(SendFailed) as caught:
        gateway.send("Hej", to=DANE)

    assert diary.told == [result, (caught.value.result, caught.value)]


def test_a_plugin_that_raises_afterwards_does_not_lose_the_result(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Clumsy:
        @hookimpl
        def after_send(self) -> None:
            raise RuntimeError("the text was Hej")

    gateway, _ = gateway_with(accept_all, Clumsy())

    result = gateway.send("Hej", to=DANE)

    assert statuses(result) == ["accepted"]
    assert "RuntimeError in after_send" in caplog.text
    assert "the text was" not in caplog.text


def test_a_plugin_may_change_the_message_and_its_recipients() -> None:
    class Staging:
        @hookimpl
        def before_send(self, message: Message) -> Message:
            return replace(message, to=("22334499",), text=f"[to {len(message.to)}] {message.text}")

    gateway, wire = gateway_with(accept_all, Staging())

    result = gateway.send("Hej", to=[DANE, SWEDE])

    assert wire.bodies == [{"to": [DANE_2], "text": "[to 2] Hej", "from": None}]
    assert [(r.to, str(r.status), r.reason) for r in result.recipients] == [
        (DANE, "suppressed", Reason.STOPPED),
        (SWEDE, "suppressed", Reason.STOPPED),
        (DANE_2, "accepted", None),
    ]


def test_a_plugin_may_stop_a_message() -> None:
    class Quiet:
        @hookimpl
        def before_send(self) -> Stop:
            return Stop("quiet hours")

    diary = Diary()
    gateway, wire = gateway_with(accept_all, Quiet(), diary)

    with pytest.raises(SendFailed, match="quiet hours") as caught:
        gateway.send("Hej", to=DANE)

    recipient = caught.value.result.recipients[0]
    assert (recipient.status, recipient.reason) == (SendStatus.SUPPRESSED, Reason.STOPPED)
    assert (recipient.detail, recipient.provider) == ("quiet hours", "pigeon")
    assert wire.bodies == []
    assert diary.told == [(caught.value.result, caught.value)]


def test_a_plugin_that_raises_beforehand_keeps_the_message_from_going_out() -> None:
    class Clumsy:
        @hookimpl
        def before_send(self) -> None:
            raise RuntimeError("boom")

    gateway, wire = gateway_with(accept_all, Clumsy())

    with pytest.raises(SendFailed, match="raised RuntimeError in before_send") as caught:
        gateway.send("Hej", to=DANE)

    assert caught.value.reason is Reason.PLUGIN_FAILED
    assert statuses(caught.value.result) == ["not_sent"]
    assert wire.bodies == []


def test_an_interrupted_send_tells_what_is_known_and_sends_no_more() -> None:
    diary = Diary()
    answers = iter([accept_all, fail(KeyboardInterrupt())])

    def respond(request: HttpRequest) -> HttpResponse:
        return next(answers)(request)

    gateway, wire = gateway_with(respond, diary)
    numbers = [DANE, DANE_2, SWEDE, "+46701234568", "+46701234569"]

    with pytest.raises(SendInterrupted, match="2 accepted, 1 not_sent, 2 unknown") as caught:
        gateway.send("Hej", to=numbers)

    assert len(wire.bodies) == 2
    result, error = diary.told[0]
    assert result is caught.value.result
    assert error is caught.value.__cause__
    assert [r.reason for r in result.recipients[2:]] == [Reason.INTERRUPTED] * 3


def numbers_of(count: int) -> list[str]:
    return [f"+467012345{n}" for n in range(10, 10 + count)]


def test_progress_is_told_after_each_request() -> None:
    gateway, _ = gateway_with()
    told: list[int] = []

    gateway.send("Hej", to=numbers_of(5), progress=told.append)

    assert sorted(told) == [1, 2, 2]


def test_an_interrupt_lets_what_is_on_its_way_finish_and_begins_no_more() -> None:
    def respond(request: HttpRequest) -> HttpResponse:
        time.sleep(0.1)
        return accept_all(request)

    def ctrl_c(_: int) -> None:
        raise KeyboardInterrupt

    gateway, wire = gateway_with(respond, workers=2, batch_size=1)

    with pytest.raises(SendInterrupted) as caught:
        gateway.send("Hej", to=numbers_of(10), progress=ctrl_c)

    result = caught.value.result
    assert len(result.accepted) == len(wire.bodies) <= 5
    assert len(result.not_sent) == 10 - len(wire.bodies)


def press_ctrl_c() -> None:
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    time.sleep(0.05)  # it is handled in that thread, as soon as that one runs


def test_a_second_interrupt_gives_up_on_what_is_on_its_way() -> None:
    may_end = threading.Event()

    def respond(request: HttpRequest) -> HttpResponse:
        if SWEDE in json.loads(request.body)["to"]:
            press_ctrl_c()
            press_ctrl_c()
            may_end.wait(5)
        return accept_all(request)

    gateway, _ = gateway_with(respond, workers=1, batch_size=1)

    with pytest.raises(SendInterrupted) as caught:
        gateway.send("Hej", to=[DANE, SWEDE, DANE_2], progress=print)
    may_end.set()

    assert [(str(r.status), r.reason) for r in caught.value.result.recipients] == [
        ("accepted", None),
        ("unknown", Reason.INTERRUPTED),
        ("not_sent", Reason.INTERRUPTED),
    ]


def test_progress_that_raises_loses_no_result(caplog: pytest.LogCaptureFixture) -> None:
    told: list[int] = []

    def fail(recipients: int) -> None:
        told.append(recipients)
        raise RuntimeError(DANE)

    gateway, _ = gateway_with()

    result = gateway.send("Hej", to=numbers_of(4), progress=fail)

    assert len(result.accepted) == 4
    assert told == [2]
    assert [r.message for r in caplog.records] == ["The progress callback raised RuntimeError."]


@pytest.mark.parametrize(
    "returned", [None, 7, ["accepted"], [None]], ids=["none", "number", "words", "nothing in it"]
)
def test_a_provider_that_returns_no_results_leaves_the_outcome_open(returned: Any) -> None:
    class Vague(Pigeon):
        __slots__ = ()

        def send(self, _: Message) -> Flow[list[RecipientResult]]:
            yield from ()
            return returned  # type: ignore[no-any-return]  # that it is no list is the point

    gateway = SmsGateway(Vague(), GatewayOptions(region="DK"), plugins=NO_PLUGINS)

    with pytest.raises(SendFailed, match="pigeon returned no list of results") as caught:
        gateway.send("Hej", to=DANE)

    assert statuses(caught.value.result) == ["unknown"]


def test_a_provider_may_return_its_results_in_any_iterable() -> None:
    class Lazy(Pigeon):
        __slots__ = ()

        def send(self, message: Message) -> Flow[list[RecipientResult]]:
            yield from ()
            results = (RecipientResult(to=n, status=SendStatus.ACCEPTED) for n in message.to)
            return results  # type: ignore[return-value]  # that it is no list is the point

    gateway = SmsGateway(Lazy(), GatewayOptions(region="DK"), plugins=NO_PLUGINS)

    assert statuses(gateway.send("Hej", to=DANE)) == ["accepted"]


def test_a_provider_may_return_the_same_result_again() -> None:
    always = RecipientResult(to=DANE, status=SendStatus.ACCEPTED)

    class Parrot(Pigeon):
        __slots__ = ()

        def send(self, _: Message) -> Flow[list[RecipientResult]]:
            yield from ()
            return [always]

    gateway = SmsGateway(Parrot(), GatewayOptions(region="DK"), plugins=NO_PLUGINS)
    first = gateway.send("Hej", to=DANE)
    second = gateway.send("Hej" * 100, to=DANE)

    assert [sent.recipients[0].segments for sent in (first, second)] == [1, 2]
    assert always == RecipientResult(to=DANE, status=SendStatus.ACCEPTED)


def test_a_message_keeps_its_own_sender() -> None:
    gateway, wire = gateway_with(sender="Acme")

    gateway.send("Hej", to=DANE, sender="Shop")

    assert wire.bodies[0]["from"] == "Shop"


def test_what_was_sent_is_told_where_the_provider_has_no_words_for_the_rest() -> None:
    class Picky(Pigeon):
        def send(self, message: Message) -> Flow[list[RecipientResult]]:
            if SWEDE in message.to:
                raise MessageError("pigeon has no words for Sweden", field="to")
            return (yield from super().send(message))

    options = GatewayOptions(batch_size=1, workers=1)
    gateway = SmsGateway(Picky(), options, transport=Wire(accept_all), plugins=NO_PLUGINS)

    result = gateway.send("Hej", to=[SWEDE, DANE])

    assert [(str(r.status), r.reason) for r in result.recipients] == [
        ("rejected", Reason.INVALID_MESSAGE),
        ("accepted", None),
    ]


def test_where_nobody_knows_the_error_does_not_say_no() -> None:
    gateway, _ = gateway_with(fail(OutcomeUnknown("cut", reason=Reason.CONNECTION)))

    with pytest.raises(SendFailed, match="No recipient is known to be accepted, and 2 may be"):
        gateway.send("Hej", to=[DANE, SWEDE])


def test_a_text_longer_than_the_vendor_promises_to_join_is_warned_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    cpsms = SmsGateway.from_url("cpsms://user:key@default").provider
    wire = Wire(lambda _: HttpResponse(status=200, body=b'{"success": [{"to": "4522334488"}]}'))
    gateway = SmsGateway(cpsms, transport=wire, plugins=NO_PLUGINS)

    gateway.send("č" * 671, to=DANE)
    gateway.send("č" * 670, to=DANE)

    assert [r.message for r in caplog.records] == [
        "cpsms promises to join 10 segments; this text takes 11."
    ]


def test_a_price_list_in_money_is_not_held_against_points(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gateway, _ = gateway_with(rates=RateTable.from_dict({"45": 1}, currency="DKK"))

    gateway.send("Hej", to=DANE)

    assert caplog.records == []


def test_a_wrong_account_is_a_result_for_each_of_many_messages() -> None:
    gateway, _ = gateway_with(fail(ConfigurationError("a header has a line break")))
    messages = [Message(text=f"Hej {n}", to=DANE) for n in range(3)]

    results = list(gateway.send_many(messages))

    assert [statuses(result) for result in results] == [["not_sent"]] * 3


def test_many_messages_give_their_results_in_order_and_one_bad_one_does_not_stop_them() -> None:
    def respond(request: HttpRequest) -> HttpResponse:
        if "3" in json.loads(request.body)["text"]:
            raise NotSent("no route")
        return accept_all(request)

    gateway, _ = gateway_with(respond, workers=4)
    messages = [Message(text=f"Hej {n}", to=DANE) for n in range(10)]
    messages[5] = Message(text="Hej 5", to="12")

    results = list(gateway.send_many(messages))

    assert [r.message.text for r in results] == [m.text for m in messages]
    assert [statuses(r) for r in results] == [
        ["not_sent"] if n == 3 else ["rejected"] if n == 5 else ["accepted"] for n in range(10)
    ]
    assert results[5].recipients[0].reason is Reason.INVALID_MESSAGE


def test_many_messages_are_asked_for_no_faster_than_they_are_sent() -> None:
    asked = []

    def messages() -> Iterator[Message]:
        for n in range(1_000):
            asked.append(n)
            yield Message(text=f"Hej {n}", to=DANE)

    gateway, wire = gateway_with(workers=3)

    results = gateway.send_many(messages())
    for _ in range(10):
        next(results)
    results.close()

    assert len(asked) == 12
    assert len(wire.bodies) <= 12


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_an_error_between_many_messages_comes_after_what_was_on_its_way(
    error: type[BaseException],
) -> None:
    def messages() -> Iterator[Message]:
        yield Message(text="Hej 1", to=DANE)
        yield Message(text="Hej 2", to=DANE)
        raise error

    gateway, wire = gateway_with(workers=8)
    results = gateway.send_many(messages())

    texts = [next(results).message.text, next(results).message.text]

    assert texts == ["Hej 1", "Hej 2"]
    assert len(wire.bodies) == 2
    with pytest.raises(error):
        next(results)


def test_one_gateway_used_by_32_threads_loses_and_mixes_nothing() -> None:
    gateway, _ = gateway_with()
    found: dict[str, SendResult] = {}

    def send(thread: int) -> None:
        for n in range(50):
            number = f"+4670{thread:03d}{n:04d}"
            found[number] = gateway.send(f"Hej {number}", to=number)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 32 * 50
    assert all(
        result.message.text == f"Hej {number}" and result.accepted[0].message_id == number
        for number, result in found.items()
    )


def test_a_flow_of_the_provider_is_run_with_its_own_errors() -> None:
    gateway, _ = gateway_with(lambda request: HttpResponse(status=200, body=request.body))
    broken, _ = gateway_with(fail(NotSent("no route")))

    assert gateway.run(gateway.provider.echo("hello")) == "hello"
    with pytest.raises(NotSent, match="no route"):
        broken.run(broken.provider.echo("hello"))


def test_in_tests_everything_can_go_to_a_stand_in() -> None:
    class Loft(Pigeon):
        __slots__ = ()

        def send(self, message: Message) -> Flow[list[RecipientResult]]:
            return [RecipientResult(to=n, status=SendStatus.ACCEPTED) for n in message.to]
            yield

    gateway, wire = gateway_with(fail(AssertionError("sent for real")))

    with sends_go_to(Loft()):
        result = gateway.send("Hej", to=DANE)
        with pytest.raises(UnsupportedFeature):
            gateway.send("Hej", to=DANE, flash=True)

    assert statuses(result) == ["accepted"]
    assert wire.bodies == []


def test_a_closed_gateway_can_be_used_again() -> None:
    gateway, wire = gateway_with()

    with gateway as same:
        same.send("Hej", to=DANE)
    gateway.send("Hej", to=DANE)

    assert wire.closed == 1
    assert len(wire.bodies) == 2
    assert repr(gateway) == "<SmsGateway pigeon>"


def test_a_gateway_that_has_sent_nothing_can_be_closed() -> None:
    SmsGateway(Pigeon(), plugins=NO_PLUGINS).close()


def test_threads_that_all_send_first_share_one_transport() -> None:
    gateway = SmsGateway(Pigeon(), plugins=NO_PLUGINS)

    options = gateway.options.transport

    assert gateway._new_transport(options) is gateway._new_transport(options)
