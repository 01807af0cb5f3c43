"""The app `smsgateway_django`."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

__all__ = ["SmsGatewayConfig"]


class SmsGatewayConfig(AppConfig):
    """Registers the system checks."""

    name = "smsgateway_django"
    verbose_name = "SMS"

    def ready(self) -> None:
        """Load the checks, which register themselves."""
        for checks in ("checks", "deployment_checks", "mail_checks"):
            import_module(f"smsgateway_django.{checks}")
