"""Prometheus metrics of every gateway of a process, and of the queue. It needs the extra `metrics`.

    from smsgateway.hooks import installed_plugins

    installed_plugins().register(Metrics(gateway="alerts"))

No number and no text is ever a label: all labels come from closed lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from smsgateway.errors import SmsGatewayError
from smsgateway.hooks import hookimpl
from smsgateway.result import DeliveryReport, SendResult
from smsgateway_alerts.entry import State

if TYPE_CHECKING:
    from smsgateway_alerts.desk import Desk

__all__ = ["Metrics"]


class Metrics:
    """A plugin that counts what is sent, and shows the queue.

    Args:
        gateway: What the label `gateway` says.
        desk: Whose queue to show.
        registry: Where the metrics go; one of its own where None.
    """

    def __init__(
        self,
        *,
        gateway: str,
        desk: Desk | None = None,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self.registry = registry or CollectorRegistry()
        self._gateway = gateway
        self._desk = desk
        common = ["gateway", "provider"]

        def counter(name: str, words: str, *labels: str) -> Counter:
            return Counter(name, words, [*common, *labels], registry=self.registry)

        self._messages = counter("smsgateway_messages", "Messages to one recipient.", "outcome")
        self._segments = counter("smsgateway_segments", "Segments that were taken.", "encoding")
        self._cost = counter("smsgateway_cost", "What it took, or is expected to.", "currency")
        self._reports = Counter(
            "smsgateway_delivery_reports",
            "Delivery reports.",
            ["provider", "status"],
            registry=self.registry,
        )
        if desk is not None:
            self.registry.register(self)

    @hookimpl
    def after_send(self, result: SendResult) -> None:
        """Count a message."""
        self._count(result)

    @hookimpl
    def send_failed(self, result: SendResult) -> None:
        """Count a message that nobody got, or is known to get."""
        self._count(result)

    @hookimpl
    def report_received(self, report: DeliveryReport) -> None:
        """Count a delivery report."""
        self._reports.labels(report.provider, report.status.value).inc()

    def page(self) -> tuple[bytes, str]:
        """Return what `/metrics` shows, and of what type it is."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST

    def collect(self) -> Iterator[Metric]:
        """Look at the queue, as prometheus_client asks its collectors to."""
        if self._desk is None:
            return
        try:
            counts, overdue = self._desk.queue.counts(), self._desk.queue.overdue()
        except SmsGatewayError:
            return  # whoever takes alerts says so; without these lines an alarm is due, too
        rows = GaugeMetricFamily(
            "smsgateway_alerts_queue", "Messages of the last 7 days, by state.", labels=["state"]
        )
        for state in State:
            rows.add_metric([state.value], counts[state])
        yield rows
        yield GaugeMetricFamily(
            "smsgateway_alerts_overdue_seconds",
            "How long the message that waits longest is due.",
            value=overdue,
        )
        held = CounterMetricFamily(
            "smsgateway_alerts_suppressed", "Messages that were held back.", labels=["plugin"]
        )
        held.add_metric(["alerts"], self._desk.courier.held)
        yield held

    def describe(self) -> Iterable[Metric]:
        """Say nothing before it is asked for."""
        return ()

    def _count(self, result: SendResult) -> None:
        for each in result.recipients:
            labels = self._gateway, each.provider
            self._messages.labels(*labels, each.status.value).inc()
            if not each.is_taken:
                continue
            encoding = each.encoding.value if each.encoding else "unknown"
            self._segments.labels(*labels, encoding).inc(each.segments or 0)
            if (cost := each.cost or each.estimated_cost) is not None:
                self._cost.labels(*labels, cost.currency).inc(float(cost.amount))
