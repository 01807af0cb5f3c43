from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from smsgateway import Message, SmsGateway
from smsgateway.hooks import Plugins
from smsgateway.testing import LocalProviderContract
from smsgateway_null import Null


class TestContract(LocalProviderContract):
    provider = Null()


def test_ids_are_running_numbers() -> None:
    null = Null()
    gateway = SmsGateway(null, plugins=Plugins())

    result = gateway.send("Hej", to=["+4522334488", "+4522334489"])

    assert [recipient.message_id for recipient in result.recipients] == ["1", "2"]
    assert null.sent == 2


def test_looking_at_the_count_does_not_change_it() -> None:
    null = Null()

    looks = [null.sent, null.sent, null.sent]

    assert looks == [0, 0, 0]


def test_a_message_for_later_is_scheduled() -> None:
    gateway = SmsGateway(Null(), plugins=Plugins())

    result = gateway.send("Hej", to="+4522334488", send_at=datetime(2040, 1, 1, tzinfo=UTC))

    assert result.recipients[0].status == "scheduled"


def test_the_count_is_exact_with_32_threads() -> None:
    null = Null()
    gateway = SmsGateway(null, plugins=Plugins())
    message = Message(text="Hej", to=["+4522334488", "+4522334489"])

    with ThreadPoolExecutor(32) as pool:
        results = list(pool.map(gateway.send, [message] * 1000))

    ids = {recipient.message_id for result in results for recipient in result.recipients}
    assert len(ids) == 2000
    assert null.sent == 2000


def test_two_do_not_share_their_count() -> None:
    one, other = Null(), Null()

    SmsGateway(one, plugins=Plugins()).send("Hej", to="+4522334488")

    assert (one.sent, other.sent) == (1, 0)
