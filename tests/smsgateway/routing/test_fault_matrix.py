"""Whatever a vendor does to a request, nothing is lost without a word, nothing is sent twice.

`--fault-matrix=10000` sends more messages than the usual 1,000.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from smsgateway import (
    AsyncSmsGateway,
    GatewayOptions,
    Message,
    SendFailed,
    SendResult,
    SmsGateway,
)
from smsgateway.hooks import Plugins
from smsgateway.options import Guarantee
from smsgateway.routing import Composite
from tests.smsgateway.routing.faults import (
    FAULTS,
    WORKERS,
    Tally,
    Vendor,
    birds,
    dead_port,
    endings,
    messages,
    running_vendor,
    send_as_usual,
    tallied,
)

pytestmark = pytest.mark.many

NEVER = 10**9  # failures: an account that rests would be asked no more, and fail no more

Send = Callable[[Composite, Guarantee, int], list[SendResult]]


@pytest.fixture
def count(request: pytest.FixtureRequest) -> int:
    """How many messages are sent."""
    given: int = request.config.getoption("--fault-matrix")
    return given


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    """A vendor with a seed that is shown where a test fails."""
    seed = random.randrange(10**9)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it where a test fails
    with running_vendor(seed) as running:
        yield running


@pytest.fixture
def dead() -> Iterator[str]:
    """Where connections are refused."""
    with dead_port() as url:
        yield url


def send_sync(route: Composite, guarantee: Guarantee, count: int) -> list[SendResult]:
    options = GatewayOptions(guarantee=guarantee)
    with (
        SmsGateway(route, options, plugins=Plugins()) as gateway,
        ThreadPoolExecutor(WORKERS) as pool,
    ):
        # Not `send_many`: it gives results in order, so that one that is slow keeps others waiting.
        return list(pool.map(lambda message: result_of(gateway, message), messages(count)))


def result_of(gateway: SmsGateway, message: Message) -> SendResult:
    try:
        return gateway.send(message)
    except SendFailed as error:
        return error.result


def send_async(route: Composite, guarantee: Guarantee, count: int) -> list[SendResult]:
    async def send(gateway: AsyncSmsGateway, message: Message) -> SendResult:
        async with slots:
            try:
                return await gateway.send(message)
            except SendFailed as error:
                return error.result

    async def send_all() -> list[SendResult]:
        options = GatewayOptions(guarantee=guarantee)
        async with AsyncSmsGateway(route, options, plugins=Plugins()) as gateway:
            return await asyncio.gather(*(send(gateway, each) for each in messages(count)))

    slots = asyncio.Semaphore(WORKERS)
    return asyncio.run(send_all())


def sent_through(
    vendor: Vendor, dead: str, send: Send, guarantee: Guarantee, count: int, **options: float
) -> Tally:
    return tallied(endings(vendor, send(birds(vendor, dead, **options), guarantee, count)))


@pytest.mark.parametrize(
    ("guarantee", "send"),
    [
        pytest.param(Guarantee.AT_MOST_ONCE, send_sync, id="at_most_once"),
        pytest.param(Guarantee.RECONCILE, send_sync, id="reconcile"),
        pytest.param(Guarantee.RECONCILE, send_async, id="reconcile, async"),
    ],
)
def test_nothing_is_lost_without_a_word_and_nothing_comes_twice(
    vendor: Vendor, dead: str, count: int, guarantee: Guarantee, send: Send
) -> None:
    tally = sent_through(vendor, dead, send, guarantee, count, rest_after=NEVER)

    assert tally.messages == count
    assert (tally.lost, tally.wrongly_sent, tally.wrongly_not_sent) == (0, 0, 0)
    assert (tally.twice, tally.most) == (0, 1)
    assert (tally.unknown > count / 100) == (guarantee is Guarantee.AT_MOST_ONCE)
    assert set(vendor.drawn) == set(FAULTS)


def test_at_least_once_nothing_comes_three_times_and_what_may_come_twice_is_marked(
    vendor: Vendor, dead: str, count: int
) -> None:
    tally = sent_through(vendor, dead, send_sync, Guarantee.AT_LEAST_ONCE, count, rest_after=NEVER)

    assert tally.messages == count
    assert (tally.lost, tally.wrongly_sent, tally.wrongly_not_sent) == (0, 0, 0)
    assert (tally.twice_unmarked, tally.most) == (0, 2)
    assert tally.twice > 0
    assert tally.unknown < count / 100


def test_an_account_that_rests_and_returns_loses_and_doubles_nothing_either(
    vendor: Vendor, dead: str, count: int
) -> None:
    tally = sent_through(
        vendor, dead, send_sync, Guarantee.RECONCILE, count, rest_after=2, rest_for=0.01
    )

    assert tally.messages == count
    assert (tally.lost, tally.wrongly_sent, tally.wrongly_not_sent) == (0, 0, 0)
    assert tally.twice == 0
    assert tally.unknown < count / 100
    assert tally.delivered > count // 2


def test_the_usual_recipe_loses_and_doubles(vendor: Vendor, dead: str, count: int) -> None:
    tally = tallied(send_as_usual(vendor, dead, count // 5))

    assert tally.lost > 0
    assert tally.twice == tally.twice_unmarked > 0
    assert tally.unknown == 0
