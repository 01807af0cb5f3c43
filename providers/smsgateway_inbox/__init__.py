"""Inbox: keeps messages in a local SQLite file. The default, which needs no account."""

from smsgateway_inbox.mailbox import Mailbox, MailboxError, StoredMessage, default_path
from smsgateway_inbox.provider import Inbox, register_commands, register_providers

__all__ = [
    "Inbox",
    "Mailbox",
    "MailboxError",
    "StoredMessage",
    "default_path",
    "register_commands",
    "register_providers",
]
