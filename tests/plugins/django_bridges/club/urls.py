"""The club's URLs."""

from __future__ import annotations

from django.urls import include, path
from two_factor.urls import urlpatterns as two_factor

urlpatterns = [
    path("", include(two_factor)),
    path("", include("drfpasswordless.urls")),
    path("verify/", include("phone_verify.urls")),
    path("trench/", include("trench.urls")),
    path("trench/", include("trench.urls.authtoken")),
    path("multifactor/", include("multifactor.urls")),
    path("allauth/", include("allauth.urls")),
]
