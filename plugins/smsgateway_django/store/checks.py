"""System checks of the store.

| id | what is wrong |
| --- | --- |
| smsgateway.E005 | `SMSGATEWAY_STORE` cannot be used as it is written |
| smsgateway.W004 | in a deployment, a request that fails takes the rows of what it has sent |
"""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from smsgateway_django.store.database import database, outlasts_rollbacks
from smsgateway_django.store.setting import read_setting

__all__ = ["check_store", "check_transactions"]


@register("smsgateway")
def check_store(**_: Any) -> list[CheckMessage]:
    """Read the setting."""
    try:
        read_setting()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="smsgateway.E005")]
    return []


@register("smsgateway", deploy=True)
def check_transactions(**_: Any) -> list[CheckMessage]:
    """Find a database in which a failed request would take rows that must stay."""
    connection = connections[database()]
    if outlasts_rollbacks(connection) or not connection.settings_dict["ATOMIC_REQUESTS"]:
        return []
    return [
        Warning(
            "Requests are transactions (ATOMIC_REQUESTS), and in this database one that is rolled "
            "back takes the row of a message that was sent within it.",
            hint="Send by transaction.on_commit, or keep the store in PostgreSQL.",
            id="smsgateway.W004",
        )
    ]
