"""What a route costs beside a send through one account: `python benchmarks/routing.py`.

The transport answers at once, so that all the time is ours: CPU time of this process, in
microseconds a message. Of many short rounds in random order the fastest counts: whatever else the
machine does makes the others slower. Exits with 1 where a goal is missed.
"""

from __future__ import annotations

import random
import sys
import time
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, ClassVar

from smsgateway import GatewayOptions, RateTable, RecipientResult, SendStatus, SmsGateway
from smsgateway.hooks import Plugins
from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.provider import Capabilities
from smsgateway.routing import Cheapest, Country, Failover, Leaf, RoundRobin

if TYPE_CHECKING:
    from collections.abc import Callable

    from smsgateway import Message
    from smsgateway.http import Flow
    from smsgateway.routing import Route

ROUNDS = 101
MESSAGES = 200  # a round
GOAL = 10.0  # microseconds

REQUEST = HttpRequest(method="POST", url="https://pigeon.example/")
ANSWER = HttpResponse(status=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pigeon:
    """A provider that does as little as one can."""

    name: ClassVar[str] = "pigeon"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        yield REQUEST
        return [RecipientResult(to=message.to[0], status=SendStatus.ACCEPTED)]


class Instant:
    """A transport that answers at once."""

    def exchange(self, _: HttpRequest) -> HttpResponse:
        return ANSWER

    def close(self) -> None:
        pass


def account(price: int) -> Leaf:
    rates = RateTable.from_dict({"45": price, "46": 3 - price}, currency="EUR")
    return Leaf(Pigeon(), GatewayOptions(rates=rates))


def sending(route: Route) -> Callable[[], object]:
    if isinstance(route, Leaf):
        gateway = SmsGateway(route.provider, route.options, transport=Instant(), plugins=Plugins())
    else:
        gateway = SmsGateway(route, transport=Instant(), plugins=Plugins())
    numbers = cycle(f"+4522{number:06d}" for number in range(300_000, 310_000))
    return lambda: gateway.send("Hej, din pakke er klar.", to=next(numbers))


def measured(send: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(MESSAGES):
        send()
    return (time.process_time() - began) / MESSAGES * 1e6


def main() -> int:
    a, b = account(1), account(2)
    cases = {
        "one account": sending(a),
        "failover of 2": sending(Failover(a, b)),
        "failover of 8": sending(Failover(*(account(1) for _ in range(8)))),
        "roundrobin of 2": sending(RoundRobin(a, b)),
        "cheapest of 2": sending(Cheapest(b, a)),
        "country": sending(Country({"DK": a, "+46": b, "*": b})),
        "failover of failovers": sending(Failover(Failover(a, b), Failover(b, a))),
    }
    rounds: dict[str, list[float]] = {name: [] for name in cases}
    for send in cases.values():
        measured(send)
    for _ in range(ROUNDS):
        for name in random.sample(list(cases), len(cases)):
            rounds[name].append(measured(cases[name]))
    alone = min(rounds["one account"])
    print(f"{'':24}{'us a message':>14}{'more than one':>16}{'ratio':>8}")
    missed = 0
    for name, figures in rounds.items():
        least = min(figures)
        missed += least - alone > GOAL
        print(f"{name:24}{least:14.1f}{least - alone:16.1f}{least / alone:8.2f}")
    print(f"\ngoal: at most {GOAL:.0f} us more: {'MISSED' if missed else 'held'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
