"""The desk: from a notification to rows of the queue. Whoever receives alerts has one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

from smsgateway.errors import ConfigurationError, InvalidPhoneNumber, MessageError
from smsgateway.flood import Flood
from smsgateway.hooks import Plugins, installed_plugins
from smsgateway_alerts.alert import Alert, Notification, Status, fingerprint
from smsgateway_alerts.courier import Courier
from smsgateway_alerts.entry import Entry, Seen
from smsgateway_alerts.file import QueueError
from smsgateway_alerts.outlet import Outlet
from smsgateway_alerts.queue import Queue
from smsgateway_alerts.route import Route, read_routes
from smsgateway_alerts.sender import Sender
from smsgateway_alerts.settings import Settings
from smsgateway_alerts.template import compose_with
from smsgateway_alerts.text import headline, summary, written

__all__ = ["Desk", "NotListed", "Taken"]

_WEEK = 7 * 86_400.0  # seconds for which an Idempotency-Key is known


class NotListed(MessageError):
    """A request asks for a number that is not in the list of recipients."""


class Taken(NamedTuple):
    """What became of a notification: how many messages it put in the queue, or it is a repeat."""

    queued: int
    is_repeat: bool = False


class Desk:
    """Takes notifications: says who is told what and when, and puts that in the queue.

    Args:
        settings: What the operator has chosen.
        plugins: The providers and sources that there are; those installed where None.
        clock: Tells the time, in seconds since 1970.

    Raises:
        ConfigurationError: The settings, or the gateway's, are wrong; or this user may not send
            what is in the queue.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        plugins: Plugins | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not settings.recipients:
            raise ConfigurationError(
                "[plugins.alerts] in smsgateway.toml has no recipients: there is nobody to tell."
            )
        self.settings = settings
        self.plugins = installed_plugins() if plugins is None else plugins
        self.outlet = Outlet.open(settings.gateway, self.plugins, is_remembered=True)
        if self.outlet.senderless:
            raise ConfigurationError(self.outlet.senderless)
        self.queue = Queue(settings.database_path, clock=clock)
        try:
            self.queue.check()
        except QueueError as error:
            raise ConfigurationError(f"No alert could be sent. {error}") from error
        self._clock = clock
        self._recipients = self.outlet.listed(settings.recipients)
        self._routes = read_routes(list(settings.routes), self._listed)
        self._route_of = {route.key: route for route in self._routes}
        self._compose = compose_with(settings.template) if settings.template else summary
        flood = Flood(self.outlet.memory, settings.flood, store=settings.flood_store, clock=clock)
        self.courier = Courier(
            self.queue, self.outlet, flood, segments=settings.segments, rest=self._rest
        )
        self.sender = Sender(self.queue, self.courier)

    def __repr__(self) -> str:
        return f"<Desk {self.queue}>"

    def close(self) -> None:
        """Stop sending, and close the gateway's connections; what is queued stays queued."""
        self.sender.stop()
        self.outlet.gateway.close()

    def take(
        self,
        notification: Notification,
        *,
        to: Iterable[str] = (),
        idempotency: Seen | None = None,
    ) -> Taken:
        """Put a notification in the queue; when this returns, it is on the disk.

        Args:
            notification: What a tool said.
            to: Numbers that its request asks for; the notification may name others.
            idempotency: What a repeat is known by, if whoever sent it says so.

        Raises:
            NotListed: A number is not in the list of recipients; nothing is queued.
            KeyReused: The idempotency key came before, with another request.
            QueueError: The queue cannot be written; nothing is queued.
        """
        asked = self._asked((*to, *notification.to))
        if not notification.alerts:
            return Taken(0)
        entries = self._entries(notification, asked)
        queued = self.queue.add(entries, seen=self._seen(notification, asked, idempotency))
        self.sender.wake()
        return Taken(0, is_repeat=True) if queued is None else Taken(queued)

    def _seen(
        self, notification: Notification, asked: tuple[str, ...], idempotency: Seen | None
    ) -> list[Seen]:
        if idempotency is not None:
            return [replace(idempotency, seconds=_WEEK)]
        if not notification.key:
            return []
        key = fingerprint("repeat", notification.key, sorted(asked))
        return [Seen(key=key, seconds=self.settings.repeats)]

    def _listed(self, text: str) -> str:
        """Read a number of the routing table, which must be in the list of recipients, too."""
        (number,) = self.outlet.listed([text])
        if number not in self._recipients:
            raise ConfigurationError("to names a number that is not in recipients.")
        return number

    def _asked(self, numbers: Iterable[str]) -> tuple[str, ...]:
        asked = []
        for text in numbers:
            try:
                number = self.outlet.number(text)
            except InvalidPhoneNumber as error:
                raise NotListed(str(error), field="to") from error
            if number not in self._recipients:
                raise NotListed("A number that was asked for is not in the list of recipients.")
            asked.append(number)
        return tuple(dict.fromkeys(asked))

    def _parts(
        self, notification: Notification, asked: tuple[str, ...]
    ) -> list[tuple[Route, Notification]]:
        """Divide a group among the routes that its alerts fit, each the first that does."""
        if asked:
            return [(Route(to=asked), notification)]
        default = Route(to=self._recipients)
        parts: dict[int, tuple[Route, list[Alert]]] = {}
        for alert in notification.alerts:
            route = next((route for route in self._routes if route.fits(alert)), default)
            parts.setdefault(id(route), (route, []))[1].append(alert)
        # What the tool left out belongs to the first part: nobody knows better.
        more = [notification.more, *(0 for _ in parts)]
        return [
            (route, replace(notification, alerts=tuple(alerts), more=more[position]))
            for position, (route, alerts) in enumerate(parts.values())
        ]

    def _entries(self, notification: Notification, asked: tuple[str, ...]) -> list[Entry]:
        parts = self._parts(notification, asked)
        incident = about = ""
        if any(alert.status is not Status.NOTED for alert in notification.alerts):
            # By whatever route its first word comes, and its last.
            incident = _among(asked, notification.incident)
            about = _among(asked, notification.about) or incident
        told = [
            replace(self._entry(route, part, incident), about=about and f"{about}/{route.key}")
            for route, part in parts
        ]
        if len(told) == 1:
            told = [replace(told[0], about=about, is_whole=True)]
        elif incident and notification.is_settled:
            # For those who were told by a route that nothing of it fits now.
            others = self._entry(Route(to=()), notification, incident)
            delay = max(entry.delay for entry in told)
            told.append(replace(others, about=about, is_whole=True, delay=delay))
        steps = [
            step
            for entry, (route, part) in zip(told, parts, strict=False)
            if incident and not part.is_settled
            for step in self._steps(entry, route)
        ]
        return told + steps

    def _entry(self, route: Route, notification: Notification, incident: str) -> Entry:
        settings = self.settings
        return Entry(
            to=route.to,
            text=written(
                self._compose(notification),
                segments=settings.segments,
                link=notification.link if settings.link else "",
            ),
            topic=headline(notification)[:200],
            incident=incident,
            route=route.key,
            source=notification.alerts[0].source,
            delay=route.wait(self._clock(), settings.zone),
            lifetime=settings.lifetime,
            settles=notification.is_settled,
            ends=notification.is_over,
        )

    def _steps(self, told: Entry, route: Route) -> Iterable[Entry]:
        """Say who is told next, each after the first word by so much, and in no quiet hour."""
        for number, step in enumerate(route.escalate, start=1):
            delay = told.delay + step.after
            delay += route.wait(self._clock() + delay, self.settings.zone)
            yield replace(told, to=step.to, step=number, delay=delay)

    def _rest(self, number: str, since: float) -> float:
        """Say for how long a digest waits: as long as any word that is counted in it would."""
        now, zone = self._clock(), self.settings.zone
        routes = [self._route_of.get(key) for key in self.queue.routes_held(number, since)]
        return min((route.wait(now, zone) if route else 0.0 for route in routes), default=0.0)


def _among(asked: tuple[str, ...], name: str) -> str:
    """Name what is the same only for those who were asked for."""
    return name and fingerprint(name, asked)
