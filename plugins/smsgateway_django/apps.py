"""The app `smsgateway_django`."""

from __future__ import annotations

from django.apps import AppConfig

__all__ = ["SmsGatewayConfig"]


class SmsGatewayConfig(AppConfig):
    """Registers the system checks."""

    name = "smsgateway_django"
    verbose_name = "SMS"

    def ready(self) -> None:
        """Load the checks, which register themselves."""
        from smsgateway_django import (  # noqa: PLC0415 - not before apps are ready
            checks,  # noqa: F401
            deployment_checks,  # noqa: F401
            mail_checks,  # noqa: F401
        )
