"""Groups and contacts, as sections 4.6 to 4.8 of the vendor's sheet say, in every form."""

from __future__ import annotations

from typing import Any

import pytest

from smsgateway_cpsms.emulator.switches import Faults
from tests.providers.cpsms_emulator.caller import START, Caller


def test_a_group_has_a_string_for_an_id_when_it_is_made_and_a_number_in_the_list(
    caller: Caller,
) -> None:
    made = caller.call("POST", "addgroup", {"groupName": "Kunder"})

    assert made == (200, {"success": {"groupId": "1", "groupName": "Kunder"}})
    assert caller.call("GET", "listgroups") == (200, [{"groupId": 1, "groupName": "Kunder"}])


def test_a_group_is_renamed(caller: Caller) -> None:
    caller.add_group("Old")

    answer = caller.call("PUT", "updategroup", {"groupId": "1", "groupName": "New"})

    assert answer == (200, {"success": "groupId 1 Updated"})
    assert caller.call("GET", "listgroups")[1] == [{"groupId": 1, "groupName": "New"}]


def test_a_group_may_keep_its_name(caller: Caller) -> None:
    caller.add_group("Same")

    assert caller.call("PUT", "updategroup", {"groupId": 1, "groupName": "Same"})[0] == 200


def test_an_empty_group_is_deleted_and_its_id_never_used_again(caller: Caller) -> None:
    caller.add_group("First")

    answer = caller.call("DELETE", "deletegroup", {"groupId": 1})

    assert answer == (200, {"success": "Group 1 deleted"})
    assert caller.add_group("Second") == 2


def test_a_contact_can_be_in_many_groups_under_one_name(caller: Caller) -> None:
    first, second = caller.add_group("First"), caller.add_group("Second")
    contact = {"phoneNumber": "4596322222", "contactName": "Åse"}

    answer = caller.call("POST", "addcontact", contact | {"groupId": first})
    caller.time += 60.5
    caller.call("POST", "addcontact", {"phoneNumber": "4596322222", "groupId": str(second)})

    assert answer == (200, {"success": "Contact created/added in group"})
    assert caller.call("GET", f"listcontacts/{first}")[1] == [contact | {"timeAdded": START}]
    assert caller.call("GET", f"listcontacts/{second}")[1] == [contact | {"timeAdded": START + 60}]


def test_a_contact_is_renamed_in_all_its_groups(caller: Caller) -> None:
    first, second = (caller.add_group(name, "4511111111") for name in ("First", "Second"))
    change = {"groupId": first, "phoneNumber": "4511111111", "contactName": "New"}

    answer = caller.call("PUT", "updatecontact", change)
    unchanged = caller.call("PUT", "updatecontact", change | {"contactName": ""})

    assert answer == unchanged == (200, {"success": "Contact updated"})
    assert caller.call("GET", f"listcontacts/{second}")[1][0]["contactName"] == "New"


def test_a_contact_that_leaves_its_last_group_is_gone(caller: Caller) -> None:
    first, second = (caller.add_group(name, "4511111111") for name in ("First", "Second"))
    contact = {"phoneNumber": "4511111111"}

    left = caller.call("DELETE", "deletecontact", contact | {"groupId": first})
    caller.call("PUT", "updatecontact", contact | {"groupId": second, "contactName": "Known"})
    caller.call("DELETE", "deletecontact", contact | {"groupId": second})
    caller.call("POST", "addcontact", contact | {"groupId": second})

    assert left == (200, {"success": "Contact deleted/removed"})
    assert caller.call("GET", f"listcontacts/{second}")[1][0]["contactName"] == ""


def test_the_one_group_of_a_contact_is_an_object_and_several_are_a_list(caller: Caller) -> None:
    caller.add_group("First", "4511111111")
    alone = caller.call("GET", "listgroupmembership/4511111111")
    caller.add_group("Second", "4511111111")
    both = caller.call("GET", "listgroupmembership/4511111111")

    first, second = (
        {"groupId": "1", "groupName": "First"},
        {"groupId": "2", "groupName": "Second"},
    )
    assert alone == (200, {"success": first})
    assert both == (200, {"success": [first, second]})


@pytest.mark.parametrize(
    ("method", "path", "payload", "code"),
    [
        ("POST", "addgroup", {"groupName": ""}, 400),
        ("POST", "addgroup", {"groupName": "\ud800"}, 400),
        ("POST", "addgroup", {"groupName": "Customers"}, 406),
        ("PUT", "updategroup", {"groupId": 1}, 400),
        ("PUT", "updategroup", {"groupName": "New"}, 400),
        ("PUT", "updategroup", {"groupId": 9, "groupName": "New"}, 400),
        ("PUT", "updategroup", {"groupId": 1, "groupName": "Empty"}, 406),
        ("DELETE", "deletegroup", {}, 400),
        ("DELETE", "deletegroup", {"groupId": 9}, 400),
        ("DELETE", "deletegroup", {"groupId": 1}, 409),
        ("POST", "addcontact", {"groupId": 1}, 400),
        ("POST", "addcontact", {"groupId": 9, "phoneNumber": "4522222222"}, 400),
        ("POST", "addcontact", {"groupId": 1, "phoneNumber": "4511111111"}, 406),
        ("POST", "addcontact", {"groupId": 1, "phoneNumber": "+4522222222"}, 400),
        ("POST", "addcontact", {"groupId": 1, "phoneNumber": "45222"}, 409),
        ("GET", "listcontacts", None, 400),
        ("GET", "listcontacts", {"groupId": 1}, 400),
        ("GET", "listcontacts/9", None, 400),
        ("GET", "listcontacts/one", None, 400),
        ("GET", "listcontacts/2", None, 409),
        ("PUT", "updatecontact", {"groupId": 2, "phoneNumber": "4511111111"}, 400),
        ("DELETE", "deletecontact", {"groupId": 1, "phoneNumber": "4522222222"}, 400),
        ("GET", "listgroupmembership/4522222222", None, 409),
        ("GET", "listgroupmembership", None, 400),
    ],
)
def test_what_cannot_be_done_is_refused(
    caller: Caller, method: str, path: str, payload: Any, code: int
) -> None:
    caller.add_group("Customers", "4511111111")
    caller.add_group("Empty")

    assert caller.refused(method, path, payload) == code


def test_an_account_without_groups_has_nothing_to_list(caller: Caller) -> None:
    assert caller.refused("GET", "listgroups") == 409


def test_every_call_takes_its_parameters_from_the_path_too(caller: Caller) -> None:
    statuses = [
        caller.call(method, path)[0]
        for method, path in (
            ("POST", "addgroup/New%20group"),
            ("PUT", "updategroup/1/A%2FB%20%C3%A6"),
            ("POST", "addcontact/1/4511111111/%C3%85se"),
            ("POST", "addcontact/1/4522222222"),
            ("POST", "addcontact/1/4533333333/"),
            ("PUT", "updatecontact/1/4522222222/Bo"),
            ("DELETE", "deletecontact/1/4533333333"),
        )
    ]

    assert statuses == [200] * 7
    assert caller.call("GET", "listgroups")[1] == [{"groupId": 1, "groupName": "A/B æ"}]
    _, contacts = caller.call("GET", "listcontacts/1/")
    assert [contact["contactName"] for contact in contacts] == ["Åse", "Bo"]
    assert caller.call("DELETE", "deletegroup/1")[0] == 409


def test_lists_of_one_used_to_collapse_to_an_object(caller: Caller) -> None:
    caller.account.faults = Faults(collapse=True)
    group = caller.add_group("Customers", "4511111111")

    assert caller.call("GET", "listgroups")[1] == {"groupId": 1, "groupName": "Customers"}
    assert caller.call("GET", f"listcontacts/{group}")[1]["phoneNumber"] == "4511111111"

    caller.add_group("Others", "4511111111")
    caller.call("POST", "addcontact", {"groupId": group, "phoneNumber": "4522222222"})

    assert len(caller.call("GET", "listgroups")[1]) == 2
    assert len(caller.call("GET", f"listcontacts/{group}")[1]) == 2
