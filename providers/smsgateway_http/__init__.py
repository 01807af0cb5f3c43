"""HTTP: any vendor that a configuration can describe."""

from smsgateway.hooks import hookimpl
from smsgateway_http.provider import Http
from smsgateway_http.table import Table

__all__ = ["Http", "Table", "register_providers"]


@hookimpl
def register_providers() -> list[type[Http]]:
    """Bring the provider `http`."""
    return [Http]
