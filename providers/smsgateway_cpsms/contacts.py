"""The contacts in groups. One contact can be in many."""

from __future__ import annotations

from smsgateway.http import Flow
from smsgateway.phone import PhoneNumber
from smsgateway_cpsms.calling import Calling
from smsgateway_cpsms.models import Contact
from smsgateway_cpsms.parameters import check_id, check_name, to_digits

__all__ = ["Contacts"]


class Contacts(Calling):
    """Adds, lists, renames and removes contacts.

    Each method raises `MessageError` for a group id that is not positive, a number that is none, or
    a name that is blank, and `ProviderError` where the vendor says no.
    """

    __slots__ = ()

    def add_contact(
        self, group_id: int, number: str | PhoneNumber, name: str | None = None
    ) -> Flow[None]:
        """Put a contact into a group, by `POST /v2/addcontact`; it may be in others already."""
        yield from self._change("POST", "addcontact", group_id, number, name)

    def list_contacts(self, group_id: int) -> Flow[list[Contact]]:
        """List the contacts in a group, by `GET /v2/listcontacts`."""
        answer = yield from self._call("GET", "listcontacts", str(check_id(group_id)))
        return [
            Contact(
                number=entry.number("phoneNumber"),
                name=entry.optional_text("contactName"),
                added_at=entry.optional_time("timeAdded"),
            )
            for entry in answer.entries()
        ]

    def update_contact(
        self, group_id: int, number: str | PhoneNumber, name: str | None = None
    ) -> Flow[None]:
        """Give a contact another name, by `PUT /v2/updatecontact`."""
        yield from self._change("PUT", "updatecontact", group_id, number, name)

    def delete_contact(self, group_id: int, number: str | PhoneNumber) -> Flow[None]:
        """Take a contact out of a group, by `DELETE /v2/deletecontact`.

        Out of its last group, it is gone altogether.
        """
        yield from self._change("DELETE", "deletecontact", group_id, number)

    def _change(
        self,
        method: str,
        call: str,
        group_id: int,
        number: str | PhoneNumber,
        name: str | None = None,
    ) -> Flow[None]:
        payload: dict[str, object] = {
            "groupId": check_id(group_id),
            "phoneNumber": to_digits(number),
        }
        if name is not None:
            payload["contactName"] = check_name(name)
        private = () if name is None else (name,)
        answer = yield from self._call(method, call, payload=payload, private=private)
        answer.confirm()
