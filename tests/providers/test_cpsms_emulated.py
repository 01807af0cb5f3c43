"""The provider `cpsms` and the local CPSMS: over real HTTP, and at random against a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from smsgateway import Message, Money, ProviderError, SmsGateway
from smsgateway.errors import InsufficientCredit
from smsgateway.hooks import Plugins
from smsgateway.http import Flow, HttpRequest, HttpResponse, run
from smsgateway.receiver import wsgi_receiver
from smsgateway_cpsms import Contact, Cpsms, Group
from smsgateway_cpsms.emulator import CpsmsEmulator, Faults, Reporting
from tests.providers.cpsms_emulator.caller import Caller
from tests.providers.serving import Listener, served

T = TypeVar("T")
ANNA, BENT, CARL = "+4522334488", "+4533445599", "+46701234567"


# Over real HTTP


@pytest.fixture(scope="module")
def server() -> Iterator[CpsmsEmulator]:
    with CpsmsEmulator(credit=1000, sender="Acme") as emulator:
        yield emulator


@pytest.fixture
def emulator(server: CpsmsEmulator) -> CpsmsEmulator:
    """The server, with nothing going wrong."""
    server.faults, server.reporting = Faults(), Reporting()
    return server


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def gateway(emulator: CpsmsEmulator, listener: Listener) -> Iterator[SmsGateway]:
    cpsms = Cpsms(username=emulator.username, api_key=emulator.key, base_url=emulator.base_url)
    with SmsGateway(cpsms, plugins=Plugins([listener])) as gateway:
        yield gateway


@pytest.fixture
def report_url(gateway: SmsGateway) -> Iterator[str]:
    """Where the gateway receives its delivery reports."""
    with served(wsgi_receiver(gateway)) as url:
        yield f"{url}/reports?shop=17"


@pytest.mark.parametrize(
    "faults", [Faults(), Faults(collapse=True), Faults(error_as_200=True)], ids=["", "2016", "200"]
)
def test_a_group_is_made_filled_sent_to_looked_up_and_cleaned_up(
    emulator: CpsmsEmulator, gateway: SmsGateway, faults: Faults
) -> None:
    emulator.faults = faults
    cpsms, do = gateway.provider, gateway.run
    reference = f"news-{faults.collapse}-{faults.error_as_200}"

    group = do(cpsms.add_group("Customers"))
    empty = do(cpsms.list_contacts(group.id))
    do(cpsms.add_contact(group.id, ANNA, "Anna"))
    alone = do(cpsms.list_contacts(group.id))
    do(cpsms.add_contact(group.id, CARL))
    do(cpsms.update_contact(group.id, CARL, "Carl Å/B"))
    do(cpsms.rename_group(group.id, "Kunder & venner"))
    groups = do(cpsms.list_groups())
    groups_of_anna = do(cpsms.list_groups_of(ANNA))
    contacts = do(cpsms.list_contacts(group.id))
    before = do(cpsms.balance())
    sent = do(cpsms.send_group(group.id, "Nyt: æøå", reference=reference))
    after = do(cpsms.balance())
    log = [entry for entry in do(cpsms.log(to=CARL)) if entry.reference == reference]
    do(cpsms.delete_contact(group.id, ANNA))
    do(cpsms.delete_contact(group.id, CARL))
    do(cpsms.delete_group(group.id))

    assert empty == []
    assert [contact.number for contact in alone] == [ANNA]
    assert groups == groups_of_anna == [Group(id=group.id, name="Kunder & venner")]
    assert [(c.number, c.name) for c in contacts] == [(ANNA, "Anna"), (CARL, "Carl Å/B")]
    assert [(r.to, r.status, str(r.cost)) for r in sent] == [
        (ANNA, "accepted", "1 points"),
        (CARL, "accepted", "1.6 points"),
    ]
    assert before.amount - after.amount == Decimal("2.6")
    assert [(entry.to, entry.sender, entry.cost) for entry in log] == [
        (CARL, "Acme", Money("1.6", "points"))
    ]
    assert do(cpsms.list_groups()) == do(cpsms.list_groups_of(ANNA)) == []


@pytest.mark.parametrize("text", ["50% / 1+1=2?", "Rødgrød #1 & {€}", "a/../b", "%2F", "x" * 1530])
def test_a_simple_message_arrives_as_it_was_written(
    emulator: CpsmsEmulator, gateway: SmsGateway, text: str
) -> None:
    (result,) = gateway.run(gateway.provider.simple_send(text, ANNA, sender="A/B+C"))

    assert result.status == "accepted"
    assert (emulator.messages[-1].text, emulator.messages[-1].sender) == (text, "A/B+C")


def test_a_message_for_later_is_taken_back_until_ten_minutes_before(
    emulator: CpsmsEmulator, gateway: SmsGateway
) -> None:
    at = datetime.fromtimestamp(emulator.now(), UTC) + timedelta(hours=1)
    gateway.send("Hej", to=ANNA, send_at=at, reference="later")

    gateway.cancel("later")

    with pytest.raises(ProviderError, match="more than ten minutes from now"):
        gateway.cancel("later")
    assert "later" not in {message.reference for message in emulator.messages}


@pytest.mark.parametrize("is_blind", [False, True], ids=["&", "?"])
def test_a_report_is_called_back_and_belongs_to_message_and_recipient(
    emulator: CpsmsEmulator,
    gateway: SmsGateway,
    listener: Listener,
    report_url: str,
    is_blind: bool,  # noqa: FBT001 - pytest gives it by name
) -> None:
    emulator.reporting = Reporting(outcomes={"46701234567": 8}, blind_join=is_blind, buffered=True)

    one = gateway.send("Hej", to=[ANNA, CARL], report_url=report_url)
    other = gateway.send("Hej", to=ANNA, report_url=report_url)
    emulator.deliver_reports()

    tokens = [urlsplit(str(r.message.report_url)).path.rpartition("/")[2] for r in (one, other)]
    assert [(report.to, report.status, report.token) for report in listener.reports] == [
        (ANNA, "buffered", tokens[0]),
        (ANNA, "delivered", tokens[0]),
        (CARL, "buffered", tokens[0]),
        (CARL, "expired", tokens[0]),
        (ANNA, "buffered", tokens[1]),
        (ANNA, "delivered", tokens[1]),
    ]


def test_what_became_of_a_message_is_in_the_log(
    emulator: CpsmsEmulator, gateway: SmsGateway
) -> None:
    emulator.reporting = Reporting(outcome=2)
    gateway.send("Hej", to=BENT, reference="failed")
    emulator.deliver_reports()

    (report,) = gateway.status("failed")

    assert (report.to, report.status, report.reason) == (BENT, "failed", "Failed")


def test_a_message_that_was_taken_and_not_confirmed_is_found(
    emulator: CpsmsEmulator, gateway: SmsGateway
) -> None:
    message = Message(text="Hej", to=[ANNA, BENT], reference="cut", sender="Acme")
    since = datetime.fromtimestamp(emulator.now(), UTC) - timedelta(minutes=5)
    emulator.faults = Faults(not_json=True, times=1)
    with pytest.raises(ProviderError, match="not JSON"):
        gateway.run(gateway.provider.send(message))

    found = gateway.run(gateway.provider.look_up(message, since))

    assert [(r.to, r.status, r.segments, str(r.cost)) for r in found] == [
        (ANNA, "accepted", 1, "1 points"),
        (BENT, "accepted", 1, "1 points"),
    ]


# At random, against a model

PRICES = {ANNA: Decimal(1), BENT: Decimal(1), CARL: Decimal("1.6")}
NUMBERS = st.sampled_from(sorted(PRICES))
NAMES = st.sampled_from(["A", "Bø", "C/D"])
GROUPS = st.integers(1, 4)
REFERENCES = st.sampled_from(["r", "s"])
LATER = st.none() | st.integers(1, 2000)


@dataclass
class Sent:
    to: str
    reference: str | None
    due: int
    is_scheduled: bool
    cost: Decimal


class Agreement(RuleBasedStateMachine):
    """Uses the provider, and keeps the books beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.caller = Caller(credit=60, sender="Acme")
        self.cpsms = Cpsms(username="demo", api_key="key")
        self.made = 0
        self.groups: dict[int, str] = {}
        self.members: dict[int, dict[str, datetime]] = {}
        self.names: dict[str, str] = {}
        self.credit = Decimal(60)
        self.sent: list[Sent] = []

    def teardown(self) -> None:
        self.caller.account.close()

    @initialize(collapse=st.booleans(), error_as_200=st.booleans())
    def choose_quirks(self, *, collapse: bool, error_as_200: bool) -> None:
        self.caller.account.faults = Faults(collapse=collapse, error_as_200=error_as_200)

    def exchange(self, request: HttpRequest) -> HttpResponse:
        url = urlsplit(request.url)
        answer = self.caller.answer(
            request.method,
            url.path,
            query=url.query,
            authorization=request.headers["Authorization"],
            body=request.body,
        )
        return HttpResponse(status=answer.status, body=answer.body)

    def do(self, flow: Flow[T]) -> T:
        return run(flow, self.exchange)

    def is_refused(self, flow: Flow[Any]) -> bool:
        try:
            self.do(flow)
        except ProviderError:
            return True
        return False

    @property
    def now(self) -> int:
        return int(self.caller.time)

    @rule(name=NAMES)
    def add_group(self, name: str) -> None:
        if name in self.groups.values():
            assert self.is_refused(self.cpsms.add_group(name))
            return
        group = self.do(self.cpsms.add_group(name))
        self.made += 1
        assert group == Group(id=self.made, name=name)
        self.groups[group.id], self.members[group.id] = name, {}

    @rule(id_=GROUPS, name=NAMES)
    def rename_group(self, id_: int, name: str) -> None:
        others = {other for key, other in self.groups.items() if key != id_}
        is_wrong = id_ not in self.groups or name in others

        assert self.is_refused(self.cpsms.rename_group(id_, name)) == is_wrong

        if not is_wrong:
            self.groups[id_] = name

    @rule(id_=GROUPS)
    def delete_group(self, id_: int) -> None:
        is_wrong = id_ not in self.groups or bool(self.members[id_])

        assert self.is_refused(self.cpsms.delete_group(id_)) == is_wrong

        if not is_wrong:
            del self.groups[id_], self.members[id_]

    @rule(id_=GROUPS, number=NUMBERS, name=st.none() | NAMES)
    def add_contact(self, id_: int, number: str, name: str | None) -> None:
        is_wrong = id_ not in self.groups or number in self.members[id_]

        assert self.is_refused(self.cpsms.add_contact(id_, number, name)) == is_wrong

        if not is_wrong:
            self.members[id_][number] = datetime.fromtimestamp(self.now, UTC)
            self.names[number] = name or self.names.get(number, "")

    @rule(id_=GROUPS, number=NUMBERS, name=NAMES)
    def update_contact(self, id_: int, number: str, name: str) -> None:
        is_member = number in self.members.get(id_, {})

        assert self.is_refused(self.cpsms.update_contact(id_, number, name)) != is_member

        if is_member:
            self.names[number] = name

    @rule(id_=GROUPS, number=NUMBERS)
    def delete_contact(self, id_: int, number: str) -> None:
        is_member = number in self.members.get(id_, {})

        assert self.is_refused(self.cpsms.delete_contact(id_, number)) != is_member

        if is_member:
            del self.members[id_][number]
            if not any(number in members for members in self.members.values()):
                del self.names[number]

    @rule(id_=GROUPS, reference=REFERENCES, later=LATER)
    def send_group(self, id_: int, reference: str, later: int | None) -> None:
        members = list(self.members.get(id_, {}))
        flow = self.cpsms.send_group(id_, "Hej", reference=reference, send_at=self.at(later))

        if members:
            self.charge(flow, members, reference, later)
        else:
            assert self.is_refused(flow)

    @rule(
        numbers=st.lists(NUMBERS, min_size=1, unique=True),
        reference=st.none() | REFERENCES,
        later=LATER,
    )
    def send(self, numbers: list[str], reference: str | None, later: int | None) -> None:
        message = Message(text="Hej", to=numbers, reference=reference, send_at=self.at(later))

        self.charge(self.cpsms.send(message), numbers, reference, later)

    @rule(number=NUMBERS)
    def simple_send(self, number: str) -> None:
        self.charge(self.cpsms.simple_send("Hej", number), [number], None, None)

    def at(self, later: int | None) -> datetime | None:
        return None if later is None else datetime.fromtimestamp(self.now + later, UTC)

    def charge(
        self, flow: Flow[Any], numbers: list[str], reference: str | None, later: int | None
    ) -> None:
        cost = sum(PRICES[number] for number in numbers)
        if cost > self.credit:
            with pytest.raises(InsufficientCredit):
                self.do(flow)
            return
        results = self.do(flow)
        status = "accepted" if later is None else "scheduled"
        assert [(r.to, r.status, r.cost) for r in results] == [
            (number, status, Money(PRICES[number], "points")) for number in numbers
        ]
        self.credit -= cost
        self.sent += [
            Sent(number, reference, self.now + (later or 0), later is not None, PRICES[number])
            for number in numbers
        ]

    @rule(reference=REFERENCES)
    def cancel(self, reference: str) -> None:
        gone = [
            sent
            for sent in self.sent
            if sent.reference == reference and sent.is_scheduled and sent.due > self.now + 600
        ]

        assert self.is_refused(self.cpsms.cancel(reference)) == (not gone)

        self.credit += sum(sent.cost for sent in gone)
        self.sent = [sent for sent in self.sent if sent not in gone]

    @rule(seconds=st.integers(1, 700))
    def wait(self, seconds: int) -> None:
        self.caller.time += seconds

    @rule(number=NUMBERS, reference=REFERENCES, ago=st.integers(0, 2000))
    def look(self, number: str, reference: str, ago: int) -> None:
        since = datetime.fromtimestamp(self.now - ago, UTC)
        message = Message(text="Hej", to=[number], reference=reference)
        matching = [s for s in self.due if s.to == number and s.reference == reference]

        found = self.do(self.cpsms.look_up(message, since))
        reports = self.do(self.cpsms.status(reference=reference, to=number))

        is_there = any(sent.due >= self.now - ago for sent in matching)
        assert [recipient.to for recipient in found] == [number] * is_there
        assert [report.to for report in reports] == [number] * len(matching)

    @property
    def due(self) -> list[Sent]:
        """What was sent, in the order of the log."""
        return sorted((s for s in self.sent if s.due <= self.now), key=lambda sent: sent.due)

    @invariant()
    def the_credit_agrees(self) -> None:
        assert self.do(self.cpsms.balance()) == Money(self.credit, "points")

    @invariant()
    def the_groups_agree(self) -> None:
        assert self.do(self.cpsms.list_groups()) == [
            Group(id=id_, name=name) for id_, name in self.groups.items()
        ]

    @invariant()
    def the_contacts_agree(self) -> None:
        for id_, members in self.members.items():
            assert self.do(self.cpsms.list_contacts(id_)) == [
                Contact(number=number, name=self.names[number] or None, added_at=added_at)
                for number, added_at in members.items()
            ]

    @invariant()
    def the_memberships_agree(self) -> None:
        for number in PRICES:
            assert self.do(self.cpsms.list_groups_of(number)) == [
                Group(id=id_, name=self.groups[id_])
                for id_, members in self.members.items()
                if number in members
            ]

    @invariant()
    def the_log_agrees(self) -> None:
        entries = self.do(self.cpsms.log())

        assert [(e.to, e.reference, int(e.sent_at.timestamp()), e.cost) for e in entries] == [
            (s.to, s.reference, s.due, Money(s.cost, "points")) for s in self.due
        ]


TestAgreement = Agreement.TestCase
TestAgreement.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
