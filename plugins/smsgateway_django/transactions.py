"""Views that stand in no transaction, whatever `ATOMIC_REQUESTS` says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import connections
from django.db.transaction import non_atomic_requests
from django.http import HttpResponse

__all__ = ["never_atomic"]

View = TypeVar("View", bound=Callable[..., HttpResponse])


def never_atomic(view: View) -> View:
    """Let no request to a view be a transaction, of any database: Django's own is for one."""
    for alias in connections:
        view = non_atomic_requests(alias)(view)
    return view
