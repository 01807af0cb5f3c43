"""Where providers bring delivery reports and incoming messages.

In a project's own URLs: `path("sms/", include("smsgateway_django.urls"))`. What to enter at the
vendor is then, for the alias `default`, `https://shop.example/sms/default/reports/` and
`https://shop.example/sms/default/incoming/`; either takes both.
"""

from __future__ import annotations

from django.urls import path

from smsgateway_django.views import receive

__all__ = ["app_name", "urlpatterns"]

app_name = "smsgateway"

urlpatterns = [
    path("<str:alias>/reports/", receive, name="reports"),
    path("<str:alias>/reports/<str:token>", receive, name="reports"),
    path("<str:alias>/incoming/", receive, name="incoming"),
    path("<str:alias>/incoming/<str:token>", receive, name="incoming"),
]
