"""From what is configured to a gateway, for whoever has time and for whoever has none."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from smsgateway.errors import NotSent

if TYPE_CHECKING:
    from smsgateway.gateway import SmsGateway
    from smsgateway.http import HttpRequest, HttpResponse

__all__ = ["Origin", "open_gateway"]

#: An account's name, its URL, a gateway, a function that returns one, or None: the default account.
Origin: TypeAlias = "str | SmsGateway | Callable[[], SmsGateway] | None"


def open_gateway(origin: Origin, until: float = inf) -> SmsGateway:
    """Make the gateway; of an alert it is told twice rather than not at all.

    Args:
        origin: Where it comes from. A gateway of the program's own stays as it is.
        until: When whoever waits for it gives up, as `time.monotonic` tells it. Then it sends once
            at the most, and starts no thread.
    """
    # Not before the first alert: the configuration of logging comes before all others.
    from smsgateway.account import accounts, find_account  # noqa: PLC0415 - not when logging is set up
    from smsgateway.config import build, is_name, parse_url  # noqa: PLC0415 - not when logging is set up
    from smsgateway.gateway import SmsGateway  # noqa: PLC0415 - not when logging is set up
    from smsgateway.hooks import installed_plugins  # noqa: PLC0415 - not when logging is set up
    from smsgateway.options import Guarantee  # noqa: PLC0415 - not when logging is set up

    if isinstance(origin, SmsGateway):
        return origin
    if callable(origin):
        return origin()
    plugins = installed_plugins()
    if origin is None or is_name(origin):
        config = find_account(origin, plugins).options
    else:
        config = parse_url(origin, plugins)
    provider, options = build(config, plugins, accounts(plugins))
    if until == inf:
        kept = replace(options, guarantee=options.guarantee or Guarantee.AT_LEAST_ONCE)
        return SmsGateway(provider, kept, plugins=plugins)
    once = replace(options, guarantee=Guarantee.AT_MOST_ONCE, retry_for=0.0, workers=1)
    gateway = SmsGateway(provider, once, plugins=plugins)
    files = {leaf.options.ca_file for leaf in gateway.route.leaves}
    transport = _Hurried(until, files.pop() if len(files) == 1 else None)
    return SmsGateway(provider, once, plugins=plugins, transport=transport)


class _Hurried:
    """A transport that gives up in time, however many requests it is asked for.

    Args:
        until: When, as `time.monotonic` tells it.
        ca_file: The certificates to trust.
    """

    def __init__(self, until: float, ca_file: str | None) -> None:
        self._until = until
        self._ca_file = ca_file

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Send the request once, in the time that is left.

        Raises:
            NotSent: The provider cannot have taken the request, or no time is left.
            OutcomeUnknown: It may have.
        """
        from smsgateway.transport import RequestsTransport, Timeouts  # noqa: PLC0415 - loads much

        left = self._until - time.monotonic()
        if left <= 0:
            raise NotSent("No time is left to send it.")
        timeouts = Timeouts(connect=left, write=left, read=left, deadline=left)
        transport = RequestsTransport(timeouts=timeouts, ca_file=self._ca_file)
        try:
            return transport.exchange(request)
        finally:
            transport.close()

    def close(self) -> None:
        """Do nothing: no connection is kept."""
