"""Whatever is done in whatever order, the account agrees with a model of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.providers.cpsms_emulator.caller import SMS, Caller

PRICES = {"4511111111": Decimal(1), "4522222222": Decimal(1), "46701234567": Decimal("1.6")}
NUMBERS = st.sampled_from(sorted(PRICES))
NAMES = st.sampled_from(["A", "B", "C"])
GROUPS = st.integers(1, 4)
REFERENCES = st.sampled_from(["r", "s"])


@dataclass
class Sent:
    to: str
    reference: str
    due: float


class Agreement(RuleBasedStateMachine):
    """Calls the emulator, and keeps the books in dictionaries beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.caller = Caller(credit=20)
        self.credit = Decimal(20)
        self.groups: dict[int, str] = {}
        self.members: dict[int, list[str]] = {}
        self.made = 0
        self.sent: list[Sent] = []

    def teardown(self) -> None:
        self.caller.account.close()

    @rule(name=NAMES)
    def add_group(self, name: str) -> None:
        status, _ = self.caller.call("POST", f"addgroup/{name}")

        assert status == (406 if name in self.groups.values() else 200)
        if status == 200:
            self.made += 1
            self.groups[self.made], self.members[self.made] = name, []

    @rule(id_=GROUPS, name=NAMES)
    def rename_group(self, id_: int, name: str) -> None:
        status, _ = self.caller.call("PUT", "updategroup", {"groupId": id_, "groupName": name})

        if id_ not in self.groups:
            assert status == 400
        elif name in {other for key, other in self.groups.items() if key != id_}:
            assert status == 406
        else:
            assert status == 200
            self.groups[id_] = name

    @rule(id_=GROUPS)
    def delete_group(self, id_: int) -> None:
        status, _ = self.caller.call("DELETE", "deletegroup", {"groupId": id_})

        assert status == (400 if id_ not in self.groups else 409 if self.members[id_] else 200)
        if status == 200:
            del self.groups[id_], self.members[id_]

    @rule(id_=GROUPS, number=NUMBERS)
    def add_contact(self, id_: int, number: str) -> None:
        status, _ = self.caller.call("POST", f"addcontact/{id_}/{number}")

        if id_ not in self.groups:
            assert status == 400
        elif number in self.members[id_]:
            assert status == 406
        else:
            assert status == 200
            self.members[id_].append(number)

    @rule(id_=GROUPS, number=NUMBERS)
    def remove_contact(self, id_: int, number: str) -> None:
        status, _ = self.caller.call("DELETE", f"deletecontact/{id_}/{number}")

        assert status == (200 if number in self.members.get(id_, []) else 400)
        if status == 200:
            self.members[id_].remove(number)

    @rule(id_=GROUPS, reference=REFERENCES)
    def send_to_group(self, id_: int, reference: str) -> None:
        numbers = self.members.get(id_, [])

        status, _ = self.caller.call(
            "POST", "sendgroup", SMS | {"to_group": id_, "reference": reference}
        )

        if not numbers:
            assert status == (409 if id_ in self.groups else 400)
        else:
            self.charge(status, numbers, reference, self.caller.time)

    @rule(numbers=st.lists(NUMBERS, min_size=1), reference=REFERENCES, later=st.integers(0, 2000))
    def send(self, numbers: list[str], reference: str, later: int) -> None:
        due = self.caller.time + later
        sms = SMS | {"to": numbers, "reference": reference, "timestamp": int(due)}

        status, _ = self.caller.call("POST", "send", sms)

        self.charge(status, numbers, reference, due)

    def charge(self, status: int, numbers: list[str], reference: str, due: float) -> None:
        cost = sum(PRICES[number] for number in numbers)
        assert status == (402 if cost > self.credit else 200)
        if status == 200:
            self.credit -= cost
            self.sent += [Sent(number, reference, due) for number in numbers]

    @rule(reference=REFERENCES)
    def delete_messages(self, reference: str) -> None:
        latest = self.caller.time + 600
        gone = [sms for sms in self.sent if sms.reference == reference and sms.due > latest]

        status, _ = self.caller.call("DELETE", "deletesms", {"reference": reference})

        assert status == (200 if gone else 409)
        self.credit += sum(PRICES[sms.to] for sms in gone)
        self.sent = [sms for sms in self.sent if sms not in gone]

    @rule(seconds=st.integers(1, 700))
    def wait(self, seconds: int) -> None:
        self.caller.time += seconds

    @invariant()
    def the_credit_agrees(self) -> None:
        assert self.caller.account.credit == self.credit >= 0

    @invariant()
    def the_groups_agree(self) -> None:
        _, listed = self.caller.call("GET", "listgroups")

        found = {} if "error" in listed else {each["groupId"]: each["groupName"] for each in listed}
        assert found == self.groups

    @invariant()
    def the_memberships_agree(self) -> None:
        for number in PRICES:
            _, body = self.caller.call("GET", f"listgroupmembership/{number}")

            listed = body.get("success", [])
            groups = listed if isinstance(listed, list) else [listed]
            assert [int(group["groupId"]) for group in groups] == [
                id_ for id_, numbers in self.members.items() if number in numbers
            ]

    @invariant()
    def the_log_agrees(self) -> None:
        _, log = self.caller.call("GET", "getlog")

        due = sorted(
            (sms for sms in self.sent if sms.due <= self.caller.time), key=lambda sms: sms.due
        )
        assert [(entry["to"], entry["timeSent"]) for entry in log] == [
            (sms.to, sms.due) for sms in due
        ]


TestAgreement = Agreement.TestCase
TestAgreement.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
