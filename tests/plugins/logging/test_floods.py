"""What is held back: in a file that others share, by one process alone, and in an outage."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar

import pytest

from smsgateway import GatewayOptions, RecipientResult, SendStatus, SmsGateway
from smsgateway.flood import Digest, Documents, FileStore, FloodRules, StoreError
from smsgateway.http import Flow
from smsgateway.message import Message
from smsgateway.provider import Capabilities
from smsgateway_logging import SmsHandler
from smsgateway_logging.floods import Floods

from .conftest import ANNA, LEFT, Alerts, refuse_to_start, run

BO = "+4522334499"
HOUR = 3600
LEFT_IN_FILE = (
    "smsgateway_logging: Closed before all was told. "
    "Whoever uses {} next tells what was held back.\n"
)


class Vendor:
    """A provider that may be down, for which nothing is sent then."""

    name: ClassVar[str] = "vendor"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def __init__(self) -> None:
        self.is_down = True
        self.texts: list[str] = []

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        if not self.is_down:
            self.texts.append(message.text)
        status = SendStatus.NOT_SENT if self.is_down else SendStatus.ACCEPTED
        return [RecipientResult(to=number, status=status) for number in message.to]
        yield


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "flood.db"


@contextmanager
def broken(file: Path) -> Iterator[None]:
    """Keep a file from being used for a moment, by the worker too, who may look at any time."""

    def fail(_store: FileStore, _now: float) -> None:
        raise StoreError(f"The store {file} cannot be used: disk I/O error.")

    with pytest.MonkeyPatch.context() as disk:
        disk.setattr(FileStore, "transaction", fail)
        yield


def log(alerts: Alerts, handler: SmsHandler, *texts: str) -> None:
    """Log records, each of which is sent or held back before the next one."""
    for text in texts:
        alerts.log.critical(text)
        handler.flush()


def log_for(
    alerts: Alerts, handler: SmsHandler, seconds: int, *, every: int, kind: str = "shard"
) -> None:
    """Log a record of a new kind again and again."""
    for moment in range(0, seconds, every):
        log(alerts, handler, f"{kind} {_word(moment // every)} is gone")
        alerts.clock.wait(every)


def _word(number: int) -> str:
    """Write a number in letters: of digits all are of one kind."""
    return str(number).translate(str.maketrans("0123456789", "ghijklmnop"))


@pytest.mark.parametrize("every", [120, HOUR], ids=["a storm", "an alert an hour"])
def test_after_an_outage_alerts_and_what_was_missed_come_soon(alerts: Alerts, every: int) -> None:
    vendor = Vendor()
    handler = alerts.handle(gateway=SmsGateway(vendor))
    log_for(alerts, handler, 11 * HOUR, every=every)
    vendor.is_down = False

    log_for(alerts, handler, 20 * 60, every=120, kind="disk")

    assert "CRITICAL shop.orders: disk g is gone" in vendor.texts[:2]
    assert f"{11 * HOUR // every} more in 1" in "\n".join(vendor.texts)


def test_what_was_not_sent_takes_no_segments_of_the_brake(alerts: Alerts) -> None:
    vendor = Vendor()
    handler = alerts.handle(
        gateway=SmsGateway(vendor), segments=2, brake={"number": {"segments_a_day": 4}}
    )
    log_for(alerts, handler, 4, every=1)
    vendor.is_down = False

    log(alerts, handler, "Disk full")

    assert vendor.texts == ["CRITICAL shop.orders: Disk full"]


def test_what_is_left_in_the_file_is_said_and_told_by_the_next_process(
    alerts: Alerts, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle(state=file)
    log(alerts, handler, *["Disk full"] * 6)
    handler.close()
    said = capsys.readouterr().err
    alerts.clock.wait(600)
    outbox_before = len(alerts.outbox)

    alerts.handle(state=file).close()  # it logs nothing

    assert outbox_before == 1
    assert said == LEFT_IN_FILE.format(file)
    assert [message.text for message in alerts.outbox][1:] == [
        "Held back: 5 more in 1 s, last: shop.orders: Disk full"
    ]
    assert capsys.readouterr().err == ""


def test_the_next_process_tells_it_with_its_first_alert(alerts: Alerts, file: Path) -> None:
    handler = alerts.handle(state=file)
    log(alerts, handler, "Disk full", "Disk full")
    handler.close()
    alerts.log.removeHandler(handler)
    alerts.clock.wait(600)
    handler = alerts.handle(state=file)

    log(alerts, handler, "Fan broken")

    assert [message.text for message in alerts.outbox][1:] == [
        "CRITICAL shop.orders: Fan broken",
        "Held back: 1 more in 1 s, last: shop.orders: Disk full",
    ]


def test_what_is_not_due_yet_is_left_to_the_one_after_the_next(
    alerts: Alerts, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle(state=file)
    log(alerts, handler, *["Disk full"] * 6)
    handler.close()
    capsys.readouterr()

    alerts.handle(state=file).close()

    assert len(alerts.outbox) == 1
    assert capsys.readouterr().err == ""


def test_nothing_is_said_of_a_file_in_which_nothing_is_left(
    alerts: Alerts, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle(state=file)
    log(alerts, handler, "Disk full", "Disk full")
    alerts.clock.wait(600)

    handler.close()

    assert len(alerts.outbox) == 2
    assert capsys.readouterr().err == ""


def test_nothing_is_said_of_what_another_process_has_told(
    alerts: Alerts, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle(state=file)
    log(alerts, handler, "Disk full", "Disk full")
    alerts.clock.wait(600)
    alerts.handle(state=file).close()

    handler.close()

    assert len(alerts.outbox) == 2
    assert capsys.readouterr().err == ""


_UNUSED = """
import os, sys
from smsgateway_logging import SmsHandler
SmsHandler("+4522334488", "null://", state=sys.argv[1]).close()
sys.exit("phonenumbers" in sys.modules or os.path.exists(sys.argv[1]))
"""


def test_a_handler_that_was_never_used_makes_no_file_and_loads_nothing(file: Path) -> None:
    ended = run(_UNUSED, str(file))

    assert (ended.returncode, ended.stderr) == (0, "")


def test_after_a_moments_failure_the_file_is_used_again(
    alerts: Alerts, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle(state=file)
    log(alerts, handler, "Disk full", "Disk full")
    with broken(file):
        log(alerts, handler, "Fan broken", "Fan broken", "Fan broken")
    log(alerts, handler, "Disk full", "Disk full")
    alerts.clock.wait(600)

    handler.flush()

    assert [message.text for message in alerts.outbox] == [
        "CRITICAL shop.orders: Disk full",
        "CRITICAL shop.orders: Fan broken",
        "Held back: 3 more in 1 s, last: shop.orders: Disk full",
        "Held back: 2 more in 1 s, last: shop.orders: Fan broken",
    ]
    assert capsys.readouterr().err.count("smsgateway_logging: StoreError: The store ") == 1


def test_at_the_end_what_the_file_does_not_hold_is_told_and_what_it_holds_is_said(
    alerts: Alerts, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle(state=file)
    log(alerts, handler, "Disk full", "Disk full")
    with broken(file):
        log(alerts, handler, "Fan broken", "Fan broken")
    capsys.readouterr()

    handler.close()

    assert [message.text for message in alerts.outbox][2:] == [
        "Held back: 1 more in 1 s, last: shop.orders: Fan broken",
    ]
    assert capsys.readouterr().err == LEFT_IN_FILE.format(file)


def test_a_file_that_fails_again_is_complained_of_again(
    alerts: Alerts, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle(state=file)
    log(alerts, handler, "Disk full")
    for _ in range(2):
        with broken(file):
            log(alerts, handler, "Fan broken", "Fan broken")
        log(alerts, handler, "Disk full")

    assert capsys.readouterr().err.count("smsgateway_logging: StoreError") == 2


def test_what_could_not_be_left_in_the_file_is_counted_where_it_is_not_told(
    alerts: Alerts, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor = Vendor()
    handler = alerts.handle(state=file, gateway=SmsGateway(vendor))
    log(alerts, handler, "Disk full")
    with broken(file):
        log(alerts, handler, "Fan broken", "Fan broken")
    capsys.readouterr()

    handler.close()

    assert capsys.readouterr().err.endswith(LEFT.format(2, 0) + LEFT_IN_FILE.format(file))


def test_where_something_waits_in_a_file_that_fails_it_is_tried_again_soon(file: Path) -> None:
    complaints: list[Exception] = []
    floods = Floods(
        (ANNA,),
        FloodRules(),
        segments=1,
        store=FileStore(file),
        clock=lambda: 1_800_000_000.0,
        complain=complaints.append,
    )
    floods.begin(2)
    floods.ask("Disk full", 2)
    before = floods.wait()

    with broken(file):
        meanwhile = floods.wait()
    floods.begin(0)
    after = floods.wait()

    assert (before, meanwhile, after) == (600, 60, 600)
    assert len(complaints) == 1
    assert floods.is_left


class Locked:
    """A store that others never let go."""

    def __init__(self) -> None:
        self.tries = 0

    def transaction(self, _: float) -> AbstractContextManager[Documents]:
        self.tries += 1
        raise StoreError("The store is locked.")


def test_a_file_that_fails_is_waited_for_once_in_a_delivery() -> None:
    store, digests = Locked(), list[Digest]()

    def send(digest: Digest) -> dict[str, SendStatus]:
        digests.append(digest)
        return {}

    floods = Floods(
        (ANNA,),
        FloodRules(),
        segments=1,
        store=store,
        clock=lambda: 1_800_000_000.0,
        complain=lambda _: None,
    )

    for key in ("Disk full", "Fan broken"):
        floods.begin(2)
        floods.ask(key, 2)
        floods.tell(send, early=True)
        floods.wait()

    assert store.tries == 2
    assert [digest.count for digest in digests] == [1, 1]


@pytest.mark.parametrize(
    "spellings",
    [
        pytest.param(["22 33 44 88", "+4522334488", "+45 22 33 44 88"], id="one number"),
        pytest.param([[ANNA, BO], [BO, ANNA], ["22334499", ANNA, ANNA]], id="two"),
    ],
)
def test_a_number_is_one_however_it_is_typed(
    alerts: Alerts, file: Path, spellings: list[Any]
) -> None:
    gateway = SmsGateway(alerts.outbox, GatewayOptions(region="DK"))
    for to in spellings:
        handler = alerts.handle(
            to=to, gateway=gateway, state=file, brake={"number": {"messages_an_hour": 3}}
        )
        log_for(alerts, handler, 10, every=1, kind=f"{to}")
        alerts.log.removeHandler(handler)

    assert [message.to for message in alerts.outbox].count((ANNA,)) == 3


def test_what_one_spelling_holds_back_another_tells(alerts: Alerts, file: Path) -> None:
    gateway = SmsGateway(alerts.outbox, GatewayOptions(region="DK"))
    handler = alerts.handle(to=[BO, "22 33 44 88"], gateway=gateway, state=file)
    log(alerts, handler, "Disk full", "Disk full")
    handler.close()
    alerts.clock.wait(600)

    alerts.handle(to=[ANNA, BO], gateway=gateway, state=file).close()

    assert {message.to for message in alerts.outbox if "Held back" in message.text} == {
        (ANNA,),
        (BO,),
    }


@pytest.mark.parametrize("to", [ANNA, "22 33 44 88"], ids=["E.164", "as typed at home"])
def test_a_gateway_is_made_once(alerts: Alerts, to: str) -> None:
    made: list[SmsGateway] = []

    def make() -> SmsGateway:
        made.append(SmsGateway(alerts.outbox, GatewayOptions(region="DK")))
        return made[-1]

    alerts.handle(to=to, gateway=make)

    alerts.log.critical("Disk full")

    assert len(alerts.texts) == len(made) == 1


def test_a_gateway_that_cannot_be_made_yet_costs_nothing_but_time(
    alerts: Alerts, capsys: pytest.CaptureFixture[str]
) -> None:
    failures = [LookupError(), LookupError()]

    def make() -> SmsGateway:
        if failures:
            raise failures.pop()
        return SmsGateway(alerts.outbox, GatewayOptions(region="DK"))

    handler = alerts.handle(to="22 33 44 88", gateway=make)
    log(alerts, handler, "Disk full")
    alerts.clock.wait(600)

    log(alerts, handler, "Fan broken")

    assert [message.to for message in alerts.outbox] == [(ANNA,), (ANNA,)]
    assert alerts.texts[1] == "Held back: 1 more in 1 s, last: shop.orders: Disk full"
    assert capsys.readouterr().err == "smsgateway_logging: LookupError\n"


def test_what_waits_for_a_gateway_to_be_made_is_counted(
    alerts: Alerts, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, gate = threading.Event(), threading.Event()

    def make() -> SmsGateway:
        asked.set()
        gate.wait(10)
        return SmsGateway(alerts.outbox, GatewayOptions(region="DK"))

    handler = alerts.handle(to="22 33 44 88", gateway=make, drain=0.1)
    alerts.log.critical("Disk full")
    asked.wait(5)

    handler.close()
    gate.set()

    assert capsys.readouterr().err == LEFT.format(1, 0)


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Thread, "start", refuse_to_start)


@pytest.fixture
def at_a_signal(alerts: Alerts) -> Iterator[None]:
    """Make a program that logs when it is told to end."""
    before = signal.signal(signal.SIGTERM, lambda *_: alerts.log.critical("Told to end"))
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("no_threads")
@pytest.mark.parametrize("to", [ANNA, "22 33 44 88"], ids=["E.164", "as typed at home"])
def test_what_the_making_of_a_gateway_logs_is_not_sent(
    alerts: Alerts, to: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def make() -> SmsGateway:
        alerts.log.critical("A gateway is made")
        return SmsGateway(alerts.outbox, GatewayOptions(region="DK"))

    handler = alerts.handle(to=to, gateway=make)

    alerts.log.critical("Disk full")
    handler.close()

    assert [message.text for message in alerts.outbox] == ["CRITICAL shop.orders: Disk full"]
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("no_threads")
def test_what_is_said_on_stderr_is_not_sent_where_that_is_logged(
    alerts: Alerts, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Logged(StringIO):
        def write(self, words: str) -> int:
            alerts.log.critical(words)
            return len(words)

    file.mkdir()
    monkeypatch.setattr(sys, "stderr", Logged())
    handler = alerts.handle(state=file)

    alerts.log.critical("Disk full")
    handler.close()

    assert [message.text for message in alerts.outbox] == ["CRITICAL shop.orders: Disk full"]


@pytest.mark.usefixtures("no_threads")
def test_what_ctrl_c_keeps_from_being_sent_is_counted(
    alerts: Alerts, capsys: pytest.CaptureFixture[str]
) -> None:
    interrupts = [KeyboardInterrupt()]

    def make() -> SmsGateway:
        if interrupts:
            raise interrupts.pop()
        return SmsGateway(alerts.outbox, GatewayOptions(region="DK"))

    handler = alerts.handle(to="22 33 44 88", gateway=make)
    with pytest.raises(KeyboardInterrupt):
        alerts.log.critical("Disk full")

    alerts.log.critical("Fan broken")
    handler.close()

    assert [message.text for message in alerts.outbox] == ["CRITICAL shop.orders: Fan broken"]
    assert capsys.readouterr().err == LEFT.format(1, 0)


class Interrupted:
    """A clock in the middle of which a signal comes, once."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.is_due = False

    def __call__(self) -> float:
        is_due, self.is_due = self.is_due, False
        if is_due:
            signal.raise_signal(signal.SIGTERM)
        return self._clock()


@pytest.mark.usefixtures("no_threads", "at_a_signal")
def test_what_a_signals_handler_logs_in_the_middle_of_flood_control_is_sent_next(
    alerts: Alerts,
) -> None:
    clock = Interrupted(alerts.clock)
    handler = alerts.handle(clock=clock)

    clock.is_due = True
    alerts.log.critical("Disk full")
    handler.close()

    assert [message.text for message in alerts.outbox] == [
        "CRITICAL shop.orders: Disk full",
        "CRITICAL shop.orders: Told to end",
    ]


@pytest.mark.usefixtures("no_threads", "at_a_signal")
def test_what_it_logs_while_the_handler_is_closed_is_counted(
    alerts: Alerts, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Interrupted(alerts.clock)
    handler = alerts.handle(clock=clock)
    alerts.log.critical("Disk full")

    clock.is_due = True
    handler.close()

    assert capsys.readouterr().err == LEFT.format(1, 0)
