"""Groups, and the contacts in them. One contact, with one name, can be in many groups."""

from __future__ import annotations

from typing import Any

from smsgateway.emulation.call import Answer
from smsgateway_cpsms.emulator.account import Account
from smsgateway_cpsms.emulator.parameters import Parameters
from smsgateway_cpsms.emulator.refused import Refused
from smsgateway_cpsms.emulator.rules import check_number

__all__ = [
    "addcontact",
    "addgroup",
    "deletecontact",
    "deletegroup",
    "listcontacts",
    "listed",
    "listgroupmembership",
    "listgroups",
    "members",
    "updatecontact",
    "updategroup",
]


def addgroup(account: Account, given: Parameters) -> Answer:
    """Make a group. Its id is a string here, and a number in `listgroups`."""
    name = given.required_text("groupName")
    _check_name(account, name)
    id_ = account.execute("INSERT INTO groups (name) VALUES (?)", name)
    return Answer.json({"success": {"groupId": str(id_), "groupName": name}})


def listgroups(account: Account, _given: Parameters) -> Answer:
    """List the groups."""
    rows = account.rows("SELECT id, name FROM groups ORDER BY id")
    if not rows:
        raise Refused(409, "There are no groups")
    return listed(account, [{"groupId": id_, "groupName": name} for id_, name in rows])


def updategroup(account: Account, given: Parameters) -> Answer:
    """Rename a group."""
    id_, name = _group(account, given), given.required_text("groupName")
    _check_name(account, name, own_id=id_)
    account.execute("UPDATE groups SET name = ? WHERE id = ?", name, id_)
    return Answer.json({"success": f"groupId {id_} Updated"})


def deletegroup(account: Account, given: Parameters) -> Answer:
    """Delete a group that nobody is in."""
    id_ = _group(account, given)
    if account.rows("SELECT 1 FROM members WHERE group_id = ?", id_):
        # Not documented; the client `cpsms-client` expects a conflict.
        raise Refused(409, "The group has contacts")
    account.execute("DELETE FROM groups WHERE id = ?", id_)
    return Answer.json({"success": f"Group {id_} deleted"})


def addcontact(account: Account, given: Parameters) -> Answer:
    """Put a contact into a group; a name that is given is the contact's in all its groups."""
    id_, number = _group(account, given), given.required_text("phoneNumber")
    check_number(number)
    name = given.text("contactName")
    if _is_member(account, id_, number):
        raise Refused(406, "The contact is in that group already")
    account.execute("INSERT OR IGNORE INTO contacts VALUES (?, '')", number)
    _rename(account, number, name)
    account.execute(
        "INSERT INTO members (group_id, number, added_at) VALUES (?, ?, ?)",
        id_,
        number,
        int(account.now()),
    )
    return Answer.json({"success": "Contact created/added in group"})


def listcontacts(account: Account, given: Parameters) -> Answer:
    """List the contacts in a group."""
    id_ = _group(account, given)
    rows = account.rows(
        "SELECT number, name, added_at FROM members JOIN contacts USING (number) "
        "WHERE group_id = ? ORDER BY members.id",
        id_,
    )
    if not rows:
        raise Refused(409, "There are no contacts in that group")
    return listed(
        account,
        [
            {"phoneNumber": number, "contactName": name, "timeAdded": added_at}
            for number, name, added_at in rows
        ],
    )


def updatecontact(account: Account, given: Parameters) -> Answer:
    """Rename a contact."""
    number = _member(account, given)[1]
    _rename(account, number, given.text("contactName"))
    return Answer.json({"success": "Contact updated"})


def deletecontact(account: Account, given: Parameters) -> Answer:
    """Take a contact out of a group; out of its last one, it is gone."""
    id_, number = _member(account, given)
    account.execute("DELETE FROM members WHERE group_id = ? AND number = ?", id_, number)
    if not account.rows("SELECT 1 FROM members WHERE number = ?", number):
        account.execute("DELETE FROM contacts WHERE number = ?", number)
    return Answer.json({"success": "Contact deleted/removed"})


def listgroupmembership(account: Account, given: Parameters) -> Answer:
    """List the groups of a contact. Ids are strings here, and one group is an object."""
    rows = account.rows(
        "SELECT id, name FROM groups WHERE id IN (SELECT group_id FROM members WHERE number = ?) "
        "ORDER BY id",
        given.required_text("phoneNumber"),
    )
    if not rows:
        raise Refused(409, "The contact could not be found")
    groups = [{"groupId": str(id_), "groupName": name} for id_, name in rows]
    return Answer.json({"success": groups[0] if len(groups) == 1 else groups})


def listed(account: Account, entries: list[dict[str, Any]]) -> Answer:
    """Answer with a bare list, which of one entry used to be an object."""
    is_object = account.faults.collapse and len(entries) == 1
    return Answer.json(entries[0] if is_object else entries)


def members(account: Account, group: int) -> list[str]:
    """Return the numbers in a group.

    Raises:
        Refused: There is no such group, or nobody is in it.
    """
    _check_group(account, group)
    rows = account.rows("SELECT number FROM members WHERE group_id = ? ORDER BY id", group)
    if not rows:
        raise Refused(409, "There are no contacts in that group")
    return [number for (number,) in rows]


def _group(account: Account, given: Parameters) -> int:
    id_ = given.required_number("groupId")
    _check_group(account, id_)
    return id_


def _check_group(account: Account, id_: int) -> None:
    if not account.rows("SELECT 1 FROM groups WHERE id = ?", id_):
        raise Refused(400, "Group not found.")


def _check_name(account: Account, name: str, *, own_id: int = 0) -> None:
    if account.rows("SELECT 1 FROM groups WHERE name = ? AND id != ?", name, own_id):
        raise Refused(406, "There is a group of that name already")


def _member(account: Account, given: Parameters) -> tuple[int, str]:
    id_, number = _group(account, given), given.required_text("phoneNumber")
    if not _is_member(account, id_, number):
        raise Refused(400, "The contact is not in that group")
    return id_, number


def _is_member(account: Account, id_: int, number: str) -> bool:
    return bool(
        account.rows("SELECT 1 FROM members WHERE group_id = ? AND number = ?", id_, number)
    )


def _rename(account: Account, number: str, name: str | None) -> None:
    if name is not None:
        account.execute("UPDATE contacts SET name = ? WHERE number = ?", name, number)
