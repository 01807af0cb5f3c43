"""The site's settings."""

from __future__ import annotations

SECRET_KEY = "a secret of the tests"
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "office.urls"
USE_TZ = True
LOGGING_CONFIG = None  # the tests' own loggers stay as they are

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "smsgateway_django",
    "smsgateway_django.store",
]
STATIC_URL = "static/"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Where the two are, the tests say when they have started them.
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {"timeout": 30}},
    "postgresql": {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres"},
    "away": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/nowhere/at/all"},
    "beside": {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres"},
}
DATABASE_ROUTERS = ["office.routers.StoreRouter"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}

_OFFICE = {"BACKEND": "office.backends.Desk", "TEST": {"SEND": True}}
SMSGATEWAY = {
    "default": {**_OFFICE, "OPTIONS": {"region": "DK"}, "PUBLIC_URL": "https://office.example"},
    "short": {**_OFFICE, "OPTIONS": {"region": "DK", "max_segments": 1}},
}
