"""The site's URLs."""

from __future__ import annotations

from django.urls import include, path

from . import views

urlpatterns = [
    path("sms/", include("smsgateway_django.urls")),
    path("broken/", views.broken),
    path("broken/again/", views.broken),
    path("order/", views.order),
    path("reminder/", views.remind),
]
