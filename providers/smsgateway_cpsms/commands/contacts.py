"""`smsgateway cpsms contacts`."""

from __future__ import annotations

import click

from smsgateway.cli.output import table
from smsgateway.phone import PhoneNumber
from smsgateway_cpsms.commands.account import (
    Account,
    group_argument,
    region_option,
    with_account,
)
from smsgateway_cpsms.commands.groups import for_people
from smsgateway_cpsms.commands.importing import import_contacts
from smsgateway_cpsms.commands.times import local
from smsgateway_cpsms.models import Contact

__all__ = ["contacts"]


@click.group()
def contacts() -> None:
    """Put contacts into groups, and list, rename and remove them.

    GROUP is the id of a group.
    """


contacts.add_command(import_contacts)


@contacts.command("list")
@group_argument
@with_account
def list_contacts(account: Account, group_id: int) -> None:
    """List the contacts in a group."""
    found = account.run(account.provider.list_contacts(group_id))
    rows = [
        (each.number, each.name, local(each.added_at) if each.added_at else None) for each in found
    ]
    shown = table("Number", "Name", "Added", rows=rows) if found else "The group is empty."
    account.show({"contacts": found}, shown)


@contacts.command()
@group_argument
@click.argument("number")
@click.option("--name", help="What the contact is called.")
@region_option
@with_account
def add(account: Account, group_id: int, number: str, name: str | None) -> None:
    """Put a contact into a group; it may be in others, too."""
    contact = Contact(number=PhoneNumber.parse(number, account.region).e164, name=name)
    account.run(account.provider.add_contact(group_id, contact.number, name))
    account.show({"contact": contact}, f"{contact.number} is added to group {group_id}.")


@contacts.command()
@group_argument
@click.argument("number")
@click.option("--name", required=True, help="What the contact is called from now on.")
@region_option
@with_account
def update(account: Account, group_id: int, number: str, name: str) -> None:
    """Give a contact in a group another name."""
    contact = Contact(number=account.number(number), name=name)
    account.run(account.provider.update_contact(group_id, contact.number, name))
    account.show({"contact": contact}, f"{contact.number} is called {name}.")


@contacts.command()
@group_argument
@click.argument("number")
@region_option
@with_account
def remove(account: Account, group_id: int, number: str) -> None:
    """Take a contact out of a group; out of its last one, it is gone."""
    removed = account.number(number)
    account.run(account.provider.delete_contact(group_id, removed))
    account.show({"removed": removed}, f"{removed} is removed from group {group_id}.")


@contacts.command()
@click.argument("number")
@region_option
@with_account
def groups(account: Account, number: str) -> None:
    """List the groups that a contact is in."""
    found = account.run(account.provider.list_groups_of(account.number(number)))
    account.show({"groups": found}, for_people(found, "The number is in no group."))
