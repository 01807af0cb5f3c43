"""The club's members."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

__all__ = ["Member"]


class Member(AbstractUser):
    """A member.

    Attributes:
        mobile: Their number, in E.164.
        is_mobile_verified: Whether it has been shown to be theirs.
    """

    mobile: models.CharField[str, str] = models.CharField(max_length=20, blank=True)
    is_mobile_verified: models.BooleanField[bool, bool] = models.BooleanField(default=False)
