"""System checks: every alias is built, without network, so that a slip is found before it matters.

| id | what is wrong |
| --- | --- |
| smsgateway.E001 | an alias cannot be used |
| smsgateway.E002 | `default` sends nothing to anybody, in a deployment |
| smsgateway.E003 | an alias has a `PUBLIC_URL`, and the webhook URLs are not included |
| smsgateway.E004 | `SMSGATEWAY_MAIL` is wrong, or the options of a mailer that sends SMS |
| smsgateway.W001 | there is no alias `default` |
| smsgateway.W002 | a secret stands in the settings, in a deployment |
| smsgateway.W003 | webhook URLs are included, and an alias has no secret to believe requests by |
| smsgateway.W005 | an alias needs a sender and has none, so that each message must bring one |

E002 and W002 are found in `deployment_checks`, E004 in `mail_checks`. Those of the app
`smsgateway_django.store` have numbers of their own, E005 and W004.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name
from django.urls import NoReverseMatch, reverse

from smsgateway.errors import ConfigurationError
from smsgateway.gateway import SmsGateway
from smsgateway.http import HttpRequest
from smsgateway.provider import SupportsReports
from smsgateway.webhook import MissingSecret
from smsgateway_django import environment
from smsgateway_django.accounts import to_believe, to_receive
from smsgateway_django.aliases import build, gateways
from smsgateway_django.errors import InvalidGateway
from smsgateway_django.members import lacks_secret
from smsgateway_django.setting import DEFAULT, Alias, read_alias

__all__ = ["check_aliases"]


@register("smsgateway")
def check_aliases(**_: Any) -> list[CheckMessage]:
    """Build every alias."""
    try:
        aliases = list(gateways)
    except InvalidGateway as error:
        return [Error(str(error), id="smsgateway.E001")]
    found = [each for alias in aliases for each in _check(alias)]
    if DEFAULT not in aliases:
        found.append(
            Warning(
                "SMSGATEWAY has no alias 'default', by which send_sms() sends.",
                hint='To begin with: SMSGATEWAY = {"default": {"BACKEND": "console"}}',
                id="smsgateway.W001",
            )
        )
    return found


def _check(name: str) -> Iterator[CheckMessage]:
    try:
        alias = read_alias(name)
        if _does_without_secrets(alias):
            return
        gateway = build(name)
        for position, previous in enumerate(alias.previous, start=1):
            before = partial(to_believe, previous=previous)
            build(name, before, place=f"PREVIOUS, entry {position}: ")
        build(name, to_receive)
        _check_regions(alias, gateway)
    except InvalidGateway as error:
        yield Error(str(error), id="smsgateway.E001")
        return
    for problem in gateway.senderless:
        yield Warning(
            f"SMSGATEWAY[{name!r}]: {problem}",
            hint="Without it, each message must bring a sender of its own.",
            id="smsgateway.W005",
        )
    if _is_routed(name):
        yield from _check_secrets(name, gateway)
    elif alias.public_url is not None:
        include = 'Add to urlpatterns: path("sms/", include("smsgateway_django.urls"))'
        rename = "The name of an alias is a part of its URL, and must have no '/'."
        yield Error(
            f"SMSGATEWAY[{name!r}] has a PUBLIC_URL, but nothing answers there.",
            hint=rename if "/" in name else include,
            id="smsgateway.E003",
        )


def _does_without_secrets(alias: Alias) -> bool:
    """Tell whether a secret is missing where none is needed: tests run on machines without any."""
    return environment.is_test() and not alias.sends_in_tests and lacks_secret(alias)


def _check_regions(alias: Alias, gateway: SmsGateway) -> None:
    from smsgateway.phone.numbering import check_region  # noqa: PLC0415 - loads phonenumbers

    for region in {leaf.options.region for leaf in gateway.route.leaves} - {None}:
        try:
            check_region(str(region))
        except ConfigurationError as error:
            raise alias.error(error) from error


def _is_routed(alias: str) -> bool:
    if not hasattr(settings, "ROOT_URLCONF"):
        return False  # a project without a site
    try:
        reverse("smsgateway:reports", args=[alias])
    except NoReverseMatch:
        return False
    return True


def _check_secrets(name: str, gateway: SmsGateway) -> Iterator[CheckMessage]:
    """Let each provider read an empty request: what it lacks to believe any, it says first."""
    for leaf in gateway.route.leaves:
        if isinstance(leaf.provider, SupportsReports):
            try:
                leaf.provider.parse_reports(HttpRequest(method="POST", url="https://localhost/"))
            except MissingSecret as error:
                yield Warning(
                    f"SMSGATEWAY[{name!r}]: every webhook request of {leaf.name} will be refused. "
                    f"{error}",
                    id="smsgateway.W003",
                )
            except Exception:  # noqa: BLE001, S110 - it read an empty request: no wonder
                pass
