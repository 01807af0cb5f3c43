"""What goes wrong on demand, whichever vendor is emulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from smsgateway.emulation.call import Answer, Call
from smsgateway.emulation.switches import Faults, changed
from smsgateway.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Moody(Faults):
    """A vendor's own: one mood that passes, one that stays."""

    sulks: bool = False
    mumbles: bool = False

    passing: ClassVar[frozenset[str]] = Faults.passing | {"sulks"}


class Vendor:
    """Takes calls, and counts them."""

    taken = 0

    def do(self) -> Answer:
        self.taken += 1
        return Answer.json({"taken": self.taken})

    def refuse(self, status: int) -> Answer:
        return Answer.json({"no": status}, status=status)


@pytest.mark.parametrize(
    ("faults", "status", "taken"),
    [
        (Faults(), 200, 1),
        (Faults(status=400), 400, 0),
        (Faults(status=599), 599, 0),
        (Faults(cut="before"), 500, 0),
        (Faults(cut="after"), 200, 1),
        (Faults(not_json=True), 200, 1),
        (Faults(delay=2.5), 200, 1),
    ],
    ids=["none", "400", "599", "cut before", "cut after", "page", "slow"],
)
def test_a_fault_comes_before_or_after_the_call_is_done(
    faults: Faults, status: int, taken: int
) -> None:
    vendor = Vendor()

    answer = faults.applied(vendor.do, vendor.refuse)

    assert (answer.status, vendor.taken) == (status, taken)
    assert (answer.is_cut, answer.delay) == (faults.cut is not None, faults.delay)


def test_a_page_hides_what_was_answered() -> None:
    vendor = Vendor()

    answer = Faults(not_json=True).applied(vendor.do, vendor.refuse)

    assert answer.content_type == "text/html"
    assert answer.body.startswith(b"<!DOCTYPE html>")


def test_a_fault_lasts_as_many_calls_as_it_is_told_and_habits_stay() -> None:
    faults = Moody(status=500, sulks=True, mumbles=True, times=2)

    once = faults.after_call()
    twice = once.after_call()

    assert once == Moody(status=500, sulks=True, mumbles=True, times=1)
    assert twice == twice.after_call() == Moody(mumbles=True)


@pytest.mark.parametrize(
    "values",
    [
        {"status": 200},
        {"status": 600},
        {"status": True},
        {"status": "500"},
        {"delay": -1},
        {"delay": "slow"},
        {"delay": True},
        {"delay": float("nan")},
        {"cut": "during"},
        {"cut": []},
        {"times": 0},
        {"times": 1.5},
        {"not_json": 1},
        {"mumbles": "yes"},
        {"stauts": 500},
    ],
    ids=str,
)
def test_a_fault_that_makes_no_sense_is_a_configuration_error(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(values))):
        changed(Moody(), values)


def test_calls_and_answers_show_nothing_private() -> None:
    call = Call(method="POST", path="/4522334488", query="text=secret", body=b"secret")

    shown = f"{call!r} {Answer.json('secret')!r}"

    assert shown == "<Call POST from 127.0.0.1> <Answer 200, 8 bytes>"
