"""`smsgateway cpsms groups`."""

from __future__ import annotations

import click
from rich.console import RenderableType

from smsgateway.cli.output import table
from smsgateway_cpsms.commands.account import Account, group_argument, with_account
from smsgateway_cpsms.models import Group

__all__ = ["for_people", "groups"]


@click.group()
def groups() -> None:
    """Make, list, rename and delete groups of contacts."""


@groups.command("list")
@with_account
def list_groups(account: Account) -> None:
    """List the groups with their ids."""
    found = account.run(account.provider.list_groups())
    account.show({"groups": found}, for_people(found, "There are no groups."))


@groups.command()
@click.argument("name")
@with_account
def add(account: Account, name: str) -> None:
    """Make a group called NAME."""
    made = account.run(account.provider.add_group(name))
    account.show({"group": made}, f"Group {made.id} is made: {made.name}")


@groups.command()
@group_argument
@click.argument("name")
@with_account
def rename(account: Account, group_id: int, name: str) -> None:
    """Call a group NAME from now on."""
    account.run(account.provider.rename_group(group_id, name))
    renamed = Group(id=group_id, name=name)
    account.show({"group": renamed}, f"Group {renamed.id} is renamed: {renamed.name}")


@groups.command()
@group_argument
@with_account
def delete(account: Account, group_id: int) -> None:
    """Delete a group that nobody is in."""
    account.run(account.provider.delete_group(group_id))
    account.show({"deleted": group_id}, f"Group {group_id} is deleted.")


def for_people(found: list[Group], none: str) -> RenderableType:
    """Make a table of groups, or say that there are none."""
    return table("Id", "Name", rows=[(each.id, each.name) for each in found]) if found else none
