"""Groups of contacts."""

from __future__ import annotations

from smsgateway.http import Flow
from smsgateway.phone import PhoneNumber
from smsgateway_cpsms.answer import Entry
from smsgateway_cpsms.calling import Calling
from smsgateway_cpsms.models import Group
from smsgateway_cpsms.parameters import check_id, check_name, to_digits

__all__ = ["Groups"]


class Groups(Calling):
    """Makes, lists, renames and deletes groups."""

    __slots__ = ()

    def add_group(self, name: str) -> Flow[Group]:
        """Make a group, by `POST /v2/addgroup`.

        Raises:
            MessageError: The name is blank.
            ProviderError: It was refused: the name is taken, for example.
        """
        payload = {"groupName": check_name(name)}
        answer = yield from self._call("POST", "addgroup", payload=payload)
        return _group(answer.entry())

    def list_groups(self) -> Flow[list[Group]]:
        """List all groups, by `GET /v2/listgroups`."""
        answer = yield from self._call("GET", "listgroups")
        return [_group(entry) for entry in answer.entries()]

    def list_groups_of(self, number: str | PhoneNumber) -> Flow[list[Group]]:
        """List the groups that a contact is in, by `GET /v2/listgroupmembership`.

        Raises:
            InvalidPhoneNumber: It is no number.
        """
        answer = yield from self._call("GET", "listgroupmembership", to_digits(number))
        return [_group(entry) for entry in answer.entries()]

    def rename_group(self, group_id: int, name: str) -> Flow[None]:
        """Give a group another name, by `PUT /v2/updategroup`.

        Raises:
            MessageError: The id is not positive, or the name is blank.
            ProviderError: It was refused: there is no such group, for example.
        """
        payload = {"groupId": check_id(group_id), "groupName": check_name(name)}
        answer = yield from self._call("PUT", "updategroup", payload=payload)
        answer.confirm()

    def delete_group(self, group_id: int) -> Flow[None]:
        """Delete a group that nobody is in, by `DELETE /v2/deletegroup`.

        Raises:
            MessageError: The id is not positive.
            ProviderError: It was refused: the group has contacts, for example.
        """
        payload = {"groupId": check_id(group_id)}
        answer = yield from self._call("DELETE", "deletegroup", payload=payload)
        answer.confirm()


def _group(entry: Entry) -> Group:
    return Group(id=entry.whole("groupId"), name=entry.text("groupName"))
