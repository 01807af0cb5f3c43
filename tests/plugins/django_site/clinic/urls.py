"""The clinic's URLs."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from two_factor.admin import AdminSiteOTPRequired
from two_factor.urls import urlpatterns as two_factor

admin.site.__class__ = AdminSiteOTPRequired

urlpatterns = [
    path("", include(two_factor)),
    path("account/logout/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("sms/", include("smsgateway_django.urls")),
]
