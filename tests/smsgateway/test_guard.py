from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from smsgateway import ConfigurationError, Message, Money, RecipientResult, SendStatus
from smsgateway.errors import Reason
from smsgateway.fields import make
from smsgateway.flood import MemoryStore, StoreError
from smsgateway.guard import Clearance, Guard, GuardOptions, Places

ANNA = "+4522334488"
BO = "+4522334499"
SVEN = "+46701234567"
SATELLITE = "+881612345678"
HEJ = Message(text="Hej", to=(ANNA, BO))
PRICES = {"+45": Money("0.50", "DKK"), "+46": Money("0.10", "EUR")}


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _price(number: str) -> Money | None:
    return PRICES.get(number[:3])


def _to(*numbers: str) -> Message:
    return Message(text="Hej", to=numbers)


def _stopped(clearance: Clearance) -> dict[str, str | None]:
    return {result.to: result.detail for result in clearance.stopped}


def test_without_options_a_message_passes_as_it_is() -> None:
    guard = Guard("main", GuardOptions())

    clearance = guard.check(HEJ, 1, _price)

    assert clearance.message is HEJ
    assert clearance.stopped == ()


def test_without_options_satellites_and_premium_rates_are_stopped_all_the_same() -> None:
    guard = Guard("main", GuardOptions())

    clearance = guard.check(_to(ANNA, SATELLITE), 1, _price)

    assert clearance.message == _to(ANNA)
    assert _stopped(clearance) == {
        SATELLITE: "The number may be costly; its prefix must be allowed."
    }


def test_what_is_stopped_is_suppressed_with_a_reason() -> None:
    guard = Guard("main", GuardOptions(allow=Places("DK")))

    (result,) = guard.check(_to(SVEN), 1, _price).stopped

    assert result.status is SendStatus.SUPPRESSED
    assert result.reason is Reason.STOPPED
    assert result.detail == "This gateway may not send to SE (allow)."


@pytest.mark.parametrize(
    "allow",
    [
        pytest.param("DK,+4670", id="a region and a prefix, as a URL has them"),
        pytest.param(["dk", " SE "], id="regions as a file has them"),
        pytest.param("+4", id="a prefix of several countries"),
    ],
)
def test_regions_and_prefixes_can_be_allowed(allow: str | list[str]) -> None:
    guard = Guard("main", make(GuardOptions, {"allow": allow}))

    clearance = guard.check(_to(ANNA, SVEN, SATELLITE), 1, _price)

    assert clearance.message == _to(ANNA, SVEN)
    assert _stopped(clearance).keys() == {SATELLITE}


def test_a_message_for_nobody_who_may_get_it_is_none() -> None:
    guard = Guard("main", GuardOptions(allow=Places("SE")))

    assert guard.check(HEJ, 1, _price).message is None


def test_a_recipient_gets_so_many_messages_an_hour(clock: Clock) -> None:
    guard = Guard("main", GuardOptions(recipient_an_hour=2), clock=clock)
    guard.check(_to(ANNA), 1, _price)
    guard.check(_to(ANNA), 1, _price)

    clearance = guard.check(HEJ, 1, _price)
    clock.now += 3900
    later = guard.check(HEJ, 1, _price)

    assert clearance.message == _to(BO)
    assert _stopped(clearance) == {ANNA: "It would be more than recipient_an_hour."}
    assert later.message is HEJ


def test_a_recipient_gets_so_many_messages_a_day(clock: Clock) -> None:
    guard = Guard("main", GuardOptions(recipient_a_day=1), clock=clock)
    guard.check(_to(ANNA), 1, _price)
    clock.now += 80_000

    clearance = guard.check(_to(ANNA), 1, _price)

    assert _stopped(clearance) == {ANNA: "It would be more than recipient_a_day."}


def test_all_together_take_so_many_segments_a_day(clock: Clock) -> None:
    guard = Guard("main", GuardOptions(segments_a_day=5), clock=clock)
    guard.check(_to(SVEN), 2, _price)

    clearance = guard.check(HEJ, 2, _price)

    assert clearance.message == _to(ANNA)
    assert _stopped(clearance) == {BO: "It would be more than segments_a_day."}


def test_all_together_cost_so_much_a_day(clock: Clock) -> None:
    guard = Guard("main", GuardOptions(cost_a_day="1.20 DKK"), clock=clock)

    clearance = guard.check(_to(ANNA, BO, "+4522334400"), 1, _price)

    assert clearance.message == HEJ
    assert _stopped(clearance) == {"+4522334400": "It would be more than cost_a_day."}


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(SVEN, id="a price in another currency"),
        pytest.param("+4790123456", id="no price"),
    ],
)
def test_what_has_no_price_gets_nothing_where_costs_are_capped(number: str) -> None:
    guard = Guard("main", GuardOptions(cost_a_day="1.20 DKK"))

    clearance = guard.check(_to(number), 1, _price)

    assert _stopped(clearance) == {
        number: "No price in DKK is known for the number, to keep cost_a_day."
    }


def test_a_dry_run_counts_nothing() -> None:
    guard = Guard("main", GuardOptions(segments_a_day=2, recipient_a_day=1))
    guard.check(HEJ, 1, _price, is_dry_run=True)

    assert guard.check(HEJ, 1, _price).message is HEJ


def test_a_number_that_is_given_twice_counts_once() -> None:
    guard = Guard("main", GuardOptions(recipient_a_day=1))

    assert guard.check(_to(ANNA, ANNA), 1, _price).stopped == ()


@pytest.mark.parametrize("status", [SendStatus.NOT_SENT, SendStatus.REJECTED])
def test_what_was_provably_not_taken_is_given_back(status: SendStatus) -> None:
    options = GuardOptions(segments_a_day=2, recipient_a_day=1, cost_a_day="1.00 DKK")
    guard = Guard("main", options)
    counted = guard.check(HEJ, 1, _price).at
    results = [
        RecipientResult(to=ANNA, status=status),
        RecipientResult(to=BO, status=SendStatus.UNKNOWN),
    ]

    guard.give_back(results, 1, _price, counted)

    assert guard.check(HEJ, 1, _price).message == _to(ANNA)


@pytest.mark.parametrize(
    "options",
    [GuardOptions(segments_a_day=4), GuardOptions(cost_a_day="2.00 DKK")],
    ids=["segments", "cost"],
)
def test_all_is_given_back_of_what_several_did_not_get(options: GuardOptions) -> None:
    guard = Guard("main", options)
    counted = guard.check(HEJ, 2, lambda _: Money(1, "DKK")).at
    results = [RecipientResult(to=to, status=SendStatus.NOT_SENT) for to in HEJ.to]

    guard.give_back(results, 2, lambda _: Money(1, "DKK"), counted)

    assert guard.check(HEJ, 2, lambda _: Money(1, "DKK")).message is HEJ


def test_what_is_given_back_lets_no_more_through_in_any_hour(clock: Clock) -> None:
    guard = Guard("main", GuardOptions(recipient_an_hour=2), clock=clock)
    clock.now += 290
    counted = guard.check(_to(ANNA), 1, _price).at
    clock.now += 20  # and five minutes have begun in which all is added up
    lost = RecipientResult(to=ANNA, status=SendStatus.NOT_SENT)

    guard.give_back([lost], 1, _price, counted)
    clock.now += 3000
    guard.check(_to(ANNA), 1, _price)
    clock.now += 600
    clearances = [guard.check(_to(ANNA), 1, _price) for _ in range(2)]

    assert [clearance.message for clearance in clearances] == [_to(ANNA), None]


def test_what_was_counted_before_stays_where_something_else_is_given_back(clock: Clock) -> None:
    guard = Guard("main", GuardOptions(recipient_an_hour=2), clock=clock)
    guard.check(_to(ANNA), 1, _price)
    lost = RecipientResult(to=ANNA, status=SendStatus.NOT_SENT)

    for _ in range(5):
        clock.now += 600
        counted = guard.check(_to(ANNA), 1, _price).at
        guard.give_back([lost], 1, _price, counted)
    clock.now += 900

    assert [guard.check(_to(ANNA), 1, _price).message for _ in range(2)] == [_to(ANNA)] * 2


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_a_clock_that_was_ahead_stops_nothing_for_longer_than_an_hour(
    clock: Clock, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "guard.db" if kind == "file" else None
    guard = Guard("main", GuardOptions(recipient_an_hour=1, guard_file=file), clock=clock)
    clock.now += 365 * 86_400
    guard.check(_to(ANNA), 1, _price)

    clock.now -= 365 * 86_400
    stopped = guard.check(_to(ANNA), 1, _price)
    clock.now += 3900

    assert stopped.message is None
    assert guard.check(_to(ANNA), 1, _price).message == _to(ANNA)


@pytest.mark.parametrize("document", [None, {"a": 1}, [[1]], [[1, 1, 1, "x"]], [[1, "x", 1, "0"]]])
def test_what_was_counted_and_cannot_be_read_lets_nothing_through(document: object) -> None:
    store = MemoryStore()
    guard = Guard("main", GuardOptions(recipient_an_hour=1), store=store)
    with store.transaction(time.time()) as documents:
        documents[f"guard:main:{ANNA}"] = document

    clearance = guard.check(_to(ANNA), 1, _price)

    assert isinstance(clearance.error, StoreError)
    assert [result.status for result in clearance.stopped] == ["not_sent"]
    assert ANNA not in str(clearance.error)


def test_staging_gives_nothing_back_of_what_it_never_counted() -> None:
    store = MemoryStore()
    live = Guard("main", GuardOptions(segments_a_day=1), store=store)
    staging = Guard("main", GuardOptions(segments_a_day=1, redirect_to=BO), store=store)
    live.check(_to(ANNA), 1, _price)

    counted = staging.check(_to(ANNA), 1, _price).at
    staging.give_back([RecipientResult(to=BO, status=SendStatus.NOT_SENT)], 1, _price, counted)

    assert live.check(_to(ANNA), 1, _price).message is None


def test_nothing_is_given_back_where_all_was_taken() -> None:
    guard = Guard("main", GuardOptions(segments_a_day=1))
    counted = guard.check(_to(ANNA), 1, _price).at

    guard.give_back([RecipientResult(to=ANNA, status=SendStatus.ACCEPTED)], 1, _price, counted)

    assert guard.check(_to(ANNA), 1, _price).message is None


def test_in_staging_one_number_gets_every_message() -> None:
    guard = Guard("main", GuardOptions(redirect_to=BO))

    clearance = guard.check(_to(ANNA, SVEN), 1, _price)

    assert clearance.message == _to(BO)
    assert _stopped(clearance) == dict.fromkeys(
        (ANNA, SVEN), "Redirected to +45******99 (redirect_to)."
    )


def test_accounts_that_share_a_file_count_each_for_itself(tmp_path: Path) -> None:
    options = GuardOptions(recipient_a_day=1, guard_file=tmp_path / "guard.db")
    Guard("main", options).check(HEJ, 1, _price)

    assert Guard("main", options).check(HEJ, 1, _price).message is None
    assert Guard("other", options).check(HEJ, 1, _price).message is HEJ


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        pytest.param({"allow": "Denmark"}, "allow takes regions", id="no region"),
        pytest.param({"recipient_an_hour": 0}, "recipient_an_hour must be", id="nothing an hour"),
        pytest.param({"segments_a_day": -1}, "segments_a_day must be", id="less than nothing"),
        pytest.param({"cost_a_day": "much"}, "cost_a_day takes", id="no amount"),
        pytest.param({"cost_a_day": "0 DKK"}, "cost_a_day must be", id="no money"),
        pytest.param({"cost_a_day": "1.2.3 DKK"}, "must be a number", id="no number"),
        pytest.param({"redirect_to": "22334488"}, "redirect_to takes", id="a national number"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: Mapping[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        Guard("main", make(GuardOptions, options))


_SPEND = """
import sys
from smsgateway import Message
from smsgateway.guard import Guard, GuardOptions
from pathlib import Path
guard = Guard("main", GuardOptions(segments_a_day=50, guard_file=Path(sys.argv[1])))
message = Message(text="Hej", to="+4522334488")
print(sum(guard.check(message, 1, lambda _: None).message is not None for _ in range(20)))
"""


def test_processes_that_share_a_budget_never_spend_more(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _SPEND, str(tmp_path / "guard.db")]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]

    sent = [int(process.communicate()[0]) for process in processes]

    assert sum(sent) == 50
