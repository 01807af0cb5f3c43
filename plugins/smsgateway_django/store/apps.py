"""The app `smsgateway_django.store`."""

from __future__ import annotations

from django.apps import AppConfig

from smsgateway_django.signals import delivery_report, incoming_message, post_send, pre_send

__all__ = ["StoreConfig"]


class StoreConfig(AppConfig):
    """Listens to the signals, and registers the system check."""

    name = "smsgateway_django.store"
    label = "smsgateway_store"
    verbose_name = "SMS"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers."""
        # Not before apps are ready: they load the models.
        from smsgateway_django.store import checks, incoming, reports, sends  # noqa: F401, PLC0415

        pre_send.connect(sends.begin, dispatch_uid=self.name)
        post_send.connect(sends.finish, dispatch_uid=self.name)
        delivery_report.connect(reports.take, dispatch_uid=self.name)
        incoming_message.connect(incoming.take, dispatch_uid=self.name)
