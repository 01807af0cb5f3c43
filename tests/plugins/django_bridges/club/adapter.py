"""How django-allauth finds a member's phone."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import get_user_model

from smsgateway_django.allauth import SMSAdapter

__all__ = ["Adapter"]


class Adapter(SMSAdapter, DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Keeps the phone with the member."""

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:  # noqa: FBT001 - allauth's
        user.mobile, user.is_mobile_verified = phone, verified
        user.save()

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.mobile, user.is_mobile_verified) if user.mobile else None

    def set_phone_verified(self, user: Any, phone: str) -> None:
        self.set_phone(user, phone, verified=True)

    def get_user_by_phone(self, phone: str) -> Any:
        return get_user_model().objects.filter(mobile=phone).first()
