"""The database that the store is in, and a connection to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, router

from smsgateway_django.store.models import Message

__all__ = ["connected", "database"]


def database() -> str:
    """Return the database that the store is in: the one that `DATABASE_ROUTERS` name for it."""
    return router.db_for_write(Message)


@contextmanager
def connected() -> Iterator[str]:
    """Lend a connection to the database, and leave none behind where there was none.

    Messages are sent by threads too that are no request's, those of `send_many` among them. Nobody
    would close a connection there, and one that is kept for long is found dead some day.
    """
    using = database()
    connection = connections[using]
    was_open = connection.connection is not None
    try:
        yield using
    finally:
        if not was_open:
            connection.close()
