"""`AlertSource`: how the alerts of one tool are read. A plugin brings them by a hook.

    @hookimpl
    def register_alert_sources():
        return [AlertSource(name="pigeonhole", parse=parse)]

Then `POST /alerts/pigeonhole` works.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from smsgateway.errors import ConfigurationError
from smsgateway.fields import no_such
from smsgateway.hooks import Plugins
from smsgateway.http import HttpRequest
from smsgateway_alerts.alert import Notification

__all__ = ["AlertSource", "Call", "find_source", "sources"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Call:
    """How a tool called the command `smsgateway alert`.

    Attributes:
        environ: The environment variables.
        subject: What `--subject` gave.
        message: What `--message` gave.
        is_recovered: Whether `--recovered` was given.
    """

    environ: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    message: str = ""
    is_recovered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSource:
    """Reads the alerts of one tool; its functions have no effects.

    Attributes:
        name: What the tool is called, in a URL and on the command line.
        parse: Reads a request that the tool made; raises `WebhookError` where it cannot.
        read: Reads a call of the command line; returns None where it says nothing.
        sign: Makes, with a secret, the signature that a request would have, and returns it with the
            one that it has. For tools that sign.
    """

    name: str
    parse: Callable[[HttpRequest], Notification] | None = None
    read: Callable[[Call], Notification | None] | None = None
    sign: Callable[[HttpRequest, str], tuple[str | None, str]] | None = None


def sources(plugins: Plugins) -> dict[str, AlertSource]:
    """Return every source that plugins bring, by name; of several, the first that was installed."""
    found: dict[str, AlertSource] = {}
    brought: list[Any] = plugins.collect("register_alert_sources")
    for source in brought:
        if isinstance(source, AlertSource):
            found.setdefault(source.name, source)
    return found


def find_source(name: str, plugins: Plugins) -> AlertSource:
    """Return a source by name.

    Raises:
        ConfigurationError: There is none.
    """
    found = sources(plugins)
    if name in found:
        return found[name]
    raise ConfigurationError(no_such(name, "alert source", list(found)))
