"""The club's settings."""

from __future__ import annotations

SECRET_KEY = "a secret of the tests, as long as a JSON web token wants it"
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "club.urls"
AUTH_USER_MODEL = "club.Member"
USE_TZ = True
LOGGING_CONFIG = None  # the tests' own loggers stay as they are
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "static/"
LOGIN_URL = "two_factor:login"
LOGIN_REDIRECT_URL = "two_factor:profile"

INSTALLED_APPS = [
    "club",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework.authtoken",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "two_factor",
    "two_factor.plugins.phonenumber",
    "phone_verify",
    "drfpasswordless",
    "trench",
    "multifactor",
    "allauth",
    "allauth.account",
    "smsgateway_django",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "two_factor.middleware.threadlocals.ThreadLocals",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
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
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}

SMSGATEWAY = {"default": {"BACKEND": "console", "OPTIONS": {"region": "DK", "sender": "Club"}}}

TWO_FACTOR_SMS_GATEWAY = "smsgateway_django.two_factor.Gateway"

PHONE_VERIFICATION = {
    "BACKEND": "smsgateway_django.phone_verify.Backend",
    "OPTIONS": {},
    "TOKEN_LENGTH": 6,
    "MESSAGE": "{app}: your code is {security_code}.",
    "APP_NAME": "Club",
    "SECURITY_CODE_EXPIRATION_SECONDS": 300,
    "VERIFY_SECURITY_CODE_ONLY_ONCE": True,
}

PASSWORDLESS_AUTH = {
    "PASSWORDLESS_AUTH_TYPES": ["MOBILE"],
    "PASSWORDLESS_REGISTER_NEW_USERS": False,
    "PASSWORDLESS_SMS_CALLBACK": "smsgateway_django.drfpasswordless.send_sms",
}

TRENCH_AUTH = {
    "MFA_METHODS": {
        "sms_twilio": {
            "HANDLER": "smsgateway_django.trench.Dispatcher",
            "SOURCE_FIELD": "mobile",
            "VERBOSE_NAME": "SMS",
        }
    }
}

MULTIFACTOR = {
    "FALLBACKS": {
        "email": (lambda user: user.email, "multifactor.factors.fallback.send_email"),
        "sms": (lambda user: user.mobile, "smsgateway_django.multifactor.send"),
    }
}

ACCOUNT_ADAPTER = "club.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_RATE_LIMITS = False
