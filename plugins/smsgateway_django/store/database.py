"""The database that the store is in, and a connection to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper

from smsgateway_django.store.models import Message

__all__ = ["connected", "database", "outlasts_rollbacks"]


class _Kept(local):
    """A thread's own connection, between the two writes of a send."""

    connection: BaseDatabaseWrapper | None = None


_kept = _Kept()


def database() -> str:
    """Return the database that the store is in: the one that `DATABASE_ROUTERS` name for it."""
    return router.db_for_write(Message)


def outlasts_rollbacks(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether what is written of a send outlasts a rollback of the caller's transaction.

    In PostgreSQL another connection can write it, whatever the caller has read and written. In
    SQLite it would wait for the caller's lock, and the caller for it; of others we do not know.
    """
    return connection.vendor == "postgresql"


@contextmanager
def connected(*, is_last: bool) -> Iterator[str]:
    """Lend a connection to the database for one of the two writes of a send.

    It is the thread's, unless what is written must outlast a transaction of the caller's, or the
    thread has none: messages are sent by threads too that are no request's, where nobody would
    close one, and one that is kept for long is found dead some day. Then it is one for this send.

    Args:
        is_last: Whether it is the second write, after which a connection of its own is closed.
    """
    using = database()
    theirs = connections[using]
    own = _taken(using) or _another(theirs)
    if own is None:
        yield using
        return
    connections[using] = own
    try:
        yield using
    finally:
        connections[using] = theirs
        if is_last:
            own.close()
        else:
            _kept.connection = own


def _taken(using: str) -> BaseDatabaseWrapper | None:
    """Take back what was kept, if it still works."""
    own, _kept.connection = _kept.connection, None
    # Where it was never made, MySQL's fails when it is asked whether it is usable.
    if own is None or (own.alias == using and own.connection is not None and own.is_usable()):
        return own
    own.close()
    return None


def _another(theirs: BaseDatabaseWrapper) -> BaseDatabaseWrapper | None:
    """Make another connection than the thread's, where that is none to write by."""
    if theirs.connection is not None and not _is_to_be_outlasted(theirs):
        return None
    own = theirs.copy()
    own.settings_dict["AUTOCOMMIT"] = True
    if theirs.in_atomic_block:
        # Where each of a pool's connections waits for another one of it, they wait for ever.
        own.settings_dict["OPTIONS"].pop("pool", None)
    return own


def _is_to_be_outlasted(theirs: BaseDatabaseWrapper) -> bool:
    """Tell whether there is a transaction that must not take what is written with it."""
    # The one that a TestCase rolls back is to take it. Nothing public tells which one that is.
    is_test = any(
        block._from_testcase  # type: ignore[attr-defined]  # noqa: SLF001 - as Django's `durable`
        for block in theirs.atomic_blocks
    )
    return theirs.in_atomic_block and outlasts_rollbacks(theirs) and not is_test
