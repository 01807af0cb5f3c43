"""What goes wrong where somebody else's app must not hear of it: it is logged, and not raised."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured

from smsgateway.errors import SmsGatewayError

__all__ = ["OURS", "logged"]

_log = logging.getLogger("smsgateway.django")

#: The errors that sending raises; none quotes a text, a whole number or a secret.
OURS = (SmsGatewayError, ImproperlyConfigured)


@contextmanager
def logged(
    words: str, *, fail_silently: bool = True, errors: tuple[type[Exception], ...] = OURS
) -> Iterator[None]:
    """Log an error and go on after the block, instead of raising it.

    Args:
        words: What did not happen.
        fail_silently: Where it is False, the error is raised.
        errors: Which errors; others are raised. Of one that is not ours, only the class is told.
    """
    try:
        yield
    except errors as error:
        if not fail_silently:
            raise
        _log.error("%s: %s", words, error if isinstance(error, OURS) else type(error).__name__)
