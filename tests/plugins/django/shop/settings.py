"""The site's settings: as strict as a careful site has them."""

from __future__ import annotations

import django

SECRET_KEY = "a secret of the tests"
ALLOWED_HOSTS = ["shop.example", "127.0.0.1", "localhost"]
ROOT_URLCONF = "shop.urls"
USE_TZ = True
STATIC_URL = "static/"
LOGGING_CONFIG = None  # the tests' own loggers stay as they are

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "smsgateway_django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
ADMINS = [("Anna", "anna@shop.example")] if django.VERSION < (6,) else ["anna@shop.example"]

SMSGATEWAY = {
    "default": {"BACKEND": "null", "OPTIONS": {"region": "DK"}},
    "alerts": {"BACKEND": "null", "OPTIONS": {"sender": "Alarm"}},
}
