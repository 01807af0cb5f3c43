"""`smsgateway cpsms`: what only CPSMS has. Imported by the command line only."""

from __future__ import annotations

import click

from smsgateway_cpsms.commands.contacts import contacts
from smsgateway_cpsms.commands.groups import groups
from smsgateway_cpsms.commands.log import log
from smsgateway_cpsms.commands.sendgroup import sendgroup

__all__ = ["cpsms"]

cpsms = click.Group(
    "cpsms",
    commands=[contacts, groups, log, sendgroup],
    help="Use what only CPSMS has: groups of contacts, and the log.",
)
