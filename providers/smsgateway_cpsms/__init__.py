"""CPSMS: the API v2 of cpsms.dk, at https://api.cpsms.dk/v2."""

from smsgateway.hooks import hookimpl
from smsgateway_cpsms.models import Contact, Group, LogEntry
from smsgateway_cpsms.provider import Cpsms

__all__ = ["Contact", "Cpsms", "Group", "LogEntry", "register_providers"]


@hookimpl
def register_providers() -> list[type[Cpsms]]:
    """Bring the provider `cpsms`."""
    return [Cpsms]
